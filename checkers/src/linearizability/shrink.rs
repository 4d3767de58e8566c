//! Making a proof small: operations go as long as the rest still cannot be put in order, and as
//! long as that still proves it of the whole.
//!
//! What only looks may always go. What changed something may go where nothing that stays has seen
//! it: if there were an order with it, there would be one without. An answer may go: the operation
//! is open then, which allows more. And whatever came later in real time may go.

use crate::linearizability::calls::{Action, Calls, Taken};
use crate::linearizability::decide::{found, made};
use crate::linearizability::models::Model;
use crate::linearizability::values::Datum;
use pepperland_core::collections::Set;
use pepperland_core::history::{EventId, NONE};

/// How operations are read from events, and whether they cannot be put in order.
pub struct Trial<'t> {
    /// Reads them.
    pub read: &'t dyn Fn(&[EventId]) -> Option<Calls>,
    /// Judges them.
    pub is_broken: &'t dyn Fn(&Calls) -> bool,
    /// Whether operations are ordered in real time.
    pub timed: bool,
}

/// How many operations may be judged for a smaller proof.
const EFFORT: usize = 20_000_000;

/// From how many operations on the end is cut off first.
const LONG: usize = 30;

/// The events of a proof that has no event too many.
pub fn shrink(calls: Calls, trial: &Trial<'_>) -> (Vec<EventId>, Calls) {
    let mut shrinking = Shrinking { events: events(&calls), calls, trial, effort: EFFORT };
    let of_items = matches!(shrinking.calls.model, Model::Queue | Model::Stack);
    if trial.timed && (of_items || shrinking.calls.all.len() > LONG) {
        shrinking.cut_off();
    }
    loop {
        let before = shrinking.events.len();
        let mut chunk = shrinking.calls.all.len().div_ceil(2).max(1);
        loop {
            shrinking.drop_chunks(chunk);
            if chunk == 1 {
                break;
            }
            chunk = chunk.div_ceil(2);
        }
        shrinking.open();
        if shrinking.events.len() == before {
            return (shrinking.events, shrinking.calls);
        }
    }
}

fn events(calls: &Calls) -> Vec<EventId> {
    let both = calls.all.iter().flat_map(|call| [call.invoke, call.response]);
    let mut events: Vec<EventId> = both.filter(|event| *event != NONE).map(EventId).collect();
    events.sort_unstable();
    events
}

struct Shrinking<'t> {
    events: Vec<EventId>,
    calls: Calls,
    trial: &'t Trial<'t>,
    effort: usize,
}

impl Shrinking<'_> {
    /// Goes on with these events if they still prove it.
    fn try_events(&mut self, events: Vec<EventId>) -> bool {
        if events.len() >= self.events.len() || self.effort < events.len() {
            return false;
        }
        self.effort -= events.len();
        let Some(calls) = (self.trial.read)(&events) else { return false };
        let broken = (self.trial.is_broken)(&calls);
        if broken {
            (self.events, self.calls) = (events, calls);
        }
        broken
    }

    /// Cuts off what came after the first instant at which there is no order any more.
    fn cut_off(&mut self) {
        let mut ends: Vec<u64> =
            self.calls.all.iter().filter(|call| call.is_done()).map(|call| call.end).collect();
        ends.sort_unstable();
        let (mut low, mut high) = (0, ends.len());
        while low + 1 < high {
            let middle = (low + high) / 2;
            let cut = ends[middle - 1];
            let begun = self.calls.all.iter().filter(|call| call.begin < cut);
            let kept = begun
                .flat_map(|call| [call.invoke, if call.end <= cut { call.response } else { NONE }]);
            let mut kept: Vec<EventId> = kept.filter(|e| *e != NONE).map(EventId).collect();
            kept.sort_unstable();
            if self.try_events(kept) { high = middle } else { low = middle }
        }
    }

    /// Drops operations, so many at once.
    fn drop_chunks(&mut self, size: usize) {
        let mut end = self.calls.all.len();
        while end > 0 {
            let start = end.saturating_sub(size);
            let gone = may_go(&self.calls, start..end.min(self.calls.all.len()), self.trial.timed);
            if !gone.is_empty() {
                let events = gone.iter().flat_map(|id| {
                    let call = &self.calls.all[*id];
                    [EventId(call.invoke), EventId(call.response)]
                });
                let events: Set<EventId> = events.collect();
                let kept = self.events.iter().filter(|event| !events.contains(event));
                self.try_events(kept.copied().collect());
            }
            end = start.min(self.calls.all.len());
        }
    }

    /// Drops answers to what has changed something.
    fn open(&mut self) {
        let answers = self.calls.all.iter().filter(|call| {
            let changes = call.action.changes_blindly() || matches!(call.action, Action::Take(_));
            call.is_done() && changes
        });
        let answers: Vec<u32> = answers.map(|call| call.response).collect();
        for answer in answers {
            let kept = self.events.iter().filter(|event| event.0 != answer);
            self.try_events(kept.copied().collect());
        }
    }
}

/// Which of these operations may go together, with what has to go with them.
fn may_go(calls: &Calls, chunk: std::ops::Range<usize>, timed: bool) -> Vec<usize> {
    let staying = || calls.all.iter().enumerate().filter(|(id, _)| !chunk.contains(id));
    let mut gone: Vec<usize> = match calls.model {
        Model::Registers => {
            let seen = |(_, call)| found(call).into_iter().flatten().map(|value| (call.key, value));
            let mut seen: Set<(u32, Datum)> = staying().flat_map(seen).collect();
            let keeps = |id: &usize, seen: &Set<(u32, Datum)>| {
                let call = &calls.all[*id];
                made(call.action).is_some_and(|value| seen.contains(&(call.key, value)))
            };
            let mut chunk: Vec<usize> = chunk.clone().collect();
            loop {
                let (kept, rest): (Vec<usize>, _) = chunk.iter().partition(|id| keeps(id, &seen));
                for id in &kept {
                    let call = &calls.all[*id];
                    seen.extend(found(call).into_iter().flatten().map(|value| (call.key, value)));
                }
                chunk = rest;
                if kept.is_empty() {
                    break chunk;
                }
            }
        }
        Model::Counter => {
            let looks = staying().filter(|(_, call)| matches!(call.action, Action::Sum(_)));
            let last = looks.map(|(_, call)| call.end).max().unwrap_or(0);
            let may = |id: &usize| match calls.all[*id].action {
                Action::Count(0) => true,
                Action::Count(_) => last == 0 || timed && last < calls.all[*id].begin,
                _ => true,
            };
            chunk.clone().filter(may).collect()
        }
        Model::Set => {
            let lists = staying().filter_map(|(_, call)| match call.action {
                Action::Members(list) => Some(&calls.lists[list as usize]),
                _ => None,
            });
            let seen: Set<Datum> = lists.flatten().copied().collect();
            let may = |id: &usize| match calls.all[*id].action {
                Action::Insert(element) => !seen.contains(&element),
                _ => true,
            };
            chunk.clone().filter(may).collect()
        }
        Model::Queue | Model::Stack => items_that_may_go(calls, chunk.clone()),
    };
    gone.sort_unstable();
    gone
}

/// Items go with everything that was done to them.
fn items_that_may_go(calls: &Calls, chunk: std::ops::Range<usize>) -> Vec<usize> {
    let item = |id: usize| match calls.all[id].action {
        Action::Put(item) | Action::Take(Taken::Item(item)) => Some(item),
        _ => None,
    };
    let items: Set<Datum> = chunk.clone().filter_map(item).collect();
    let goes = |id: &usize| match calls.all[*id].action {
        Action::Take(Taken::Empty) => chunk.contains(id),
        Action::Take(Taken::Unknown) => false,
        _ => item(*id).is_some_and(|i| items.contains(&i) && !calls.initial.items.contains(&i)),
    };
    (0..calls.all.len()).filter(goes).collect()
}
