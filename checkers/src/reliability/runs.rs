//! The properties of frames, buffers, members and clients once more, straight from their
//! definitions.

use crate::crosscheck::definition::{Oracle, ruling};
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    match property {
        "safe-discard" => oracle.safe_discard(),
        "quiescence" => oracle.quiescence(),
        "buffer-boundedness" => oracle.buffer_boundedness(),
        "membership-gating" => oracle.membership_gating(),
        "k-reply" => k_reply(history),
        other => panic!("no oracle for {other}"),
    }
}

fn of_all(kept: &[bool]) -> Ruling {
    ruling(kept.len(), kept.contains(&false))
}

fn bound(history: &History, name: &str) -> Option<u64> {
    history.header.about["bounds"][name].as_u64()
}

impl Oracle<'_> {
    fn events(&self) -> impl DoubleEndedIterator<Item = usize> + Clone + use<> {
        0..self.history.len()
    }

    fn event(&self, event: usize) -> Event<'_> {
        self.history.event(EventId(event as u32))
    }

    /// The messages that a receipt brings.
    fn brings(&self, event: usize) -> Vec<usize> {
        let rows: Vec<u32> = match self.kind(event) {
            Kind::Broadcast | Kind::Deliver | Kind::OptDeliver | Kind::Safe => {
                self.event(event).message().into_iter().collect()
            }
            Kind::Recv => self.event(event).transmission().map_or(vec![], |f| f.messages.to_vec()),
            _ => vec![],
        };
        rows.into_iter().map(|row| row as usize).collect()
    }

    fn safe_discard(&self) -> Ruling {
        let mut kept = vec![];
        for discard in self.events().filter(|e| self.kind(*e) == Kind::Discard) {
            let Some(p) = self.honest(discard) else { continue };
            let row = self.event(discard).message().unwrap() as usize;
            let Some(group) = self.group(row) else { continue };
            for q in (0..self.history.node_count()).filter(|q| *q != p && !self.lies(*q)) {
                let away = self.is_away(q, discard, row) || q == self.origin(row);
                if away || !self.counts_in(p, discard, group, q) {
                    continue;
                }
                let here = |e: &usize| self.node(*e) == Some(q);
                let mut receipts = self.events().filter(here);
                let before = receipts
                    .clone()
                    .any(|e| self.brings(e).contains(&row) && self.precedes(e, discard));
                let known =
                    receipts.any(|e| self.kind(e) == Kind::Recv && !self.brings(e).is_empty());
                if before || known {
                    kept.push(before);
                }
            }
        }
        of_all(&kept)
    }

    /// Whether `p`, at that event, takes `q` for a member.
    fn counts_in(&self, p: usize, event: usize, group: usize, q: usize) -> bool {
        let group_of = |view: usize| self.event(view).view().unwrap().group.unwrap_or(0) as usize;
        let mut views = self.at(p, Kind::View).filter(|v| *v < event && group_of(*v) == group);
        match views.by_ref().last() {
            Some(view) => {
                let members = &self.event(view).view().unwrap().members;
                let viewed = self.at(q, Kind::View).next().is_some();
                viewed && members.iter().any(|m| m.index() == q)
            }
            None => self.history.groups()[group].1.iter().any(|m| m.index() == q),
        }
    }

    /// Whether `q` crashed before the discard, or starts late after the broadcast.
    fn is_away(&self, q: usize, discard: usize, row: usize) -> bool {
        let crashed = self.at(q, Kind::Crash).any(|c| self.precedes(c, discard));
        let broadcast = self.history.message_table().broadcasts()[row] as usize;
        let unknown = broadcast >= self.history.len();
        let mut starts = self.starts.iter().filter(|(node, ..)| *node == q);
        crashed || starts.any(|(.., start)| unknown || self.precedes(broadcast, *start))
    }

    fn quiescence(&self) -> Ruling {
        let times = self.history.times();
        let calls = |e: &usize| {
            let free = [Kind::Discard, Kind::Suspect, Kind::Trust, Kind::Note];
            !self.kind(*e).is_transmission() && !free.contains(&self.kind(*e))
        };
        let last = self.events().filter(calls).map(|e| times[e].0).max().unwrap_or(0);
        let last = last.max(self.history.header.heal_at.map_or(0, |at| at.0));
        let end = self.history.end().0;
        let quiet = bound(self.history, "quiet").unwrap_or(1_000_000_000);
        if !self.history.header.complete || end.saturating_sub(last) < quiet {
            return Ruling::Undecided;
        }
        let error =
            if self.is_virtual() { 0 } else { self.history.header.clock_error.unwrap_or(0) };
        let half = last + (end - last) / 2 + error;
        let data = self.events().filter(|e| {
            let correct = self.node(*e).is_some_and(|n| self.correct(n));
            let frame = self.event(*e).transmission().filter(|_| self.kind(*e) == Kind::Send);
            correct && frame.is_some_and(|f| !f.messages.is_empty())
        });
        let kept: Vec<bool> = data.map(|e| times[e].0 <= half).collect();
        of_all(&kept)
    }

    fn buffer_boundedness(&self) -> Ruling {
        let Some(most) = bound(self.history, "buffer") else { return Ruling::Undecided };
        let nodes = 0..self.history.node_count();
        let nodes = nodes.filter(|_| self.history.header.complete);
        let kept = |n: usize| {
            let discards: Vec<(usize, usize)> = self
                .at(n, Kind::Discard)
                .map(|d| (d, self.event(d).message().unwrap() as usize))
                .collect();
            let others = discards.iter().any(|(_, row)| self.origin(*row) != n);
            let restart = self.at(n, Kind::Crash).chain(self.at(n, Kind::Recover)).max();
            let since = |e: usize| restart.is_none_or(|r| e > r);
            let retains = |row: &usize| {
                let mut here = self.events().filter(|e| self.node(*e) == Some(n) && since(*e));
                let gone = discards.iter().any(|(d, m)| m == row && since(*d));
                let counts = others || self.origin(*row) == n;
                counts && !gone && here.any(|e| self.brings(e).contains(row))
            };
            let retained = self.rows().filter(retains).count() as u64;
            (self.correct(n) && !discards.is_empty()).then_some(retained <= most)
        };
        of_all(&nodes.filter_map(kept).collect::<Vec<_>>())
    }

    fn membership_gating(&self) -> Ruling {
        let mut kept = vec![];
        for e in self.events().filter(|e| self.honest(*e).is_some()) {
            let node = self.node(e).unwrap();
            for group in 0..self.history.groups().len() {
                let before = self.stands(node, group, e);
                let delivered = self.event(e).message().filter(|_| self.kind(e) == Kind::Deliver);
                let is_of = |row: u32| self.group(row as usize) == Some(group);
                match before {
                    Some(is_in) if delivered.is_some_and(is_of) => kept.push(is_in),
                    _ => {}
                }
                let after = self.stands(node, group, e + 1);
                if after == Some(false) && before != Some(false) {
                    kept.push(true);
                }
            }
        }
        of_all(&kept)
    }

    /// Whether the node is in the group just before the event, if that is known.
    fn stands(&self, node: usize, group: usize, event: usize) -> Option<bool> {
        let viewed = self.events().any(|e| {
            let group_of = |g: Option<u32>| g.unwrap_or(0) as usize;
            self.event(e).view().is_some_and(|v| group_of(v.group) == group)
        });
        let passes = |e: &usize| {
            let event = self.event(*e);
            match self.kind(*e) {
                Kind::Recover => Some(None),
                Kind::View => {
                    let view = event.view().unwrap();
                    let here = view.group.unwrap_or(0) as usize == group;
                    here.then(|| Some(view.members.iter().any(|m| m.index() == node)))
                }
                kind @ (Kind::Join | Kind::Leave) if !viewed => {
                    self.asks(*e, node, group).then_some(Some(kind == Kind::Join))
                }
                _ => None,
            }
        };
        let here = |e: &usize| self.node(*e) == Some(node);
        let mut earlier = (0..event).filter(here).filter_map(|e| passes(&e));
        earlier.next_back().flatten()
    }

    fn asks(&self, event: usize, node: usize, group: usize) -> bool {
        let field = |key| self.event(event).field(key);
        let own = match field("target").and_then(Value::as_str) {
            Some(target) => target == self.history.header.nodes[node],
            None => true,
        };
        let groups = self.history.groups();
        own && match field("g") {
            Some(name) => name.as_str() == Some(&groups[group].0),
            None => groups.len() == 1,
        }
    }
}

fn k_reply(history: &History) -> Ruling {
    let events: Vec<Event<'_>> = history.events().collect();
    let mut kept = vec![];
    for (at, response) in events.iter().enumerate().filter(|(_, e)| e.kind() == Kind::Response) {
        let same = |e: &&Event<'_>| e.field("client") == response.field("client");
        let mut earlier = events[..at].iter().filter(same);
        let last = earlier.rfind(|e| matches!(e.kind(), Kind::Invoke | Kind::Response));
        let Some(invoke) = last.filter(|e| e.kind() == Kind::Invoke) else { continue };
        let text = |value: Option<&Value>| value.and_then(Value::as_str).map(str::to_owned);
        let op = invoke.field("op").unwrap();
        let result = response.field("result").unwrap();
        let (f, g) = (text(op.get("f")), text(op.get("g")));
        let group = history.groups().iter().find(|(name, _)| Some(name) == g.as_ref());
        let only = || history.groups().first().filter(|_| history.groups().len() == 1);
        let group = if op.get("g").is_some() { group } else { only() };
        let (Some((_, members)), Some("multicast")) = (group, f.as_deref()) else { continue };
        let views = history.kinds().contains(&Kind::View);
        let size = members.len() as u64;
        let asked = match text(op.get("replies")).as_deref() {
            Some("majority") if !views => Some(size / 2 + 1),
            Some("all") if !views => Some(size),
            _ => op.get("replies").and_then(Value::as_u64),
        };
        let ok = text(response.field("status")).as_deref() == Some("ok");
        let from = result.get("from").and_then(Value::as_array).filter(|_| ok);
        let (Some(asked), Some(from)) = (asked, from) else { continue };
        if from.iter().any(|member| !member.is_string()) {
            continue;
        }
        let names: Vec<&str> = members.iter().map(|m| history.node_name(*m)).collect();
        let members = from.iter().all(|m| names.contains(&m.as_str().unwrap()));
        let distinct = (0..from.len()).all(|i| !from[..i].contains(&from[i]));
        kept.push(members && distinct && from.len() as u64 >= asked);
    }
    of_all(&kept)
}
