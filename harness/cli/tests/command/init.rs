//! `init`: a project in each language runs as made.

use crate::pepperland::{Folder, ends};
use std::process::Command;

/// Makes the project and runs its suite as its first lines say, though fewer runs of it.
fn runs_as_made(language: &str, build: &str) {
    let folder = Folder::new();
    ends(&folder.run(&format!("init . --language {language}")), 0, "files were written");
    assert!(folder.read("README.md").contains("pepperland run pepperland.toml"));
    if !build.is_empty() {
        assert!(folder.read("README.md").contains(build), "{}", folder.read("README.md"));
        assert!(succeeds(&folder, build), "{build} failed");
    }
    ends(&folder.run("run pepperland.toml --runs 1"), 0, "every property held in 10 runs");
}

fn succeeds(folder: &Folder, command: &str) -> bool {
    let mut words = command.split(' ');
    let mut command = Command::new(words.next().unwrap());
    command.args(words).current_dir(folder.path("")).env_remove("CARGO_TARGET_DIR");
    command.env("GOFLAGS", "-mod=mod").env("CARGO_NET_OFFLINE", "true");
    command.output().is_ok_and(|output| output.status.success())
}

/// Whether the tool is there; who runs the tests is told if it is not.
fn has(tool: &str, command: &str) -> bool {
    let there = succeeds(&Folder::new(), command);
    if !there {
        eprintln!("skipped: no {tool}");
    }
    there
}

#[test]
fn a_project_in_python_runs_as_made() {
    if has("python3", "python3 --version") {
        runs_as_made("python", "");
    }
}

#[test]
fn a_project_in_javascript_runs_as_made() {
    if has("node", "node --version") {
        runs_as_made("node", "");
    }
}

#[test]
fn a_project_in_go_runs_as_made() {
    if has("go", "go version") {
        runs_as_made("go", "go build -o node .");
    }
}

#[test]
fn a_project_in_rust_runs_as_made() {
    let folder = Folder::new();
    ends(&folder.run("init . --language rust"), 0, "files were written");
    if !succeeds(&folder, "cargo fetch") {
        return eprintln!("skipped: serde_json cannot be had");
    }
    runs_as_made("rust", "cargo build");
}

#[test]
fn nothing_is_written_over() {
    for (language, file) in [("python", "node.py"), ("go", "README.md"), ("rust", "Cargo.toml")] {
        let folder = Folder::new();
        folder.write(file, "mine");
        let ended = folder.run(&format!("init --language {language}"));
        ends(&ended, 64, "usage");
        assert!(ended.stderr.contains(&format!("{file} exists already")), "{}", ended.stderr);
        assert_eq!(folder.files("").len(), 1, "{language}: nothing else was written either");
        assert_eq!(folder.read(file), "mine");
    }
}

#[test]
fn a_project_may_be_made_in_a_folder_that_is_not_there_yet() {
    let folder = Folder::new();
    let made = folder.run("init deep/counter --language python");
    ends(&made, 0, "files were written");
    assert!(made.stdout.contains("cd deep/counter"), "{}", made.stdout);
    let run = "run deep/counter/pepperland.toml --runs 1 --keep failed";
    ends(&folder.run(run), 0, "every property held in 10 runs");
}
