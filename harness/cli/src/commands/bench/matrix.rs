//! How many runs each strategy takes to find each planted flaw, beside the base line.

use super::detection::{BUDGET, SEEDS, Search, asked, runs_to_find};
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::options::Bench;
use crate::output::print;
use crate::stopwatch::Stopwatch;
use crate::threads::Threads;
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::seed::Seed;
use pepperland_search::planner::UNIFORM;
use pepperland_search::{Strategy, map};
use std::num::NonZero;

/// A flaw is hard if the base line takes so many runs to find it, in the median.
const HARD: u64 = 30;

/// Whoever takes more than so many times the worst search of the base line is given up.
const TIMES: u64 = 10;

/// But not before so many runs.
const AT_LEAST: u64 = 100;

/// One strategy on one flaw.
struct Cell {
    /// For how many runs at most it was sought.
    budget: u64,
    /// Runs to find it from each seed, in order.
    runs: Vec<u64>,
    /// Seconds that each search took, in order.
    seconds: Vec<f64>,
}

/// A flaw, and every strategy on it, the base line first.
struct Row {
    name: String,
    cells: Vec<Cell>,
}

/// Prints a row for each flaw, a column for each strategy; below, how many times fewer runs each
/// strategy takes than the base line on the hard flaws, as a geometric mean, and where it loses.
///
/// # Errors
/// What the runtime refuses.
pub fn measure(catalog: &Catalog, options: &Bench) -> Result<(), Failure> {
    let mut strategies = vec![&UNIFORM];
    strategies.extend(options.strategies.iter().filter(|s| ***s != UNIFORM));
    let flaws = asked(catalog, options);
    let names: Vec<&str> = strategies.iter().map(|strategy| strategy.name).collect();
    print(&format!("| flaw | {} |\n| --- |{}\n", names.join(" | "), " ---: |".repeat(names.len())));
    let mut rows = Vec::new();
    for (implementation, flaw) in flaws {
        let of = |strategy, budget| {
            cell(catalog, (implementation, flaw), strategy, (budget, options.seeds))
        };
        let mut cells = vec![of(strategies[0], BUDGET)?];
        let budget = (cells[0].worst() * TIMES).clamp(AT_LEAST, BUDGET);
        for strategy in &strategies[1..] {
            cells.push(of(strategy, budget)?);
        }
        let row = Row { name: format!("{} of {}", flaw.name, implementation.name), cells };
        print(&row.text());
        rows.push(row);
    }
    tell(&names, &rows);
    Ok(())
}

fn cell(
    catalog: &Catalog,
    flaw: (&'static Implementation, &'static Flaw),
    strategy: &'static Strategy,
    (budget, seeds): (u64, Option<NonZero<u64>>),
) -> Result<Cell, Failure> {
    let seeds = seeds.map_or(SEEDS, NonZero::get);
    let search = |seed: u64| {
        let watch = Stopwatch::start();
        let search = Search { strategy, base: Seed(seed), budget };
        let runs = runs_to_find(catalog, flaw, &search)?;
        Ok((runs, watch.elapsed().as_secs_f64()))
    };
    let half = seeds.div_ceil(2);
    let mut searches = map(&Threads::new(None), half as usize, |seed| search(seed as u64));
    let lost = |search: &Result<(u64, f64), Failure>| matches!(search, Ok((r, _)) if *r > budget);
    // If half are lost, the median is, whatever the others find.
    if !searches.iter().all(lost) {
        let rest = (seeds - half) as usize;
        searches.extend(map(&Threads::new(None), rest, |seed| search(half + seed as u64)));
    }
    let searches = searches.into_iter().collect::<Result<Vec<_>, Failure>>()?;
    let (runs, seconds) = searches.into_iter().unzip();
    let mut cell = Cell { budget, runs, seconds };
    cell.runs.sort_unstable();
    cell.seconds.sort_by(f64::total_cmp);
    Ok(cell)
}

impl Cell {
    fn median(&self) -> u64 {
        self.runs[self.runs.len() / 2]
    }

    fn worst(&self) -> u64 {
        self.runs[self.runs.len() - 1]
    }

    fn text(&self) -> String {
        let shown = |runs: u64| match runs > self.budget {
            true => format!("> {}", self.budget),
            false => runs.to_string(),
        };
        format!("{} ({})", shown(self.median()), shown(self.worst()))
    }
}

impl Row {
    fn text(&self) -> String {
        let cells: Vec<String> = self.cells.iter().map(Cell::text).collect();
        format!("| {} | {} |\n", self.name, cells.join(" | "))
    }
}

fn tell(names: &[&str], rows: &[Row]) {
    let hard: Vec<&Row> = rows.iter().filter(|row| row.cells[0].median() >= HARD).collect();
    let gains: Vec<String> = (0..names.len()).map(|column| gain(&hard, column)).collect();
    let hard = hard.len();
    print(&format!("| **times fewer runs, {hard} hard flaws** | {} |\n", gains.join(" | ")));
    let losses: Vec<String> = (0..names.len()).map(|column| lost(rows, column)).collect();
    print(&format!("| **flaws that take more runs** | {} |\n", losses.join(" | ")));
    tell_times(names, rows);
}

/// The geometric mean of how many times fewer runs a strategy takes than the base line.
#[expect(clippy::disallowed_methods, reason = "two decimals of it are the same on every machine")]
fn gain(hard: &[&Row], column: usize) -> String {
    let ratio = |row: &&Row| row.cells[0].median() as f64 / row.cells[column].median() as f64;
    let sum: f64 = hard.iter().map(|row| ratio(row).ln()).sum();
    match hard.len() {
        0 => "-".to_owned(),
        many => format!("{:.2}", (sum / many as f64).exp()),
    }
}

fn lost(rows: &[Row], column: usize) -> String {
    let worse = |row: &&Row| row.cells[column].median() > row.cells[0].median();
    rows.iter().filter(worse).count().to_string()
}

/// Times are not the same everywhere, and go to stderr.
fn tell_times(names: &[&str], rows: &[Row]) {
    for (column, name) in names.iter().enumerate() {
        let of = |row: &Row, place: fn(usize) -> usize| {
            let seconds = &row.cells[column].seconds;
            seconds[place(seconds.len())]
        };
        let slowest =
            |place: fn(usize) -> usize| rows.iter().map(|row| of(row, place)).fold(0.0, f64::max);
        let median = super::median(rows.iter().map(|row| of(row, |n| n / 2)).collect());
        eprintln!(
            "{name}: median of a flaw {:.1} ms, at most {:.1} ms; the worst search {:.2} s",
            median * 1e3,
            slowest(|n| n / 2) * 1e3,
            slowest(|n| n - 1),
        );
    }
}
