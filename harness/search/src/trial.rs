//! One trial: plan a schedule from a seed, run it, judge the history.

use crate::enough::enough;
use crate::punctuality::unless_late;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::fault::Fault;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Groups, Implementation, Proviso};
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Refused, Repeats, Runtime};
use pepperland_core::schedule::{Disturbance, Fate, InFlight, Schedule, Trouble};
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use pepperland_core::verdict::Verdict;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A scenario made ready to run: names resolved, properties looked up.
pub struct Trial<'a> {
    /// What to plan.
    pub plan: Plan<'a>,
    /// What to run it on.
    pub runtime: Arc<dyn Runtime>,
    /// What to judge it by.
    pub checkers: Vec<&'static Checker>,
    /// Of these, the properties that nobody asked for by name and that the faults may or may not
    /// bring out, as they are drawn: where no run did, there is nothing to say of them.
    pub by_chance: Vec<&'static str>,
}

impl Trial<'_> {
    /// The seed of the run with this index.
    pub fn seed(&self, base: Seed, run: u64) -> Seed {
        base.child(&self.plan.scenario.key(), run)
    }

    /// The schedule of a seed.
    pub fn schedule(&self, seed: Seed) -> Schedule {
        self.plan.schedule(seed)
    }

    /// How much of a run must be written down to judge it: some properties speak of frames, or of
    /// what members have before they deliver it, and a run that cannot be had again is written down
    /// whole.
    pub fn detail(&self) -> Detail {
        let tells_of_frames = |kind: &Kind| kind.is_transmission() || *kind == Kind::Safe;
        let of_frames = |checker: &Checker| checker.needs.iter().any(tells_of_frames);
        let whole = self.runtime.repeats() != Repeats::Exactly;
        match whole || self.checkers.iter().any(|checker| of_frames(checker)) {
            true => Detail::Network,
            false => Detail::Application,
        }
    }

    /// Runs a schedule, for as long as there is something to learn of its properties.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn run(&self, schedule: &Schedule, detail: Detail) -> Result<History, Refused> {
        let enough = |history: &History| enough(self, None, schedule, history);
        self.runtime.run_until(schedule, self.plan.implementation, detail, &enough)
    }

    /// Runs a schedule to see whether it violates one property, whatever else it violates.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn run_for(
        &self,
        sought: &Checker,
        schedule: &Schedule,
        detail: Detail,
    ) -> Result<History, Refused> {
        let enough = |history: &History| enough(self, Some(sought), schedule, history);
        self.runtime.run_until(schedule, self.plan.implementation, detail, &enough)
    }

    /// The verdict on each property, in the order of the checkers.
    pub fn judge(&self, schedule: &Schedule, history: &History) -> Vec<Verdict> {
        let case = Case::new(history);
        self.checkers.iter().map(|checker| self.judge_one(checker, schedule, &case)).collect()
    }

    /// The verdict on one property: undecided where the claim does not bind the run.
    pub fn judge_one(&self, checker: &Checker, schedule: &Schedule, case: &Case<'_>) -> Verdict {
        match self.not_bound(checker.property, schedule, case.history) {
            Some(reason) => Verdict::undecided(reason),
            None => unless_late(self, checker.property, (checker.check)(case), case.history),
        }
    }

    /// Why the implementation's claim of the property does not bind this run, if so.
    fn not_bound(&self, property: &str, schedule: &Schedule, history: &History) -> Option<String> {
        if self.plan.scenario.beyond_model {
            return None;
        }
        let outside = self.outside_model().or_else(|| self.beyond(schedule));
        outside.or_else(|| self.too_slow(schedule)).or_else(|| {
            let claim = self.plan.implementation.claim(property)?;
            unmet(claim.proviso, schedule, history)
        })
    }

    /// What of the schedule is outside the implementation's model, in a sentence: its groups, or
    /// a disturbance.
    fn beyond(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let needs = schedule.header.needs();
        if !implementation.handles(needs) {
            return Some(beyond_groups(implementation, needs));
        }
        let outside = |d: &&Disturbance| {
            let faults = d.trouble.faults(d.until.is_some());
            !faults.is_empty() && implementation.outside_model(faults).len() == faults.len()
        };
        let first = schedule.disturbances.iter().find(outside)?;
        let fault = first.trouble.faults(first.until.is_some())[0];
        Some(outside_sentence(implementation, &[fault]))
    }

    /// Why the network of the schedule is too slow for the implementation's model, if it is.
    fn too_slow(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let bound = implementation.model.latency_bound?;
        let latency = schedule.header.network.max_latency;
        let name = implementation.name;
        (latency > bound).then(|| {
            format!("outside the model: {name} assumes a latency of at most {bound}, not {latency}")
        })
    }

    /// Whether the run is judged though the property is not claimed under its faults.
    pub fn outside_model_of_claims(&self, property: &str) -> bool {
        let claim = self.plan.implementation.claim(property);
        let provided = claim.is_some_and(|claim| claim.proviso != Proviso::Always);
        provided || self.outside_model().is_some()
    }

    /// What of the scenario is outside the implementation's model, in a sentence: its groups, or
    /// some of its faults.
    pub fn outside_model(&self) -> Option<String> {
        let needs = self.plan.workload.layout.needs();
        if !self.plan.implementation.handles(needs) {
            return Some(beyond_groups(self.plan.implementation, needs));
        }
        let outside = outside(self.plan.implementation, &self.plan);
        (!outside.is_empty()).then(|| outside_sentence(self.plan.implementation, &outside))
    }
}

fn beyond_groups(implementation: &Implementation, needs: Groups) -> String {
    format!("outside the model: {} does not claim to handle {}", implementation.name, needs.words())
}

fn outside_sentence(implementation: &Implementation, outside: &[Fault]) -> String {
    let words: Vec<&str> = outside.iter().map(|fault| fault.word()).collect();
    let (name, words) = (implementation.name, words.join(" and "));
    format!("outside the model: {name} does not claim to live with {words}")
}

fn outside(implementation: &Implementation, plan: &Plan<'_>) -> Vec<Fault> {
    let mut needs: Vec<Fault> =
        plan.faults.iter().flat_map(|(profile, _)| profile.needs.iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    implementation.outside_model(&needs)
}

fn unmet(proviso: Proviso, schedule: &Schedule, history: &History) -> Option<String> {
    match proviso {
        Proviso::Always => None,
        Proviso::SendsSurvive => (schedule.header.network.in_flight == InFlight::Lost)
            .then(|| "claimed only where messages in flight survive their sender's crash".into()),
        Proviso::OneGroup => {
            (history.groups().len() > 1).then(|| "claimed only where there is one group".into())
        }
        Proviso::SeveralGroups => (history.groups().len() < 2)
            .then(|| "claimed only where there are several groups".into()),
        Proviso::NobodyCrashes => {
            let mut crashes = history.kinds().iter().filter(|kind| **kind == Kind::Crash);
            crashes.next().map(|_| "claimed only while nobody crashes".into())
        }
        Proviso::KeepsSending => silent_after(schedule.header.heal_at, history)
            .map(|silent| format!("claimed only while every node keeps sending, and {silent}")),
        Proviso::InTime => {
            let mut late = schedule.disturbances.iter().filter(|d| makes_late(&d.trouble));
            late.next().map(|_| "claimed only while nothing is late".into())
        }
        Proviso::Lives(node) => {
            let crash = |(kind, at): (&Kind, &u32)| *kind == Kind::Crash && *at == node.0;
            let crashed = history.kinds().iter().zip(history.nodes()).any(crash);
            crashed.then(|| format!("claimed only while {node} lives"))
        }
    }
}

/// Whether a message may come later than the network by itself would bring it, or a node may think
/// so.
fn makes_late(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Cut { .. }
        | Trouble::Lose { .. }
        | Trouble::Delay { .. }
        | Trouble::Pause { .. }
        | Trouble::Skew { .. } => true,
        Trouble::Strike { fate, .. } => matches!(fate, Fate::Lose | Fate::Delay { .. }),
        Trouble::Duplicate { .. }
        | Trouble::Corrupt { .. }
        | Trouble::Crash { .. }
        | Trouble::Lie { .. } => false,
    }
}

/// Who falls silent after the heal, in half a sentence: a correct node that multicasts nothing, or
/// all correct nodes that have delivered a crashed node's message, of which nobody else can learn.
fn silent_after(heal_at: Time, history: &History) -> Option<String> {
    let nodes = history.node_count();
    let (mut correct, mut last) = (vec![true; nodes], vec![None; nodes]);
    for (event, (kind, node)) in history.kinds().iter().zip(history.nodes()).enumerate() {
        let healed = history.times()[event] >= heal_at;
        match kind {
            Kind::Crash => correct[*node as usize] = false,
            Kind::Broadcast if healed => last[*node as usize] = Some(event),
            _ => {}
        }
    }
    let silent = (0..nodes).find(|node| correct[*node] && last[*node].is_none());
    let silent = silent.map(|node| format!("{} does not", NodeId(node as u32)));
    silent.or_else(|| untold(history, &correct, &last))
}

/// A message of a crashed node that correct nodes delivered after their last multicast alone.
fn untold(history: &History, correct: &[bool], last: &[Option<usize>]) -> Option<String> {
    let origins = history.message_table().origins();
    let mut told = BTreeMap::new();
    let columns = history.kinds().iter().zip(history.nodes()).zip(history.messages()).enumerate();
    for (event, ((kind, node), row)) in columns {
        if *kind == Kind::Deliver && correct[*node as usize] {
            *told.entry(*row).or_insert(false) |= last[*node as usize] > Some(event);
        }
    }
    let crashed = |row: u32| correct.get(origins[row as usize] as usize) == Some(&false);
    let untold = told.into_iter().find(|(row, told)| !told && crashed(*row));
    untold.map(|(row, _)| format!("nobody who has {} does", history.message_name(row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::lanes::lanes;

    fn silent(picture: &str) -> Option<String> {
        silent_after(Time::ZERO, &lanes(picture))
    }

    #[test]
    fn every_correct_node_must_speak_and_whoever_has_a_crashed_nodes_message() {
        assert_eq!(silent("n1: !a   a\nn2: a !b b"), None);
        assert_eq!(silent("n1: !a a\nn2:    a").as_deref(), Some("n2 does not"));
        assert_eq!(silent("n1: !a a #\nn2:    a !b\nn3: !c"), None);
        let late = silent("n1: !a a #\nn2: !b a\nn3: !c");
        assert_eq!(late.as_deref(), Some("nobody who has n1:0:1 does"));
        let early = silent_after(Time::NEVER, &lanes("n1: !a a\nn2: !b a"));
        assert_eq!(early.as_deref(), Some("n1 does not"));
    }
}
