//! A run that violates a property, and which of two is better to look at.

use crate::trial::Trial;
use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::{History, Kind};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Witness;

/// A run that violates a property.
#[derive(Clone, Debug)]
pub struct Violation {
    /// The run.
    pub history: History,
    /// What proves the violation there.
    pub witness: Witness,
}

impl Violation {
    /// One run of the schedule, if it violates the property.
    pub fn of(
        trial: &Trial<'_>,
        checker: &'static Checker,
        schedule: &Schedule,
        detail: Detail,
    ) -> Option<Violation> {
        let history = trial.run_for(checker, schedule, detail).ok()?;
        let verdict = trial.judge_one(checker, schedule, &Case::new(&history));
        let witness = verdict.witness().cloned()?;
        Some(Violation { history, witness })
    }

    /// Whether the claim of the property does not bind the run.
    pub fn is_beyond(&self, trial: &Trial<'_>, checker: &Checker, schedule: &Schedule) -> bool {
        trial.is_judged_beyond(checker.property, schedule, &self.history)
    }

    /// The kinds of a witness's events: what makes two violations alike.
    pub fn shape(&self) -> Vec<Kind> {
        self.witness.events.iter().map(|id| self.history.event(*id).kind()).collect()
    }

    /// The better of two to look at: a clean run before an unclean one, then the shorter one.
    pub fn or_better(self, other: Violation) -> Violation {
        let rank = |v: &Violation| (v.history.header.unclean().is_some(), v.history.len());
        if rank(&other) < rank(&self) { other } else { self }
    }
}
