//! Primary views by their ordinals: the numbers of their ids.
//!
//! A primary view is an id with a set of members that some node installed as primary. Where an
//! ordinal has several, primary-uniqueness is broken and what should follow is not defined: such
//! ordinals are skipped as predecessors.

use crate::scene::Scene;
use crate::views::installs::{Install, Installs};
use pepperland_core::checker::Case;
use pepperland_core::collections::Set;
use pepperland_core::history::PartitionContract;
use std::collections::BTreeMap;

/// The reason where every component is to go on.
pub const PARTITIONABLE: &str =
    "the contract lets every component go on: no view is the primary one";
/// The reason where there is nothing to compare.
pub const NOTHING: &str = "no group had two primary views";

/// Whether at most one component is to go on.
pub fn is_primary(case: &Case<'_>) -> bool {
    case.history.header.contract.partition == PartitionContract::Primary
}

/// For each group and ordinal its primary views, each with its first installation.
pub fn primaries(installs: &Installs) -> BTreeMap<(u32, u64), Vec<&Install>> {
    let mut primaries: BTreeMap<(u32, u64), Vec<&Install>> = BTreeMap::new();
    let mut seen: Set<(u32, &[u32])> = Set::default();
    for install in installs.all.iter().filter(|i| i.primary) {
        if seen.insert((install.view, &install.members)) {
            let ordinal = (installs.group(install), installs.number(install.view));
            primaries.entry(ordinal).or_default().push(install);
        }
    }
    primaries
}

/// Each primary view with the one before it, where that is unique.
pub fn successions(installs: &Installs) -> Vec<(&Install, &Install)> {
    let primaries = primaries(installs);
    let pairs = primaries.iter().zip(primaries.iter().skip(1));
    let pairs = pairs.filter(|(before, after)| before.0.0 == after.0.0 && before.1.len() == 1);
    pairs.flat_map(|(before, after)| after.1.iter().map(|next| (before.1[0], *next))).collect()
}

/// A view in words.
pub fn words(scene: &Scene<'_>, installs: &Installs, view: &Install) -> String {
    format!("primary view {} {}", installs.name(view.view), installs.set(scene, &view.members))
}
