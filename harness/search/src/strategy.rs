//! Schedules as proptest strategies: a user's own `proptest!` holds a campaign, and its failure
//! file replays it. A failing schedule shrinks by losing steps and disturbances.

use crate::reduce::{with_disturbances, with_steps};
use crate::trial::Trial;

use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::{TestCaseError, TestRunner};
use std::fmt;

/// The schedules of a trial, one for each seed.
pub struct Schedules<'a> {
    trial: Trial<'a>,
}

/// The schedules that a trial plans.
pub fn schedules(trial: Trial<'_>) -> Schedules<'_> {
    Schedules { trial }
}

impl Schedules<'_> {
    /// The trial, to run and judge the schedules by.
    pub fn trial(&self) -> &Trial<'_> {
        &self.trial
    }
}

impl Schedules<'_> {
    /// Runs a schedule and judges it.
    ///
    /// # Errors
    /// If a property is violated, with the sentence that says how.
    pub fn check(&self, schedule: &Schedule) -> Result<(), TestCaseError> {
        let history = self.trial.run(schedule, self.trial.detail());
        let history = history.map_err(|refused| TestCaseError::fail(refused.to_string()))?;
        let verdicts = self.trial.judge(schedule, &history);
        let judged = self.trial.checkers.iter().zip(&verdicts);
        for (checker, verdict) in judged {
            if let Some(witness) = verdict.witness() {
                let text = format!("{}: {}", checker.property, witness.because);
                return Err(TestCaseError::fail(text));
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Schedules<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "schedules of {}", self.trial.plan.scenario.name())
    }
}

/// By reference: the strategy stays at hand to check what it made.
impl Strategy for &Schedules<'_> {
    type Tree = ScheduleTree;
    type Value = Schedule;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = Seed(proptest::prelude::any::<u64>().new_tree(runner)?.current());
        Ok(ScheduleTree::new(self.trial.schedule(seed)))
    }
}

/// A schedule and how far it has been shrunk: pieces are taken away, large ones first.
pub struct ScheduleTree {
    current: Schedule,
    before: Option<Schedule>,
    piece: usize,
    at: usize,
}

impl ScheduleTree {
    fn new(schedule: Schedule) -> ScheduleTree {
        let piece = schedule.steps.len() + schedule.disturbances.len();
        ScheduleTree { current: schedule, before: None, piece: piece / 2, at: 0 }
    }

    fn len(&self) -> usize {
        self.current.steps.len() + self.current.disturbances.len()
    }

    /// The schedule without the pieces from `at` on, disturbances counted after steps.
    fn without(&self) -> Schedule {
        let gone = self.at..self.at + self.piece;
        let steps = self.current.steps.iter().enumerate();
        let steps: Vec<_> =
            steps.filter(|(i, _)| !gone.contains(i)).map(|(_, step)| step.clone()).collect();
        let first = self.current.steps.len();
        let faults = self.current.disturbances.iter().enumerate();
        let faults: Vec<_> = faults
            .filter(|(i, _)| !gone.contains(&(first + i)))
            .map(|(_, fault)| fault.clone())
            .collect();
        with_disturbances(&with_steps(&self.current, &steps), &faults)
    }
}

impl ValueTree for ScheduleTree {
    type Value = Schedule;

    fn current(&self) -> Schedule {
        self.current.clone()
    }

    fn simplify(&mut self) -> bool {
        while self.piece > 0 {
            if self.at < self.len() {
                let smaller = self.without();
                self.before = Some(std::mem::replace(&mut self.current, smaller));
                return true;
            }
            self.piece /= 2;
            self.at = 0;
        }
        false
    }

    fn complicate(&mut self) -> bool {
        match self.before.take() {
            Some(before) => {
                self.current = before;
                self.at += self.piece;
                true
            }
            None => false,
        }
    }
}
