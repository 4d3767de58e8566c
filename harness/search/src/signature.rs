//! Signatures: what kind of failure a finding is, whichever seed found it. Of a shrunk run, what
//! breaks the property, which kinds of faults it took, and from what kinds of messages each event
//! of the proof came; not which nodes and messages these were, when, nor who stood by.
//!
//! The proof is a graph: its events, those of one node in their order, those of one message
//! together. It is named by the colours that refinement comes to (Weisfeiler & Leman 1968;
//! Shervashidze et al., *Weisfeiler-Lehman Graph Kernels*, JMLR 2011), which do not depend on
//! names.

use crate::planner::coverage;
use pepperland_core::checker::Checker;
use pepperland_core::history::{Event, EventId, History};
use pepperland_core::schedule::{Disturbance, Fate, Schedule, Trouble};
use pepperland_core::seed::mix;
use pepperland_core::verdict::Witness;
use std::collections::BTreeSet;

/// How often colours are refined: the proofs are small.
const ROUNDS: usize = 4;

/// The signature of a shrunk run: `S-`, six hexadecimal digits for what breaks the property, and
/// six more for the faults and messages that it took. Two that share the first half may be the
/// same. O(w²) for a proof of w events.
pub fn signature(
    checker: &Checker,
    schedule: &Schedule,
    history: &History,
    witness: &Witness,
) -> String {
    let events: BTreeSet<EventId> = witness.events.iter().copied().collect();
    let events: Vec<Event<'_>> = events.into_iter().map(|id| history.event(id)).collect();
    let broken = gathered(of_word(checker.property), proof(&events));
    let origins: BTreeSet<u64> = events.iter().map(|event| origin(history, event)).collect();
    let faults: BTreeSet<u64> = schedule.disturbances.iter().map(fault).collect();
    let how = gathered(gathered(broken, origins), faults);
    format!("S-{:06x}-{:06x}", broken >> 40, how >> 40)
}

/// The colours of the proof's events, in order.
fn proof(events: &[Event<'_>]) -> Vec<u64> {
    let mut colours: Vec<u64> = events.iter().map(|event| of_word(event.kind().word())).collect();
    for _ in 0..ROUNDS {
        colours = (0..events.len()).map(|index| refined(events, &colours, index)).collect();
    }
    colours.sort_unstable();
    colours
}

/// The colour of an event together with those of the events that share its node or its message.
fn refined(events: &[Event<'_>], colours: &[u64], index: usize) -> u64 {
    let of = |other: usize| {
        let (this, that) = (&events[index], &events[other]);
        let same_node = this.node().is_some() && this.node() == that.node();
        let same_message = this.message().is_some() && this.message() == that.message();
        let later = same_node && other > index;
        let related = (other != index) && (same_node || same_message);
        let how = u64::from(same_node) << 2 | u64::from(same_message) << 1 | u64::from(later);
        related.then(|| mix(colours[other] ^ mix(how)))
    };
    let mut around: Vec<u64> = (0..events.len()).filter_map(of).collect();
    around.sort_unstable();
    gathered(colours[index], around)
}

/// What an event is, and what it came from.
fn origin(history: &History, event: &Event<'_>) -> u64 {
    let from = |cause: &EventId| {
        let cause = history.event(*cause);
        mix(coverage::word(&cause) ^ u64::from(cause.node() == event.node()))
    };
    let causes: BTreeSet<u64> = event.causes().iter().map(from).collect();
    gathered(coverage::word(event), causes)
}

/// The kind of a fault. Restarting is another kind than crashing for good.
fn fault(disturbance: &Disturbance) -> u64 {
    let word = disturbance.trouble.word();
    match &disturbance.trouble {
        Trouble::Crash { .. } => mix(of_word(word) ^ u64::from(disturbance.until.is_some())),
        Trouble::Strike { fate, .. } => mix(of_word(word) ^ of_word(fate_word(fate))),
        _ => of_word(word),
    }
}

fn fate_word(fate: &Fate) -> &'static str {
    match fate {
        Fate::Lose => "lose",
        Fate::Delay { .. } => "delay",
        Fate::Duplicate { .. } => "duplicate",
        Fate::Corrupt => "corrupt",
        Fate::Garble => "garble",
        Fate::Lie { .. } => "lie",
        Fate::Earlier { .. } => "earlier",
        Fate::Replay { .. } => "replay",
        Fate::Withhold => "withhold",
        Fate::Stall { .. } => "stall",
        Fate::Spoil { .. } => "spoil",
    }
}

fn of_word(word: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(word.as_bytes())
}

/// One number for a number and a list.
fn gathered(first: u64, list: impl IntoIterator<Item = u64>) -> u64 {
    list.into_iter().fold(mix(first), |all, one| mix(all ^ mix(one)))
}
