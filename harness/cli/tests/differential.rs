//! The same schedule gives the same verdicts on every runtime, and every node delivers in the same
//! order: on schedules in whole milliseconds, without ties.

#![cfg(feature = "turmoil")]

use pepperland::core::checker::Case;
use pepperland::core::history::{Event, GroupContract, Kind};
use pepperland::core::runtime::Detail;
use pepperland::core::schedule::Schedule;
use pepperland::core::verdict::Ruling;
use pepperland::prelude::*;
use pepperland::turmoil::whole_millisecond;
use pepperland::{Catalog, builtin};
use std::collections::BTreeMap;

/// How many schedules each implementation gets, correct and with each flaw, if there are few of
/// them; and how many there are in all, if there are many.
const SEEDS: usize = 30;
const SCHEDULES: usize = 600;

/// What a run comes to: the ruling on each property, with the obligations if it was held, and each
/// node's deliveries in order.
#[derive(Debug, PartialEq)]
struct Told {
    rulings: Vec<(&'static str, Ruling, Option<u64>)>,
    deliveries: BTreeMap<NodeId, Vec<(Time, String)>>,
    end: Time,
    /// Its groups, and whether they are open.
    groups: (Vec<(String, Vec<NodeId>)>, GroupContract),
}

impl Told {
    fn of(catalog: &Catalog, history: &History) -> Told {
        let case = Case::new(history);
        // Frames are recorded on one side of the comparison only.
        let of_frames = |kinds: &[Kind]| kinds.iter().any(|kind| kind.is_transmission());
        let checkers = catalog.checkers.iter().filter(|checker| !of_frames(checker.needs));
        let rulings = checkers.map(|checker| {
            let verdict = (checker.check)(&case);
            let held = verdict.ruling() == Ruling::Held;
            (checker.property, verdict.ruling(), held.then_some(verdict.obligations))
        });
        let mut deliveries: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for event in history.events().filter(|event| event.kind() == Kind::Deliver) {
            let (node, name) = (event.node().unwrap(), event.message_name().unwrap());
            deliveries.entry(node).or_default().push((event.time(), name));
        }
        let groups = (history.groups().to_vec(), history.header.contract.group);
        Told { rulings: rulings.collect(), deliveries, end: history.end(), groups }
    }

    fn violates(&self, property: &str) -> bool {
        let violated = |(name, ruling, _): &(&str, Ruling, Option<u64>)| {
            *name == property && *ruling == Ruling::Violated
        };
        self.rulings.iter().any(violated)
    }
}

/// Whether two things happen in one millisecond at one node, and it is left to the runtime which of
/// them comes first: frames of consequence that two nodes sent in one millisecond, or a timer and a
/// frame.
fn has_tie(history: &History) -> bool {
    let (mut authors, mut timers) = (BTreeMap::new(), BTreeMap::new());
    history.events().any(|event| {
        let (Some(node), Some((author, since))) = (event.node(), origin(history, event)) else {
            return false;
        };
        let timer = event.kind() != Kind::Recv && !came(history, event);
        let of_consequence = event.kind() != Kind::Recv;
        *timers.entry((node, event.time())).or_insert(timer) != timer
            || of_consequence
                && *authors.entry((node, event.time(), since)).or_insert(author) != author
    })
}

/// Whether a frame has brought the event about, and not a timer.
fn came(history: &History, event: Event<'_>) -> bool {
    let cause = event.causes().first().map(|cause| history.event(*cause));
    cause.is_some_and(|cause| match cause.kind() {
        Kind::Recv => cause.time() == event.time(),
        _ => cause.time() == event.time() && came(history, cause),
    })
}

/// Who brought about what makes a node act, and when: by sending the frame that it has received,
/// by setting the timer that ran out.
fn origin(history: &History, event: Event<'_>) -> Option<(NodeId, Time)> {
    let cause = history.event(*event.causes().first()?);
    let here = (cause.node(), cause.time()) == (event.node(), event.time());
    match here && cause.kind() != Kind::Send {
        true => origin(history, cause),
        false => Some((cause.node()?, cause.time())),
    }
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

/// What became of the schedules.
#[derive(Debug, Default)]
struct Tally {
    compared: usize,
    skipped: usize,
    flaws_seen: usize,
}

impl Tally {
    fn compare(&mut self, catalog: &Catalog, scenario: &Scenario, seeds: usize) {
        let implementation = catalog.implementation(&scenario.implementation).unwrap();
        let trial = catalog.trial(scenario).unwrap();
        let breaks = scenario.flaw.as_ref().and_then(|flaw| implementation.flaw(flaw));
        let mut seen = false;
        for run in 0..seeds as u64 {
            let schedule = whole_millisecond(&trial.schedule(trial.seed(Seed(7), run)));
            let on = |runtime: &str, detail: Detail| -> History {
                let runtime = catalog.runtime(runtime).unwrap();
                runtime.run(&schedule, implementation, detail).unwrap()
            };
            let sim = on("sim", Detail::Network);
            if has_tie(&sim) {
                self.skipped += 1;
                continue;
            }
            self.compared += 1;
            let expected = Told::of(catalog, &sim);
            seen |= breaks.is_some_and(|flaw| expected.violates(flaw.breaks));
            for runtime in ["turmoil", "turmoil-tcp"] {
                let told = Told::of(catalog, &on(runtime, Detail::Application));
                assert_eq!(expected, told, "{} {run}: {runtime}", differs(scenario, &schedule));
            }
        }
        self.flaws_seen += usize::from(seen);
    }
}

fn differs(scenario: &Scenario, schedule: &Schedule) -> String {
    format!("{}, in\n{}\nrun", scenario.name(), schedule.to_text())
}

#[test]
fn every_runtime_gives_the_same_verdicts() {
    let catalog = builtin();
    let scenarios = scenarios(&catalog);
    let seeds = (SCHEDULES / scenarios.len()).clamp(1, SEEDS);
    let mut tally = Tally::default();
    scenarios.iter().for_each(|scenario| tally.compare(&catalog, scenario, seeds));
    println!("{tally:?}");
    // Where timers run and frames come in whole milliseconds, most schedules have ties, and few are
    // left in which a flaw could show.
    assert!(3 * tally.compared > tally.skipped, "hardly a schedule is without ties: {tally:?}");
    let flaws = scenarios.iter().filter(|scenario| scenario.flaw.is_some()).count();
    assert!(6 * tally.flaws_seen > flaws, "hardly any of {flaws} flaws is seen: {tally:?}");
}
