//! How often a finding fails again.

use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::runtime::{Detail, Repeats};
use pepperland_core::schedule::Schedule;

/// How often a finding is replayed before it is reported.
const REPRODUCTIONS: u32 = 10;

/// What the replays of a finding came to.
pub struct Reproduced {
    /// How many failed again; where runs repeat to the byte, how many did so.
    pub failing: u32,
    /// How many there were.
    pub replays: u32,
    /// Whether every run gave the same bytes.
    pub alike: bool,
    /// The best violation to look at, of those replays and the one known before.
    pub best: Violation,
}

/// Replays a schedule that was seen to fail. `is_interrupted` ends it early, but for a runtime
/// whose runs repeat to the byte.
pub fn reproduce(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    known: Violation,
    is_interrupted: impl Fn() -> bool,
) -> Reproduced {
    let digest = known.history.digest();
    let mut reproduced = Reproduced { failing: 0, replays: 0, alike: true, best: known };
    let exactly = trial.runtime.repeats() == Repeats::Exactly;
    while reproduced.replays < REPRODUCTIONS && (exactly || !is_interrupted()) {
        reproduced.replays += 1;
        match Violation::of(trial, checker, schedule, Detail::Network) {
            Some(again) => {
                let same = again.history.digest() == digest;
                reproduced.alike &= same;
                if exactly {
                    reproduced.failing += u32::from(same);
                } else {
                    reproduced.failing += 1;
                    // The one known before may have been hurried.
                    reproduced.best = match reproduced.failing {
                        1 => again,
                        _ => reproduced.best.or_better(again),
                    };
                }
            }
            None => reproduced.alike = false,
        }
    }
    reproduced
}
