//! What is drawn, without where.

use super::faults::{Bar, bars};
use super::idle::idle;
use super::lanes::{Stretch, stretches};
use super::marks::{Arrow, End, Letters, Mark, Shape, Tag, Way};
use super::views::Memberships;
use crate::text::{count, short, thousands, to_group};
use crate::words;
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// More events than this are cut to a window around the proof.
const MARKS: usize = 5_000;
/// How many events that window has.
const WINDOW: usize = 500;

/// All that is drawn.
pub struct Scene<'h> {
    pub history: &'h History,
    pub proof: BTreeSet<EventId>,
    /// In order of time.
    pub marks: Vec<Mark>,
    pub arrows: Vec<Arrow>,
    pub bars: Vec<Bar>,
    pub stretches: Vec<Stretch>,
    pub memberships: Memberships,
    pub first: Time,
    pub last: Time,
    pub letters: Letters,
    pub frames: bool,
    labels_differ: bool,
    /// The causes of the proof.
    leads: BTreeSet<EventId>,
    /// Which events are drawn.
    pub window: Range<u32>,
    /// Frames that are left out of a picture with views.
    idle: BTreeSet<u64>,
    hidden_proof: usize,
}

impl<'h> Scene<'h> {
    pub fn of(history: &'h History, proof: &[EventId]) -> Scene<'h> {
        let known = |id: &&EventId| id.index() < history.len();
        let proof: BTreeSet<EventId> = proof.iter().filter(known).copied().collect();
        let window = window(history, &proof);
        let (first, last) = (time_at(history, window.start), end_of(history, &window));
        let mut scene = Scene {
            history,
            marks: Vec::new(),
            arrows: Vec::new(),
            bars: bars(history, first, last),
            stretches: stretches(history, first, last),
            memberships: Memberships::of(history, first, last),
            first,
            last,
            letters: Letters::of(history, &named(history, &window)),
            frames: history.kinds().iter().any(|kind| kind.is_transmission()),
            labels_differ: labels_differ(history),
            leads: proof.iter().flat_map(|id| history.event(*id).causes()).copied().collect(),
            hidden_proof: proof.iter().filter(|id| !window.contains(&id.0)).count(),
            proof,
            window,
            idle: BTreeSet::new(),
        };
        scene.idle = if scene.memberships.strips > 0 { idle(&scene) } else { BTreeSet::new() };
        scene.mark();
        scene
    }

    /// What the reader must know of what is not drawn.
    pub fn notices(&self) -> Vec<String> {
        let mut said = Vec::new();
        let all = self.history.len();
        if self.window.len() < all {
            let (from, to) = (self.window.start, self.window.end - 1);
            said.push(format!(
                "Drawn are events {from} to {to} of {}, around the proof; the whole run is in \
                 the history file.",
                thousands(all as u64)
            ));
        }
        if self.hidden_proof > 0 {
            let events = count(self.hidden_proof as u64, "event", "events");
            said.push(format!("{events} of the proof lie outside what is drawn."));
        }
        said
    }

    /// How many frames are left out because they tell nothing, in words.
    pub fn left_out(&self) -> Option<String> {
        let frames = count(self.idle.len() as u64, "frame", "frames");
        let any = !self.idle.is_empty();
        any.then(|| format!("{frames} that carried no message and led to nothing not drawn"))
    }

    /// For each event of the proof that is drawn, the event whose place in the picture it shares.
    pub fn anchors(&self) -> BTreeMap<EventId, EventId> {
        let proofs = self.marks.iter().filter(|mark| mark.proves);
        let places = proofs.flat_map(|mark| {
            let shared = mark.anchor(&self.proof);
            let proven = mark.events.iter().filter(|id| self.proof.contains(id));
            proven.map(move |id| match mark.tags.iter().any(|tag| tag.event == *id) {
                true => (*id, *id),
                false => (*id, shared.unwrap_or(*id)),
            })
        });
        places.collect()
    }

    fn mark(&mut self) {
        let mut ids: Vec<EventId> = self.window.clone().map(EventId).collect();
        ids.sort_by_key(|id| (self.history.times()[id.index()], *id));
        let mut places = BTreeMap::new();
        let mut at: BTreeMap<EventId, usize> = BTreeMap::new();
        for id in ids {
            let event = self.history.event(id);
            let Some(node) = event.node().filter(|_| self.is_drawn(event)) else { continue };
            let place = *places.entry((event.time(), node.0)).or_insert_with(|| {
                let mark = Mark { node: node.0, time: event.time(), ..Mark::default() };
                self.marks.push(mark);
                self.marks.len() - 1
            });
            at.insert(id, place);
            self.add(place, event);
        }
        self.connect(&at);
    }

    /// Frames to oneself, those that tell nothing, and the loss of a frame as its sender sees it have
    /// no mark of their own.
    fn is_drawn(&self, event: Event<'_>) -> bool {
        let frame = event.transmission();
        let own = frame.is_some_and(|frame| Some(frame.peer) == event.node());
        let idle = frame.is_some_and(|frame| self.idle.contains(&frame.id));
        !own && !idle && !matches!(event.kind(), Kind::BroadcastReturn | Kind::Drop)
    }

    fn add(&mut self, place: usize, event: Event<'_>) {
        let proves = self.proof.contains(&event.id);
        let tag = self.tag(event, proves);
        let label = self.label(event);
        let mark = &mut self.marks[place];
        mark.events.push(event.id);
        mark.proves |= proves;
        mark.shapes.extend(Shape::of(event.kind()));
        mark.tags.extend(tag);
        mark.say(label, event.kind() == Kind::Send);
    }

    fn tag(&self, event: Event<'_>, proves: bool) -> Option<Tag> {
        let message = event.message().filter(|_| event.kind().is_delivery())?;
        let name = self.letters.name(self.history, message);
        let slot = event.place().and_then(|place| place.slot);
        let slot = slot.map(|slot| format!(" #{slot}")).unwrap_or_default();
        let how = match event.kind() {
            Kind::OptDeliver => "?",
            Kind::Safe => "✓",
            _ => "",
        };
        Some(Tag { text: format!("{name}{slot}{how}"), message, proves, event: event.id })
    }

    fn label(&self, event: Event<'_>) -> String {
        let name = |row| self.letters.name(self.history, row);
        match event.kind() {
            Kind::Broadcast => {
                event.message().map(|m| format!("casts {}{}", name(m), to_group(event)))
            }
            Kind::Send => event.transmission().map(|frame| {
                // What every frame is called tells none from the others; arrows have colours.
                let label = frame.label.iter().filter(|_| self.labels_differ);
                let label: Vec<String> = label.map(|label| short(label, 14)).collect();
                let carried = words::carried(frame);
                let carried = carried.iter().take(2).filter(|_| !label.is_empty());
                let carried: Vec<String> = carried.map(|row| name(*row)).collect();
                [label, carried].concat().join(" ")
            }),
            Kind::View => Some(words::view(self.history, event.id).join(" ").trim().to_owned()),
            Kind::Recv | Kind::Drop | Kind::BroadcastReturn | Kind::Pause | Kind::Resume => None,
            kind if kind.is_delivery() => None,
            _ => Some(short(&words::brief(self.history, event.id), 22)),
        }
        .unwrap_or_default()
    }

    fn connect(&mut self, at: &BTreeMap<EventId, usize>) {
        let mut sends: BTreeMap<u64, (usize, bool)> = BTreeMap::new();
        for id in self.window.clone().map(EventId) {
            let event = self.history.event(id);
            match (event.kind(), event.transmission(), at.get(&id)) {
                (Kind::Send, Some(frame), Some(place)) => {
                    sends.insert(frame.id, (*place, false));
                }
                (Kind::Recv, Some(frame), Some(place)) => {
                    self.arrow(sends.get_mut(&frame.id), event, End::Arrives(*place));
                }
                (Kind::Drop, Some(frame), _) => {
                    let end = End::Lost(event.time(), frame.peer.0);
                    self.arrow(sends.get_mut(&frame.id), event, end);
                }
                (Kind::StateSet, _, Some(place)) => self.hand_over(event, *place, at),
                (Kind::Deliver, None, Some(place)) if !self.frames => self.imply(event, *place, at),
                _ => {}
            }
        }
    }

    /// An arrow from the mark where the frame was sent, if that is drawn.
    fn arrow(&mut self, send: Option<&mut (usize, bool)>, event: Event<'_>, end: End) {
        let Some((from, seen)) = send else { return };
        let way = if std::mem::replace(seen, true) { Way::Again } else { Way::Frame };
        let title = words::event(self.history, event.id);
        let message = event.transmission().and_then(|frame| frame.messages.first().copied());
        let proves = self.leads.contains(&event.id);
        self.arrows.push(Arrow { from: *from, end, title, message, proves, way });
    }

    /// Without frames, a delivery comes from its multicast.
    fn imply(&mut self, event: Event<'_>, place: usize, at: &BTreeMap<EventId, usize>) {
        let broadcast = |row: u32| self.history.message_table().broadcasts()[row as usize];
        let Some(source) = event.message().map(|row| EventId(broadcast(row))) else { return };
        let Some(from) =
            at.get(&source).filter(|from| self.marks[**from].node != event_node(event))
        else {
            return;
        };
        let title = words::event(self.history, event.id);
        let arrow = Arrow {
            from: *from,
            end: End::Arrives(place),
            title,
            message: event.message(),
            proves: self.proof.contains(&event.id),
            way: Way::Implied,
        };
        self.arrows.push(arrow);
    }

    /// A snapshot comes from the last one that its donor took.
    fn hand_over(&mut self, event: Event<'_>, place: usize, at: &BTreeMap<EventId, usize>) {
        let donor = event.field("from").and_then(|from| from.as_str());
        let taken = at.range(..event.id).rev().filter(|(id, _)| {
            let taken = self.history.event(**id);
            let node = taken.node().map(|node| self.history.node_name(node));
            taken.kind() == Kind::StateGet && node == donor
        });
        let Some(from) = taken.map(|(_, from)| *from).next() else { return };
        let title = words::event(self.history, event.id);
        let (end, proves) = (End::Arrives(place), self.proof.contains(&event.id));
        let arrow = Arrow { from, end, title, message: None, proves, way: Way::State };
        self.arrows.push(arrow);
    }
}

fn event_node(event: Event<'_>) -> u32 {
    event.node().map_or(u32::MAX, |node| node.0)
}

/// Whether frames are called by more than one name.
fn labels_differ(history: &History) -> bool {
    let labels = history.events().filter_map(|event| event.transmission()?.label.as_deref());
    labels.collect::<BTreeSet<&str>>().len() > 1
}

/// Which events are drawn: all, or as many as there is room for, around the proof.
fn window(history: &History, proof: &BTreeSet<EventId>) -> Range<u32> {
    let all = history.len();
    if all <= MARKS {
        return 0..all as u32;
    }
    let (from, to) = match (proof.first(), proof.last()) {
        (Some(first), Some(last)) => (first.index(), last.index()),
        _ => (0, 0),
    };
    let before = WINDOW.saturating_sub(to - from) / 2;
    let start = match to - from < WINDOW {
        true => from.saturating_sub(before),
        false => (to + WINDOW / 5).saturating_sub(WINDOW),
    };
    let start = start.min(all - WINDOW);
    start as u32..(start + WINDOW) as u32
}

fn time_at(history: &History, index: u32) -> Time {
    history.times().get(index as usize).copied().unwrap_or_default()
}

/// The last instant drawn; the long wait at the end of a run is not.
fn end_of(history: &History, window: &Range<u32>) -> Time {
    let times = &history.times()[window.start as usize..window.end as usize];
    times.iter().copied().max().unwrap_or_default()
}

/// The messages that the drawn events name.
fn named(history: &History, window: &Range<u32>) -> BTreeSet<u32> {
    window.clone().filter_map(|id| history.event(EventId(id)).message()).collect()
}
