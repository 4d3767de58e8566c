//! A shell script as a node, in a folder by which its processes are known.

use pepperland_process::kept::{Enclosure, Keeper, Kept, Private};
use pepperland_process::program::Program;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::ChildStdout;
use std::time::Duration;
use tempfile::TempDir;

pub struct Node {
    pub kept: Kept,
    pub stdout: BufReader<ChildStdout>,
    pub folder: TempDir,
}

pub fn keeper() -> Keeper {
    Keeper::executable(PathBuf::from(env!("CARGO_BIN_EXE_pepperland")))
}

pub fn program(path: &str, args: &[&str]) -> Program {
    Program { path: path.into(), args: args.iter().map(|arg| (*arg).to_owned()).collect() }
}

/// A script as a node, with a keeper.
pub fn script(text: &str) -> Node {
    started(&program("sh", &["-c", text]), &keeper())
}

pub fn started(program: &Program, keeper: &Keeper) -> Node {
    within(program, keeper, &Enclosure::none())
}

/// What has namespaces of its own, as `n1`.
pub fn private() -> Enclosure {
    Enclosure { private: Some(Private::named("n1")), ..Enclosure::none() }
}

/// Whether this user may make namespaces; if not, why, for the log.
pub fn may_enclose() -> bool {
    let folder = tempfile::tempdir().unwrap();
    let started = Kept::start(&program("true", &[]), &keeper(), folder.path(), &private());
    started.inspect_err(|why| println!("skipped: {why}")).is_ok()
}

/// A script as a node in an enclosure.
pub fn enclosed(text: &str, enclosure: &Enclosure) -> Node {
    within(&program("sh", &["-c", text]), &keeper(), enclosure)
}

pub fn within(program: &Program, keeper: &Keeper, enclosure: &Enclosure) -> Node {
    let folder = tempfile::tempdir().unwrap();
    let mut kept = Kept::start(program, keeper, folder.path(), enclosure).unwrap();
    let stdout = BufReader::new(kept.stdout.take().unwrap());
    Node { kept, stdout, folder }
}

impl Node {
    /// The next line that it writes; empty at the end.
    pub fn line(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// All that it writes yet.
    pub fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        rest
    }

    /// Its processes: id and state, without its keeper.
    pub fn processes(&self) -> Vec<(i32, char)> {
        processes_in(self.folder.path())
    }
}

/// A namespace of a process, as the kernel numbers them: `pid`, `mnt`, `uts`…
pub fn namespace(id: &str, kind: &str) -> Option<String> {
    let link = std::fs::read_link(format!("/proc/{id}/ns/{kind}")).ok()?;
    Some(link.display().to_string())
}

/// The living processes that are in a namespace, by the ids that they have inside: the first comes
/// first, also where the machine's ids have begun anew after it.
pub fn inhabitants(kind: &str, namespace_: &str) -> Vec<(i32, char)> {
    let inside = |id: &i32| namespace(&id.to_string(), kind).as_deref() == Some(namespace_);
    let mut found: Vec<(i32, char)> =
        ids().into_iter().filter(inside).filter_map(|id| Some((id, state(id)?))).collect();
    found.retain(|(_, state)| *state != 'Z');
    found.sort_by_key(|(id, _)| innermost(*id));
    found
}

/// The id of a process in its own process namespace, if it is still there.
fn innermost(id: i32) -> Option<i32> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let ids = status.lines().find_map(|line| line.strip_prefix("NSpid:"))?;
    ids.split_whitespace().last()?.parse().ok()
}

/// The living processes that work in a folder, by id, without keepers.
pub fn processes_in(folder: &Path) -> Vec<(i32, char)> {
    let folder = folder.canonicalize().unwrap();
    let here = |id: &i32| {
        let cwd = std::fs::read_link(format!("/proc/{id}/cwd"));
        let command = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
        let keeps = command.starts_with(env!("CARGO_BIN_EXE_pepperland").as_bytes());
        cwd.is_ok_and(|cwd| cwd == folder) && !keeps
    };
    let mut found: Vec<(i32, char)> =
        ids().into_iter().filter(here).filter_map(|id| Some((id, state(id)?))).collect();
    found.retain(|(_, state)| *state != 'Z');
    found.sort_unstable();
    found
}

/// All processes.
pub fn ids() -> Vec<i32> {
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

fn state(id: i32) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.chars().next()
}

/// Waits for something that must come; 20 s is as good as never.
pub fn eventually(what: &str, is_so: impl Fn() -> bool) {
    for _ in 0..4_000 {
        if is_so() {
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("never: {what}");
}
