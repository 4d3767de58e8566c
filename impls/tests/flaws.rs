//! Every planted flaw: the schedule that kills it is short, breaks the property it must break and
//! none that it must not, and does nothing to the implementation without the flaw. And campaigns
//! never accuse a correct implementation.

use pepperland_core::history::{History, Kind};
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::{Outcome, Ruling, Verdict};
use pepperland_search::Trial;
use pepperland_sim::Simulator;
use std::collections::BTreeSet;

fn flaws() -> impl Iterator<Item = (&'static Implementation, &'static Flaw)> {
    let all = pepperland_impls::ALL.iter();
    all.flat_map(|implementation| implementation.flaws.iter().map(|flaw| (*implementation, flaw)))
}

/// The schedule that kills the flaw, run with this implementation with or without the flaw.
fn killing(implementation: &Implementation, flaw: &Flaw, flawed: bool) -> Schedule {
    let mut schedule = Schedule::from_text(flaw.killer).expect("a killer is a schedule");
    schedule.header.implementation = implementation.name.to_owned();
    schedule.header.flaw = flawed.then(|| flaw.name.to_owned());
    schedule
}

fn run(schedule: &Schedule, implementation: &Implementation) -> History {
    Simulator.run(schedule, implementation, Detail::Application).expect("nothing is refused")
}

fn told(implementation: &Implementation, flaw: &Flaw) -> String {
    format!("{} with {}", implementation.name, flaw.name)
}

/// The verdicts on these properties, as far as the implementation claims them of the run.
fn judge<'a>(
    implementation: &Implementation,
    faults: &str,
    schedule: &Schedule,
    history: &History,
    properties: impl Iterator<Item = &'a str>,
) -> Vec<(&'static str, Verdict)> {
    let scenario = Scenario::new(implementation.name, faults);
    let find = |name| pepperland_checkers::find(name).unwrap_or_else(|| panic!("no {name}"));
    let trial = Trial {
        plan: Plan {
            scenario: &scenario,
            implementation,
            workload: pepperland_workloads::ALL[0],
            faults: pepperland_faults::resolve(faults).expect("a profile"),
            profiles: pepperland_faults::ALL,
        },
        runtime: &Simulator,
        checkers: properties.map(find).collect(),
    };
    let names = trial.checkers.iter().map(|checker| checker.property);
    names.zip(trial.judge(schedule, history)).collect()
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
        let claims = implementation.claims.iter().map(|claim| claim.property);
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
        let claimed = |property: &str| implementation.claims.iter().any(|c| c.property == property);
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

#[test]
fn names_are_unique() {
    let names: BTreeSet<&str> = pepperland_impls::ALL.iter().map(|i| i.name).collect();
    assert_eq!(names.len(), pepperland_impls::ALL.len());
    for implementation in pepperland_impls::ALL {
        let flaws: BTreeSet<&str> = implementation.flaws.iter().map(|flaw| flaw.name).collect();
        assert_eq!(flaws.len(), implementation.flaws.len(), "{}", implementation.name);
    }
}

#[test]
fn no_correct_implementation_is_ever_accused() {
    for implementation in pepperland_impls::ALL {
        for profile in pepperland_faults::ALL {
            if !implementation.outside_model(profile.needs).is_empty() {
                continue;
            }
            for seed in 0..8 {
                accuse_nobody(implementation, profile.name, seed);
            }
        }
    }
}

fn accuse_nobody(implementation: &Implementation, faults: &str, seed: u64) {
    let scenario = Scenario::new(implementation.name, faults);
    let workloads = pepperland_workloads::ALL;
    let plan = Plan {
        scenario: &scenario,
        implementation,
        workload: workloads[seed as usize % workloads.len()],
        faults: pepperland_faults::resolve(faults).expect("a profile"),
        profiles: pepperland_faults::ALL,
    };
    let schedule = plan.schedule(Seed(seed));
    let history = run(&schedule, implementation);
    let claims = implementation.claims.iter().map(|claim| claim.property);
    for (claim, verdict) in judge(implementation, faults, &schedule, &history, claims) {
        let name = implementation.name;
        let accused = verdict.witness().map(|witness| &witness.because);
        assert_eq!(accused, None, "{name} under {faults}, seed {seed}: {claim}");
    }
}
