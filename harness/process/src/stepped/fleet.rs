//! The processes of one run.

use crate::kept::Keeper;
use crate::log::StandardError;
use crate::mouthpiece::Mouthpiece;
use crate::program::Program;
use crate::stepped::remote::{Birth, Remote};
use pepperland_core::contract::Node;
use pepperland_core::history::Log;
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::runtime::Build;
use pepperland_core::schedule::Schedule;
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::rc::{Rc, Weak};
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
    /// The greatest latency of the controlled network, if there is one.
    register_latency: Option<Span>,
    /// How many of its nodes are clients.
    clients: u32,
    patience: Duration,
    folder: TempDir,
    /// For each node, who lives in its folder, and in that of a second copy of it.
    homes: RefCell<BTreeMap<NodeId, [Weak<Tenancy>; 2]>>,
    logs: Logs,
}

/// Held by a process for as long as it lives in a folder.
pub struct Tenancy;

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
            register_latency: schedule.header.controlled.map(|network| network.max_latency),
            clients: schedule.header.clients,
            patience: PATIENCE,
            folder,
            homes: RefCell::default(),
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
        self.begin(setup, None)
    }

    /// The same, of a node of the library that is built so: its frames are what they are where it is
    /// no process, and what the harness has it say is sealed with its keys.
    pub fn built_node(&self, setup: &Setup<'_>, build: Build<'_>) -> Box<dyn Node> {
        self.begin(setup, Some(Mouthpiece::new(build, setup)))
    }

    fn begin(&self, setup: &Setup<'_>, mouthpiece: Option<Mouthpiece>) -> Box<dyn Node> {
        let Setup { node, nodes, max_latency, .. } = *setup;
        let (home, tenancy) = self.move_in(node);
        let birth = Birth {
            node,
            nodes,
            max_latency,
            register_latency: self.register_latency,
            clients: self.clients,
            mouthpiece,
            root: self.root,
            patience: self.patience,
        };
        let (birth, logs) = ((birth, tenancy), self.logs.clone());
        Box::new(Remote::start(&self.program, &self.keeper, &home, birth, logs))
    }

    /// The folder of a node. While its process lives there, a second copy has a folder of its own.
    fn move_in(&self, node: NodeId) -> (PathBuf, Rc<Tenancy>) {
        let mut homes = self.homes.borrow_mut();
        let homes = homes.entry(node).or_default();
        let is_second = homes[0].strong_count() > 0;
        let tenancy = Rc::new(Tenancy);
        homes[usize::from(is_second)] = Rc::downgrade(&tenancy);
        let mut home = self.folder.path().join(node.to_string());
        if is_second {
            home.set_extension("second");
            // If there is none, the process does not start, and says so.
            let _ = std::fs::create_dir_all(&home);
        }
        (home, tenancy)
    }

    /// What the nodes have written to their standard error, once they are gone.
    pub fn logs(&self) -> Vec<Log> {
        let logs = self.logs.borrow();
        logs.iter().map(|(node, log)| Log::of(&node.to_string(), &log.bytes())).collect()
    }
}
