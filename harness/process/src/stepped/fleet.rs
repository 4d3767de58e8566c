//! The processes of one run.

use crate::kept::Keeper;
use crate::log::StandardError;
use crate::program::Program;
use crate::stepped::remote::{Birth, Remote};
use pepperland_core::contract::Node;
use pepperland_core::history::Log;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::time::Duration;
use tempfile::TempDir;

/// How long a program may take for an answer, in real time.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The processes of one run: each a node, in a folder of its own that outlives its crashes.
pub struct Fleet {
    program: Program,
    keeper: Keeper,
    /// The seed of the run.
    root: Seed,
    patience: Duration,
    folder: TempDir,
    logs: Logs,
}

/// What each node has written to its standard error, in all its incarnations that have ended.
pub type Logs = Rc<RefCell<BTreeMap<NodeId, StandardError>>>;

impl Fleet {
    /// Folders for the nodes of a schedule.
    ///
    /// # Errors
    /// If the disk does not take them.
    pub fn new(program: &Program, keeper: &Keeper, schedule: &Schedule) -> io::Result<Fleet> {
        let folder = tempfile::Builder::new().prefix("pepperland-").tempdir()?;
        for node in 1..=schedule.header.nodes {
            std::fs::create_dir(folder.path().join(format!("n{node}")))?;
        }
        Ok(Fleet {
            program: program.clone(),
            keeper: keeper.clone(),
            root: schedule.header.seed,
            patience: PATIENCE,
            folder,
            logs: Logs::default(),
        })
    }

    /// The same, where a program may take so long for each answer.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Fleet {
        self.patience = patience;
        self
    }

    /// Starts the process of a node, on whatever an earlier one has left in its folder.
    pub fn node(&self, setup: &Setup<'_>) -> Box<dyn Node> {
        let Setup { node, nodes, max_latency, .. } = *setup;
        let birth = Birth { node, nodes, max_latency, root: self.root, patience: self.patience };
        let folder = self.folder.path().join(node.to_string());
        Box::new(Remote::start(&self.program, &self.keeper, &folder, birth, self.logs.clone()))
    }

    /// What the nodes have written to their standard error, once they are gone.
    pub fn logs(&self) -> Vec<Log> {
        let logs = self.logs.borrow();
        logs.iter().map(|(node, log)| Log::of(&node.to_string(), &log.bytes())).collect()
    }
}
