//! Linearizability on long histories in memory, on one core: from the operations' JSON to the
//! verdict. The same histories can be kept as files, for other tools to be measured on.

use super::{ROUNDS, grouped, median};
use crate::exit::Failure;
use crate::files::write;
use crate::output::print;
use crate::stopwatch::Stopwatch;
use pepperland_checkers::find;
use pepperland_checkers::throughput::registers;
use pepperland_core::checker::Case;
use pepperland_core::history::History;
use pepperland_core::verdict::Ruling;
use std::path::Path;

/// Operations and keys. The small ones are for tools that search.
const SIZES: &[(usize, usize)] = &[(1_000_000, 1), (1_000_000, 1_000), (32_000, 100), (4_000, 1)];
const CLIENTS: &[usize] = &[10, 20];

/// Measures at each size, and keeps the histories in the folder, if there is one.
pub fn measure(keep: Option<&Path>) -> Result<(), Failure> {
    for (operations, keys) in SIZES {
        print(&format!(
            "linearizability of {} operations on registers, {keys} keys, one core\n",
            grouped(*operations as f64)
        ));
        for clients in CLIENTS {
            let history = registers(*clients, *operations, *keys, 1);
            if let Some(folder) = keep {
                let name = format!("registers-{operations}-keys-{keys}-clients-{clients}.jsonl");
                let mut file = Vec::new();
                history.write_to(&mut file).expect("a vector takes every byte");
                write(&folder.join(name), &file)?;
            }
            let rate = rate(&history, *operations);
            print(&format!("  {clients:>3} clients {:>14} operations/s\n", grouped(rate)));
        }
    }
    Ok(())
}

/// Operations a second, the median of some rounds. Small histories are judged many times a round.
fn rate(history: &History, operations: usize) -> f64 {
    let checker = find("linearizability").expect("it exists");
    let times = (200_000 / operations).max(1);
    let round = |_| {
        let watch = Stopwatch::start();
        for _ in 0..times {
            let verdict = (checker.check)(&Case::new(history));
            assert_eq!(verdict.ruling(), Ruling::Held, "the history is linearizable");
        }
        (times * operations) as f64 / watch.elapsed().as_secs_f64()
    };
    median((0..ROUNDS).map(round).collect())
}
