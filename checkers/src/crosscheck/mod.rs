//! Checkers against oracles, against one another, and against their own witnesses.
//!
//! A family is some checkers, an oracle for each, and small random histories on which both outcomes
//! come up. [`family_tests!`] turns one into tests. `PROPTEST_CASES` multiplies the cases: its
//! default of 256 stands for 4,000 histories of each family, 65,536 for a million.

pub mod definition;
pub mod draft;
mod every;
mod lattice;
pub mod multicast;
pub mod script;

use crate::find;
use pepperland_core::checker::{Case, Checker, Class, Given};
use pepperland_core::history::{EventId, History};
use pepperland_core::verdict::{Ruling, Witness};
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;

/// A small history. Its `Debug` is its picture.
pub struct Small(pub History);

impl fmt::Debug for Small {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut file = Vec::new();
        self.0.write_to(&mut file).expect("a vector takes every byte");
        write!(f, "{}\n{}", self.0.lanes(&[]), String::from_utf8_lossy(&file))
    }
}

/// Checkers that are tested on the same histories.
pub struct Family {
    /// The checkers.
    pub checkers: &'static [&'static Checker],
    /// Histories on which each of them holds often and is violated often.
    pub histories: fn() -> BoxedStrategy<Small>,
    /// What a property says of a history, from its definition.
    pub oracle: fn(&str, &History) -> Ruling,
}

/// The tests of a family.
macro_rules! family_tests {
    ($family:expr) => {
        #[test]
        fn checkers_say_what_the_definitions_say() {
            crate::crosscheck::says_what_the_definitions_say(&$family);
        }

        #[test]
        fn witnesses_prove_it_alone_and_with_no_event_too_many() {
            crate::crosscheck::witnesses_prove_it(&$family);
        }

        #[test]
        fn no_verdict_contradicts_another() {
            crate::crosscheck::contradicts_nothing(&$family);
        }
    };
}
pub(crate) use family_tests;

/// Histories of each family at the default of `PROPTEST_CASES`.
const CASES: u32 = 4000;
const USUAL: u32 = 256;
/// Each side of each property must come up in at least one case out of this many.
const RARE: u32 = 20;

/// How many histories of a family are tested.
pub fn cases() -> u32 {
    (u64::from(CASES) * u64::from(Config::default().cases) / u64::from(USUAL)) as u32
}

/// Runs the test on as many random histories as it is to be.
pub fn on_each(histories: BoxedStrategy<Small>, test: impl Fn(&History) -> Result<(), String>) {
    on_some(cases(), histories, test);
}

/// Tests so many of the histories, always the same ones.
pub fn on_some(
    cases: u32,
    histories: BoxedStrategy<Small>,
    test: impl Fn(&History) -> Result<(), String>,
) {
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let test = |small: Small| test(&small.0).map_err(TestCaseError::fail);
    runner.run(&histories, test).unwrap_or_else(|e| panic!("{e}"));
}

fn ruling(checker: &Checker, history: &History) -> Ruling {
    (checker.check)(&Case::new(history)).ruling()
}

/// What the checker is left out for because it can have nothing to judge.
fn unmet<'c>(checker: &'c Checker, history: &History) -> Option<&'c Given> {
    let of_views = |given: &&Given| matches!(given, Given::ViewChanges | Given::WrongExclusions);
    checker.given.iter().filter(of_views).find(|given| !given.is_met(history))
}

/// Every checker rules as its oracle does, and both ways often enough; and where it accuses, views
/// have changed if it needs that.
pub fn says_what_the_definitions_say(family: &Family) {
    let split: RefCell<BTreeMap<(&str, Ruling), u32>> = RefCell::default();
    on_each((family.histories)(), |history| {
        for checker in family.checkers {
            let said = ruling(checker, history);
            let meant = (family.oracle)(checker.property, history);
            if said != meant {
                return Err(format!("{}: {said:?}, not {meant:?}", checker.property));
            }
            if let Some(given) = unmet(checker, history).filter(|_| said == Ruling::Violated) {
                return Err(format!("{}: violated, yet left out for {given}", checker.property));
            }
            *split.borrow_mut().entry((checker.property, said)).or_default() += 1;
        }
        Ok(())
    });
    let split = split.into_inner();
    let count = |checker: &Checker, ruling| {
        split.iter().find(|((c, r), _)| *c == checker.property && *r == ruling).map_or(0, |s| *s.1)
    };
    for checker in family.checkers {
        let all = [Ruling::Held, Ruling::Violated, Ruling::Undecided];
        let [held, violated, undecided] = all.map(|ruling| count(checker, ruling));
        println!("{:34} {held:7} held {violated:7} violated {undecided:7} not", checker.property);
        let often = |times: u32| u64::from(times) * u64::from(RARE) >= u64::from(cases());
        assert!(often(held) && often(violated), "{} is lopsided", checker.property);
    }
}

/// A witness names events of the history, in order, and says what is broken. For a safety property
/// its events alone are a violation, and none of them can be spared.
pub fn witnesses_prove_it(family: &Family) {
    on_each((family.histories)(), |history| {
        for checker in family.checkers {
            let verdict = (checker.check)(&Case::new(history));
            let Some(witness) = verdict.witness() else { continue };
            if verdict.obligations == 0 || !is_sound(witness, history) {
                return Err(format!("{}: {witness:?}", checker.property));
            }
            if checker.class == Class::Safety {
                stands_alone(checker, witness, history)?;
            }
        }
        Ok(())
    });
}

fn is_sound(witness: &Witness, history: &History) -> bool {
    let known = witness.events.iter().all(|e| e.index() < history.len());
    let told = !witness.because.is_empty() && witness.clauses.iter().any(|c| !c.holds);
    known && told && witness.events.is_sorted()
}

/// An event can be spared if without it the same sentence is proven.
fn stands_alone(checker: &Checker, witness: &Witness, history: &History) -> Result<(), String> {
    let alone = history.excerpt(&witness.events);
    let told = || format!("{}: {}\n{}", checker.property, witness.because, alone.lanes(&[]));
    if ruling(checker, &alone) != Ruling::Violated {
        return Err(format!("proves nothing alone: {}", told()));
    }
    for spared in &witness.events {
        let fewer: Vec<EventId> = witness.events.iter().copied().filter(|e| e != spared).collect();
        let fewer = history.excerpt(&fewer);
        let verdict = (checker.check)(&Case::new(&fewer));
        let same = verdict.witness().is_some_and(|w| w.because == witness.because);
        if same && fewer.len() < alone.len() {
            return Err(format!("event {} can be spared: {}", spared.0, told()));
        }
    }
    Ok(())
}

/// No two verdicts on one history contradict each other.
pub fn contradicts_nothing(family: &Family) {
    on_each((family.histories)(), |history| {
        let mut rulings = BTreeMap::new();
        let mut rule = |property: &'static str| {
            let checker = find(property).unwrap_or_else(|| panic!("no {property}"));
            *rulings.entry(property).or_insert_with(|| ruling(checker, history))
        };
        for (strong, weak) in lattice::implications(history) {
            if rule(strong) == Ruling::Held && rule(weak) == Ruling::Violated {
                return Err(format!("{strong} held, {weak} violated"));
            }
        }
        for (one, other, both) in lattice::conjunctions(history) {
            let held = [one, other].map(|half| rule(half) == Ruling::Held);
            if held == [true; 2] && rule(both) == Ruling::Violated {
                return Err(format!("{one} and {other} held, {both} violated"));
            }
        }
        Ok(())
    });
}

/// No history makes a checker panic, and the witnesses that it finds name what there is.
pub fn judges_anything(checkers: &[&Checker], histories: fn() -> BoxedStrategy<Small>) {
    on_each(histories(), |history| {
        for checker in checkers {
            let verdict = (checker.check)(&Case::new(history));
            if verdict.witness().is_some_and(|witness| !is_sound(witness, history)) {
                return Err(format!("{}: {verdict:?}", checker.property));
            }
        }
        Ok(())
    });
}

#[test]
fn nothing_makes_a_checker_panic() {
    let judged = RefCell::new(BTreeMap::<Ruling, u32>::new());
    on_each(multicast::garbage(), |history| {
        for checker in crate::all() {
            *judged.borrow_mut().entry(ruling(checker, history)).or_default() += 1;
        }
        Ok(())
    });
    assert_eq!(judged.into_inner().len(), 3, "garbage of every kind");
}

#[test]
fn nothing_said_makes_a_checker_panic() {
    let judged = RefCell::new(BTreeMap::<Ruling, u32>::new());
    on_each(script::garbage(), |history| {
        for checker in crate::all() {
            *judged.borrow_mut().entry(ruling(checker, history)).or_default() += 1;
        }
        Ok(())
    });
    assert_eq!(judged.into_inner().len(), 3, "garbage of every kind");
}
