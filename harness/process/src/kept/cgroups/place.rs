//! One group in one hierarchy: a folder.

use crate::kept::cgroups::freezer;
use crate::kept::cgroups::hierarchies::Hierarchy;
use nix::sys::signal::{Signal, kill};
use nix::unistd::{AccessFlags, Pid, access};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

/// How often a folder is looked at that cannot be removed yet: 2 s in all.
const LOOKS: usize = 2_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(1);

/// How often a folder is made anew whose parent another node removes at the same moment.
const TRIES: usize = 20;

/// One group in one hierarchy.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Place {
    folder: PathBuf,
    /// Where the harness is.
    back: PathBuf,
}

impl Place {
    /// Makes one by the name of its harness and its own, where this user may.
    pub fn make(hierarchy: &Hierarchy, [harness, node]: &[String; 2]) -> Option<Place> {
        if access(&hierarchy.own.join("cgroup.procs"), AccessFlags::W_OK).is_err() {
            return None;
        }
        let made = hierarchy.parents().into_iter().find_map(|parent| {
            let home = parent.join(harness);
            let folder = home.join(node);
            made(&home, &folder).ok().map(|()| folder)
        })?;
        Some(Place { folder: made, back: hierarchy.own.clone() })
    }

    /// A folder that is no control group.
    #[cfg(test)]
    pub fn stub(folder: &Path) -> Place {
        Place { folder: folder.to_owned(), back: PathBuf::new() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether it has a file of this name.
    pub fn offers(&self, file: &str) -> bool {
        self.folder.join(file).exists()
    }

    /// This process goes in.
    pub fn enter(&self) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), "0")
    }

    /// A process is put in.
    pub fn adopt(&self, id: u32) -> io::Result<()> {
        fs::write(self.folder.join("cgroup.procs"), id.to_string())
    }

    /// This process goes to where the harness is.
    pub fn leave(&self) -> io::Result<()> {
        fs::write(self.back.join("cgroup.procs"), "0")
    }

    /// The processes in it.
    pub fn processes(&self) -> Vec<Pid> {
        processes(&self.folder)
    }

    /// Kills all that are in it, and removes it, and the harness's if this was the last of it.
    pub fn clear(&self) {
        empty(&self.folder);
        if let Some(home) = self.folder.parent() {
            let _ = fs::remove_dir(home);
        }
    }
}

/// The harness's folder vanishes with its last node.
fn made(home: &Path, folder: &Path) -> io::Result<()> {
    let mut tries = 0..TRIES;
    loop {
        match fs::create_dir(home) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => return Err(error),
            _ => {}
        }
        // Where there is no such file, or no such controller, nothing is to be given on.
        for controller in ["+cpu", "+memory"] {
            let _ = fs::write(home.join("cgroup.subtree_control"), controller);
        }
        match fs::create_dir(folder) {
            Err(error) if error.kind() == ErrorKind::NotFound && tries.next().is_some() => {}
            result => return result,
        }
    }
}

fn processes(folder: &Path) -> Vec<Pid> {
    let list = fs::read_to_string(folder.join("cgroup.procs")).unwrap_or_default();
    let ids = list.lines().filter_map(|id| id.parse().ok());
    // Those of a process namespace that is not seen here are told as 0.
    ids.filter(|id| *id > 0).map(Pid::from_raw).collect()
}

/// Kills all that are in a group, and removes it.
pub fn empty(folder: &Path) {
    for _ in 0..LOOKS {
        match fs::remove_dir(folder) {
            Err(error) if error.kind() == ErrorKind::ResourceBusy => {}
            _ => return,
        }
        for id in processes(folder) {
            let _ = kill(id, Signal::SIGKILL);
        }
        freezer::thaw(folder);
        sleep(BETWEEN_LOOKS);
    }
}
