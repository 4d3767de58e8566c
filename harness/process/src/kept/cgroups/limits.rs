//! How much of the machine a group may use.

use crate::kept::cgroups::Cgroup;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io;

/// What a group uses of a processor is counted anew after so many microseconds.
const PERIOD: u64 = 100_000;

/// How much of the machine a node may use, from its start.
#[derive(Copy, Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Limits {
    /// In hundredths of one processor, from 1; none: as much as there is.
    pub cpu_percent: Option<u32>,
    /// In bytes; beyond them the kernel kills processes of the node. None: as much as there is.
    pub memory_bytes: Option<u64>,
}

impl Limits {
    /// Where there is no control group.
    ///
    /// # Errors
    /// If one is needed, and the mend.
    pub fn none_needed(self) -> io::Result<()> {
        match self {
            Limits { cpu_percent: Some(_), .. } => Err(missing("processor", "cpu")),
            Limits { memory_bytes: Some(_), .. } => Err(missing("memory", "memory")),
            Limits { cpu_percent: None, memory_bytes: None } => Ok(()),
        }
    }
}

impl Cgroup {
    /// Sets both limits; what is not limited need not be offered here.
    ///
    /// # Errors
    /// If one of them cannot be set, and the mend.
    pub fn limit(&self, limits: Limits) -> io::Result<()> {
        if limits.cpu_percent.is_some() {
            self.limit_cpu(limits.cpu_percent)?;
        }
        if limits.memory_bytes.is_some() {
            self.limit_memory(limits.memory_bytes)?;
        }
        Ok(())
    }

    /// All in it together use so many hundredths of one processor at most; none: as many as there
    /// are.
    ///
    /// # Errors
    /// If that cannot be limited here, or not so, and the mend.
    pub fn limit_cpu(&self, percent: Option<u32>) -> io::Result<()> {
        if percent == Some(0) {
            return Err(io::Error::other("a node without any processor is paused: pause it"));
        }
        let quota = percent.map(|percent| u64::from(percent) * PERIOD / 100);
        if let Some(file) = self.file("cpu.max") {
            let quota = quota.map_or("max".to_owned(), |quota| quota.to_string());
            return set(fs::write(file, format!("{quota} {PERIOD}")), "processor");
        }
        let file = self.file("cpu.cfs_quota_us").ok_or_else(|| missing("processor", "cpu"))?;
        let quota = quota.map_or("-1".to_owned(), |quota| quota.to_string());
        let period = fs::write(file.with_file_name("cpu.cfs_period_us"), PERIOD.to_string());
        set(period.and_then(|()| fs::write(file, quota)), "processor")
    }

    /// All in it together use so many bytes at most, in memory and swapped out: whoever takes more
    /// is killed. None: as many as there are.
    ///
    /// # Errors
    /// If that cannot be limited here, or more are used already, and the mend.
    pub fn limit_memory(&self, bytes: Option<u64>) -> io::Result<()> {
        if let Some(file) = self.file("memory.max") {
            let most = |bytes: Option<u64>| bytes.map_or("max".to_owned(), |n| n.to_string());
            // A kernel without swap has no such file.
            let swap = file.with_file_name("memory.swap.max");
            let _ = fs::write(swap, most(bytes.map(|_| 0)));
            return set(fs::write(file, most(bytes)), "memory");
        }
        let file = self.file("memory.limit_in_bytes").ok_or_else(|| missing("memory", "memory"))?;
        let most = bytes.map_or("-1".to_owned(), |bytes| bytes.to_string());
        // Neither of the two bounds may pass the other on its way.
        let both = file.with_file_name("memory.memsw.limit_in_bytes");
        let _ = fs::write(&both, &most);
        let written = fs::write(&file, &most);
        let _ = fs::write(&both, &most);
        set(written, "memory")
    }
}

fn set(written: io::Result<()>, what: &str) -> io::Result<()> {
    let sentence = |error: io::Error| {
        let text = format!(
            "the node's share of the {what} cannot be set ({error}): give it more, or run as root"
        );
        io::Error::new(error.kind(), text)
    };
    written.map_err(sentence)
}

/// What is to be done where there is no such limit.
fn missing(what: &str, controller: &str) -> io::Error {
    io::Error::other(format!(
        "the node's share of the {what} cannot be limited here: run as root on a machine whose \
         control groups have the controller `{controller}`: \
         `echo +{controller} > /sys/fs/cgroup/cgroup.subtree_control`"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kept::cgroups::place::Place;
    use std::path::Path;

    /// What is written into the files of a hierarchy that has these.
    fn written(files: &[&str], limit: impl Fn(&Cgroup) -> io::Result<()>) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = |file: &&str| folder.path().join(file);
        files.iter().for_each(|file| fs::write(path(file), "").unwrap());
        limit(&Cgroup { places: vec![Place::stub(folder.path())] }).unwrap();
        files.iter().map(|file| fs::read_to_string(path(file)).unwrap() + ";").collect()
    }

    #[test]
    fn both_versions_are_told_the_same_in_their_own_words() {
        let cpu = |limit| move |group: &Cgroup| group.limit_cpu(limit);
        assert_eq!(written(&["cpu.max"], cpu(Some(25))), "25000 100000;");
        assert_eq!(written(&["cpu.max"], cpu(None)), "max 100000;");
        let old = ["cpu.cfs_quota_us", "cpu.cfs_period_us"];
        assert_eq!(written(&old, cpu(Some(150))), "150000;100000;");
        assert_eq!(written(&old, cpu(None)), "-1;100000;");
        let memory = |limit| move |group: &Cgroup| group.limit_memory(limit);
        let new = ["memory.max", "memory.swap.max"];
        assert_eq!(written(&new, memory(Some(4096))), "4096;0;");
        assert_eq!(written(&new, memory(None)), "max;max;");
        assert_eq!(written(&["memory.limit_in_bytes"], memory(None)), "-1;");
    }

    #[test]
    fn what_is_not_offered_is_missed_only_if_it_is_asked_for() {
        let none = Cgroup { places: vec![Place::stub(Path::new("/nowhere"))] };
        assert!(none.limit(Limits::default()).is_ok() && Limits::default().none_needed().is_ok());
        let some = Limits { cpu_percent: Some(50), memory_bytes: None };
        for refused in [none.limit(some), some.none_needed()] {
            assert!(refused.unwrap_err().to_string().contains("the controller `cpu`"));
        }
        assert!(none.limit_cpu(Some(0)).unwrap_err().to_string().ends_with("pause it"));
    }
}
