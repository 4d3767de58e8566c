//! The smallest run that shows an expected break, and the same run with the protocol that mends it.

use pepperland::core::checker::Case;
use pepperland::core::finding::Finding;
use pepperland::core::implementation::{Break, Implementation};
use pepperland::core::runtime::Detail;
use pepperland::core::scenario::Scenario;
use pepperland::core::schedule::Schedule;
use pepperland::core::seed::Seed;
use pepperland::core::time::Span;
use pepperland::core::verdict::{Outcome, Ruling};
use pepperland::search::planner::UNIFORM;
use pepperland::search::{InOrder, Limits, Progress, finding_of, search};

/// How far the search for a step goes.
const LIMITS: Limits = Limits {
    strategy: &UNIFORM,
    runs: 2_000,
    shard: 0,
    shards: 1,
    fail_fast: true,
    shrink_replays: 20_000,
};

/// A run that shows a break.
pub struct Proof {
    /// The run, shrunk.
    pub finding: Finding,
    /// Whether the search found it; else it was written by hand.
    pub searched: bool,
}

impl Proof {
    /// The smallest run that the search finds, or else the hand-written one.
    pub fn of(implementation: &Implementation, expected: &Break) -> Proof {
        let scenario = scenario(implementation.name, expected);
        if let Some(finding) = first_finding(&scenario) {
            return Proof { finding, searched: true };
        }
        Proof::by_hand(implementation, expected)
    }

    /// The hand-written run, as it was written: shrinking may find a shorter one that fails for
    /// another reason.
    pub fn by_hand(implementation: &Implementation, expected: &Break) -> Proof {
        let catalog = pepperland::builtin();
        let scenario = scenario(implementation.name, expected);
        let trial = catalog.trial(&scenario).expect("an expected break names what there is");
        let mut schedule = Schedule::from_text(expected.killer).expect("it is a schedule");
        schedule.header.implementation = implementation.name.to_owned();
        let finding = finding_of(&trial, trial.checkers[0], &schedule, 0, &Silent);
        let finding =
            finding.unwrap_or_else(|| panic!("{} of {} holds", expected.name, implementation.name));
        Proof { finding: Finding { unfinished: false, ..finding }, searched: false }
    }

    /// What the property comes to when this implementation takes part in the same run.
    pub fn with(&self, other: &Implementation, expected: &Break) -> Outcome {
        let mut schedule = self.finding.schedule.clone();
        schedule.header.implementation = other.name.to_owned();
        // Who repairs by timers needs more time than the shrunk run has.
        schedule.header.end += Span::seconds(10);
        let scenario = scenario(other.name, expected);
        let catalog = pepperland::builtin();
        let trial = catalog.trial(&scenario).expect("the names are those of the break");
        let history = trial.run(&schedule, Detail::Application).expect("nothing is refused");
        (trial.checkers[0].check)(&Case::new(&history)).outcome
    }
}

/// The smallest run that the search finds in a scenario.
pub fn first_finding(scenario: &Scenario) -> Option<Finding> {
    let catalog = pepperland::builtin();
    let trial = catalog.trial(scenario).expect("a scenario of the tutorial names what there is");
    let found = search(&trial, Seed(0), &LIMITS, &InOrder, &Silent);
    found.expect("nothing is refused").findings.into_iter().next()
}

/// How many runs show that a protocol keeps a property.
pub const RUNS: u64 = 300;

/// Whether the property holds in a campaign of this implementation, with something to judge.
pub fn holds(other: &Implementation, expected: &Break) -> bool {
    let scenario = scenario(other.name, expected);
    let catalog = pepperland::builtin();
    let trial = catalog.trial(&scenario).expect("the names are those of the break");
    let limits = Limits { runs: RUNS, ..LIMITS };
    let searched = search(&trial, Seed(0), &limits, &InOrder, &Silent);
    searched.expect("nothing is refused").rows[0].outcome == Ruling::Held
}

fn scenario(implementation: &str, expected: &Break) -> Scenario {
    Scenario {
        workload: expected.workload.to_owned(),
        properties: vec![expected.property.to_owned()],
        beyond_model: true,
        ..Scenario::new(implementation, expected.faults)
    }
}

/// Says nothing and never stops.
struct Silent;

impl Progress for Silent {
    fn advanced(&self, _: u64) {}
    fn should_stop(&self) -> bool {
        false
    }
}
