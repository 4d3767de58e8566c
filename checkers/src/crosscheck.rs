//! Checkers against oracles, against one another, and against their own witnesses.

use crate::small::{self, Small};
use crate::{ALL, find, oracle};
use pepperland_core::checker::{Case, Class};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::{Ruling, Verdict};
use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;

const CASES: u32 = 4000;
/// Each side of each property must come up in at least one case out of this many.
const RARE: u32 = 20;

fn on_small_histories(test: impl Fn(&History) -> Result<(), TestCaseError>) {
    on_each(small::history(), test);
}

fn on_each(
    histories: impl Strategy<Value = Small>,
    test: impl Fn(&History) -> Result<(), TestCaseError>,
) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    runner.run(&histories, |small| test(&small.0)).unwrap_or_else(|e| panic!("{e}"));
}

fn verdict(property: &str, history: &History) -> Verdict {
    (find(property).unwrap().check)(&Case::new(history))
}

#[test]
fn checkers_say_what_the_definitions_say() {
    let split: RefCell<BTreeMap<(&str, Ruling), u32>> = RefCell::default();
    on_small_histories(|history| {
        for checker in ALL {
            let (said, meant) = (
                (checker.check)(&Case::new(history)).ruling(),
                oracle::rule(checker.property, history),
            );
            if said != meant {
                let why = format!("{}: {said:?}, not {meant:?}", checker.property);
                return Err(TestCaseError::fail(why));
            }
            *split.borrow_mut().entry((checker.property, said)).or_default() += 1;
        }
        Ok(())
    });
    let split = split.into_inner();
    let count = |checker: &str, ruling| {
        split.iter().find(|((c, r), _)| *c == checker && *r == ruling).map_or(0, |(_, n)| *n)
    };
    for checker in ALL {
        let [held, violated, undecided] = [Ruling::Held, Ruling::Violated, Ruling::Undecided]
            .map(|ruling| count(checker.property, ruling));
        println!("{:20} {held:5} held {violated:5} violated {undecided:5} not", checker.property);
        assert!(
            held * RARE >= CASES && violated * RARE >= CASES,
            "{} is lopsided",
            checker.property
        );
    }
}

#[test]
fn a_witness_alone_is_still_violated() {
    on_small_histories(|history| {
        for checker in ALL.iter().filter(|c| c.class == Class::Safety) {
            let verdict = (checker.check)(&Case::new(history));
            let Some(witness) = verdict.witness() else { continue };
            let excerpt = history.excerpt(&witness.events);
            if verdict_on(checker.property, &excerpt) != Ruling::Violated {
                let why = format!("{}: {}", checker.property, witness.because);
                return Err(TestCaseError::fail(format!("{why}\n{}", excerpt.lanes(&[]))));
            }
        }
        Ok(())
    });
}

fn verdict_on(property: &str, history: &History) -> Ruling {
    verdict(property, history).ruling()
}

/// If the first holds then the second cannot be violated, in any history.
const IMPLIES: &[(&str, &str)] = &[
    ("uniform-total-order", "total-order"),
    ("uniform-agreement", "agreement"),
    ("causal", "fifo"),
    ("validity-all", "validity-self"),
    ("validity-all", "validity-some"),
];

/// The same, in histories of one group in which no life starts late halfway: prefix-order does not
/// relate what a life delivered before a snapshot with what it delivers after.
const IMPLIES_IN_ONE_GROUP: &[(&str, &str)] = &[("prefix-order", "uniform-total-order")];

#[test]
fn no_verdict_contradicts_another() {
    on_small_histories(|history| {
        let starts = |k: &Kind| matches!(k, Kind::View | Kind::StateSet);
        let one = history.groups().len() == 1 && !history.kinds().iter().any(starts);
        let in_one = IMPLIES_IN_ONE_GROUP.iter().filter(|_| one);
        for (strong, weak) in IMPLIES.iter().chain(in_one) {
            let [s, w] = [*strong, *weak].map(|property| verdict_on(property, history));
            if s == Ruling::Held && w == Ruling::Violated {
                let why = format!("{strong} held, {weak} violated");
                return Err(TestCaseError::fail(why));
            }
        }
        Ok(())
    });
}

#[test]
fn witnesses_name_events_of_the_history_in_order() {
    on_small_histories(|history| {
        for (checker, verdict) in crate::judge(history, ALL) {
            let Some(witness) = verdict.witness() else { continue };
            let known = witness.events.iter().all(|e| e.index() < history.len());
            let ordered = witness.events.is_sorted();
            let told = !witness.because.is_empty() && witness.clauses.iter().any(|c| !c.holds);
            if !(known && ordered && told && verdict.obligations > 0) {
                return Err(TestCaseError::fail(format!("{}: {witness:?}", checker.property)));
            }
        }
        Ok(())
    });
}

#[test]
fn nothing_makes_a_checker_panic() {
    let judged = RefCell::new(BTreeMap::<Ruling, u32>::new());
    on_each(small::garbage(), |history| {
        for checker in ALL {
            let ruling = (checker.check)(&Case::new(history)).ruling();
            *judged.borrow_mut().entry(ruling).or_default() += 1;
        }
        Ok(())
    });
    assert_eq!(judged.into_inner().len(), 3, "garbage of every kind");
}
