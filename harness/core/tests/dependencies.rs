//! Dependencies point down only: core at the bottom, everything but the command line upon core
//! alone. So a checker cannot know which implementation made the history that it judges, and an
//! implementation cannot know that it is under test.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

const CORE: &str = "pepperland-core";
const CLI: &str = "pepperland";

/// Crates that know core and no other of the workspace.
const ABOVE_CORE: &[&str] = &[
    "pepperland-checkers",
    "pepperland-faults",
    "pepperland-impls",
    "pepperland-process",
    "pepperland-reports",
    "pepperland-search",
    "pepperland-sim",
    "pepperland-turmoil",
    "pepperland-workloads",
];

/// Crates with sockets, threads, processes or a clock, and who may have them.
const WORLDLY: &[&str] = &["tokio", "turmoil", "nix"];
const MAY_BE_WORLDLY: &[&str] =
    &[CLI, "pepperland-disk", "pepperland-netns", "pepperland-process", "pepperland-turmoil"];

/// Crates that know no other of the workspace: what is measured beside it, and the networks and the
/// disks of nodes, of whatever they are nodes.
const BESIDE: &[&str] = &["pepperland-disk", "pepperland-netns", "pepperland-stateright"];

/// Who may know one of those, besides the command line.
const MAY_KNOW: &[(&str, &str)] =
    &[("pepperland-process", "pepperland-netns"), ("pepperland-process", "pepperland-disk")];

struct Dependency {
    name: String,
    /// Whether it is there for tests alone.
    dev: bool,
}

/// The crates of the workspace, and what each depends on.
fn workspace() -> BTreeMap<String, Vec<Dependency>> {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(metadata.status.success(), "{}", String::from_utf8_lossy(&metadata.stderr));
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("cargo lists packages");
    packages.iter().map(|package| (text(&package["name"]), dependencies(package))).collect()
}

fn dependencies(package: &Value) -> Vec<Dependency> {
    let dependencies = package["dependencies"].as_array().expect("cargo lists dependencies");
    let dependency =
        |d: &Value| Dependency { name: text(&d["name"]), dev: d["kind"].as_str() == Some("dev") };
    dependencies.iter().map(dependency).collect()
}

fn text(value: &Value) -> String {
    value.as_str().expect("a name is text").to_owned()
}

#[test]
fn every_crate_has_its_place() {
    let known: BTreeSet<&str> =
        ABOVE_CORE.iter().chain(BESIDE).copied().chain([CORE, CLI]).collect();
    let crates = workspace();
    let strange: Vec<&String> =
        crates.keys().filter(|name| !known.contains(name.as_str())).collect();
    assert!(strange.is_empty(), "give these crates a place in this test: {strange:?}");
    assert!(crates.contains_key(CORE) && crates.contains_key(CLI));
}

#[test]
fn core_and_what_is_beside_it_stand_on_no_crate_of_ours() {
    let crates = workspace();
    for name in BESIDE.iter().chain([&CORE]).filter(|name| crates.contains_key(**name)) {
        let ours: Vec<&str> = crates[*name]
            .iter()
            .map(|dependency| dependency.name.as_str())
            .filter(|name| crates.contains_key(*name))
            .collect();
        assert!(ours.is_empty(), "{name} depends on {ours:?}");
    }
}

#[test]
fn everything_else_stands_on_core_alone() {
    let crates = workspace();
    for name in ABOVE_CORE.iter().filter(|name| crates.contains_key(**name)) {
        let ours: BTreeSet<&str> = crates[*name]
            .iter()
            .filter(|dependency| !dependency.dev)
            .map(|dependency| dependency.name.as_str())
            .filter(|other| crates.contains_key(*other) && !MAY_KNOW.contains(&(name, other)))
            .collect();
        assert_eq!(ours, BTreeSet::from([CORE]), "what {name} depends on");
    }
}

#[test]
fn only_runtimes_touch_the_world() {
    for (name, dependencies) in workspace() {
        let worldly: Vec<&str> = dependencies
            .iter()
            .map(|dependency| dependency.name.as_str())
            .filter(|name| WORLDLY.contains(name))
            .collect();
        let may = MAY_BE_WORLDLY.contains(&name.as_str());
        assert!(may || worldly.is_empty(), "{name} depends on {worldly:?}");
    }
}

#[test]
fn the_command_line_sees_them_all() {
    let crates = workspace();
    let seen: BTreeSet<&str> =
        crates[CLI].iter().map(|dependency| dependency.name.as_str()).chain([CLI]).collect();
    let unseen: Vec<&String> = crates.keys().filter(|name| !seen.contains(name.as_str())).collect();
    assert!(unseen.is_empty(), "{CLI} does not depend on {unseen:?}");
}
