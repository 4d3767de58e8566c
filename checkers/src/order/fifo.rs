//! FIFO: a sender's messages are delivered in the order in which it broadcast them, without gaps.
//!
//! # Definition
//! If a node broadcasts `m` before it broadcasts `m'`, then no correct node delivers `m'` unless it
//! delivered `m` before (Hadzilacos & Toueg: *FIFO Order*). This is the form that forbids gaps too;
//! it binds correct receivers, whatever becomes of the sender, unless the sender is Byzantine.
//! Scope: messages of one incarnation of the sender to one group. A receiver that starts late (a
//! restart that forgot, a joiner's first view, a snapshot) may lack what was broadcast before, but
//! what it delivers of it comes in order too.
//! # Cost
//! O(events); a counter for each receiver and sender.
//! # Witness
//! Both broadcasts and the delivery of the second; and the late delivery of the first, if any.

use crate::scene::blocks::in_blocks;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::streams::{Excuses, Streams, is_affordable};
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fifo",
    number: "OR1-gap",
    statement: "if a node broadcasts m before m', no correct node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const NOTHING: &str = "no correct node delivered a message that was not its sender's first";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let streams = scene.streams();
    if !is_affordable(scene.lives.len(), streams.len()) {
        return Verdict::undecided(
            "too many receivers and senders to keep a counter for each pair",
        );
    }
    let bound = scene.bound(Bound::Correct);
    let plain = scene.lives.starts.is_empty() && case.disturbed.is_empty();
    match plain.then(|| in_step(&scene, &streams, &bound)).flatten() {
        Some(tally) => tally.held(NOTHING),
        None => one_by_one(&scene, &streams, &bound),
    }
}

/// Vouches for histories in which every delivery is of the sender's very next message.
fn in_step(scene: &Scene<'_>, streams: &Streams, bound: &[bool]) -> Option<Tally> {
    let width = streams.len();
    let mut next = vec![1; scene.lives.len() * width];
    let mut tally = Tally::of(scene);
    let in_step = in_blocks::<false>(scene, bound, |block, _| {
        let (mut in_step, mut followers) = (true, 0);
        for pair in block {
            let rank = streams.rank[pair.row() as usize];
            let place = pair.life() as usize * width + rank.stream as usize;
            let Some(next) = next.get_mut(place) else { return false };
            in_step &= rank.index == *next;
            *next = rank.index + 1;
            followers += u64::from(rank.index > 1);
        }
        tally.obligations += followers;
        in_step
    });
    in_step.then_some(tally)
}

fn one_by_one(scene: &Scene<'_>, streams: &Streams, bound: &[bool]) -> Verdict {
    let mut tally = Tally::of(scene);
    let mut excuses = Excuses::of(scene, streams);
    let mut receipts = Receipts::of(scene, streams);
    for delivery in scene.deliveries() {
        while let Some((start, excused)) = excuses.before(delivery.event) {
            receipts.excuse(start.life, &excused);
        }
        let rank = streams.rank[delivery.row as usize];
        if rank.stream == NONE || !bound[delivery.life as usize] {
            continue;
        }
        if rank.index > 1 {
            tally.count_delivery(scene, &delivery);
        }
        if let Some(missing) = receipts.take(&delivery, rank.stream, rank.index) {
            let before = streams.row(rank.stream, missing);
            return tally.violated(witness(scene, &delivery, before));
        }
    }
    tally.held(NOTHING)
}

/// How far each life has come in each stream.
struct Receipts {
    streams: usize,
    next: Vec<u32>,
    late: Option<Late>,
}

/// What is remembered of lives that start late: they may deliver what they are excused from.
struct Late {
    is_late: Vec<bool>,
    seen: Deliverers<u64>,
    newest: Vec<u32>,
}

impl Receipts {
    fn of(scene: &Scene<'_>, streams: &Streams) -> Receipts {
        let (lives, streams) = (scene.lives.len(), streams.len());
        let late = (!scene.lives.starts.is_empty()).then(|| Late {
            is_late: scene.lives.late(),
            seen: Deliverers::empty(scene.table.len(), lives),
            newest: vec![0; lives * streams],
        });
        Receipts { streams, next: vec![0; lives * streams], late }
    }

    fn excuse(&mut self, life: u32, excused: &[u32]) {
        let start = life as usize * self.streams;
        let next = &mut self.next[start..start + self.streams];
        next.iter_mut().zip(excused).for_each(|(n, e)| *n = (*n).max(*e));
    }

    /// Takes a delivery; the index of the message that should have come before, if one should.
    #[inline]
    fn take(&mut self, delivery: &Delivery, stream: u32, index: u32) -> Option<u32> {
        let place = delivery.life as usize * self.streams + stream as usize;
        let next = &mut self.next[place];
        if index > *next + 1 {
            return Some(*next + 1);
        }
        *next = (*next).max(index);
        self.late.as_mut().and_then(|late| late.take(delivery, place, index))
    }
}

impl Late {
    fn take(&mut self, delivery: &Delivery, place: usize, index: u32) -> Option<u32> {
        if !self.is_late[delivery.life as usize] || !self.seen.insert(delivery.row, delivery.life) {
            return None;
        }
        let newest = self.newest[place];
        self.newest[place] = newest.max(index);
        (index < newest).then_some(newest)
    }
}

/// `delivery` came without `other`, or too late after it.
fn witness(scene: &Scene<'_>, delivery: &Delivery, other: u32) -> Witness {
    let second = scene.first(delivery.life, other);
    let Delivery { life, row, event } = *delivery;
    match second.filter(|s| s.0 < event) {
        Some(earlier) => told(scene, life, other, earlier, row, Some(EventId(event))),
        None => told(scene, life, row, EventId(event), other, second),
    }
}

/// The life delivered `after` at `event`, though not yet `before`, which came later if at all.
fn told(
    scene: &Scene<'_>,
    life: u32,
    after: u32,
    event: EventId,
    before: u32,
    later: Option<EventId>,
) -> Witness {
    let (who, first, second) = (scene.who(life), scene.name(before), scene.name(after));
    let sender = scene.node_name(scene.table.origins()[before as usize]);
    let how = if later.is_some() { "before" } else { "without" };
    let broadcasts = [scene.broadcast(before), scene.broadcast(after)].into_iter().flatten();
    Proof::default()
        .yes(format!("{sender} broadcast {first} before {second}"), broadcasts)
        .yes(format!("{who} delivered {second}"), [event])
        .no(format!("{who} delivered {first} before that"), later)
        .because(format!("{who} delivered {second} {how} {first}, which {sender} broadcast first"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{FailureModel, Header};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn an_inversion_and_a_gap_are_told() {
        let inversion = lanes("n1: !a !b\nn2:       b a");
        let told = "n2 delivered n1:0:2 before n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &inversion), told);
        let gap = lanes("n1: !a !b\nn2:       b");
        let told = "n2 delivered n1:0:2 without n1:0:1, which n1 broadcast first";
        assert_eq!(because(&ENTRY, &gap), told);
        let events = check(&Case::new(&gap)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 1, 2].map(EventId));
    }

    #[test]
    fn a_crashed_receiver_is_free_and_a_crashed_sender_is_not() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b\nn2:       b #")), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a !b #\nn2:       b")), Ruling::Violated);
    }

    #[test]
    fn a_restart_that_forgot_may_begin_anywhere_but_goes_on_in_order() {
        let mut header = Header::new(Vec::new());
        header.failure_model = FailureModel::CrashRecovery;
        let judge = |picture| ruling(&ENTRY, &parse(picture, header.clone()).unwrap());
        assert_eq!(judge("n1: !a !b\nn2:      # ^ b"), Ruling::Held);
        assert_eq!(judge("n1: !a !b\nn2:      # ^ b a"), Ruling::Violated);
        assert_eq!(judge("n1: !a     !b !c\nn2:    # ^       c"), Ruling::Violated);
    }
}
