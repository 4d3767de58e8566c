//! What the earlier runs of an epoch have shown: those that went where none had gone before.

use crate::planner::coverage::covered;
use crate::trial::Trial;
use pepperland_core::history::History;
use pepperland_core::runtime::{Detail, Refused};
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Stream;
use std::collections::BTreeSet;

/// A run to learn from.
#[derive(Debug)]
pub struct Lesson {
    /// What was asked for.
    pub schedule: Schedule,
    /// What happened until faults ended, with the network's side of every frame.
    pub history: History,
}

/// The runs to learn from.
#[derive(Debug, Default)]
pub struct Corpus {
    lessons: Vec<Lesson>,
    seen: BTreeSet<u64>,
}

impl Corpus {
    /// Keeps a run that had something new in it. What happened until faults end is seen by running
    /// so much of it again, written down whole: a small part of the run.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn learn(&mut self, trial: &Trial<'_>, schedule: &Schedule) -> Result<(), Refused> {
        let mut beginning = schedule.clone();
        beginning.header.end = beginning.header.heal_at;
        let history = trial.runtime.run(&beginning, trial.plan.implementation, Detail::Network)?;
        let before = self.seen.len();
        self.seen.extend(covered(&history));
        if self.seen.len() > before {
            self.lessons.push(Lesson { schedule: schedule.clone(), history });
        }
        Ok(())
    }

    /// One of the runs; none at the beginning of an epoch.
    pub fn pick(&self, stream: &mut Stream) -> Option<&Lesson> {
        (!self.lessons.is_empty()).then(|| stream.pick(&self.lessons))
    }
}
