//! Shrinking: the smallest schedule that violates the same property in the same way.

use crate::ddmin::ddmin;
use crate::flatten::flatten;
use crate::majority::{TRIES, majority};
use crate::reduce::{
    crashing_sooner, draws, earlier, retimed, rounded, simpler, slower, with_disturbances,
    with_steps, without_group, without_node,
};
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::schedule::{Disturbance, InFlight, Order, Schedule, Trouble};
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::Witness;

/// What shrinking arrived at.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The smallest schedule found.
    pub schedule: Schedule,
    /// Its run, with the network's side of every frame.
    pub history: History,
    /// What proves the violation there.
    pub witness: Witness,
    /// Whether the limit on replays was reached.
    pub unfinished: bool,
}

impl Shrunk {
    /// Its violation alone.
    pub fn violation(&self) -> Violation {
        Violation { history: self.history.clone(), witness: self.witness.clone() }
    }
}

/// How much may be spent on shrinking.
pub struct Effort<'a> {
    /// How many replays.
    pub replays: u32,
    /// Whether time is up.
    pub time_is_up: &'a dyn Fn() -> bool,
}

/// Shrinks a schedule that violates the checker's property: fewer requests, disturbances, nodes
/// and messages out of the ordinary, rounder numbers. A reduction counts only if the same property
/// fails with a witness of the same shape. `limit` bounds the replays.
///
/// Nothing if the schedule does not violate the property.
pub fn shrink(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    limit: u32,
) -> Option<Shrunk> {
    let violation = Violation::of(trial, checker, schedule, Detail::Network)?;
    let effort = Effort { replays: limit, time_is_up: &|| false };
    Some(shrink_from(trial, checker, schedule, &violation, &effort))
}

/// Shrinks a schedule that was seen to fail. Where runs come out at a rate, a reduction counts if
/// most of its tries fail; then the run shown is one of those that did.
pub fn shrink_from(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    violation: &Violation,
    effort: &Effort<'_>,
) -> Shrunk {
    let repeats = trial.runtime.repeats();
    let shape = violation.shape();
    let (best, shown) = (schedule.clone(), violation.clone());
    let mut shrinker =
        Shrinker { trial, checker, repeats, shape, best, shown, replays: 0, effort, late: false };
    shrinker.leave_order();
    shrinker.reduce_until_stable();
    shrinker.make_choices_explicit();
    shrinker.reduce_until_stable();
    shrinker.tidy();
    let unfinished = shrinker.replays >= effort.replays || shrinker.late;
    let schedule = shrinker.best;
    let again = match repeats {
        Repeats::Exactly => Violation::of(trial, checker, &schedule, Detail::Network),
        Repeats::IfTheProgramDoes | Repeats::AtARate => None,
    };
    let Violation { history, witness } = again.unwrap_or(shrinker.shown);
    Shrunk { schedule, history, witness, unfinished }
}

struct Shrinker<'a, 'b> {
    trial: &'a Trial<'b>,
    checker: &'static Checker,
    repeats: Repeats,
    shape: Vec<Kind>,
    best: Schedule,
    /// A run of the best, as it failed when it was taken.
    shown: Violation,
    replays: u32,
    effort: &'a Effort<'a>,
    /// Whether time was up before the end.
    late: bool,
}

/// How long a try in real time waits for what must happen in the end. It may be too short, and a try
/// fail that would not have in the end; what is arrived at is replayed with all its time.
const HURRY: Span = Span::seconds(3);

/// The schedule with less time to settle.
fn hurried(schedule: &Schedule) -> Schedule {
    let mut hurried = schedule.clone();
    let header = &mut hurried.header;
    header.end = header.end.min(header.heal_at + HURRY);
    hurried
}

/// How many other seeds of the network a reduction is tried with. Taking a piece away moves every
/// later message to another number on its link, and so to another latency.
const RESEEDS: u64 = 12;

impl Shrinker<'_, '_> {
    /// Takes the candidate if it fails as the original did, with its own choices of the network or
    /// with others. At the limit nothing is taken any more.
    fn take_if_it_fails(&mut self, candidate: Schedule) -> bool {
        if candidate == self.best {
            return false;
        }
        let reseeds = match self.repeats {
            // Other tries are other draws already.
            Repeats::AtARate => 0,
            _ if draws(&candidate) => RESEEDS,
            _ => 0,
        };
        let seed = self.best.header.seed;
        let seeds = (0..=reseeds).map(|n| if n == 0 { seed } else { seed.child("reseed", n) });
        for seed in seeds {
            let mut candidate = candidate.clone();
            candidate.header.seed = seed;
            if let Some(violation) = self.still_fails(&candidate) {
                self.best = candidate;
                self.shown = violation;
                return true;
            }
        }
        false
    }

    fn still_fails(&mut self, candidate: &Schedule) -> Option<Violation> {
        let tries = if self.repeats == Repeats::AtARate { TRIES } else { 1 };
        majority(tries, || self.try_once(candidate), Violation::or_better)
    }

    fn try_once(&mut self, candidate: &Schedule) -> Option<Violation> {
        self.late |= (self.effort.time_is_up)();
        if self.late || self.replays >= self.effort.replays {
            return None;
        }
        self.replays += 1;
        let hurried = match self.repeats {
            Repeats::AtARate => hurried(candidate),
            _ => candidate.clone(),
        };
        let violation = Violation::of(self.trial, self.checker, &hurried, self.trial.detail())?;
        (violation.shape() == self.shape).then_some(violation)
    }

    /// An order of arrival depends on the whole run, and so would change with every piece that is
    /// taken away: the usual one may do, or else what the order chose is made explicit first.
    fn leave_order(&mut self) {
        if self.best.header.order.is_uniform() {
            return;
        }
        let mut usual = self.best.clone();
        usual.header.order = Order::Uniform;
        if !self.take_if_it_fails(usual) {
            self.make_choices_explicit();
        }
    }

    fn reduce_until_stable(&mut self) {
        loop {
            let before = weight(&self.best);
            self.drop_steps();
            self.drop_disturbances();
            self.drop_nodes();
            self.drop_groups();
            self.simplify_disturbances();
            self.crash_instead_of_strikes();
            if weight(&self.best) >= before {
                return;
            }
        }
    }

    fn drop_steps(&mut self) {
        let steps = self.best.steps.clone();
        ddmin(&steps, |steps| self.take_if_it_fails(with_steps(&self.best, steps)));
    }

    fn drop_disturbances(&mut self) {
        let disturbances = self.best.disturbances.clone();
        ddmin(&disturbances, |some| self.take_if_it_fails(with_disturbances(&self.best, some)));
    }

    fn drop_nodes(&mut self) {
        for node in NodeId::first(self.best.header.nodes as usize).rev() {
            let Some(candidate) = without_node(&self.best, node) else { continue };
            // With one member less, a multicast has one send less before the same point.
            let sooner = crashing_sooner(&candidate);
            let _ = self.take_if_it_fails(candidate) || self.take_if_it_fails(sooner);
        }
    }

    fn drop_groups(&mut self) {
        for group in (0..self.best.header.groups.len() as u32).rev().map(GroupId) {
            if let Some(candidate) = without_group(&self.best, group) {
                self.take_if_it_fails(candidate);
            }
        }
    }

    fn simplify_disturbances(&mut self) {
        for index in 0..self.best.disturbances.len() {
            for form in simpler(&self.best.disturbances[index]) {
                let mut candidate = self.best.clone();
                candidate.disturbances[index] = form;
                if self.take_if_it_fails(candidate) {
                    break;
                }
            }
        }
    }

    /// A crash in the middle of a multicast may do what a later crash and late or lost messages
    /// did, and is easier to see.
    fn crash_instead_of_strikes(&mut self) {
        let strikes = |d: &Disturbance| matches!(d.trouble, Trouble::Strike { .. });
        if !self.best.disturbances.iter().any(strikes) {
            return;
        }
        let rest: Vec<Disturbance> =
            self.best.disturbances.iter().filter(|d| !strikes(d)).cloned().collect();
        for (index, disturbance) in rest.iter().enumerate() {
            let Trouble::Crash { node, .. } = disturbance.trouble else { continue };
            for effects in 0..2 * self.best.header.nodes {
                let mut candidate = with_disturbances(&self.best, &rest);
                candidate.header.network.in_flight = InFlight::Kept;
                let trouble = Trouble::Crash { node, effects: Some(effects) };
                candidate.disturbances[index] =
                    Disturbance { at: Time::ZERO, until: None, trouble };
                if self.take_if_it_fails(candidate) {
                    return;
                }
            }
        }
    }

    /// Replaces what the network drew by a list of single messages, if the run stays as it is.
    fn make_choices_explicit(&mut self) {
        let flat = match self.repeats {
            Repeats::Exactly => {
                let history = self.trial.run(&self.best, Detail::Network);
                history.map(|history| flatten(&self.best, &history))
            }
            // Another run may have drawn otherwise.
            _ => Ok(flatten(&self.best, &self.shown.history)),
        };
        if let Ok(flat) = flat {
            self.take_if_it_fails(flat);
        }
    }

    /// Rounder numbers, for whoever reads the result.
    fn tidy(&mut self) {
        let mut kept = self.best.clone();
        kept.header.network.in_flight = InFlight::Kept;
        self.take_if_it_fails(kept);
        let mut at_once = self.best.clone();
        at_once.header.stops_within = Span::ZERO;
        self.take_if_it_fails(at_once);
        self.take_if_it_fails(slower(&self.best));
        self.take_if_it_fails(earlier(&self.best));
        for unit in [50, 10, 5, 1].map(Span::millis) {
            if self.take_if_it_fails(rounded(&self.best, unit)) {
                break;
            }
        }
        for index in 0..self.best.disturbances.len() {
            self.retime(index);
        }
        // Rounder numbers may have made a piece superfluous.
        self.reduce_until_stable();
    }

    /// Gives a strike the first of a few round spans that still does it.
    fn retime(&mut self, index: usize) {
        for by in [20, 10, 5, 2, 30, 50, 100].map(Span::millis) {
            let mut candidate = self.best.clone();
            let changed = retimed(&mut candidate.disturbances[index], by);
            if !changed || candidate == self.best || self.take_if_it_fails(candidate) {
                return;
            }
        }
    }
}

/// What shrinking makes less of.
fn weight(schedule: &Schedule) -> (usize, usize, u32, usize) {
    let header = &schedule.header;
    (schedule.steps.len(), schedule.disturbances.len(), header.nodes, header.groups.len())
}
