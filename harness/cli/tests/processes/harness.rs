//! The harness itself: killed, used for long, and started with signals ignored.

use crate::node::{
    eventually, keeper, may_enclose, private, processes_in, program, script, within,
};
use pepperland_process::kept::{Enclosure, Kept};
use std::env::current_exe;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// One of the tests below that want a process of their own; `exec` leaves its signals ignored.
fn alone(test: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' HUP USR1 TTOU; exec \"$0\" \"$@\""]).arg(current_exe().unwrap());
    command.args(["--exact", test, "--ignored"]).stdout(Stdio::null());
    command
}

#[test]
fn when_the_harness_is_killed_nothing_is_left() {
    let folder = tempfile::tempdir().unwrap();
    let mut harness = alone("harness::runs_nodes_until_it_is_killed");
    let mut harness = harness.env("NODES", folder.path()).spawn().unwrap();
    let paused = |(_, state): &(i32, char)| *state == 'T';
    let all_paused = || processes_in(folder.path()).iter().filter(|p| paused(p)).count() == 5;
    eventually("five of fifteen processes are paused", all_paused);
    assert_eq!(processes_in(folder.path()).len(), 15);
    let nodes = keepers_in(folder.path());
    harness.kill().unwrap();
    harness.wait().unwrap();
    eventually("no process", || processes_in(folder.path()).is_empty());
    eventually("no keeper", || keepers_in(folder.path()) == 0);
    assert_eq!(nodes, 3);
}

#[test]
#[ignore = "is run and killed by another test"]
fn runs_nodes_until_it_is_killed() {
    let Some(folder) = std::env::var_os("NODES").map(PathBuf::from) else { return };
    let text = "sleep 100 & (sleep 100 &); setsid sh -c '(sleep 100 &); exec sleep 100' & \
                trap '' TERM HUP; while :; do read line; done";
    let in_folder = folder.clone();
    let start = move || {
        let program = program("sh", &["-c", text]);
        Kept::start(&program, &keeper(), &in_folder, &Enclosure::none()).unwrap()
    };
    #[expect(clippy::disallowed_methods, reason = "nodes of several threads, one of them ended")]
    let ended = std::thread::spawn(start.clone()).join().unwrap();
    let (paused, third) = (start(), start());
    eventually("fifteen processes", || processes_in(&folder).len() == 15);
    paused.pause();
    std::thread::sleep(Duration::from_secs(60));
    drop((ended, paused, third));
}

#[test]
fn many_starts_leave_no_zombie_and_no_file_open() {
    assert!(alone("harness::starts_and_ends_many").status().unwrap().success());
}

#[test]
#[ignore = "is run by another test, in a process of its own"]
fn starts_and_ends_many() {
    let open = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let before = open();
    for round in 0..100 {
        let mut node = script("(sleep 100 &); exec cat");
        if round % 2 == 0 {
            node.kept.kill();
        } else {
            drop(node);
        }
    }
    assert_eq!(open(), before);
    let children = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    assert_eq!(children, "");
}

#[test]
fn signals_that_the_harness_ignores_are_the_node_s_own() {
    assert!(alone("harness::node_ignores_nothing").status().unwrap().success());
}

#[test]
#[ignore = "is run by another test, which has some signals ignored"]
fn node_ignores_nothing() {
    let mask = |status: &str, key: &str| {
        let line = status.lines().find(|line| line.starts_with(key)).unwrap();
        u64::from_str_radix(line.split_whitespace().last().unwrap(), 16).unwrap()
    };
    let own = std::fs::read_to_string("/proc/self/status").unwrap();
    // HUP, USR1, PIPE and TTOU, as bits.
    let ours = 1 | 1 << 9 | 1 << 12 | 1 << 21;
    assert_eq!(mask(&own, "SigIgn") & ours, ours);
    let enclosures = [Some(Enclosure::none()), may_enclose().then(private)];
    for enclosure in enclosures.iter().flatten() {
        let node = within(&program("cat", &["/proc/self/status"]), &keeper(), enclosure).rest();
        assert_eq!((mask(&node, "SigIgn") & ours, mask(&node, "SigBlk")), (0, 0));
        // No more files are open than in any child of the harness.
        let open = within(&program("ls", &["/proc/self/fd"]), &keeper(), enclosure).rest();
        let usual = Command::new("ls").arg("/proc/self/fd").output().unwrap();
        assert_eq!(open, String::from_utf8(usual.stdout).unwrap());
    }
}

fn keepers_in(folder: &Path) -> usize {
    let folder = folder.canonicalize().unwrap();
    let entries = std::fs::read_dir("/proc").unwrap().flatten();
    let cwds = entries.filter_map(|entry| std::fs::read_link(entry.path().join("cwd")).ok());
    cwds.filter(|cwd| *cwd == folder).count() - processes_in(&folder).len()
}
