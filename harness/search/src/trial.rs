//! One trial: plan a schedule from a seed, run it, judge the history.

use crate::enough::enough;
use crate::punctuality::unless_late;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::{History, Kind};
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Refused, Repeats, Runtime};
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Verdict;
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
        let outside = self.not_judged(schedule);
        let verdict = |checker: &&'static Checker| self.verdict(checker, &outside, schedule, &case);
        self.checkers.iter().map(verdict).collect()
    }

    /// The verdict on one property: undecided where the claim does not bind the run.
    pub fn judge_one(&self, checker: &Checker, schedule: &Schedule, case: &Case<'_>) -> Verdict {
        self.verdict(checker, &self.not_judged(schedule), schedule, case)
    }

    /// The verdict on a property of a run that may be outside what is judged at all.
    fn verdict(
        &self,
        checker: &Checker,
        outside: &Option<String>,
        schedule: &Schedule,
        case: &Case<'_>,
    ) -> Verdict {
        let unseen = (of_frames(checker) && !self.runtime.sees_frames()).then(|| UNSEEN.to_owned());
        let reason = unseen.or_else(|| outside.clone());
        match reason.or_else(|| self.unmet(checker.property, schedule, case.history)) {
            Some(reason) => Verdict::undecided(reason),
            None => unless_late(self, checker.property, (checker.check)(case), case.history),
        }
    }
}

/// Why a property of frames is undecided where nobody sees them.
const UNSEEN: &str =
    "nobody sees when a node on real sockets takes a message, before it delivers it";

/// Whether a property speaks of frames, or of what a member has before it delivers it.
pub fn of_frames(checker: &Checker) -> bool {
    checker.needs.iter().any(|kind| kind.is_transmission() || *kind == Kind::Safe)
}
