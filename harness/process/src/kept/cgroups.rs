//! Control groups: nodes that are frozen as a whole, and that have little processor and memory.
//!
//! Each node has a group of its own below one of its harness, in whichever hierarchies the machine
//! has: the unified one (cgroups(7), version 2), those of version 1, or both at once. Only the node
//! and its processes are in it: the keeper is not, for it must run when they are frozen. It removes
//! the group last of all; what a killed keeper leaves, the next harness on the machine removes.

mod freezer;
mod hierarchies;
mod home;
mod limits;
mod offered;
mod place;

pub use limits::Limits;
pub use offered::{Check, offered};

use hierarchies::Hierarchy;
use nix::unistd::Pid;
use place::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Once;

/// The control group of one node: a folder in each hierarchy that offers something.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Cgroup {
    places: Vec<Place>,
}

impl Cgroup {
    /// A new one, empty and without limits; none where this machine offers none to this user.
    pub fn make() -> Option<Cgroup> {
        static SWEPT: Once = Once::new();
        SWEPT.call_once(home::sweep);
        Cgroup::make_in(&hierarchies::found())
    }

    fn make_in(hierarchies: &[Hierarchy]) -> Option<Cgroup> {
        let name = home::next_name();
        let mut places: Vec<Place> = Vec::new();
        for hierarchy in hierarchies {
            // What one hierarchy offers is not looked for in the next.
            let offers = |file: &&str| places.iter().any(|place| place.offers(file));
            if !hierarchy.files().iter().all(|same| same.iter().any(offers)) {
                places.extend(Place::make(hierarchy, &name));
            }
        }
        (!places.is_empty()).then_some(Cgroup { places })
    }

    /// Runs something that starts a process, which begins in this group, and comes back out of it.
    ///
    /// # Errors
    /// If this process cannot get in, or out again: then what it has started is in it too.
    pub fn around<T>(&self, start: impl FnOnce() -> T) -> io::Result<T> {
        let entered = self.places.iter().try_for_each(Place::enter);
        let started = entered.map(|()| start());
        let left = self.places.iter().map(Place::leave).collect::<Vec<_>>();
        left.into_iter().collect::<io::Result<()>>()?;
        started
    }

    /// Takes in a process that runs already.
    ///
    /// # Errors
    /// If the process is gone, or may not be moved.
    pub fn adopt(&self, id: u32) -> io::Result<()> {
        self.places.iter().try_for_each(|place| place.adopt(id))
    }

    /// The processes that are in it, as this process sees them.
    pub fn processes(&self) -> BTreeSet<Pid> {
        self.places.iter().flat_map(Place::processes).collect()
    }

    /// Kills all that are in it, and removes it: it may be removed already.
    pub fn remove(&self) {
        self.thaw();
        self.places.iter().for_each(Place::clear);
    }

    /// A file that one of the hierarchies offers.
    fn file(&self, name: &str) -> Option<PathBuf> {
        let place = self.places.iter().find(|place| place.offers(name))?;
        Some(place.folder().join(name))
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use nix::sys::signal::{Signal, kill};
    use std::process::{Child, Command};

    /// A group in each hierarchy alone, with a process in it.
    fn each_alone() -> Vec<(Cgroup, Child)> {
        let groups = hierarchies::found().into_iter().filter_map(|h| Cgroup::make_in(&[h]));
        let with_process = |group: Cgroup| {
            // Entering it is for a process that has one thread.
            let child = Command::new("sleep").arg("60").spawn().unwrap();
            group.adopt(child.id()).unwrap();
            (group, child)
        };
        groups.map(with_process).collect()
    }

    #[test]
    fn every_version_freezes_thaws_and_kills() {
        for (group, mut child) in each_alone() {
            let id = Pid::from_raw(child.id() as i32);
            assert_eq!(group.processes(), BTreeSet::from([id]));
            assert!(!group.processes().contains(&nix::unistd::getpid()));
            if group.freezes() {
                group.freeze().unwrap();
                assert!(group.is_frozen());
                group.thaw();
                assert!(!group.is_frozen());
                group.freeze().unwrap();
                kill(id, Signal::SIGKILL).unwrap();
            }
            group.remove();
            assert!(!child.wait().unwrap().success());
            assert!(group.places.iter().all(|place| !place.folder().exists()));
        }
    }

    #[test]
    fn limits_are_set_where_they_are_offered_and_else_told_to_be_missing() {
        for (group, mut child) in each_alone() {
            for (file, set) in [
                (["cpu.max", "cpu.cfs_quota_us"], group.limit_cpu(Some(150))),
                (["memory.max", "memory.limit_in_bytes"], group.limit_memory(Some(64 << 20))),
            ] {
                match file.iter().find_map(|file| group.file(file)) {
                    Some(file) => {
                        set.unwrap();
                        let said = std::fs::read_to_string(file).unwrap();
                        let said = said.split_whitespace().next().unwrap();
                        assert!(["150000", "67108864"].contains(&said), "{said}");
                    }
                    None => assert!(set.unwrap_err().to_string().contains("run as root")),
                }
            }
            group.remove();
            child.wait().unwrap();
        }
    }

    #[test]
    fn two_groups_of_one_harness_come_and_go_apart() {
        let (Some(one), Some(other)) = (Cgroup::make(), Cgroup::make()) else { return };
        one.remove();
        one.remove();
        assert!(one.places.iter().all(|place| !place.folder().exists()));
        assert!(other.places.iter().all(|place| place.folder().exists()));
        other.remove();
    }
}
