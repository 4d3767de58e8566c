//! Maelstrom's workloads on a program that answers rightly: every property of them holds.

use crate::pepperland::Folder;
use std::collections::BTreeMap;

/// The properties that a run of the server leaves violated or undecided, by outcome.
fn judged(workload: &str, args: &[&str]) -> BTreeMap<String, Vec<String>> {
    let folder = Folder::new();
    folder.write("server.py", include_str!("server.py"));
    let server = folder.path("server.py").display().to_string();
    let args: Vec<String> =
        [&[server.as_str()], args].concat().iter().map(|a| format!("{a:?}")).collect();
    let suite = format!(
        "[[scenario]]\nbin = \"python3\"\narg = [{}]\nworkload = {workload:?}\nfaults = \"none\"\n\
         nodes = 1\nbroadcasts = 60\nchaos-ms = 300\nsettle-ms = 1500\n",
        args.join(", ")
    );
    folder.write("suite.toml", &suite);
    let ended = folder.run("run suite.toml --runs 1 --format json --ci none --exit-zero");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    let mut outcomes: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in ended.stdout.lines() {
        let row: serde_json::Value = serde_json::from_str(line).unwrap();
        let outcome = row["outcome"].as_str().unwrap_or_default().to_owned();
        outcomes.entry(outcome).or_default().push(row["property"].as_str().unwrap().to_owned());
    }
    outcomes
}

#[track_caller]
fn holds(workload: &str, args: &[&str]) {
    let outcomes = judged(workload, args);
    assert_eq!(outcomes.get("violated"), None, "{workload}: {outcomes:?}");
    assert!(outcomes.get("held").is_some_and(|held| held.len() > 1), "{workload}: {outcomes:?}");
}

#[test]
fn a_server_that_does_one_thing_after_the_other_holds() {
    for workload in ["echo", "unique-ids", "broadcast", "g-set", "lin-kv", "kafka"] {
        holds(workload, &[]);
    }
    holds("txn-list-append", &[]);
    holds("txn-rw-register", &[]);
    holds("g-counter", &["counter"]);
    holds("pn-counter", &["counter"]);
}
