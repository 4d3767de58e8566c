//! How a node ends, by itself and otherwise, with all its processes.

use crate::node::{eventually, keeper, program, script, started};
use pepperland_process::kept::{Exit, Keeper};
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);
const SHORT: Duration = Duration::from_millis(30);

/// Five processes: one in its place, one in the background, an orphan, and in a session of its
/// own a child with an orphan. All hold the pipes.
const FAMILY: &str =
    "sleep 100 & (sleep 100 &); setsid sh -c '(sleep 100 &); exec sleep 100' & exec sleep 100";

#[test]
fn an_end_is_told_as_it_was() {
    let signal = |number: i32| format!("import os; os.kill(os.getpid(), {number})");
    let signals = [(9, signal(9)), (11, signal(11)), (15, signal(15)), (34, signal(34))];
    for keeper in [keeper(), Keeper::none()] {
        for status in [0, 3, 127, 137, 255] {
            let mut node = started(&program("sh", &["-c", &format!("exit {status}")]), &keeper);
            assert_eq!(node.kept.ended_within(LONG), Some(Exit::Status(status)));
            assert_eq!(node.kept.left_behind(), 0);
            assert_eq!(node.kept.finish(LONG), Exit::Status(status));
        }
        for (number, text) in &signals {
            let mut node = started(&program("python3", &["-c", text]), &keeper);
            assert_eq!(node.kept.ended_within(LONG), Some(Exit::Signal(*number)));
        }
    }
    assert_eq!(Exit::Signal(9).to_string(), "signal 9 (SIGKILL)");
    assert_eq!(Exit::Signal(34).to_string(), "signal 34");
}

#[test]
fn killing_takes_the_whole_family() {
    let mut node = script(FAMILY);
    eventually("five processes", || node.processes().len() == 5);
    node.kept.kill();
    assert_eq!(node.processes(), []);
    assert_eq!(node.kept.ended(), Some(Exit::Signal(9)));
    assert_eq!((node.kept.left_behind(), node.rest().as_str()), (0, ""));
}

#[test]
fn what_a_node_leaves_behind_is_counted_and_killed() {
    let mut node = script("(sleep 100 &); setsid sleep 100 & exit 3");
    assert_eq!(node.kept.ended_within(LONG), Some(Exit::Status(3)));
    assert_eq!((node.kept.left_behind(), node.processes()), (2, vec![]));
    assert_eq!(node.rest(), "");
}

#[test]
fn without_a_keeper_the_group_and_the_descendants_go() {
    let program = program("sh", &["-c", "sleep 100 & (sleep 100 &); setsid sleep 100 & sleep 100"]);
    let mut node = started(&program, &Keeper::none());
    eventually("five processes", || node.processes().len() == 5);
    node.kept.kill();
    eventually("no process", || node.processes().is_empty());
    assert_eq!(node.kept.ended(), Some(Exit::Signal(9)));
}

#[test]
fn a_node_is_asked_to_end_before_it_is_made_to() {
    for keeper in [keeper(), Keeper::none()] {
        let mut polite = started(&program("cat", &[]), &keeper);
        assert_eq!(polite.kept.finish(LONG), Exit::Status(0));
        let text = "trap 'exit 5' TERM; echo; while :; do sleep 0.01; done";
        let mut deaf_to_input = started(&program("sh", &["-c", text]), &keeper);
        deaf_to_input.line();
        deaf_to_input.kept.stdin = None;
        assert_eq!(deaf_to_input.kept.ended_within(SHORT), None);
        assert_eq!(deaf_to_input.kept.finish(Duration::from_secs(1)), Exit::Status(5));
        let text = "trap '' TERM; echo; while :; do sleep 0.01; done";
        let mut deaf = started(&program("sh", &["-c", text]), &keeper);
        deaf.line();
        assert_eq!(deaf.kept.finish(SHORT), Exit::Signal(9));
        eventually("no process", || deaf.processes().is_empty());
    }
}

#[test]
fn a_pause_stops_all_even_who_forks_meanwhile() {
    for keeper in [keeper(), Keeper::none()] {
        let text = "setsid sh -c 'while :; do /bin/true; done' & while :; do /bin/echo on; done";
        let mut node = started(&program("sh", &["-c", text]), &keeper);
        for _ in 0..20 {
            node.line();
            node.kept.pause();
            let paused = node.processes();
            assert!(paused.len() >= 2, "{paused:?}");
            // A shell that has just made a child by vfork waits for it in the kernel.
            assert!(paused.iter().all(|(_, state)| "TD".contains(*state)), "{paused:?}");
            assert!(paused.iter().any(|(_, state)| *state == 'T'), "{paused:?}");
            std::thread::sleep(Duration::from_millis(5));
            assert_eq!(node.processes(), paused);
            node.kept.resume();
        }
        node.kept.pause();
        node.kept.kill();
        eventually("no process", || node.processes().is_empty());
        assert_eq!(node.kept.ended(), Some(Exit::Signal(9)));
    }
}
