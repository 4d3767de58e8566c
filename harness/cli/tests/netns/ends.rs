//! What is left of a harness that is killed, and what a suite and a plain user get.

use crate::ground::{lacks, no_networks};
use crate::pepperland::{Folder, ends};
use std::collections::BTreeSet;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

/// The processes that descend from one, by id.
fn descendants(root: u32) -> BTreeSet<u32> {
    let parent = |id: u32| -> Option<u32> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
    };
    let all = std::fs::read_dir("/proc").unwrap().flatten();
    let all: Vec<u32> = all.filter_map(|e| e.file_name().to_str()?.parse().ok()).collect();
    let mut found = BTreeSet::from([root]);
    while all.iter().any(|id| parent(*id).is_some_and(|p| found.contains(&p)) && found.insert(*id))
    {
    }
    found.remove(&root);
    found
}

fn eventually(what: &str, holds: impl Fn() -> bool) {
    let all = (0..500).any(|_| {
        holds() || {
            std::thread::sleep(Duration::from_millis(20));
            false
        }
    });
    assert!(all, "{what}");
}

#[test]
fn a_killed_harness_leaves_no_process_of_any_node() {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    let mut harness =
        folder.start("run --impl fifo --network netns --faults none --runs 100 --jobs 1");
    // Five keepers, five first processes, five nodes.
    eventually("fifteen processes", || descendants(harness.id()).len() >= 15);
    let nodes = descendants(harness.id());
    harness.kill().unwrap();
    harness.wait().unwrap();
    let lives = |id: &u32| Path::new(&format!("/proc/{id}")).exists();
    eventually("no process", || !nodes.iter().any(lives));
}

#[test]
fn a_suite_puts_nodes_on_sockets() {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    let suite = "runs = 1\n[[scenario]]\nimpl = \"fifo\"\nruntime = \"process\"\nnetwork = \"netns\"\n\
                 faults = \"none\"\nproperties = [\"fifo\"]\n";
    folder.write("suite.toml", suite);
    ends(&folder.run("run suite.toml --keep all"), 0, "every property held");
    let verdicts = folder.read("runs/latest/verdicts.json");
    assert!(verdicts.contains("fifo(netns)/process/steady/none"), "{verdicts}");
}

/// As a user without any rights, in a folder of his own.
fn as_nobody(arguments: &str) -> std::process::Output {
    let folder = tempfile::tempdir().unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(folder.path(), open).unwrap();
    // Where the binary was built nobody else may go.
    let binary = folder.path().join("pepperland");
    std::fs::copy(env!("CARGO_BIN_EXE_pepperland"), &binary).unwrap();
    let mut command = Command::new(&binary);
    command.args(arguments.split(' ')).uid(65_534).gid(65_534);
    command.current_dir(folder.path()).env("HOME", folder.path()).output().unwrap()
}

#[test]
fn a_plain_user_runs_nodes_or_is_told_what_is_missing() {
    if !nix::unistd::geteuid().is_root() || no_networks() {
        lacks(Err("only root can become somebody else".to_owned()));
        return;
    }
    let ran = as_nobody("run --impl fifo --network netns --faults none --runs 1 --properties fifo");
    let told = String::from_utf8_lossy(&ran.stderr).into_owned();
    let everybodys = std::os::unix::fs::PermissionsExt::mode(
        &std::fs::metadata("/dev/net/tun").unwrap().permissions(),
    ) & 0o006
        == 0o006;
    match everybodys {
        true => assert_eq!(ran.status.code(), Some(0), "{told}"),
        false => {
            assert_eq!(ran.status.code(), Some(70), "{told}");
            assert!(told.contains("chmod 0666 /dev/net/tun"), "{told}");
        }
    }
}
