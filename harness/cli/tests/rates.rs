//! The command on a runtime whose runs do not repeat: findings at a rate, their files, exit codes.

use pepperland::Catalog;
use pepperland::core::history::{History, Log};
use pepperland::core::implementation::Implementation;
use pepperland::core::runtime::{Detail, Refused, Repeats, Runtime};
use pepperland::core::schedule::Schedule;
use pepperland::sim::Simulator;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// The simulator, where the faults of every so-manieth run have no effect, and no two histories
/// are the same.
struct Moody {
    repeats: Repeats,
    spares: u64,
    runs: AtomicU64,
}

impl Runtime for Moody {
    fn name(&self) -> &'static str {
        "moody"
    }

    fn statement(&self) -> &'static str {
        "of this test"
    }

    fn accepts(&self, schedule: &Schedule) -> Result<(), Refused> {
        Simulator.accepts(schedule)
    }

    fn run(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
    ) -> Result<History, Refused> {
        let run = self.runs.fetch_add(1, Ordering::Relaxed);
        let mut schedule = schedule.clone();
        if run % self.spares == self.spares - 1 {
            schedule.disturbances.clear();
        }
        let mut history = Simulator.run(&schedule, implementation, detail)?;
        history.header.about.insert("try".into(), run.into());
        history.header.about.insert("unclean".into(), "the harness was late".into());
        history.logs = vec![Log::of("n2", b"listening\n")];
        Ok(history)
    }

    fn repeats(&self) -> Repeats {
        self.repeats
    }
}

/// Faults have no effect in every so-manieth run.
fn catalog(repeats: Repeats, spares: u64) -> Catalog {
    let mut catalog = pepperland::builtin();
    catalog.runtimes.push(Arc::new(Moody { repeats, spares, runs: AtomicU64::new(0) }));
    catalog
}

fn command(catalog: &Catalog, arguments: &[&str]) -> ExitCode {
    let arguments = std::iter::once(&"pepperland").chain(arguments);
    pepperland::run(arguments.map(Into::into), catalog)
}

/// Searches for a violation; nothing is written outside of the folder.
fn search(catalog: &Catalog, folder: &Path, keep: &str) -> ExitCode {
    let out = folder.to_string_lossy();
    let what = "run --impl basic --properties agreement --faults crash --runs 30 --runtime moody";
    let mut arguments: Vec<&str> = what.split(' ').collect();
    arguments.extend(["--jobs", "1", "--ci", "none", "--keep", keep, "--out", &out]);
    command(catalog, &arguments)
}

/// A folder of its own; `runs/latest` is made in another.
fn folder() -> TempDir {
    static ELSEWHERE: std::sync::OnceLock<TempDir> = std::sync::OnceLock::new();
    ELSEWHERE.get_or_init(|| {
        let elsewhere = tempfile::tempdir().unwrap();
        std::env::set_current_dir(elsewhere.path()).unwrap();
        elsewhere
    });
    tempfile::tempdir().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

fn the_finding(folder: &Path) -> PathBuf {
    let findings = files(&folder.join("findings"));
    assert_eq!(findings.len(), 1, "{findings:?}");
    findings[0].clone()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn a_finding_at_a_rate_is_no_failure_of_the_harness() {
    let folder = folder();
    let moody = catalog(Repeats::AtARate, 3);
    assert_eq!(search(&moody, folder.path(), "failed"), ExitCode::from(1));
    let verdicts: serde_json::Value =
        serde_json::from_str(&read(&folder.path().join("verdicts.json"))).unwrap();
    let finding = &verdicts["findings"][0];
    let again = finding["reproduced"][0].as_u64().unwrap();
    assert!((6..=7).contains(&again), "{finding}");
    assert_eq!(finding["repeats"], "at-a-rate");
    assert!(finding["deterministic"].is_null());
    assert_eq!(finding["unclean"], "the harness was late");
    assert_eq!(verdicts["rows"][0]["unclean"], 30);
    let at = the_finding(folder.path());
    assert_eq!(read(&at.join("logs/n2.log")), "listening\n");
    let page = read(&at.join("report.html"));
    assert!(page.contains(&format!("reproduces {again} of 10")) && page.contains("The log of n2"));
    let junit = read(&folder.path().join("junit.xml"));
    assert!(junit.contains(&format!("name=\"reproduces\" value=\"{again} of 10\"")), "{junit}");
    let again = command(&moody, &["report", &folder.path().to_string_lossy()]);
    assert_eq!(again, ExitCode::SUCCESS);
    assert_eq!(read(&at.join("report.html")), page);
}

#[test]
fn histories_are_kept_as_they_came() {
    for (keep, fewest, most) in [("all", 30, 30), ("failed", 1, 29)] {
        let folder = folder();
        let moody = catalog(Repeats::AtARate, 3);
        assert_eq!(search(&moody, folder.path(), keep), ExitCode::from(1));
        let kept = files(&folder.path().join("histories"));
        assert!((fewest..=most).contains(&kept.len()), "{keep}: {}", kept.len());
        let header = |path: &PathBuf| read(path).lines().next().unwrap().to_owned();
        let of_try = |path: &PathBuf| {
            let header: serde_json::Value = serde_json::from_str(&header(path)).unwrap();
            header["about"]["try"].as_u64().unwrap()
        };
        assert!(kept.iter().all(|path| of_try(path) < 30), "none was run again");
    }
}

#[test]
fn a_replay_is_judged_as_it_comes_this_time() {
    let folder = folder();
    assert_eq!(search(&catalog(Repeats::AtARate, 3), folder.path(), "failed"), ExitCode::from(1));
    let finding = the_finding(folder.path());
    let finding = finding.to_string_lossy();
    let fails = catalog(Repeats::AtARate, u64::MAX);
    assert_eq!(command(&fails, &["replay", &finding]), ExitCode::from(1));
    let spared = catalog(Repeats::AtARate, 1);
    assert_eq!(command(&spared, &["replay", &finding]), ExitCode::SUCCESS);
    let by_itself = catalog(Repeats::IfTheProgramDoes, u64::MAX);
    assert_eq!(command(&by_itself, &["replay", &finding]), ExitCode::from(1));
    let promised = catalog(Repeats::Exactly, u64::MAX);
    assert_eq!(command(&promised, &["replay", &finding]), ExitCode::from(70));
}

#[test]
fn a_program_that_draws_by_itself_is_no_failure_of_the_harness_either() {
    let folder = folder();
    let moody = catalog(Repeats::IfTheProgramDoes, u64::MAX);
    assert_eq!(search(&moody, folder.path(), "failed"), ExitCode::from(1));
    let verdicts = read(&folder.path().join("verdicts.json"));
    assert!(verdicts.contains("\"deterministic\": false"), "{verdicts}");
    let page = read(&the_finding(folder.path()).join("report.html"));
    assert!(page.contains("reproduces 10 of 10; the program is not deterministic"));
}

#[test]
fn a_runtime_that_promised_the_same_bytes_is_held_to_it() {
    let folder = folder();
    let moody = catalog(Repeats::Exactly, u64::MAX);
    assert_eq!(search(&moody, folder.path(), "failed"), ExitCode::from(70));
}

#[test]
fn a_schedule_is_shrunk_though_it_does_not_always_fail() {
    let folder = folder();
    let schedule = folder.path().join("killer.jsonl");
    std::fs::write(&schedule, include_str!("../../../impls/killers/no-relay.jsonl")).unwrap();
    let out = folder.path().join("shrunk");
    let (schedule, out) = (schedule.to_string_lossy(), out.to_string_lossy());
    let shrink = ["shrink", &schedule, "--runtime", "moody", "--properties", "agreement"];
    let moody = catalog(Repeats::AtARate, 3);
    let ended = command(&moody, &[&shrink[..], &["--out", &out]].concat());
    assert_eq!(ended, ExitCode::from(1));
    let shrunk = read(&the_finding(Path::new(&*out)).join("schedule.jsonl"));
    assert_eq!(shrunk.lines().count(), 3, "{shrunk}");
}
