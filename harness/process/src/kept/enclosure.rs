//! What a node has for itself: its network, its other namespaces, its environment.

mod clocks;
#[cfg(target_os = "linux")]
mod covered;
#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod folder;
#[cfg(target_os = "linux")]
mod init;
#[cfg(target_os = "linux")]
mod mounts;
#[cfg(target_os = "linux")]
mod namespaces;
mod order;

pub use clocks::Clocks;
#[cfg(not(target_os = "linux"))]
pub use elsewhere::init;
#[cfg(target_os = "linux")]
pub use init::init;
pub use order::Order;

use crate::kept::Limits;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;

/// What a node has for itself. It is plain data, but for the network, which another makes; one
/// enclosure may be used for many starts.
#[derive(Clone, Debug, Default)]
pub struct Enclosure {
    /// Where it is: what [`Enclosure::placed`] was given.
    pub place: Option<Placement>,
    /// Namespaces of its own: mounts, processes, inter-process communication and the hostname.
    pub private: Option<Private>,
    /// A control group of its own with these limits, where there are any, so that it is frozen when
    /// it is paused, and its share of the machine can be changed. Where this machine offers no
    /// control groups and nothing is limited, it does without.
    pub limits: Option<Limits>,
    /// Variables that the node finds in its environment besides those of the harness.
    pub environment: Vec<(String, String)>,
}

impl Enclosure {
    /// Nothing: the node lives among the processes of the harness, in a folder of its own.
    pub fn none() -> Enclosure {
        Enclosure::default()
    }

    /// The same in a place that another prepares, such as a network namespace: what this does to
    /// the command of the keeper holds for the node and all its processes.
    #[must_use]
    pub fn placed(mut self, place: impl Fn(&mut Command) + Send + Sync + 'static) -> Enclosure {
        self.place = Some(Placement(Arc::new(place)));
        self
    }

    /// Does to the keeper's command what its place needs.
    pub fn prepare(&self, keeper: &mut Command) {
        if let Some(Placement(place)) = &self.place {
            place(keeper);
        }
    }

    /// Whether there is nothing in it.
    pub fn is_none(&self) -> bool {
        self.place.is_none() && self.limits.is_none() && self.is_ordinary()
    }

    /// Whether the keeper has nothing to do for it, but to put it in its control group.
    fn is_ordinary(&self) -> bool {
        self.private.is_none() && self.environment.is_empty()
    }
}

/// What prepares the command that starts the keeper.
#[derive(Clone)]
pub struct Placement(Arc<dyn Fn(&mut Command) + Send + Sync>);

impl fmt::Debug for Placement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Placement")
    }
}

/// What a node sees of the machine when it has namespaces of its own. Its processes see one another
/// and no others, /run, /dev/shm and /tmp are empty in the beginning, and no mount that it makes is
/// seen outside.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Private {
    /// What it is told of its machine's name.
    pub hostname: String,
    /// What its clocks show besides the time since the machine was started; none: they show that.
    pub clocks: Option<Clocks>,
    /// So many bytes have room in /run, in /dev/shm and in /tmp each.
    pub scratch: u64,
    /// What it sees in place of something else, such as files of its own in /etc/corosync.
    pub binds: Vec<Bind>,
    /// The socket of whoever serves the node's folder from a disk of its own; none: it is a folder
    /// like any other.
    pub disk: Option<PathBuf>,
    /// Files and folders that it sees also if they lie below /run, /dev/shm or /tmp. Its own folder
    /// need not be told, nor its program and what its arguments name by absolute paths: of these it
    /// sees all that /tmp/NAME holds, for a program at /tmp/NAME/bin/program.
    pub visible: Vec<PathBuf>,
}

impl Private {
    /// Namespaces with this hostname, 64 MB of scratch files in each folder, and nothing else.
    pub fn named(hostname: &str) -> Private {
        Private {
            hostname: hostname.to_owned(),
            clocks: None,
            scratch: 64 << 20,
            binds: Vec::new(),
            disk: None,
            visible: Vec::new(),
        }
    }
}

/// A file or folder that is seen in place of another.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Bind {
    /// What is seen, by an absolute path; relative ones begin at the node's folder.
    pub source: PathBuf,
    /// Where: an absolute path. It must exist, unless it lies below /run, /dev/shm or /tmp.
    pub target: PathBuf,
}
