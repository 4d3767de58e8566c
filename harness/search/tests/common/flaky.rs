//! A runtime whose runs do not repeat: in some, the faults of the schedule have no effect.

use pepperland_core::history::{History, Log};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Refused, Repeats, Runtime};
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_sim::Simulator;
use std::sync::atomic::{AtomicU64, Ordering};

/// What it makes of the schedule in each of its runs, counted from 0.
pub struct Flaky {
    /// Whether the faults of the schedule have their effect.
    pub strikes: fn(u64) -> bool,
    /// Whether the harness is up to its promises.
    pub clean: fn(u64) -> bool,
    /// What it says of itself.
    pub repeats: Repeats,
    /// How many runs there were.
    pub runs: AtomicU64,
}

impl Flaky {
    /// Faults have their effect in those runs; all are clean.
    pub fn new(strikes: fn(u64) -> bool) -> Flaky {
        Flaky { strikes, clean: |_| true, repeats: Repeats::AtARate, runs: AtomicU64::new(0) }
    }

    /// How many runs there were.
    pub fn count(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }
}

/// So many of a hundred runs, by chance.
pub fn percent(run: u64, percent: u64) -> bool {
    Seed(0xf1a6).child("flaky", run).0 % 100 < percent
}

impl Runtime for Flaky {
    fn name(&self) -> &'static str {
        "flaky"
    }

    fn statement(&self) -> &'static str {
        "the simulator, but faults do not always strike"
    }

    fn accepts(&self, schedule: &Schedule) -> Result<(), Refused> {
        Simulator.accepts(schedule)
    }

    fn run(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
    ) -> Result<History, Refused> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let mut schedule = schedule.clone();
        if !(self.strikes)(run) {
            schedule.disturbances.clear();
        }
        let mut history = Simulator.run(&schedule, implementation, detail)?;
        history.header.about.insert("try".into(), run.into());
        if !(self.clean)(run) {
            history.header.about.insert("unclean".into(), "the harness was 120 ms late".into());
        }
        history.logs = vec![Log::of("n1", format!("try {run}\n").as_bytes())];
        Ok(history)
    }

    fn repeats(&self) -> Repeats {
        self.repeats
    }
}
