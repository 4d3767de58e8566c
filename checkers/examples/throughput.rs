//! Measures the checkers: `throughput [NODES [DELIVERIES [WINDOW]]]`.

#![expect(clippy::disallowed_types, reason = "it measures")]

use pepperland_checkers::{find, throughput::synthetic};
use pepperland_core::checker::Case;
use pepperland_core::history::History;
use std::hint::black_box;
use std::time::Instant;

const SEQUENCE: [&str; 5] =
    ["no-duplication", "agreement", "fifo", "uniform-total-order", "causal"];
const ROUNDS: usize = 9;

fn main() {
    let number = |place, default| {
        let given = std::env::args().nth(place).map(|text| text.parse().expect("a number"));
        given.unwrap_or(default)
    };
    let (nodes, deliveries, window) = (number(1, 5), number(2, 10_000_000), number(3, 1000));
    let start = Instant::now();
    let history = synthetic(nodes, deliveries, window, 1);
    println!("{nodes} nodes, {deliveries} deliveries, made in {:?}", start.elapsed());
    let laying_out = best(|| drop(black_box(Case::new(&history)))) / deliveries as f64;
    println!("{:22} {laying_out:7.2} ns a delivery", "case");
    let each = SEQUENCE.map(|property| one(&history, property, deliveries));
    let sum = each.iter().sum::<f64>() + laying_out;
    println!("{:22} {sum:7.2} ns, {:.1} M deliveries a second", "together", 1000.0 / sum);
    tiny();
}

fn one(history: &History, property: &str, deliveries: usize) -> f64 {
    let case = Case::new(history);
    let check = find(property).expect("a property").check;
    let took = best(|| drop(black_box(check(&case)))) / deliveries as f64;
    println!("{property:22} {took:7.2} ns a delivery");
    took
}

fn tiny() {
    let history = synthetic(5, 75, 4, 1);
    let took = best(|| {
        for _ in 0..1000 {
            let case = Case::new(&history);
            for property in SEQUENCE {
                let check = find(property).expect("a property").check;
                drop(black_box(check(&case)));
            }
        }
    });
    println!("{:22} {:7.2} µs for all of them, 75 deliveries", "tiny", took / 1e6);
}

/// The best time of some rounds, in ns: what other work on the machine disturbed least.
fn best(mut work: impl FnMut()) -> f64 {
    let mut times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            work();
            start.elapsed().as_nanos() as f64
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[0]
}
