//! The same schedule, in whole milliseconds, is the same history on every runtime, to the byte: so
//! every verdict is the same, too.

#![cfg(feature = "turmoil")]

use pepperland::core::checker::Case;
use pepperland::core::history::Header;
use pepperland::core::implementation::Implementation;
use pepperland::core::runtime::Detail;
use pepperland::core::schedule::Schedule;
use pepperland::core::verdict::Ruling;
use pepperland::prelude::*;
use pepperland::turmoil::whole_millisecond;
use pepperland::{Catalog, builtin};

/// How many schedules each implementation gets, correct and with each flaw.
const SCHEDULES: u64 = 4;

/// A run as its history tells it, but for the runtime's name.
fn told(history: &History) -> (Header, String) {
    let mut header = history.header.clone();
    header.about.remove("runtime");
    header.end = header.end.map(end_of_millisecond);
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    (header, text.split_once('\n').unwrap().1.to_owned())
}

/// The end of the millisecond that the instant lies in. A protocol may have set a timer that runs
/// out within one, and does nothing then.
fn end_of_millisecond(instant: Time) -> Time {
    Time::millis(instant.0.div_ceil(Time::millis(1).0))
}

/// Every implementation as it is and with each of its flaws, under a swarm of faults, and with each
/// layout of groups that it can handle.
fn scenarios(catalog: &Catalog) -> Vec<Scenario> {
    let grouped = catalog.implementations.iter().flat_map(|implementation| {
        let needs = |name: &&&str| catalog.workload(name).expect("a workload").layout.needs();
        let handled = move |name: &&&str| implementation.handles(needs(name));
        let workloads = ["overlapping", "open-group"].iter().filter(handled);
        let scenario = Scenario::new(implementation.name, "swarm");
        workloads.map(move |w| Scenario { workload: (*w).to_owned(), ..scenario.clone() })
    });
    let variants = catalog.implementations.iter().flat_map(|implementation| {
        let scenario = Scenario::new(implementation.name, "swarm");
        let plain = scenario.clone();
        let flawed = implementation.flaws.iter().map(move |flaw| Scenario {
            flaw: Some(flaw.name.to_owned()),
            workload: flaw.workload.to_owned(),
            ..scenario.clone()
        });
        std::iter::once(plain).chain(flawed)
    });
    variants.chain(grouped).collect()
}

/// Runs a schedule on every runtime, and returns what each made of it, which is the same.
fn run_everywhere(
    catalog: &Catalog,
    implementation: &Implementation,
    schedule: &Schedule,
    name: &str,
) -> History {
    let on = |runtime: &str| {
        let runtime = catalog.runtime(runtime).unwrap();
        runtime.run(schedule, implementation, Detail::Application).unwrap()
    };
    let sim = on("sim");
    let (header, events) = told(&sim);
    for runtime in ["turmoil", "turmoil-tcp"] {
        let (its_header, its_events) = told(&on(runtime));
        let place = || format!("{name} on {runtime} differs from sim on\n{}", schedule.to_text());
        assert_eq!(header, its_header, "{}", place());
        for (event, its) in events.lines().zip(its_events.lines()) {
            assert_eq!(event, its, "{}", place());
        }
        assert_eq!(events.len(), its_events.len(), "{}", place());
    }
    sim
}

#[test]
fn a_schedule_in_whole_milliseconds_is_the_same_history_on_every_runtime() {
    let catalog = builtin();
    let (mut flaws, mut seen) = (0, 0);
    for scenario in scenarios(&catalog) {
        let implementation = catalog.implementation(&scenario.implementation).unwrap();
        // Whatever befalls nodes is what turmoil can do, which takes every millisecond of timers that
        // run for ever one by one.
        let runtime = "turmoil".to_owned();
        let scenario = Scenario { settle_ms: 1000, runtime, ..scenario };
        let trial = catalog.trial(&scenario).unwrap();
        let runs = (0..SCHEDULES).map(|run| {
            let schedule = whole_millisecond(&trial.schedule(trial.seed(Seed(7), run)));
            run_everywhere(&catalog, implementation, &schedule, &scenario.name())
        });
        let histories: Vec<History> = runs.collect();
        if let Some(flaw) = scenario.flaw.and_then(|flaw| implementation.flaw(&flaw)) {
            let checker = catalog.checker(flaw.breaks).unwrap();
            let violated =
                |h: &History| (checker.check)(&Case::new(h)).ruling() == Ruling::Violated;
            flaws += 1;
            seen += usize::from(histories.iter().any(violated));
        }
    }
    println!("{seen} of {flaws} flaws seen");
    // Nodes that all do nothing would agree, too.
    assert!(seen >= 70, "{seen} of {flaws} flaws seen");
}
