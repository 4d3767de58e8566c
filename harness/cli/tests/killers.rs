//! What the simulator finds is confirmed on processes: the schedule that kills a flaw there breaks
//! the same property where each node is a process, in virtual time always, in real time mostly.

#![cfg(feature = "cli")]

use pepperland::core::checker::Case;
use pepperland::core::implementation::Flaw;
use pepperland::core::runtime::{Detail, Runtime};
use pepperland::core::schedule::Schedule;
use pepperland::core::verdict::Ruling;
use pepperland::prelude::*;
use pepperland::processes::Processes;
use pepperland::{Catalog, builtin};
use std::path::PathBuf;

/// A flaw, and the implementation that has it.
type Planted = (&'static Implementation, &'static Flaw);

/// Flaws of different kinds: order, agreement by a crash amid a multicast, duplication, total
/// order, integrity, recovery with and without stable storage, a request's answer.
const KINDS: [(&str, &str); 9] = [
    ("fifo", "skip-gaps"),
    ("reliable", "no-relay"),
    ("perfect-link", "no-dedup"),
    ("lamport", "tie-break-by-arrival"),
    ("basic", "wrong-payload"),
    ("reliable-logged", "log-after-delivery"),
    ("fifo-logged", "store-after-send"),
    ("perfect-link", "no-incarnation"),
    ("anycast", "two-serve"),
];

/// Those of them that show in real time whatever the scheduler of the machine does.
const IN_REAL_TIME: [(&str, &str); 3] = [
    ("fifo", "counters-per-receiver-not-per-group"),
    ("reliable", "no-relay"),
    ("basic", "self-only"),
];

fn planted(catalog: &Catalog) -> impl Iterator<Item = Planted> {
    let each = |i: &'static Implementation| i.flaws.iter().map(move |flaw| (i, flaw));
    catalog.implementations.iter().copied().flat_map(each)
}

fn these(catalog: &Catalog, names: &[(&str, &str)]) -> Vec<Planted> {
    let named = |(i, flaw): &Planted| names.contains(&(i.name, flaw.name));
    let found: Vec<Planted> = planted(catalog).filter(named).collect();
    assert_eq!(found.len(), names.len(), "all of {names:?}");
    found
}

/// Whether the flaw's killing schedule breaks the property on processes that it breaks in the
/// simulator.
fn is_confirmed(catalog: &Catalog, (implementation, flaw): Planted, real_time: bool) -> bool {
    let mut schedule = Schedule::from_text(flaw.killer).expect("a killer is a schedule");
    schedule.header.implementation = implementation.name.to_owned();
    schedule.header.flaw = Some(flaw.name.to_owned());
    let executable = PathBuf::from(env!("CARGO_BIN_EXE_pepperland"));
    let processes = Processes::of_library(executable, implementation.name, Some(flaw.name));
    let processes = processes.in_real_time(real_time);
    let history = match processes.run(&schedule, implementation, Detail::Network) {
        Ok(history) => history,
        Err(refused) => panic!("{} of {}: {refused}", flaw.name, implementation.name),
    };
    let checker = catalog.checker(flaw.breaks).expect("a flaw breaks a property");
    (checker.check)(&Case::new(&history)).ruling() == Ruling::Violated
}

/// How often each is confirmed in so many tries, all flaws beside each other.
#[expect(clippy::disallowed_methods, reason = "processes in real time mostly wait")]
fn rates(catalog: &Catalog, flaws: &[Planted], tries: usize) -> Vec<usize> {
    let rate = |flaw: &Planted| (0..tries).filter(|_| is_confirmed(catalog, *flaw, true)).count();
    std::thread::scope(|scope| {
        let each: Vec<_> = flaws.iter().map(|flaw| scope.spawn(move || rate(flaw))).collect();
        each.into_iter().map(|thread| thread.join().expect("it ran")).collect()
    })
}

#[test]
fn flaws_of_every_kind_break_the_same_property_on_processes() {
    let catalog = builtin();
    for planted in these(&catalog, &KINDS) {
        let (implementation, flaw) = planted;
        assert!(is_confirmed(&catalog, planted, false), "{} {}", implementation.name, flaw.name);
    }
}

#[test]
fn flaws_show_in_real_time_as_well() {
    let catalog = builtin();
    let flaws = these(&catalog, &IN_REAL_TIME);
    let each = flaws.iter().map(|(i, flaw)| (i.name, flaw.name)).zip(rates(&catalog, &flaws, 1));
    let missed: Vec<_> = each.filter(|(_, rate)| *rate == 0).collect();
    assert!(missed.is_empty(), "{missed:?}");
}

#[test]
#[ignore = "takes minutes; prints how many of all flaws are confirmed"]
fn every_flaw_is_confirmed_in_virtual_time_and_most_are_in_real_time() {
    const TRIES: usize = 5;
    let catalog = builtin();
    // Frames are JSON on the pipes: the bit that a schedule flips is another one there.
    let uncorrupted = |(_, flaw): &Planted| flaw.faults != "corrupt";
    let all: Vec<Planted> = planted(&catalog).filter(uncorrupted).collect();
    let missed: Vec<_> = all.iter().filter(|flaw| !is_confirmed(&catalog, **flaw, false)).collect();
    let names: Vec<_> = missed.iter().map(|(i, flaw)| (i.name, flaw.name)).collect();
    println!("virtual time: {} of {}", all.len() - missed.len(), all.len());
    assert!(names.is_empty(), "not confirmed in virtual time: {names:?}");
    let (mut always, mut once) = (0, 0);
    for some in all.chunks(8) {
        for ((implementation, flaw), rate) in some.iter().zip(rates(&catalog, some, TRIES)) {
            println!("{} {}: {rate} of {TRIES}", implementation.name, flaw.name);
            always += usize::from(rate == TRIES);
            once += usize::from(rate > 0);
        }
    }
    println!("real time: {once} of {} at least once, {always} always", all.len());
    assert!(2 * once > all.len(), "only {once} are confirmed in real time");
}
