//! Courses: which stretches of a log each client read through, and where it was told the end is.
//!
//! A client reads through the offsets from where it started to the last that it was shown, as long
//! as each of its polls asks for no more than the offset after what the one before had shown. A
//! poll that asks for more starts anew where it asks, for its client leaves out the rest on
//! purpose; but at the very beginning if the service had told the client where to start, as the
//! offset committed before: what is committed somebody has read.

use crate::answers::finals::{is_late, settled};
use crate::answers::logs::{Log, Logs, Poll, Start};
use crate::linearizability::values::Datum;
use pepperland_core::collections::{Map, Set};

/// Where a client stands in a log.
#[derive(Copy, Clone)]
struct Standing {
    start: i64,
    next: i64,
}

/// A client was shown a message beyond all from `start` on.
#[derive(Copy, Clone, Debug)]
pub struct Passage {
    /// The first offset that it passed.
    pub start: i64,
    /// The offset that it was shown.
    pub shown: i64,
    /// The poll that showed it, by its request.
    pub poll: usize,
}

/// The stretches of a log that somebody read through.
pub struct Passages {
    /// By where they start; each reaches as far as any before it.
    furthest: Vec<Passage>,
}

impl Passages {
    /// Those of a log. O(n log n) in its polls.
    pub fn of(logs: &Logs<'_, '_>, log: &Log) -> Passages {
        let mut passages = passages(logs, log);
        passages.sort_by_key(|passage| (passage.start, passage.poll));
        let furthest = passages.into_iter().scan(None, |best: &mut Option<Passage>, this| {
            let best = best.get_or_insert(this);
            if this.shown > best.shown {
                *best = this;
            }
            Some(Passage { start: this.start, ..*best })
        });
        Passages { furthest: furthest.collect() }
    }

    /// Who passed this offset, if anybody did.
    pub fn over(&self, offset: i64) -> Option<&Passage> {
        let before = self.furthest.partition_point(|passage| passage.start <= offset);
        let last = before.checked_sub(1).map(|last| &self.furthest[last]);
        last.filter(|passage| passage.shown > offset)
    }
}

fn passages(logs: &Logs<'_, '_>, log: &Log) -> Vec<Passage> {
    let mut standings: Map<u32, Standing> = Map::default();
    let mut told: Set<u32> = Set::default();
    let mut hints = log.told.iter().copied().peekable();
    let mut passages = Vec::new();
    for poll in &log.polls {
        while let Some(hint) = hints.next_if(|hint| *hint < poll.request) {
            told.insert(logs.request(hint).operation.client);
        }
        let client = logs.request(poll.request).operation.client;
        let before = standings.get(&client).copied();
        let mut now = standing(before, poll, told.contains(&client));
        if let Some((shown, _)) = poll.shown.iter().max_by_key(|(offset, _)| *offset) {
            passages.push(Passage { start: now.start, shown: *shown, poll: poll.request });
            now.next = shown.saturating_add(1);
        }
        standings.insert(client, now);
    }
    passages
}

/// Where a client stands when it polls.
fn standing(before: Option<Standing>, poll: &Poll, is_told: bool) -> Standing {
    let anew = |from: i64| Standing { start: if is_told { i64::MIN } else { from }, next: from };
    match (poll.start, before) {
        (Start::At(from), Some(before)) if from <= before.next => {
            Standing { start: before.start.min(from), ..before }
        }
        (Start::At(from), _) => anew(from),
        (Start::After(_) | Start::Anywhere, Some(before)) => before,
        (Start::After(_) | Start::Anywhere, None) => anew(i64::MIN),
    }
}

/// The messages that some poll showed.
pub fn polled(log: &Log) -> Set<Datum> {
    log.polls.iter().flat_map(|poll| &poll.shown).map(|(_, value)| *value).collect()
}

/// The poll by which a client was told that the log ends at the smallest offset: its last of the
/// key, begun after faults had stopped and every send had been answered, that showed nothing.
pub fn end<'l>(logs: &Logs<'_, '_>, log: &'l Log) -> Option<(i64, &'l Poll)> {
    let settled = settled(&logs.requests, log.sends.iter().map(|send| logs.request(send.request)));
    let mut last: Map<u32, &Poll> = Map::default();
    for poll in &log.polls {
        last.insert(logs.request(poll.request).operation.client, poll);
    }
    let mut ends = Vec::new();
    for poll in &log.polls {
        let request = logs.request(poll.request);
        let is_last = last[&request.operation.client].request == poll.request;
        let is_final = is_late(&logs.requests, request, settled);
        let there = logs.requests.stays(request.place);
        if let (Start::At(from), true, true, true) = (poll.start, is_last, is_final, there)
            && poll.shown.is_empty()
        {
            ends.push((from, poll));
        }
    }
    ends.into_iter().min_by_key(|(from, poll)| (*from, poll.request))
}
