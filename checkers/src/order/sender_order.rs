//! Sender order: what the variants of FIFO share.
//!
//! Each receiver sees the messages that are for it in streams, numbered from 1. The fast pass
//! vouches for histories in which every delivery is of a stream's very next message. The slow one
//! keeps, for each receiver and stream, how far it has come.

use crate::order::course::Course;
use crate::scene::blocks::in_blocks;
use crate::scene::deliverers::Deliverers;
use crate::scene::lives::Start;
use crate::scene::proof::Proof;
use crate::scene::streams::{Excuses, Rank, Streams, is_affordable};
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::history::{EventId, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::sync::Arc;

/// Whether a message may be missing.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Form {
    /// What must come before has been delivered before.
    NoGap,
    /// It has not been delivered after.
    Order,
}

/// The streams as receivers see them.
pub struct Seen {
    streams: Vec<Arc<Streams>>,
    /// For each node, which of them it sees.
    of: Vec<u32>,
}

impl Seen {
    /// Every receiver sees the same streams.
    pub fn by_all(scene: &Scene<'_>, streams: Arc<Streams>) -> Seen {
        Seen { streams: vec![streams], of: vec![0; scene.history.node_count()] }
    }

    /// Each node sees those with its number in `of`.
    pub fn by_each(streams: Vec<Arc<Streams>>, of: Vec<u32>) -> Seen {
        Seen { streams, of }
    }

    fn at(&self, node: u32) -> (usize, &Streams) {
        let place = self.of[node as usize] as usize;
        (place, &self.streams[place])
    }

    fn width(&self) -> usize {
        self.streams.iter().map(|s| s.len()).max().unwrap_or(0)
    }
}

/// One of the variants.
pub struct Rule {
    /// Who is bound.
    pub bound: Bound,
    /// Whether a message may be missing.
    pub form: Form,
    /// Why nothing is decided if there is no obligation.
    pub nothing: &'static str,
}

/// Judges by the streams of the scene: one for each incarnation of a sender and each group.
pub fn judge(scene: &Scene<'_>, rule: &Rule) -> Verdict {
    let streams = scene.streams();
    let bound = scene.bound(rule.bound);
    let plain = scene.lives.starts.is_empty() && scene.case.disturbed.is_empty();
    if let Some(tally) = plain.then(|| quick(scene, &streams, &bound)).flatten() {
        return tally.held(rule.nothing);
    }
    judge_as_seen(scene, &Seen::by_all(scene, streams), rule)
}

/// Judges by any streams, without the fast pass.
pub fn judge_as_seen(scene: &Scene<'_>, seen: &Seen, rule: &Rule) -> Verdict {
    if !is_affordable(scene.lives.len(), seen.width()) {
        return Verdict::undecided(
            "too many receivers and senders to keep a counter for each pair",
        );
    }
    one_by_one(scene, seen, rule)
}

fn quick(scene: &Scene<'_>, streams: &Streams, bound: &[bool]) -> Option<Tally> {
    if let Some(course) = Course::of(scene).filter(|course| course.senders_in_order(scene)) {
        return Some(course.deliveries(scene, bound, |row| streams.rank[row].index > 1));
    }
    let small = is_affordable(scene.lives.len(), streams.len());
    small.then(|| in_step(scene, streams, bound)).flatten()
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

fn one_by_one(scene: &Scene<'_>, seen: &Seen, rule: &Rule) -> Verdict {
    let bound = scene.bound(rule.bound);
    let mut tally = Tally::of(scene);
    let mut excuses: Vec<Excuses<'_>> =
        seen.streams.iter().map(|streams| Excuses::of(scene, streams)).collect();
    let mut receipts = Receipts::of(scene, seen.width(), rule.form);
    for delivery in scene.deliveries() {
        for (class, excuses) in excuses.iter_mut().enumerate() {
            while let Some((start, excused)) = excuses.before(delivery.event) {
                receipts.excuse(start, &excused, seen.at(scene.node(start.life)).0 == class);
            }
        }
        let (_, streams) = seen.at(scene.node(delivery.life));
        let rank = streams.rank[delivery.row as usize];
        if rank.stream == NONE || !bound[delivery.life as usize] {
            continue;
        }
        let taken = receipts.take(&delivery, rank);
        if taken.binds {
            tally.count_delivery(scene, &delivery);
        }
        if let Some(other) = taken.broken {
            let before = streams.row(rank.stream, other);
            return tally.violated(witness(scene, &delivery, before));
        }
    }
    tally.held(rule.nothing)
}

/// What a delivery turned out to be.
struct Taken {
    /// Something had to come before it.
    binds: bool,
    /// The index of the message with which it is in the wrong order.
    broken: Option<u32>,
}

/// How far each life has come in each stream.
struct Receipts {
    width: usize,
    form: Form,
    /// Up to where a life has delivered or may lack everything.
    next: Vec<u32>,
    /// The newest message that it has delivered.
    newest: Vec<u32>,
    seen: Option<Deliverers<u64>>,
    is_late: Vec<bool>,
}

impl Receipts {
    fn of(scene: &Scene<'_>, width: usize, form: Form) -> Receipts {
        let lives = scene.lives.len();
        let inverts = form == Form::Order || !scene.lives.starts.is_empty();
        Receipts {
            width,
            form,
            next: vec![0; lives * width],
            newest: vec![0; lives * width],
            seen: inverts.then(|| Deliverers::empty(scene.table.len(), lives)),
            is_late: scene.lives.late(),
        }
    }

    fn excuse(&mut self, start: Start, excused: &[u32], sees: bool) {
        let first = start.life as usize * self.width;
        let next = &mut self.next[first..first + self.width];
        if sees {
            next.iter_mut().zip(excused).for_each(|(n, e)| *n = (*n).max(*e));
        }
    }

    #[inline]
    fn take(&mut self, delivery: &Delivery, rank: Rank) -> Taken {
        let place = delivery.life as usize * self.width + rank.stream as usize;
        if self.form == Form::NoGap {
            let next = &mut self.next[place];
            if rank.index > *next + 1 {
                return Taken { binds: true, broken: Some(*next + 1) };
            }
            *next = (*next).max(rank.index);
        }
        let newest = self.newest[place];
        let binds = match self.form {
            Form::NoGap => rank.index > 1,
            Form::Order => newest > 0,
        };
        let inverts = self.form == Form::Order || self.is_late[delivery.life as usize];
        let fresh = |seen: &mut Deliverers<u64>| seen.insert(delivery.row, delivery.life);
        if !inverts || !self.seen.as_mut().is_some_and(fresh) {
            return Taken { binds: binds && !inverts, broken: None };
        }
        self.newest[place] = newest.max(rank.index);
        Taken { binds, broken: (rank.index < newest).then_some(newest) }
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
