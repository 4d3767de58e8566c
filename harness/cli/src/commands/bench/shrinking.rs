//! How small findings become: each planted flaw is found from several seeds, shrunk, and held
//! beside the schedule that was written by hand to kill it.

mod confusion;

use super::detection::{BUDGET, Search, asked, first_failing, scenario_of};
use super::median;
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::options::Bench;
use crate::output::print;
use crate::stopwatch::Stopwatch;
use crate::threads::Threads;
use pepperland_core::finding::Size;
use pepperland_core::history::{History, Kind};
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_search::planner::UNIFORM;
use pepperland_search::{Shrunk, Trial, Violation, ending_with, map, shrink, signature};
use std::num::NonZero;

/// From how many seeds each flaw is found, unless told.
const SEEDS: u64 = 5;

/// How many replays shrinking may take.
const REPLAYS: u32 = 20_000;

/// How large a run is, in three counts.
#[derive(Copy, Clone)]
struct Measures {
    /// What a reader takes in.
    events: usize,
    /// Frames sent.
    frames: usize,
    nodes: u32,
}

impl Measures {
    fn of(schedule: &Schedule, history: &History) -> Measures {
        let sends = history.kinds().iter().filter(|kind| **kind == Kind::Send);
        Measures {
            events: Size::to_read(schedule, history),
            frames: sends.count(),
            nodes: schedule.header.nodes,
        }
    }
}

/// One finding of a flaw.
pub(super) struct Small {
    pub(super) signature: String,
    size: Measures,
    replays: u32,
    unfinished: bool,
    seconds: f64,
}

/// A flaw, its findings, and the schedule written for it.
pub(super) struct Row {
    pub(super) implementation: &'static Implementation,
    pub(super) flaw: &'static Flaw,
    pub(super) found: Vec<Small>,
    killer: Measures,
}

/// Prints a row for each flaw and the medians over all; times go to stderr.
///
/// # Errors
/// What the runtime refuses.
pub fn measure(catalog: &Catalog, options: &Bench) -> Result<(), Failure> {
    let flaws = asked(catalog, options);
    let seeds = options.seeds.map_or(SEEDS, NonZero::get);
    print("| breaks | flaw | of | events | beside the killer's | frames | nodes | replays |\n");
    print("| --- | --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
    let rows = map(&Threads::new(None), flaws.len(), |index| row(catalog, flaws[index], seeds));
    let rows = rows.into_iter().collect::<Result<Vec<Row>, Failure>>()?;
    rows.iter().for_each(|row| print(&row.text()));
    tell(&rows);
    print(&confusion::table(&rows));
    Ok(())
}

fn row(
    catalog: &Catalog,
    (implementation, flaw): (&'static Implementation, &'static Flaw),
    seeds: u64,
) -> Result<Row, Failure> {
    let scenario = scenario_of((implementation, flaw));
    let trial = catalog.trial(&scenario)?;
    let killer = killer(&trial, flaw)?;
    let mut found = Vec::new();
    for seed in 0..seeds {
        let search = Search { strategy: &UNIFORM, base: Seed(seed), budget: BUDGET };
        let Some((_, schedule)) = first_failing(&trial, &search)? else { continue };
        let watch = Stopwatch::start();
        let Some(shrunk) = shrink(&trial, trial.checkers[0], &schedule, REPLAYS) else { continue };
        let seconds = watch.elapsed().as_secs_f64();
        let size = Measures::of(&shrunk.schedule, &shrunk.history);
        let Shrunk { schedule, history, witness, .. } = &shrunk;
        let signature = signature(trial.checkers[0], schedule, history, witness);
        let (replays, unfinished) = (shrunk.replays, shrunk.unfinished);
        found.push(Small { signature, size, replays, unfinished, seconds });
    }
    Ok(Row { implementation, flaw, found, killer })
}

/// The size of the run of the schedule that was written for the flaw, which ends as shrunk ones do.
fn killer(trial: &Trial<'_>, flaw: &Flaw) -> Result<Measures, Failure> {
    let mut schedule = Schedule::from_text(flaw.killer)
        .map_err(|error| Failure::Harness(format!("the killer of {}: {error}", flaw.name)))?;
    schedule.header.implementation = trial.plan.implementation.name.to_owned();
    schedule.header.flaw = Some(flaw.name.to_owned());
    let checker = trial.checkers[0];
    if let Some(violation) = Violation::of(trial, checker, &schedule, Detail::Network) {
        schedule = ending_with(&schedule, checker, &violation).unwrap_or(schedule);
    }
    let history = trial.run(&schedule, Detail::Network)?;
    Ok(Measures::of(&schedule, &history))
}

impl Row {
    fn of(&self, count: impl Fn(&Small) -> f64) -> Option<f64> {
        let counts: Vec<f64> = self.found.iter().map(count).collect();
        (!counts.is_empty()).then(|| median(counts))
    }

    fn events(&self) -> Option<f64> {
        self.of(|small| small.size.events as f64)
    }

    fn ratio(&self) -> Option<f64> {
        self.events().map(|events| events / self.killer.events.max(1) as f64)
    }

    fn text(&self) -> String {
        let shown = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{value}"));
        let ratio = self.ratio().map_or("-".to_owned(), |ratio| format!("{ratio:.2}"));
        format!(
            "| {} | {} | {} | {} | {ratio} | {} | {} | {} |\n",
            self.flaw.breaks,
            self.flaw.name,
            self.implementation.name,
            shown(self.events()),
            shown(self.of(|small| small.size.frames as f64)),
            shown(self.of(|small| f64::from(small.size.nodes))),
            shown(self.of(|small| f64::from(small.replays))),
        )
    }
}

/// What all rows come to.
fn tell(rows: &[Row]) {
    let all: Vec<(&Row, &Small)> =
        rows.iter().flat_map(|row| row.found.iter().map(move |small| (row, small))).collect();
    if all.is_empty() {
        return print("\nNothing was found.\n");
    }
    let middle = |count: &dyn Fn(&Row, &Small) -> f64| {
        median(all.iter().map(|(row, small)| count(row, small)).collect())
    };
    let share = |fits: &dyn Fn(&Row, &Small) -> bool| {
        let many = all.iter().filter(|(row, small)| fits(row, small)).count();
        format!("{:.0} %", 100.0 * many as f64 / all.len() as f64)
    };
    let ratio =
        |row: &Row, small: &Small| small.size.events as f64 / row.killer.events.max(1) as f64;
    let lines = [
        ("findings", all.len().to_string()),
        ("events, median", format!("{}", middle(&|_, small| small.size.events as f64))),
        ("at most 15 events", share(&|_, small| small.size.events <= 15)),
        ("frames, median", format!("{}", middle(&|_, small| small.size.frames as f64))),
        ("events beside the killer's, median", format!("{:.2}", middle(&ratio))),
        ("at most 1.5 of the killer's", share(&|row, small| ratio(row, small) <= 1.5)),
        ("at most 4 nodes", share(&|_, small| small.size.nodes <= 4)),
        ("replays, median", format!("{}", middle(&|_, small| f64::from(small.replays)))),
        ("stopped at the limit", share(&|_, small| small.unfinished)),
    ];
    print("\n| over all findings | |\n| --- | ---: |\n");
    lines.iter().for_each(|(what, value)| print(&format!("| {what} | {value} |\n")));
    let slowest = all.iter().map(|(_, small)| small.seconds).fold(0.0, f64::max);
    eprintln!("shrinking: median {:.3} s, at most {slowest:.2} s", middle(&|_, s| s.seconds));
}
