//! The processes that descend from one, as /proc has them.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// One process, as it was a moment ago.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Process {
    id: Pid,
    state: u8,
    parent: Pid,
}

impl Process {
    /// The process with this id, if there is one.
    pub fn of(id: Pid) -> Option<Process> {
        let stat = fs::read(format!("/proc/{id}/stat")).ok()?;
        // The name, which the program chooses, stands in brackets and may hold any character.
        let name_end = stat.iter().rposition(|byte| *byte == b')')?;
        let rest = str::from_utf8(stat.get(name_end + 2..)?).ok()?;
        let mut fields = rest.split(' ');
        let state = *fields.next()?.as_bytes().first()?;
        let parent = Pid::from_raw(fields.next()?.parse().ok()?);
        Some(Process { id, state, parent })
    }

    /// Its id.
    pub fn id(&self) -> Pid {
        self.id
    }

    /// Whether it has not ended yet: it may only wait for its parent to take note.
    pub fn lives(&self) -> bool {
        !matches!(self.state, b'Z' | b'X' | b'x')
    }

    fn stands_still(&self) -> bool {
        matches!(self.state, b'T' | b't') || !self.lives()
    }

    /// Whether it waits in the kernel for a child: a parent in `vfork` does until its child has
    /// executed a program, and is not stopped before.
    fn waits_for_one_of(&self, others: &[Process]) -> bool {
        self.state == b'D' && others.iter().any(|other| other.parent == self.id)
    }

    /// Sends it a signal, unless it is gone or another user's.
    pub fn signal(&self, signal: Signal) {
        let _ = kill(self.id, signal);
    }
}

/// The child of this process that has this id in a process namespace of its own, if it is there.
pub fn known_inside_as(parent: Pid, inner: i32) -> Option<Pid> {
    let has_it = |process: &Process| {
        let status = fs::read_to_string(format!("/proc/{}/status", process.id)).unwrap_or_default();
        let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"));
        let innermost = ids.and_then(|ids| ids.split_whitespace().last()?.parse().ok());
        process.parent == parent && innermost == Some(inner)
    };
    descendants(parent).into_iter().find(has_it).map(|process| process.id)
}

/// All processes that descend from this one, without itself; none where /proc is not mounted.
/// Reads a few files for each of them, or, where the kernel does not list children, one for each
/// process of the system.
pub fn descendants(root: Pid) -> Vec<Process> {
    if Path::new("/proc/thread-self/children").exists() {
        return walk(root, listed_children);
    }
    let mut children: BTreeMap<Pid, Vec<Pid>> = BTreeMap::new();
    for process in all() {
        children.entry(process.parent).or_default().push(process.id);
    }
    walk(root, |parent| children.get(&parent).cloned().unwrap_or_default())
}

/// The state of each is read before its children: one that stood still makes no more of them.
fn walk(root: Pid, children: impl Fn(Pid) -> Vec<Pid>) -> Vec<Process> {
    let mut known = BTreeSet::from([root]);
    let mut open = children(root);
    let mut found = Vec::new();
    while let Some(id) = open.pop() {
        if known.insert(id) {
            found.extend(Process::of(id));
            open.extend(children(id));
        }
    }
    found
}

fn listed_children(parent: Pid) -> Vec<Pid> {
    let threads = fs::read_dir(format!("/proc/{parent}/task")).into_iter().flatten().flatten();
    let lists =
        threads.filter_map(|thread| fs::read_to_string(thread.path().join("children")).ok());
    let ids = |list: String| list.split_whitespace().flat_map(str::parse).collect::<Vec<i32>>();
    lists.flat_map(ids).map(Pid::from_raw).collect()
}

fn all() -> Vec<Process> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter_map(|id| Process::of(Pid::from_raw(id))).collect()
}

/// So often is looked for a process that still runs, and how long is waited in between: more than
/// 1 s in all. One that has been told to stop executes nothing more, but on a busy machine it takes
/// its time to say so, and one that waits for a device may not say so at all.
const LOOKS: usize = 5_000;
const BETWEEN_LOOKS: Duration = Duration::from_micros(200);

/// Stops processes until two looks in a row find none that runs. A process that is being stopped
/// may still fork, and one look misses a child whose parent ends during it.
pub fn stop(processes: impl Fn() -> Vec<Process>) {
    let mut told = BTreeSet::new();
    let mut calm = 0;
    for _ in 0..LOOKS {
        let all = processes();
        let waits = |one: &Process| told.contains(&one.id) && one.waits_for_one_of(&all);
        let runs = |one: &&Process| !one.stands_still() && !waits(one);
        let running: Vec<&Process> = all.iter().filter(runs).collect();
        calm = if running.is_empty() { calm + 1 } else { 0 };
        if calm == 2 {
            return;
        }
        running.iter().for_each(|process| process.signal(Signal::SIGSTOP));
        told.extend(running.iter().map(|process| process.id));
        std::thread::sleep(BETWEEN_LOOKS);
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn ids(processes: Vec<Process>) -> BTreeSet<Pid> {
        processes.iter().map(|process| process.id).collect()
    }

    #[test]
    fn both_ways_to_find_children_agree() {
        let mut shell = Command::new("sh");
        shell.args(["-c", "sleep 60 & sleep 60 & echo; wait"]).stdout(Stdio::piped());
        let mut shell = shell.spawn().unwrap();
        std::io::Read::read(&mut shell.stdout.take().unwrap(), &mut [0; 1]).unwrap();
        let id = Pid::from_raw(shell.id() as i32);
        let listed = ids(descendants(id));
        let searched = ids(all().into_iter().filter(|process| process.parent == id).collect());
        searched.iter().for_each(|child| kill(*child, Signal::SIGKILL).unwrap());
        shell.wait().unwrap();
        assert_eq!((listed.len(), &listed), (2, &searched));
    }

    #[test]
    fn a_process_is_read_whatever_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let odd = folder.path().join("a) T 1 (b");
        std::os::unix::fs::symlink("/bin/sleep", &odd).unwrap();
        let mut child = Command::new(&odd).arg("60").spawn().unwrap();
        let process = Process::of(Pid::from_raw(child.id() as i32)).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(process.parent, nix::unistd::getpid());
        assert!(process.lives() && !process.stands_still());
        assert_eq!(Process::of(Pid::from_raw(i32::MAX)), None);
    }
}
