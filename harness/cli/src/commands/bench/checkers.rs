//! The checkers on long histories in memory: each alone on one core, and all that apply together on
//! every core.

use super::{ROUNDS, grouped, median};
use crate::output::print;
use crate::stopwatch::Stopwatch;
use crate::threads::Threads;
use pepperland_checkers::throughput::{self, synthetic};
use pepperland_checkers::{Judge, all, find};
use pepperland_core::checker::{Checker, Class};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::{Ruling, Verdict};
use pepperland_search::Executor;

const FEW: usize = 5;
const MANY: usize = 50;
/// Whose sum is compared from size to size.
const BASIC: &[&str] = &["no-duplication", "agreement", "fifo", "uniform-total-order", "causal"];

/// Measures at each size, and the growth from the first to the last.
pub fn measure(sizes: &[u64]) {
    let sums: Vec<f64> = sizes.iter().map(|size| basic(*size)).collect();
    if let [first, .., last] = &sums[..] {
        let growth = last / first;
        print(&format!("  growth per delivery from the first to the last: {growth:.2} ×\n"));
    }
    let size = sizes[0];
    let many = total_order(MANY, size);
    print(&format!("{} deliveries, {MANY} nodes, one core\n", grouped(size as f64)));
    one_by_one(&many, &["total-order", "causal"]);
    with_views(size);
    together(&total_order(FEW, size));
}

fn total_order(nodes: usize, deliveries: u64) -> History {
    synthetic(nodes, deliveries as usize, 1_000, 1)
}

fn deliveries(history: &History) -> f64 {
    history.kinds().iter().filter(|kind| **kind == Kind::Deliver).count() as f64
}

fn with_views(deliveries: u64) {
    const VIEWS: usize = 100;
    let history = throughput::with_views(FEW, deliveries as usize, VIEWS, 1);
    print(&format!(
        "{} deliveries, {FEW} nodes, {VIEWS} views, one core\n",
        grouped(deliveries as f64)
    ));
    one_by_one(&history, &["virtual-synchrony", "sending-view-delivery", "same-view-delivery"]);
}

/// Nanoseconds a delivery of the basic checkers under one judge.
fn basic(deliveries: u64) -> f64 {
    let history = total_order(FEW, deliveries);
    print(&format!("{} deliveries, {FEW} nodes, one core\n", grouped(deliveries as f64)));
    one_by_one(&history, &["total-order"]);
    let sum = one_by_one(&history, BASIC);
    let shared = median((0..ROUNDS).map(|_| shared(&history, BASIC)).collect());
    for (what, ns) in [("the five, each alone", sum), ("the five, one judge", shared)] {
        print(&format!("  {what:24} {ns:>8.2} ns/delivery = {} M/s\n", grouped(1e3 / ns)));
    }
    shared
}

/// Each property by itself, with nothing worked out before; the sum in nanoseconds a delivery.
fn one_by_one(history: &History, properties: &[&str]) -> f64 {
    let ns = |name: &&str| {
        let checker = find(name).expect("the basic checkers exist");
        let ns = median((0..ROUNDS).map(|_| alone(history, checker)).collect());
        print(&format!("  {name:24} {ns:>8.2} ns/delivery = {} M/s\n", grouped(1e3 / ns)));
        ns
    };
    properties.iter().map(ns).sum()
}

/// One after the other, sharing what is worked out once.
fn shared(history: &History, properties: &[&str]) -> f64 {
    let deliveries = deliveries(history);
    let watch = Stopwatch::start();
    let judge = Judge::of(history, false);
    for name in properties {
        let checker = find(name).expect("the basic checkers exist");
        assert_eq!(judge.verdict(checker).ruling(), Ruling::Held, "{name}");
    }
    watch.elapsed().as_secs_f64() * 1e9 / deliveries
}

fn alone(history: &History, checker: &'static Checker) -> f64 {
    let deliveries = deliveries(history);
    let watch = Stopwatch::start();
    let verdict = Judge::of(history, false).verdict(checker);
    let ns = watch.elapsed().as_secs_f64() * 1e9 / deliveries;
    assert!(is_right(&verdict, checker), "{}", checker.property);
    ns
}

/// The one order is not that of the broadcasts; every other property holds or is vacuous.
fn is_right(verdict: &Verdict, checker: &Checker) -> bool {
    verdict.ruling() != Ruling::Violated || checker.property == "chronological-order"
}

/// Every property for which the history holds what it needs, on every core.
fn together(history: &History) {
    let applies = |c: &&Checker| c.class != Class::Assumption && c.lacks(history).is_none();
    let properties: Vec<&'static Checker> = all().filter(applies).collect();
    let (threads, deliveries) = (Threads::new(None), deliveries(history));
    tell_slowest(history, &properties);
    let round = |_| {
        let watch = Stopwatch::start();
        let judge = Judge::of(history, false);
        threads.run(properties.len(), &|i| {
            assert!(is_right(&judge.verdict(properties[i]), properties[i]));
        });
        deliveries / watch.elapsed().as_secs_f64()
    };
    let rate = median((0..ROUNDS).map(round).collect());
    print(&format!(
        "all {} properties that apply, {} threads: {} deliveries/s\n",
        properties.len(),
        threads.count(),
        grouped(rate)
    ));
}

/// The properties that cost most, each alone.
fn tell_slowest(history: &History, properties: &[&'static Checker]) {
    const SHOWN: usize = 5;
    let mut costs: Vec<(f64, &str)> =
        properties.iter().map(|checker| (alone(history, checker), checker.property)).collect();
    costs.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (ns, property) in costs.into_iter().take(SHOWN) {
        print(&format!("  {property:24} {ns:>8.2} ns/delivery, one of the {SHOWN} slowest\n"));
    }
}
