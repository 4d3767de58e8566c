//! The same seed gives the same bytes in another process and on another number of threads.

#![cfg(feature = "cli")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a run wrote that may depend on nothing but its scenario and seed: the file names within its
/// folder, with the bytes.
type Written = BTreeMap<PathBuf, Vec<u8>>;

const HELD: i32 = 0;
const VIOLATED: i32 = 1;
/// A claim with a proviso may not have been judged in a few runs.
const UNDECIDED: i32 = 2;

/// Runs a campaign in a process of its own.
fn run(arguments: &[&str], jobs: &str) -> (Output, Written) {
    let name = format!("{}-{jobs}", arguments.join("-"));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("determinism").join(name);
    let _ = fs::remove_dir_all(&folder);
    let output = Command::new(env!("CARGO_BIN_EXE_pepperland"))
        .args(["run", "--keep", "all", "--jobs", jobs, "--out"])
        .arg(&folder)
        .args(arguments)
        .output()
        .expect("the command starts");
    let mut written = Written::new();
    collect(&folder, &folder, &mut written);
    (output, written)
}

fn collect(root: &Path, folder: &Path, written: &mut Written) {
    for entry in fs::read_dir(folder).expect("a folder of the run") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(root, &path, written);
        } else if path.extension().is_some_and(|kind| kind != "html" && kind != "xml") {
            let bytes = fs::read(&path).expect("a file of the run");
            written.insert(path.strip_prefix(root).expect("it is inside").to_owned(), bytes);
        }
    }
}

/// Runs a campaign twice, which must end with one of these exit codes, and returns what both have
/// written.
fn twice(arguments: &[&str], codes: &[i32]) -> Written {
    let [(one, written), (two, again)] = ["1", "2"].map(|jobs| run(arguments, jobs));
    let told = String::from_utf8_lossy(&one.stderr);
    let code = one.status.code().expect("the command exits");
    assert!(codes.contains(&code), "{arguments:?}: {told}");
    assert_eq!(two.status.code(), Some(code), "{arguments:?}");
    assert!(written.keys().eq(again.keys()), "{arguments:?}: different files");
    for (name, bytes) in &written {
        assert!(again[name] == *bytes, "{arguments:?}: {} differs", name.display());
    }
    written
}

fn histories(written: &Written) -> usize {
    written.keys().filter(|name| name.starts_with("histories")).count()
}

/// Every implementation under a swarm of the faults that its claims allow.
fn every_implementation(runtime: &str, runs: usize) {
    for implementation in pepperland::builtin().implementations {
        let (name, count) = (implementation.name, runs.to_string());
        let arguments =
            ["--impl", name, "--faults", "swarm", "--runs", &count, "--runtime", runtime];
        let written = twice(&arguments, &[HELD, UNDECIDED]);
        assert!(written.contains_key(Path::new("verdicts.json")));
        assert_eq!(histories(&written), runs, "{name} on {runtime}");
    }
}

#[test]
fn on_the_simulator() {
    every_implementation("sim", 20);
}

#[cfg(feature = "turmoil")]
#[test]
fn on_turmoil() {
    every_implementation("turmoil", 2);
}

/// A finding is shrunk by thousands of replays: they find the same few messages.
#[test]
fn a_finding() {
    let arguments = ["--impl", "fifo", "--flaw", "no-hold-back-queue", "--runs", "5"];
    let written = twice(&arguments, &[VIOLATED]);
    let is_schedule = |name: &&PathBuf| name.ends_with("schedule.jsonl");
    assert!(written.keys().filter(is_schedule).count() > 0, "no finding was stored");
}

/// What learns from earlier runs learns the same on any number of threads.
#[test]
fn a_portfolio() {
    let tested = ["--impl", "uniform", "--flaw", "deliver-on-first", "--faults", "crash"];
    let arguments = [&tested[..], &["--strategy", "portfolio", "--runs", "100"]].concat();
    let written = twice(&arguments, &[VIOLATED]);
    assert_eq!(histories(&written), 100);
}
