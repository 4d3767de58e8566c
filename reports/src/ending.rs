//! How a run ends in which something that must happen does not: who waits for what since when, and
//! what goes on meanwhile: nothing, or the same over and over.

mod rounds;
mod waits;

use crate::text::{count, ms};
use pepperland_core::checker::Class;
use pepperland_core::finding::Finding;
use pepperland_core::history::History;
use rounds::{Rounds, rounds};

/// Longest list of those who wait.
const WAITS: usize = 8;

/// The end of the run of a finding, a sentence for each thing; nothing where the property does not
/// speak of what must happen in the end. O(events · nodes).
pub fn ending(finding: &Finding) -> Vec<String> {
    if finding.class == Class::Safety {
        return Vec::new();
    }
    let history = &finding.history;
    let mut waits = waits::waits(history, &finding.witness.events);
    let more = waits.len().saturating_sub(WAITS);
    waits.truncate(WAITS);
    let mut told: Vec<String> = waits.into_iter().map(|wait| wait.sentence(history)).collect();
    if more > 0 {
        told.push(format!("and {} more", count(more as u64, "wait", "waits")));
    }
    told.push(meanwhile(history));
    told
}

/// What happens up to the end.
fn meanwhile(history: &History) -> String {
    let end = ms(history.end());
    match rounds(history) {
        _ if !has_frames(history) => format!("the run ends at {end} ms"),
        Some(rounds) => goes_round(&rounds, &end),
        None => match history.events().rfind(|event| event.node().is_some()) {
            Some(last) => format!("nothing more happens after {} ms", ms(last.time())),
            None => "nothing happens at all".to_owned(),
        },
    }
}

fn goes_round(rounds: &Rounds, end: &str) -> String {
    let Rounds { since, events, times, every } = rounds;
    let (since, every) = (ms(*since), every.to_string());
    let same = if *events == 1 {
        "the same event".to_owned()
    } else {
        format!("the same {events} events")
    };
    format!("from {since} ms on {same} come round {times} times, every {every} ms, until {end} ms")
}

fn has_frames(history: &History) -> bool {
    history.kinds().iter().any(|kind| kind.is_transmission())
}
