//! Cutting a history down to a few of its events, such that what they prove can be judged again.

use crate::collections::{Map, Set};
use crate::history::{Event, EventId, History, Kind, NONE, Names, Recorder, Transmission};
use crate::id::{GroupId, NodeId};

impl History {
    /// These events as a history of their own, with what gives them their meaning: the broadcasts
    /// of the messages they name, the crashes, restarts, pauses and departures, the views and the
    /// snapshots. Message names become opaque and keep their sender's count, for the numbers now
    /// have gaps.
    pub fn excerpt(&self, events: &[EventId]) -> History {
        let wanted = self.wanted(events);
        let mut header = self.header.clone();
        header.names = Names::Opaque;
        let recorder = Recorder::new(header);
        let mut copy = Copying { recorder, events: Map::default(), digests: Map::default() };
        for event in self.events().filter(|e| wanted.contains(&e.id)) {
            copy.event(event);
        }
        copy.recorder.into_history()
    }

    fn wanted(&self, events: &[EventId]) -> Set<EventId> {
        let mut wanted: Set<EventId> = events.iter().copied().collect();
        for id in events.iter().filter(|id| id.index() < self.len()) {
            let row = self.event(*id).message().map(|row| row as usize);
            let broadcast = row.and_then(|row| self.messages.broadcast.get(row)).copied();
            wanted.extend(broadcast.filter(|b| *b != NONE).map(EventId));
        }
        let kinds = self.kind.iter().enumerate();
        wanted.extend(kinds.filter(|(_, k)| k.gives_meaning()).map(|(i, _)| EventId(i as u32)));
        wanted
    }
}

/// What of the old history stands where in the new one.
struct Copying {
    recorder: Recorder,
    events: Map<EventId, EventId>,
    digests: Map<u32, u32>,
}

impl Copying {
    fn event(&mut self, event: Event<'_>) {
        let row = event.message().map_or(NONE, |row| self.row(event.history, row));
        let digest = self.digest(event.history, event.history.digest[event.id.index()]);
        let causes: Vec<EventId> =
            event.causes().iter().filter_map(|c| self.events.get(c).copied()).collect();
        let node = event.node().unwrap_or(NodeId(NONE));
        let id = if event.kind() == Kind::Broadcast && row != NONE {
            let old = event.message().map_or(0, |row| event.history.messages.group[row as usize]);
            self.recorder.broadcast_row(event.time(), node, row, GroupId(old), digest, &causes)
        } else {
            let detail = self.detail(event);
            self.recorder.push(event.time(), node.0, event.kind(), row, digest, &causes, detail)
        };
        self.events.insert(event.id, id);
    }

    fn row(&mut self, from: &History, row: u32) -> u32 {
        let messages = &mut self.recorder.history_mut().messages;
        let new = messages.opaque_row(&from.message_name(row));
        messages.origin[new as usize] = from.messages.origin[row as usize];
        messages.incarnation[new as usize] = from.messages.incarnation[row as usize];
        messages.number[new as usize] = from.messages.number[row as usize];
        new
    }

    fn digest(&mut self, from: &History, digest: u32) -> u32 {
        if digest == NONE {
            return NONE;
        }
        let digests = &mut self.recorder.history_mut().details.digests;
        *self.digests.entry(digest).or_insert_with(|| {
            digests.push(from.details.digests[digest as usize].clone());
            digests.len() as u32 - 1
        })
    }

    fn detail(&mut self, event: Event<'_>) -> u32 {
        let details = &mut self.recorder.history_mut().details;
        if let Some(place) = event.place() {
            details.places.push(place.clone());
            details.places.len() as u32 - 1
        } else if let Some(view) = event.view() {
            details.views.push(view.clone());
            details.views.len() as u32 - 1
        } else if let Some(frame) = event.transmission() {
            let frame = frame.clone();
            let rows = frame.messages.iter().map(|row| self.row(event.history, *row)).collect();
            let details = &mut self.recorder.history_mut().details;
            details.transmissions.push(Transmission { messages: rows, ..frame });
            details.transmissions.len() as u32 - 1
        } else {
            self.recorder.fields(event.fields().cloned().unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::history::lanes::lanes;
    use crate::history::{EventId, Kind};

    #[test]
    fn keeps_broadcasts_crashes_and_counts() {
        let history = lanes(
            "n1: !a !b !c       b
             n2:          c #  ^  b",
        );
        let delivery = history.events().find(|e| e.kind() == Kind::Deliver).unwrap().id;
        let cut = history.excerpt(&[delivery]);
        let kinds: Vec<Kind> = cut.kinds().to_vec();
        assert_eq!(kinds, [Kind::Broadcast, Kind::Deliver, Kind::Crash, Kind::Recover]);
        assert_eq!(cut.message_table().numbers(), [3]);
        assert_eq!(cut.event(EventId(1)).message_name().as_deref(), Some("n1:0:3"));
    }

    #[test]
    fn of_nothing_is_empty() {
        assert!(lanes("n1: !a a").excerpt(&[]).is_empty());
    }
}
