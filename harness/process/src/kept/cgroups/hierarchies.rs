//! Where this machine has control groups.

use std::fs::read_to_string;
use std::path::{Path, PathBuf};

/// The files that a hierarchy of version 2 may offer, and those of version 1 that do the same.
const SAME: [[&str; 2]; 3] = [
    ["cgroup.freeze", "freezer.state"],
    ["cpu.max", "cpu.cfs_quota_us"],
    ["memory.max", "memory.limit_in_bytes"],
];

/// One tree of control groups.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Hierarchy {
    /// The controllers that are bound to it by its mount; none: it is the unified one.
    controllers: Vec<String>,
    /// Its top, as far as this process sees it.
    top: PathBuf,
    /// Where this process is in it.
    pub own: PathBuf,
}

impl Hierarchy {
    fn is_unified(&self) -> bool {
        self.controllers.is_empty()
    }

    /// Below which groups new ones may be made, the best first. A group of version 1 keeps the
    /// bounds of this process. One of version 2 that has processes can give no controllers to those
    /// below it, but the top can.
    pub fn parents(&self) -> [&Path; 2] {
        if self.is_unified() { [&self.top, &self.own] } else { [&self.own, &self.top] }
    }

    /// What it may offer: for each, the files of any of which one would do.
    pub fn files(&self) -> Vec<[&'static str; 2]> {
        let bound = |[_, one]: &[&str; 2]| {
            self.controllers.iter().any(|controller| one.split('.').next() == Some(controller))
        };
        SAME.into_iter().filter(|same| self.is_unified() || bound(same)).collect()
    }
}

/// All that offer something, the unified one first.
pub fn found() -> Vec<Hierarchy> {
    let mounts = read_to_string("/proc/self/mountinfo").unwrap_or_default();
    let own = read_to_string("/proc/self/cgroup").unwrap_or_default();
    read(&mounts, &own)
}

fn read(mounts: &str, own: &str) -> Vec<Hierarchy> {
    let mut all: Vec<Hierarchy> = mounts.lines().filter_map(|line| mounted(line, own)).collect();
    all.retain(|hierarchy| !hierarchy.files().is_empty());
    all.sort_by_key(|hierarchy| !hierarchy.is_unified());
    all
}

/// One line of `mountinfo` (`proc_pid_mountinfo`(5)), and the list of a process's own groups.
fn mounted(line: &str, own: &str) -> Option<Hierarchy> {
    let (mount, file_system) = line.split_once(" - ")?;
    let mut mount = mount.split(' ').skip(3);
    let (root, top) = (mount.next()?, Path::new(mount.next()?));
    let mut file_system = file_system.split(' ');
    let kind = file_system.next()?;
    let options = file_system.nth(1)?;
    let controllers: Vec<String> = match kind {
        "cgroup2" => Vec::new(),
        "cgroup" => options.split(',').map(str::to_owned).collect(),
        _ => return None,
    };
    let own = own.lines().find_map(|line| {
        let mut fields = line.splitn(3, ':').skip(1);
        let (bound, path) = (fields.next()?, fields.next()?);
        let same = match kind {
            "cgroup2" => bound.is_empty(),
            _ => bound.split(',').any(|one| controllers.iter().any(|other| other == one)),
        };
        same.then_some(path)
    })?;
    let below = Path::new(own).strip_prefix(root).or(Path::new(own).strip_prefix("/")).ok()?;
    Some(Hierarchy { controllers, top: top.to_owned(), own: top.join(below) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hierarchies_of_both_versions_are_found_side_by_side() {
        let mounts = "\
            32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu,cpuacct\n\
            33 31 0:30 / /sys/fs/cgroup/pids rw - cgroup cgroup rw,pids\n\
            35 31 0:32 /docker/x /sys/fs/cgroup/memory rw master:3 - cgroup cgroup rw,memory\n\
            36 31 0:33 / /proc rw - proc proc rw\n\
            41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
        let own = "4:memory:/docker/x/y\n2:pids:/\n1:cpu,cpuacct:/a:b\n0::/c\n";
        let found = read(mounts, own);
        let at = |path: &str| PathBuf::from("/sys/fs/cgroup").join(path);
        let [unified, cpu, memory] = &found[..] else { panic!("{found:?}") };
        assert_eq!(unified.parents(), [at("unified"), at("unified/c")]);
        assert_eq!(cpu.parents(), [at("cpu/a:b"), at("cpu")]);
        assert_eq!(memory.parents(), [at("memory/y"), at("memory")]);
        assert_eq!(unified.files(), SAME);
        assert_eq!((cpu.files(), memory.files()), (vec![SAME[1]], vec![SAME[2]]));
    }
}
