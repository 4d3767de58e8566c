//! Shrinking: the smallest schedule that violates the same property in the same way.

use crate::ddmin::ddmin;
use crate::flatten::flatten;
use crate::reduce::{
    crashing_sooner, earlier, rounded, simpler, with_disturbances, with_steps, without_group,
    without_node,
};
use crate::trial::Trial;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::{History, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Disturbance, Fate, InFlight, Schedule, Trouble};
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::{Verdict, Witness};

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
    let (history, witness) = violation(trial, checker, schedule)?;
    let shape = shape(&history, &witness);
    let mut shrinker =
        Shrinker { trial, checker, shape, best: schedule.clone(), replays: 0, limit };
    shrinker.reduce_until_stable();
    shrinker.make_choices_explicit();
    shrinker.reduce_until_stable();
    shrinker.tidy();
    let unfinished = shrinker.replays >= limit;
    let schedule = shrinker.best;
    let (history, witness) = violation(trial, checker, &schedule)?;
    Some(Shrunk { schedule, history, witness, unfinished })
}

/// The run with its network events, and the witness, if the schedule violates the property.
fn violation(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
) -> Option<(History, Witness)> {
    let history = trial.run(schedule, Detail::Network).ok()?;
    let witness = judge(trial, checker, schedule, &history).witness().cloned()?;
    Some((history, witness))
}

fn judge(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    history: &History,
) -> Verdict {
    trial.judge_one(checker, schedule, &Case::new(history))
}

/// The kinds of a witness's events: what makes two violations alike.
fn shape(history: &History, witness: &Witness) -> Vec<Kind> {
    witness.events.iter().map(|id| history.event(*id).kind()).collect()
}

struct Shrinker<'a, 'b> {
    trial: &'a Trial<'b>,
    checker: &'static Checker,
    shape: Vec<Kind>,
    best: Schedule,
    replays: u32,
    limit: u32,
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
        let reseeds = if draws(&candidate) { RESEEDS } else { 0 };
        let seed = self.best.header.seed;
        let seeds = (0..=reseeds).map(|n| if n == 0 { seed } else { seed.child("reseed", n) });
        for seed in seeds {
            let mut candidate = candidate.clone();
            candidate.header.seed = seed;
            if self.still_fails(&candidate) {
                self.best = candidate;
                return true;
            }
        }
        false
    }

    fn still_fails(&mut self, candidate: &Schedule) -> bool {
        if self.replays >= self.limit {
            return false;
        }
        self.replays += 1;
        let Ok(history) = self.trial.run(candidate, self.trial.detail()) else { return false };
        let verdict = judge(self.trial, self.checker, candidate, &history);
        verdict.witness().is_some_and(|witness| shape(&history, witness) == self.shape)
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
        let Ok(history) = self.trial.run(&self.best, Detail::Network) else { return };
        let flat = flatten(&self.best, &history);
        self.take_if_it_fails(flat);
    }

    /// Rounder numbers, for whoever reads the result.
    fn tidy(&mut self) {
        let mut kept = self.best.clone();
        kept.header.network.in_flight = InFlight::Kept;
        self.take_if_it_fails(kept);
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

/// Whether the network draws anything in this run.
fn draws(schedule: &Schedule) -> bool {
    let network = &schedule.header.network;
    let rated = |d: &Disturbance| match &d.trouble {
        Trouble::Cut { .. } => false,
        Trouble::Lie { .. } => true,
        other => other.links().is_some(),
    };
    network.min_latency != network.max_latency || schedule.disturbances.iter().any(rated)
}

/// The schedule with a latency that can be seen in a diagram.
fn slower(schedule: &Schedule) -> Schedule {
    let mut slower = schedule.clone();
    if !draws(schedule) {
        slower.header.network.min_latency = Span::millis(10);
        slower.header.network.max_latency = Span::millis(10);
    }
    slower
}

/// Gives a strike another span; false if it has none.
fn retimed(disturbance: &mut Disturbance, span: Span) -> bool {
    match &mut disturbance.trouble {
        Trouble::Strike { fate: Fate::Delay { by } | Fate::Duplicate { by }, .. } => {
            *by = span;
            true
        }
        _ => false,
    }
}
