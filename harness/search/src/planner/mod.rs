//! Strategies: which schedule each run of a campaign tries. One more strategy is one file, one
//! `mod` line and one line in [`ALL`].
//!
//! A strategy that learns does so within an epoch of a few runs, of which only the earlier can
//! teach the later: so neither the number of threads nor the parts of a campaign change a run.

mod corpus;
pub mod coverage;
mod lineage;
mod moments;
mod mutation;
mod orders;
mod portfolio;
mod swizzle;

pub use orders::{FIFO, LAG, PCTCP, POS, ROUNDS, STEADY, UNIFORM};
pub use {lineage::ENTRY as LINEAGE, mutation::ENTRY as MUTATION};
pub use {portfolio::ENTRY as PORTFOLIO, swizzle::ENTRY as SWIZZLE};

use crate::trial::Trial;
use corpus::Corpus;
use pepperland_core::names::did_you_mean;
use pepperland_core::runtime::{Refused, Repeats};
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::{Seed, Stream};

/// A strategy, as a file of this folder declares it.
pub struct Strategy {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// Where the idea is from.
    pub source: &'static str,
    /// Whether all that it does is to order messages.
    orders: bool,
    /// Whether it looks at the histories of earlier runs.
    learns: bool,
    plan: fn(&mut Turn<'_, '_>) -> Schedule,
}

impl Strategy {
    /// Whether all that it does is to order messages: nothing on a runtime that cannot.
    pub fn orders(&self) -> bool {
        self.orders
    }

    /// Whether it looks at earlier runs of the same epoch.
    pub fn learns(&self) -> bool {
        self.learns
    }
}

/// Every strategy.
pub const ALL: &[&Strategy] = &[
    &PORTFOLIO, &UNIFORM, &STEADY, &FIFO, &LAG, &POS, &PCTCP, &ROUNDS, &SWIZZLE, &LINEAGE,
    &MUTATION,
];

/// The strategy of this name.
///
/// # Errors
/// A sentence with the nearest right name.
pub fn find(name: &str) -> Result<&'static Strategy, String> {
    ALL.iter().copied().find(|strategy| strategy.name == name).ok_or_else(|| {
        let names: Vec<&str> = ALL.iter().map(|strategy| strategy.name).collect();
        let hint = did_you_mean(name, names.iter().copied());
        format!("there is no strategy \"{name}\"{hint} (there are: {})", names.join(", "))
    })
}

impl PartialEq for Strategy {
    fn eq(&self, other: &Strategy) -> bool {
        self.name == other.name
    }
}

impl std::fmt::Debug for Strategy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// How many runs learn from each other: those whose index, divided by this, is the same.
pub const EPOCH: u64 = 16;

/// What a strategy plans the schedule of one run from.
struct Turn<'a, 'b> {
    trial: &'a Trial<'b>,
    run: u64,
    seed: Seed,
    /// What the strategy itself draws from.
    stream: Stream,
    /// What the earlier runs of the epoch have shown.
    corpus: &'a Corpus,
}

impl Turn<'_, '_> {
    /// The schedule that the plan alone makes of the run's seed.
    fn planned(&self) -> Schedule {
        self.trial.schedule(self.seed)
    }
}

/// Plans the runs of a campaign, one after the other.
pub struct Planner<'a, 'b> {
    trial: &'a Trial<'b>,
    strategy: &'static Strategy,
    base: Seed,
    /// The run after the last of those that the corpus has learned from.
    next: u64,
    corpus: Corpus,
}

impl<'a, 'b> Planner<'a, 'b> {
    /// For the campaign with this seed. Runs that do not repeat are no teachers, and learn nothing.
    pub fn new(trial: &'a Trial<'b>, strategy: &'static Strategy, base: Seed) -> Planner<'a, 'b> {
        let repeats = trial.runtime.repeats() == Repeats::Exactly;
        let strategy = if repeats || !strategy.learns { strategy } else { &UNIFORM };
        Planner { trial, strategy, base, next: 0, corpus: Corpus::default() }
    }

    /// The schedule of a run. A strategy that learns must have been told of the earlier runs of the
    /// epoch, and of nothing else.
    pub fn schedule(&mut self, run: u64) -> Schedule {
        if run.is_multiple_of(EPOCH) {
            self.corpus = Corpus::default();
        }
        self.next = run;
        let seed = self.trial.seed(self.base, run);
        let stream = seed.stream("strategy");
        let corpus = &self.corpus;
        (self.strategy.plan)(&mut Turn { trial: self.trial, run, seed, stream, corpus })
    }

    /// The run planned last has been run with this schedule.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn learn(&mut self, schedule: &Schedule) -> Result<(), Refused> {
        self.next += 1;
        match self.strategy.learns {
            true => self.corpus.learn(self.trial, schedule),
            false => Ok(()),
        }
    }

    /// The schedule of any run, those of one epoch in order: where the strategy learns, the
    /// beginnings of the earlier runs of its epoch are run again, unless they were the last that
    /// were asked for.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn schedule_again(&mut self, run: u64) -> Result<Schedule, Refused> {
        if self.strategy.learns {
            let first = run - run % EPOCH;
            let known = if (first..=run).contains(&self.next) { self.next } else { first };
            for earlier in known..run {
                let schedule = self.schedule(earlier);
                self.learn(&schedule)?;
            }
        }
        Ok(self.schedule(run))
    }
}
