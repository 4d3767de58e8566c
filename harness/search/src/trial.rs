//! One trial: plan a schedule from a seed, run it, judge the history.

use crate::enough::enough;
use crate::proviso::{SENDS_DO_NOT_SURVIVE, unmet};
use crate::punctuality::unless_late;
use crate::roles::departed_from;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::fault::Fault;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::{Class, Groups, Implementation, Proviso};
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Refused, Repeats, Runtime};
use pepperland_core::schedule::{Disturbance, Schedule, Trouble};
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Verdict;
use std::collections::BTreeSet;
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

    /// The schedule of a seed. Where faults are placed by what happens without them, this takes a
    /// run.
    pub fn schedule(&self, seed: Seed) -> Schedule {
        let planned = self.plan.schedule(seed);
        if !self.plan.foresees() {
            return planned;
        }
        match self.runtime.run(&planned, self.plan.implementation, Detail::Network) {
            Ok(history) => self.plan.foreseen(planned, &history, seed),
            // Whoever runs the schedule is told why it cannot be run.
            Err(_) => planned,
        }
    }

    /// Whether the runtime can run the schedules of this trial.
    ///
    /// # Errors
    /// [`Refused`], with the name of what it cannot do.
    pub fn accepted(&self, base: Seed) -> Result<(), Refused> {
        let (runtime, faults) = (&self.runtime, &self.plan.faults);
        runtime.accepts(&self.plan.schedule(self.seed(base, 0)))?;
        let named = |what: String| Err(Refused::anywhere(runtime.name(), what));
        let by_chance = runtime.repeats() == Repeats::AtARate;
        let foreseeing =
            faults.iter().find(|(profile, choice)| profile.foresight(choice).is_some());
        if let Some((profile, _)) = foreseeing.filter(|_| by_chance) {
            let name = profile.name;
            return named(format!("foresee when \"{name}\" is due: no two of its runs are alike"));
        }
        for (profile, choice) in faults {
            let lacking = choice.needs.iter().find(|fault| runtime.lacks().contains(fault));
            if let Some(fault) = lacking {
                let (name, word) = (profile.name, fault.word());
                return named(format!("bring about \"{name}\": it has no {word} faults"));
            }
        }
        Ok(())
    }

    /// How much of a run must be written down to judge it: some properties speak of frames, or of
    /// what members have before they deliver it, and a run that cannot be had again is written down
    /// whole.
    pub fn detail(&self) -> Detail {
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
        let unseen = (of_frames(checker) && !self.runtime.sees_frames()).then(|| UNSEEN.to_owned());
        match unseen.or_else(|| self.not_bound(checker.property, schedule, case.history)) {
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
        let outside = outside.or_else(|| self.too_many_fail(schedule));
        outside.or_else(|| self.too_slow(schedule)).or_else(|| {
            let proviso = self.plan.implementation.claim(property)?.proviso;
            match proviso == Proviso::SendsSurvive && !self.runtime.keeps_in_flight() {
                true => Some(SENDS_DO_NOT_SURVIVE.to_owned()),
                false => unmet(proviso, schedule, history),
            }
        })
    }

    /// What of the schedule is outside the implementation's model, in a sentence: its groups, its
    /// roles, or a disturbance.
    fn beyond(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let needs = schedule.header.needs();
        if !implementation.handles(needs) {
            return Some(beyond_groups(implementation, needs));
        }
        if let Some(departed) = departed_from(implementation, schedule) {
            return Some(departed);
        }
        let outside = |d: &&Disturbance| {
            let faults = d.trouble.faults(d.until.is_some());
            !faults.is_empty() && self.outside(faults).len() == faults.len()
        };
        let first = schedule.disturbances.iter().find(outside)?;
        let fault = first.trouble.faults(first.until.is_some())[0];
        Some(outside_sentence(implementation, &[fault]))
    }

    /// Whether more nodes of a class lie than may, or fail where some do.
    fn too_many_fail(&self, schedule: &Schedule) -> Option<String> {
        let liars = schedule.liars();
        if liars.is_empty() {
            return None;
        }
        let crashes = schedule.disturbances.iter().filter_map(|d| match d.trouble {
            Trouble::Crash { node, .. } => Some(node),
            _ => None,
        });
        let failing: BTreeSet<NodeId> = liars.iter().copied().chain(crashes).collect();
        let implementation = self.plan.implementation;
        let classes = implementation.classes(schedule.header.nodes as usize).into_iter();
        let of_class = |class: &Class, nodes: &BTreeSet<NodeId>| {
            nodes.iter().filter(|node| class.holds(**node)).count()
        };
        let too_many = |class: Class| {
            let (lying, failing) = (of_class(&class, &liars), of_class(&class, &failing));
            let (may_lie, what) = (class.most(Fault::Byzantine), class.what);
            match (lying > may_lie, failing > class.most) {
                (true, _) => Some(format!("{lying} of the {what} lie, and {may_lie} may")),
                (false, true) => {
                    Some(format!("{failing} of the {what} fail, and {} may", class.most))
                }
                (false, false) => None,
            }
        };
        let told = classes.filter_map(too_many).next()?;
        Some(format!("outside the model: {told}"))
    }

    /// Why the network of the schedule is too slow for the implementation's model, if it is.
    fn too_slow(&self, schedule: &Schedule) -> Option<String> {
        let implementation = self.plan.implementation;
        let bound = implementation.model.latency_bound?;
        let latency = schedule.header.network.promised_latency();
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
        let outside = self.outside(&needs_of_faults(&self.plan));
        (!outside.is_empty()).then(|| outside_sentence(self.plan.implementation, &outside))
    }

    /// The faults among these that the implementation does not claim to live with, and that reach
    /// it.
    fn outside(&self, faults: &[Fault]) -> Vec<Fault> {
        let implementation = self.plan.implementation;
        let absorbed = self.runtime.absorbs(implementation.model.channel);
        let mut outside = implementation.outside_model(faults);
        outside.retain(|fault| !absorbed.contains(fault));
        outside
    }
}

/// Why a property of frames is undecided where nobody sees them.
const UNSEEN: &str =
    "nobody sees when a node on real sockets takes a message, before it delivers it";

/// Whether a property speaks of frames, or of what a member has before it delivers it.
pub fn of_frames(checker: &Checker) -> bool {
    checker.needs.iter().any(|kind| kind.is_transmission() || *kind == Kind::Safe)
}

fn beyond_groups(implementation: &Implementation, needs: Groups) -> String {
    format!("outside the model: {} does not claim to handle {}", implementation.name, needs.words())
}

fn outside_sentence(implementation: &Implementation, outside: &[Fault]) -> String {
    let words: Vec<&str> = outside.iter().map(|fault| fault.word()).collect();
    let (name, words) = (implementation.name, words.join(" and "));
    format!("outside the model: {name} does not claim to live with {words}")
}

/// What the faults of a plan need, each once.
fn needs_of_faults(plan: &Plan<'_>) -> Vec<Fault> {
    let mut needs: Vec<Fault> =
        plan.faults.iter().flat_map(|(_, choice)| choice.needs.iter().copied()).collect();
    needs.sort_unstable();
    needs.dedup();
    needs
}
