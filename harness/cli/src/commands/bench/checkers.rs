//! The basic checkers one after the other on histories in memory, on one core.

use super::{ROUNDS, grouped, median};
use crate::output::print;
use crate::stopwatch::Stopwatch;
use pepperland_checkers::find;
use pepperland_checkers::throughput::synthetic;
use pepperland_core::checker::Case;
use pepperland_core::verdict::Ruling;

const NODES: usize = 5;
const CHECKS: &[&str] = &["no-duplication", "agreement", "fifo", "uniform-total-order", "causal"];

/// Measures at each size, and the growth from the first to the last.
pub fn measure(sizes: &[u64]) {
    let mut sums = Vec::new();
    for size in sizes {
        print(&format!(
            "basic checkers on {} deliveries, {NODES} nodes, one core\n",
            grouped(*size as f64)
        ));
        sums.push(measure_one(*size));
    }
    if let [first, .., last] = &sums[..] {
        print(&format!(
            "  growth per delivery from the first to the last: {:.2} ×\n",
            last / first
        ));
    }
}

/// Nanoseconds a delivery of all checks together.
fn measure_one(deliveries: u64) -> f64 {
    let history = synthetic(NODES, deliveries as usize, 1_000, 1);
    let case = Case::new(&history);
    let mut sum = 0.0;
    for name in CHECKS {
        let checker = find(name).expect("the basic checkers exist");
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            let watch = Stopwatch::start();
            let verdict = (checker.check)(&case);
            rounds.push(watch.elapsed().as_secs_f64() * 1e9 / deliveries as f64);
            assert_eq!(verdict.ruling(), Ruling::Held, "{name}");
        }
        let ns = median(rounds);
        print(&format!("  {name:24} {ns:>8.2} ns/delivery\n"));
        sum += ns;
    }
    print(&format!(
        "  {:24} {sum:>8.2} ns/delivery = {} deliveries/s\n",
        "all together",
        grouped(1e9 / sum)
    ));
    sum
}
