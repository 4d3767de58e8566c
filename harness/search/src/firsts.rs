//! The first violation of each property, kept as it came: such a run cannot be had again.

use pepperland_core::history::History;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::{Verdict, Witness};
use std::sync::{Arc, Mutex, PoisonError};

/// A run as it came.
#[derive(Clone)]
pub struct Ran {
    /// Its index in the campaign.
    pub index: u64,
    /// What was asked for.
    pub schedule: Schedule,
    /// What happened.
    pub history: History,
}

/// The run that a finding is made of, and its proof.
#[derive(Clone)]
pub struct First {
    pub run: Arc<Ran>,
    pub witness: Witness,
}

impl First {
    /// Lower is preferred: a clean run before an unclean one, then the lower index.
    fn rank(&self) -> (bool, u64) {
        (self.run.history.header.unclean().is_some(), self.run.index)
    }
}

/// The first violation of each property, whatever the order of the runs.
pub struct Firsts(Mutex<Vec<Option<First>>>);

impl Firsts {
    /// None yet, of so many properties.
    pub fn none_of(properties: usize) -> Firsts {
        Firsts(Mutex::new(vec![None; properties]))
    }

    /// Keeps the run for each property of which it is the first violation so far.
    pub fn offer(&self, run: Ran, verdicts: &[Verdict]) {
        let run = Arc::new(run);
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for (slot, verdict) in kept.iter_mut().zip(verdicts) {
            let Some(witness) = verdict.witness() else { continue };
            let new = First { run: run.clone(), witness: witness.clone() };
            if slot.as_ref().is_none_or(|old| new.rank() < old.rank()) {
                *slot = Some(new);
            }
        }
    }

    /// The first violations, in the order of the properties.
    pub fn into_vec(self) -> Vec<Option<First>> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
