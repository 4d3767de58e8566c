//! Every planted flaw: the schedule that kills it is short, breaks the property it must break and
//! none that it must not, and does nothing to the implementation without the flaw.

#[path = "common/judging.rs"]
mod judging;

use judging::{judge, run};
use pepperland_core::history::Kind;
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::{Outcome, Ruling};
use std::collections::BTreeSet;

fn flaws() -> impl Iterator<Item = (&'static Implementation, &'static Flaw)> {
    let all = pepperland_impls::all();
    all.flat_map(|implementation| {
        implementation.flaws.iter().map(move |flaw| (implementation, flaw))
    })
}

/// The schedule that kills the flaw, run with this implementation with or without the flaw.
fn killing(implementation: &Implementation, flaw: &Flaw, flawed: bool) -> Schedule {
    let mut schedule = Schedule::from_text(flaw.killer).expect("a killer is a schedule");
    schedule.header.implementation = implementation.name.to_owned();
    schedule.header.flaw = flawed.then(|| flaw.name.to_owned());
    schedule
}

fn told(implementation: &Implementation, flaw: &Flaw) -> String {
    format!("{} with {}", implementation.name, flaw.name)
}

#[test]
fn a_killing_schedule_has_at_most_twelve_deliveries() {
    for (implementation, flaw) in flaws() {
        for flawed in [true, false] {
            let history = run(&killing(implementation, flaw, flawed), implementation);
            let deliveries = history.kinds().iter().filter(|k| **k == Kind::Deliver).count();
            assert!(deliveries <= 12, "{}: {deliveries}", told(implementation, flaw));
        }
    }
}

#[test]
fn a_killing_schedule_breaks_its_property_and_keeps_the_neighbours() {
    for (implementation, flaw) in flaws() {
        let schedule = killing(implementation, flaw, true);
        let history = run(&schedule, implementation);
        let judge = |properties: &[&'static str]| {
            let properties = properties.iter().copied();
            judge(implementation, flaw.faults, &schedule, &history, properties)
        };
        let broken = &judge(&[flaw.breaks])[0].1;
        assert!(broken.witness().is_some(), "{}: {broken:?}", told(implementation, flaw));
        for (kept, verdict) in judge(flaw.keeps) {
            let told = told(implementation, flaw);
            assert_ne!(verdict.ruling(), Ruling::Violated, "{told}: {kept}, {verdict:?}");
        }
    }
}

#[test]
fn without_the_flaw_everything_claimed_holds_under_the_killing_schedule() {
    for (implementation, flaw) in flaws() {
        let schedule = killing(implementation, flaw, false);
        let history = run(&schedule, implementation);
        let claims = implementation.claims().map(|claim| claim.property);
        for (claim, verdict) in judge(implementation, flaw.faults, &schedule, &history, claims) {
            let told = told(implementation, flaw);
            match &verdict.outcome {
                Outcome::Held => {}
                // A premise that this run does not meet, or a claim that does not bind it.
                Outcome::Undecided(_) if claim != flaw.breaks => {}
                outcome => panic!("{told}: {claim}, {outcome:?}"),
            }
        }
    }
}

#[test]
fn what_a_flaw_breaks_is_claimed_and_what_it_keeps_is_not_what_it_breaks() {
    for (implementation, flaw) in flaws() {
        let claimed = |property: &str| implementation.claims().any(|c| c.property == property);
        let told = told(implementation, flaw);
        assert!(claimed(flaw.breaks), "{told} breaks {}, which is not claimed", flaw.breaks);
        assert!(flaw.keeps.iter().all(|kept| claimed(kept)), "{told} keeps what is not claimed");
        assert!(!flaw.keeps.contains(&flaw.breaks), "{told}");
        assert!(!flaw.keeps.is_empty(), "{told} keeps nothing");
        let faults = pepperland_faults::resolve(flaw.faults).expect("a profile");
        let needs = faults.iter().flat_map(|(profile, _)| profile.needs.iter().copied());
        let outside = implementation.outside_model(&needs.collect::<Vec<_>>());
        assert!(outside.is_empty(), "{told} needs faults outside the model: {outside:?}");
    }
}

#[test]
fn a_killing_schedule_is_written_for_its_flaw() {
    for (_, flaw) in flaws() {
        let schedule = Schedule::from_text(flaw.killer).expect("a killer is a schedule");
        assert_eq!(schedule.header.flaw.as_deref(), Some(flaw.name));
        assert_eq!(Schedule::from_text(&schedule.to_text()).expect("it reads itself"), schedule);
    }
}

/// Whether it is a number of the bug zoo, a letter and digits and perhaps one letter more, or of
/// those that the zoo lacks, `PL` and digits.
fn is_number(number: &str) -> bool {
    let series = number.trim_start_matches(|c: char| c.is_ascii_uppercase());
    let digits = series.trim_end_matches(|c: char| c.is_ascii_lowercase());
    let letters = &number[..number.len() - series.len()];
    (letters.len() == 1 || letters == "PL")
        && series.len() - digits.len() <= 1
        && !digits.is_empty()
        && !digits.starts_with('0')
        && digits.bytes().all(|b| b.is_ascii_digit())
}

#[test]
fn flaws_and_controls_have_numbers_of_the_zoo_or_of_those_it_lacks() {
    for implementation in pepperland_impls::all() {
        let flaws = implementation.flaws.iter().map(|flaw| (flaw.name, flaw.number));
        let controls = implementation.controls().map(|control| (control.name, control.number));
        for (name, number) in flaws.chain(controls) {
            assert!(is_number(number), "{} with {name}: \"{number}\"", implementation.name);
        }
    }
    let numbers = ["R1", "T28", "V5b", "PL19"];
    assert!(numbers.iter().all(|number| is_number(number)));
    let others = ["", "R", "7", "r1", "R01", "PL", "PX1", "R1bc", "R1 ", "É1", "R1.2"];
    assert!(others.iter().all(|other| !is_number(other)));
}

#[test]
fn names_are_unique() {
    let names: BTreeSet<&str> = pepperland_impls::all().map(|i| i.name).collect();
    assert_eq!(names.len(), pepperland_impls::all().count());
    for implementation in pepperland_impls::all() {
        let flaws = implementation.flaws.iter().map(|flaw| flaw.name);
        let controls = implementation.controls().map(|control| control.name);
        let breaks = implementation.breaks.iter().map(|expected| expected.name);
        let names: Vec<&str> = flaws.chain(controls).chain(breaks).collect();
        let unique: BTreeSet<&str> = names.iter().copied().collect();
        assert_eq!(unique.len(), names.len(), "{}", implementation.name);
    }
}
