//! Real time promises nothing: where nobody may be late, a violation there proves nothing.
//!
//! A node that waits for the processor, or a harness that does, makes messages as late as no
//! network of the schedule would. Whoever assumes that nothing is late may then break its claims and be
//! right. What holds, holds all the same.

use crate::trial::Trial;
use pepperland_core::history::{Clock, History};
use pepperland_core::implementation::Proviso;
use pepperland_core::verdict::{Ruling, Verdict};

/// The verdict, or undecided if it accuses somebody who may have been let down by time.
pub fn unless_late(
    trial: &Trial<'_>,
    property: &str,
    verdict: Verdict,
    history: &History,
) -> Verdict {
    let accused = verdict.ruling() == Ruling::Violated && !trial.plan.scenario.beyond_model;
    if !accused || !may_be_let_down(trial, property, history) {
        return verdict;
    }
    let name = trial.plan.implementation.name;
    let late = history.header.unclean().map(|late| format!(": {late}")).unwrap_or_default();
    Verdict::undecided(format!(
        "outside the model: {name} assumes that nothing is late, and real time promises \
         nothing{late}"
    ))
}

/// Whether whoever claims the property counts on time, and time promised nothing.
pub fn may_be_let_down(trial: &Trial<'_>, property: &str, history: &History) -> bool {
    history.header.clock == Clock::Real && assumes_punctuality(trial, property)
}

/// Whether the claim of the property needs everything to be in time.
fn assumes_punctuality(trial: &Trial<'_>, property: &str) -> bool {
    let implementation = trial.plan.implementation;
    let in_time =
        |proviso| matches!(proviso, Proviso::InTime | Proviso::HonestInTime | Proviso::Calm);
    implementation.model.latency_bound.is_some()
        || implementation.claim(property).is_some_and(|claim| in_time(claim.proviso))
}
