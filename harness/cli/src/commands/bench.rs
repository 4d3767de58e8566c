//! `pepperland bench`: measure here, beside peers. Rates are medians of several rounds, taken in
//! turn within one process; trust the ratios, not the rates.

mod attack;
mod causes;
mod checkers;
mod detection;
mod detectors;
mod difato;
mod exploration;
mod linearizability;
mod matrix;
mod protocols;
mod responders;
mod scenarios;
mod shrinking;
mod simulator;
mod stdio;
mod switch;
mod table1;
mod views;

use crate::catalog::Catalog;
use crate::exit::{Failure, Outcome};
use crate::options::{Bench, Measured};
use crate::output::print;
use crate::stopwatch::Stopwatch;
use std::process::ExitCode;

/// Measures what is asked for.
pub fn bench(options: &Bench, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let all =
        [Measured::Simulator, Measured::Scenarios, Measured::Checkers, Measured::Linearizability];
    let what = if options.what.is_empty() { &all[..] } else { &options.what };
    for measured in what {
        match measured {
            Measured::Simulator => simulator::measure(catalog)?,
            Measured::Scenarios => scenarios::measure(catalog)?,
            Measured::Checkers => checkers::measure(&[10_000_000]),
            Measured::Linearizability => linearizability::measure(options.keep.as_deref())?,
            Measured::Detection if options.strategies.is_empty() => {
                detection::measure(catalog, options.sample.get())?
            }
            Measured::Detection => matrix::measure(catalog, options)?,
            Measured::Shrinking => shrinking::measure(catalog, options)?,
            Measured::Detectors => detectors::measure(catalog)?,
            Measured::Protocols => protocols::measure(catalog)?,
            Measured::Responders => responders::measure(catalog)?,
            Measured::Attack => attack::measure(catalog)?,
            Measured::Difato => difato::measure(catalog, options)?,
            Measured::Table1 => table1::measure(catalog)?,
            Measured::Explore => exploration::measure(catalog)?,
            Measured::Stdio => stdio::measure()?,
            Measured::Switch => switch::measure()?,
            Measured::Views => views::measure(catalog)?,
            Measured::Growth => checkers::measure(&[10_000_000, 100_000_000]),
        }
    }
    Ok(Outcome::Held.end("measured"))
}

/// How many rounds each figure is the median of.
const ROUNDS: usize = 5;

/// Something to measure: its name, and how many units of work one call does.
struct Contender<'a> {
    name: &'a str,
    work: Box<dyn FnMut() -> u64 + 'a>,
}

/// The median rate of each contender, in units a second: rounds are taken in turn, so that
/// whatever else the machine does falls on all alike.
fn rates(contenders: &mut [Contender<'_>]) -> Vec<f64> {
    let mut rounds: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for _ in 0..ROUNDS {
        for (contender, rates) in contenders.iter_mut().zip(&mut rounds) {
            rates.push(rate(&mut contender.work));
        }
    }
    rounds.into_iter().map(median).collect()
}

/// Units a second, over at least a fifth of a second.
fn rate(work: &mut dyn FnMut() -> u64) -> f64 {
    let watch = Stopwatch::start();
    let mut units = 0;
    loop {
        units += work();
        let elapsed = watch.elapsed().as_secs_f64();
        if elapsed > 0.2 {
            return units as f64 / elapsed;
        }
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// One line of figures.
fn line(name: &str, rate: f64, unit: &str, remark: &str) {
    print(&format!("  {name:34} {:>14} {unit}  {remark}\n", grouped(rate)));
}

/// `1,234,567`.
fn grouped(rate: f64) -> String {
    pepperland_reports::text::thousands(rate as u64)
}
