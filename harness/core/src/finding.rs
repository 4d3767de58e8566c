//! What a campaign found: rows of verdicts, and findings shrunk to what they need.

use crate::checker::Class;
use crate::history::{History, Kind};
use crate::runtime::Repeats;
use crate::scenario::Scenario;
use crate::schedule::Schedule;
use crate::seed::Seed;
use crate::time::Time;
use crate::verdict::{Ruling, Witness};
use serde::{Deserialize, Serialize};

/// One row of a campaign: an implementation, a scenario and a property, over all its runs.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The property.
    pub property: String,
    /// The implementation.
    pub implementation: String,
    /// The planted flaw that was switched on.
    pub flaw: Option<String>,
    /// The scenario's name.
    pub scenario: String,
    /// The runtime's name.
    pub runtime: String,
    /// Violated if any run violates it, else held if any run was effective, else undecided.
    pub outcome: Ruling,
    /// How many runs there were.
    pub runs: u64,
    /// How many of them had obligations.
    pub effective: u64,
    /// Obligations over all runs.
    pub obligations: u64,
    /// Obligations that a disturbance overlapped, over all runs.
    pub critical: u64,
    /// The id of the finding, if violated.
    pub finding: Option<String>,
    /// Why the runs that were undecided were so (the first reason met), if any were.
    pub reason: Option<String>,
    /// Whether the faults were outside the implementation's model and judged all the same.
    pub beyond_model: bool,
    /// In how many runs the harness itself was not up to its promises.
    pub unclean: u64,
    /// What was wrong with the first of them, with figures.
    pub lapse: Option<String>,
}

/// A violation, shrunk and explained.
#[derive(Clone, Debug)]
pub struct Finding {
    /// `F-` and eight hexadecimal digits, the same for the same violation.
    pub id: String,
    /// What kind of failure it is, whichever seed found it.
    pub signature: String,
    /// The property that is violated.
    pub property: String,
    /// Whether it speaks of what never happens, or of what happens in the end.
    pub class: Class,
    /// What the property says.
    pub statement: String,
    /// What was tested.
    pub scenario: Scenario,
    /// Which run of the campaign violated it first.
    pub run: u64,
    /// That run's seed.
    pub seed: Seed,
    /// The shrunk schedule.
    pub schedule: Schedule,
    /// The shrunk run, with the network's side of every frame.
    pub history: History,
    /// The proof: events of the shrunk run.
    pub witness: Witness,
    /// How large the run was before and after shrinking.
    pub before: Size,
    /// See `before`.
    pub after: Size,
    /// Whether shrinking stopped at its limit.
    pub unfinished: bool,
    /// What replays tell of it.
    pub explained: Explained,
    /// How many replays violated the property again, out of how many.
    pub reproduced: (u32, u32),
    /// How alike the runs of one schedule are, where it was found.
    pub repeats: Repeats,
    /// Whether every replay gave the same bytes.
    pub alike: bool,
    /// Digest of the shrunk history, as hexadecimal digits.
    pub digest: String,
    /// Whether the faults were outside the implementation's model.
    pub beyond_model: bool,
}

/// How large a run is.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Size {
    /// Events recorded, frames on the network included.
    pub events: usize,
    /// Nodes.
    pub nodes: usize,
    /// Requests.
    pub requests: usize,
    /// Disturbances.
    pub faults: usize,
}

/// One remaining piece of a shrunk schedule, and what happens without it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Need {
    /// The piece, in words: `n1 crashes after 2 effects`.
    pub piece: String,
    /// Replays without it that still fail.
    pub failing: u32,
    /// Replays without it.
    pub replays: u32,
}

/// What replays tell of a shrunk schedule.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Explained {
    /// What each remaining piece is needed for.
    pub needs: Vec<Need>,
    /// How likely the run was to fail, from one instant to the next.
    pub chances: Vec<Chance>,
    /// The nearest run that passes, if one is near.
    pub passing: Option<Passing>,
}

/// How likely a run was to fail at an instant: up to it the run stays the same, from there on the
/// network draws anew.
#[derive(Copy, Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// The instant.
    pub at: Time,
    /// Replays from there that fail.
    pub failing: u32,
    /// Replays from there.
    pub replays: u32,
}

impl Explained {
    /// Where the chance to fail grew most: before and after. None if it never grew.
    pub fn lost_between(&self) -> Option<(Chance, Chance)> {
        let growth = |pair: &(Chance, Chance)| pair.1.failing.saturating_sub(pair.0.failing);
        let pairs = self.chances.windows(2).map(|pair| (pair[0], pair[1]));
        // Of several, the first.
        pairs.rev().max_by_key(growth).filter(|pair| growth(pair) > 0)
    }
}

/// A schedule beside the failing one whose run passes.
#[derive(Clone, Debug, PartialEq)]
pub struct Passing {
    /// What is different, in words that go on from "if": `n1 multicasts 1 ms later`.
    pub change: String,
    /// The schedule.
    pub schedule: Schedule,
}

/// Whether a planted flaw was found, by the schedule that kills it.
#[derive(Clone, Debug, PartialEq)]
pub struct Canary {
    /// The implementation.
    pub implementation: String,
    /// The flaw.
    pub flaw: String,
    /// The property it must break.
    pub property: String,
    /// Whether that property was violated.
    pub found: bool,
    /// Properties that should have held, but were violated.
    pub collateral: Vec<String>,
}

/// All that a campaign says.
#[derive(Clone, Debug, Default)]
pub struct Campaign {
    /// The rows, in the order of the suite.
    pub rows: Vec<Row>,
    /// The findings, in the order of the rows.
    pub findings: Vec<Finding>,
    /// The planted flaws tried.
    pub canaries: Vec<Canary>,
    /// The seed that all runs derive from.
    pub seed: Seed,
    /// How many runs there were.
    pub runs: u64,
    /// How many events they recorded.
    pub events: u64,
}

impl Campaign {
    /// The first finding before this one of the same signature.
    pub fn same_as(&self, finding: &Finding) -> Option<&Finding> {
        let before = self.findings.iter().take_while(|other| other.id != finding.id);
        let mut alike = before.filter(|other| other.signature == finding.signature);
        alike.next().filter(|_| !finding.signature.is_empty())
    }
}

impl Size {
    /// The size of a schedule and its history.
    pub fn of(schedule: &Schedule, history: &History) -> Size {
        Size {
            events: history.len(),
            nodes: schedule.header.nodes as usize,
            requests: schedule.steps.len(),
            faults: schedule.disturbances.len(),
        }
    }

    /// What a reader of a run has to take in: what applications and nodes did, and each fault and
    /// each message out of the ordinary once; not every frame, nor remarks.
    pub fn to_read(schedule: &Schedule, history: &History) -> usize {
        let of_faults = |kind: &Kind| {
            kind.is_disturbance()
                || matches!(kind, Kind::Crash | Kind::Recover | Kind::Pause | Kind::Resume)
        };
        let left_out = |kind: &Kind| kind.is_transmission() || *kind == Kind::Note;
        let kinds = history.kinds().iter();
        let done = kinds.filter(|kind| !left_out(kind) && !of_faults(kind)).count();
        done + schedule.disturbances.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(failing: &[u32]) -> Explained {
        let chances = (0..).zip(failing);
        let chance = |(ms, failing): (u64, &u32)| Chance {
            at: Time::millis(ms),
            failing: *failing,
            replays: 20,
        };
        Explained { chances: chances.map(chance).collect(), ..Explained::default() }
    }

    #[test]
    fn a_run_was_lost_where_its_chance_to_fail_grew_most_first() {
        let between = |failing: &[u32]| {
            told(failing).lost_between().map(|(before, after)| (before.at, after.at))
        };
        assert_eq!(between(&[1, 3, 12, 12, 20]), Some((Time::millis(1), Time::millis(2))));
        assert_eq!(between(&[0, 10, 20]), Some((Time::ZERO, Time::millis(1))));
        assert_eq!(between(&[20, 20, 4]), None);
        assert_eq!(between(&[]), None);
    }
}
