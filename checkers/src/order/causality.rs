//! Causal order, shared by its variants: two fast passes, and an exact one for the rest.

use crate::order::causes::Causes;
use crate::order::clocks;
use crate::order::sender_order::Form;
use crate::order::steps::Scope;
use crate::scene::streams::is_affordable;
use crate::scene::{Bound, Scene};
use pepperland_core::checker::Case;
use pepperland_core::verdict::Verdict;

/// One of the variants.
pub struct Rule {
    /// Who is bound.
    pub bound: Bound,
    /// Whether a cause may be missing.
    pub form: Form,
    /// How far causes reach.
    pub scope: Scope,
    /// Why nothing is decided if there is no obligation.
    pub nothing: &'static str,
}

/// Judges by one of the variants.
pub fn judge(case: &Case<'_>, rule: &Rule) -> Verdict {
    let scene = Scene::of(case);
    let streams = scene.streams();
    let bound = scene.bound(rule.bound);
    let one_group = rule.scope == Scope::AcrossGroups && scene.group_count() == 1;
    if rule.scope == Scope::InGroup || one_group {
        let quick = clocks::along_one_course(&scene, &streams, &bound)
            .or_else(|| clocks::in_file_order(&scene, &streams, &bound));
        if let Some(tally) = quick {
            return tally.held(rule.nothing);
        }
    }
    let rows = scene.table.len() + 4 * scene.lives.len() * scene.group_count();
    if !is_affordable(rows, streams.len()) {
        return Verdict::undecided(
            "too many messages and senders to keep a vector for each message",
        );
    }
    match Causes::of(&scene, &streams, rule.scope) {
        Some(causes) => causes.judge(&bound, rule.form, rule.nothing),
        None => Verdict::undecided("causes go in circles: some deliveries precede their broadcast"),
    }
}
