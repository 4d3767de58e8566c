//! What a run covers: a summary of its happens-before relation (Meng, Pîrlea, Roychoudhury &
//! Sergey, *Greybox Fuzzing of Distributed Systems*, CCS 2023). What happened at a node led to what
//! happened next, there or elsewhere; which node it was and which message it was about does not
//! matter. Beside it stand the abstract states that the run goes through.

mod states;

use pepperland_core::history::{Event, History};
use pepperland_core::seed::mix;
use std::collections::BTreeMap;

/// What a run covers, as numbers. O(events · log events).
pub fn covered(history: &History) -> impl Iterator<Item = u64> + '_ {
    edges(history).chain(states::states(history))
}

/// The edges of the summary.
fn edges(history: &History) -> impl Iterator<Item = u64> + '_ {
    let mut last = BTreeMap::new();
    history.events().flat_map(move |event| {
        let is = word(&event);
        let from = event.causes().iter().map(|cause| history.event(*cause));
        let mut found: Vec<u64> =
            from.map(|cause| edge(word(&cause), is, cause.node() == event.node())).collect();
        if let Some(before) = event.node().and_then(|node| last.insert(node, is)) {
            found.push(edge(before, is, true));
        }
        found
    })
}

fn edge(from: u64, to: u64, same_node: bool) -> u64 {
    mix(mix(from) ^ to ^ u64::from(same_node) << 63)
}

/// What an event is: its kind, and for a frame what the protocol calls it.
pub fn word(event: &Event<'_>) -> u64 {
    let label = event.transmission().and_then(|frame| frame.label.as_deref()).unwrap_or_default();
    let label = xxhash_rust::xxh3::xxh3_64(label.as_bytes());
    mix(label ^ event.kind() as u64)
}
