//! The record of a workload: what clients do.

use crate::schedule::Step;
use crate::seed::Stream;
use crate::time::Time;

/// A workload, as a file of `workloads/` declares it.
pub struct Workload {
    /// Its name on the command line.
    pub name: &'static str,
    /// One sentence.
    pub statement: &'static str,
    /// Where it comes from, if not from here.
    pub source: &'static str,
    /// Plans the requests of one run.
    pub plan: fn(&Stage, &mut Stream) -> Vec<Step>,
}

/// What a workload fills with requests.
#[derive(Copy, Clone, Debug)]
pub struct Stage {
    /// How many nodes there are.
    pub nodes: usize,
    /// How many multicasts to ask for.
    pub broadcasts: usize,
    /// Requests fall between the start and this instant.
    pub until: Time,
}
