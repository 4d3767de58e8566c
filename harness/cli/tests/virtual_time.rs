//! The same schedule in the simulator and on processes in virtual time: the same bytes, for every
//! implementation as it is and with its flaws, whatever befalls frames and whatever liars say. Only
//! the name of the runtime differs.

#![cfg(feature = "cli")]

use pepperland::core::fault::Fault;
use pepperland::core::runtime::{Detail, Runtime};
use pepperland::core::schedule::Schedule;
use pepperland::core::verdict::Ruling;
use pepperland::prelude::*;
use pepperland::processes::Processes;
use pepperland::{Catalog, builtin};
use std::path::PathBuf;

/// The processes of a scenario.
fn processes(scenario: &Scenario) -> Processes {
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_pepperland"));
    Processes::of_library(executable, &scenario.implementation, scenario.flaw.as_deref())
}

/// A history as its file has it, without the name of the runtime.
fn bytes(mut history: History) -> String {
    history.header.about.remove("runtime");
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// Runs a schedule on both.
fn both(
    catalog: &Catalog,
    scenario: &Scenario,
    schedule: &Schedule,
    detail: Detail,
) -> (String, String) {
    let implementation = catalog.implementation(&scenario.implementation).unwrap();
    let sim = catalog.runtime("sim").unwrap().run(schedule, implementation, detail).unwrap();
    let process = processes(scenario).run(schedule, implementation, detail).unwrap();
    (bytes(sim), bytes(process))
}

/// Where two runs first differ, messages on the network included.
fn first_difference(catalog: &Catalog, scenario: &Scenario, schedule: &Schedule) -> String {
    let (sim, process) = both(catalog, scenario, schedule, Detail::Network);
    let mut events = sim.lines().zip(process.lines()).skip(1);
    format!("{:#?}", events.find(|(sim, process)| sim != process))
}

/// Compares the runs of a scenario; says how many there were.
fn compare(
    catalog: &Catalog,
    scenario: &Scenario,
    detail: Detail,
    runs: std::ops::Range<u64>,
) -> usize {
    let trial = catalog.trial(scenario).unwrap();
    let schedules: Vec<Schedule> =
        runs.map(|run| trial.schedule(trial.seed(Seed(11), run))).collect();
    for schedule in &schedules {
        let (sim, process) = both(catalog, scenario, schedule, detail);
        if sim != process {
            let first = first_difference(catalog, scenario, schedule);
            panic!("{}: {first}, in\n{}", scenario.name(), schedule.to_text());
        }
    }
    schedules.len()
}

#[test]
fn every_implementation_gives_the_same_bytes_under_every_fault() {
    let catalog = builtin();
    let mut compared = 0;
    for (place, implementation) in catalog.implementations.iter().enumerate() {
        let claimed = catalog.claimed_faults(implementation);
        let some = claimed.iter().skip(place % 5).step_by(5);
        let crash = if place % 2 == 0 { "crash" } else { "crash-recovery" };
        for faults in some.chain(&[crash, "swarm"]) {
            let workload = catalog.usual_workload(implementation).to_owned();
            let scenario = Scenario { workload, ..Scenario::new(implementation.name, faults) };
            compared += compare(&catalog, &scenario, Detail::Application, 0..1);
        }
    }
    assert!(compared > 2 * catalog.implementations.len(), "only {compared} runs were compared");
}

#[test]
fn flaws_show_in_the_same_bytes() {
    let catalog = builtin();
    for implementation in &catalog.implementations {
        let flaws = implementation.flaws.iter().map(|f| (f.name, f.faults, f.workload));
        let usual = catalog.usual_workload(implementation);
        let controls = implementation.controls().map(|control| (control.name, "none", usual));
        for (flaw, faults, workload) in flaws.chain(controls).step_by(3) {
            let scenario = Scenario {
                flaw: Some(flaw.to_owned()),
                workload: workload.to_owned(),
                ..Scenario::new(implementation.name, faults)
            };
            compare(&catalog, &scenario, Detail::Application, 0..1);
        }
    }
}

#[test]
fn what_is_stored_is_there_after_a_crash() {
    let catalog = builtin();
    for implementation in ["reliable-logged", "fifo-logged"] {
        for faults in ["crash-recovery", "crash-recovery:all"] {
            let scenario = Scenario::new(implementation, faults);
            assert_eq!(compare(&catalog, &scenario, Detail::Application, 1..4), 3);
        }
    }
}

#[test]
fn frames_are_the_same_whatever_the_network_does_to_them() {
    let catalog = builtin();
    for name in ["fifo", "causal", "reliable-ip", "perfect-link"] {
        let claimed = catalog.claimed_faults(catalog.implementation(name).unwrap());
        let of_frames = ["none", "corrupt", "duplicate", "reorder"];
        for faults in claimed.into_iter().filter(|faults| of_frames.contains(faults)) {
            let scenario = Scenario::new(name, faults);
            assert_eq!(compare(&catalog, &scenario, Detail::Network, 0..1), 1);
        }
    }
}

/// Liars own their keys: what the harness has them say is sealed as it is in the simulator.
#[test]
fn what_liars_say_and_what_is_written_to_registers_is_the_same() {
    let catalog = builtin();
    let liars = |i: &&&Implementation| i.model.tolerates.contains(&Fault::Byzantine);
    for implementation in catalog.implementations.iter().filter(liars) {
        let workload = catalog.usual_workload(implementation).to_owned();
        let claimed = catalog.claimed_faults(implementation);
        for faults in claimed.into_iter().filter(|faults| faults.starts_with("byzantine")) {
            let workload = workload.clone();
            let scenario = Scenario { workload, ..Scenario::new(implementation.name, faults) };
            assert_eq!(compare(&catalog, &scenario, Detail::Network, 0..1), 1);
        }
    }
}

#[test]
fn whoever_lives_with_corruption_does_so_as_a_process() {
    let catalog = builtin();
    let tolerant = |i: &&&Implementation| i.model.tolerates.contains(&Fault::Corruption);
    for implementation in catalog.implementations.iter().filter(tolerant) {
        let scenario = Scenario::new(implementation.name, "corrupt");
        let trial = catalog.trial(&scenario).unwrap();
        for run in 0..3 {
            let schedule = trial.schedule(trial.seed(Seed(11), run));
            let history =
                processes(&scenario).run(&schedule, implementation, Detail::Network).unwrap();
            let mut rulings = trial.judge(&schedule, &history).into_iter().zip(&trial.checkers);
            let violated = rulings.find(|(verdict, _)| verdict.ruling() == Ruling::Violated);
            let property = violated.map(|(_, checker)| checker.property);
            assert_eq!(property, None, "{} in\n{}", scenario.name(), schedule.to_text());
        }
    }
}
