//! Orders of time, shared: of two messages of which one was over before the other began, the first
//! is delivered first by whoever delivers both.

use crate::scene::blocks::in_blocks;
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::streams::is_affordable;
use crate::scene::tally::Tally;
use crate::scene::{Bound, Delivery, Scene};
use pepperland_core::history::EventId;
use pepperland_core::verdict::{Verdict, Witness};

/// When messages began and were over.
pub struct Intervals {
    /// For each message; the other way round for one without a place in time.
    pub of: Vec<Interval>,
    /// The event with which each one was over, if it ever was.
    pub over: Vec<Option<EventId>>,
    /// How the sentence tells that the first was over.
    pub how: &'static str,
}

/// From when to when.
#[derive(Copy, Clone, Debug)]
pub struct Interval {
    /// The first instant at which it may have begun.
    pub begin: u64,
    /// The last instant at which it may not yet have been over.
    pub end: u64,
}

impl Interval {
    /// No place in time: before nothing and after nothing.
    pub const NEVER: Interval = Interval { begin: 0, end: u64::MAX };
}

/// What a life has delivered so far: the message that began last, and when the first was over.
#[derive(Copy, Clone)]
struct SoFar {
    latest: u64,
    earliest: u64,
    row: u32,
}

const NOTHING: &str = "no correct node delivered two messages of which one was over first";

/// Judges correct nodes, group by group.
pub fn judge(scene: &Scene<'_>, intervals: &Intervals) -> Verdict {
    let bound = scene.bound(Bound::Correct);
    let plain = scene.is_for_everyone() && scene.case.disturbed.is_empty();
    let quick = plain.then(|| quick(scene, intervals, &bound)).flatten();
    match quick {
        Some(tally) => tally.held(NOTHING),
        None if !is_affordable(scene.lives.len(), scene.group_count()) => {
            Verdict::undecided("too many nodes and groups to follow each pair")
        }
        None => one_by_one(scene, intervals, &bound),
    }
}

/// Vouches for histories in which nobody delivers anything too late.
fn quick(scene: &Scene<'_>, intervals: &Intervals, bound: &[bool]) -> Option<Tally> {
    let mut so_far = vec![(0, u64::MAX); scene.lives.len()];
    let mut tally = Tally::of(scene);
    let fine = in_blocks::<false>(scene, bound, |block, _| {
        let (mut fine, mut binding) = (true, 0);
        for pair in block {
            let Interval { begin, end } = intervals.of[pair.row() as usize];
            let (latest, earliest) = &mut so_far[pair.life() as usize];
            fine &= end >= *latest;
            binding += u64::from(*earliest < begin);
            *latest = begin.max(*latest);
            *earliest = end.min(*earliest);
        }
        tally.obligations += binding;
        fine
    });
    fine.then_some(tally)
}

fn one_by_one(scene: &Scene<'_>, intervals: &Intervals, bound: &[bool]) -> Verdict {
    let groups = scene.group_count();
    let nothing = SoFar { latest: 0, earliest: u64::MAX, row: 0 };
    let mut so_far = vec![nothing; scene.lives.len() * groups];
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut tally = Tally::of(scene);
    for delivery in scene.deliveries().filter(|d| bound[d.life as usize]) {
        let Some(group) = scene.group(delivery.row) else { continue };
        if !seen.insert(delivery.row, delivery.life) {
            continue;
        }
        let Interval { begin, end } = intervals.of[delivery.row as usize];
        let so_far = &mut so_far[delivery.life as usize * groups + group as usize];
        let broken = end < so_far.latest;
        if broken || so_far.earliest < begin {
            tally.count_delivery(scene, &delivery);
        }
        if broken {
            return tally.violated(witness(scene, intervals, &delivery, so_far.row));
        }
        if begin > so_far.latest {
            (so_far.latest, so_far.row) = (begin, delivery.row);
        }
        so_far.earliest = end.min(so_far.earliest);
    }
    tally.held(NOTHING)
}

/// `delivery` is of a message that was over before `after` began, which the life delivered before.
fn witness(scene: &Scene<'_>, intervals: &Intervals, delivery: &Delivery, after: u32) -> Witness {
    let (who, first, second) =
        (scene.who(delivery.life), scene.name(delivery.row), scene.name(after));
    let broadcasts = [scene.broadcast(delivery.row), intervals.over[delivery.row as usize]];
    let broadcasts = broadcasts.into_iter().chain([scene.broadcast(after)]).flatten();
    let how = intervals.how;
    Proof::default()
        .yes(format!("{first} {how} {second}"), broadcasts)
        .yes(format!("{who} delivered {second}"), scene.first(delivery.life, after))
        .no(format!("{who} delivered {first} before that"), [EventId(delivery.event)])
        .because(format!("{who} delivered {second} before {first}, which {how} it"))
}
