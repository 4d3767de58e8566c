//! Nodes in control groups. Where this user can make none, nothing is tried but that they do
//! without.

use crate::node::{
    Node, enclosed, eventually, inhabitants, may_enclose, namespace, private, within,
};
use crate::node::{keeper, program};
use pepperland_process::kept::cgroups::offered;
use pepperland_process::kept::{Cgroup, Enclosure, Exit, Limits};
use std::collections::BTreeSet;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);

/// A control group without limits, with namespaces and without.
fn groups() -> Vec<Enclosure> {
    let limits = Some(Limits::default());
    let mut groups = vec![Enclosure { limits, ..Enclosure::none() }];
    groups.extend(may_enclose().then(|| Enclosure { limits, ..private() }));
    groups
}

/// The control group of a node; a word for the log if there can be none.
fn group(node: &Node) -> Option<&Cgroup> {
    let group = node.kept.cgroup();
    if group.is_none() {
        println!("skipped: {:?}", offered()[0]);
    }
    group
}

fn ticks(id: i32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    let fields: Vec<&str> = stat.rsplit_once(") ").unwrap().1.split(' ').collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

fn parent(id: i32) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
    stat.rsplit_once(") ").unwrap().1.split(' ').nth(1).unwrap().parse().unwrap()
}

#[test]
fn a_pause_freezes_without_a_signal() {
    for enclosure in groups() {
        // Whoever is stopped and goes on is told so by SIGCONT.
        let text = "trap 'echo noticed' CONT; echo; setsid sh -c 'while :; do :; done' & \
                    while [ ! -e over ]; do :; done; echo over";
        let mut node = enclosed(text, &enclosure);
        node.line();
        let Some(group) = group(&node) else { continue };
        eventually("both are in it", || group.processes().len() == 2);
        let ids: Vec<i32> = group.processes().into_iter().map(|id| id.as_raw()).collect();
        for _ in 0..5 {
            node.kept.pause();
            assert!(group.is_frozen());
            let before: Vec<u64> = ids.iter().map(|id| ticks(*id)).collect();
            std::thread::sleep(Duration::from_millis(30));
            let after: Vec<u64> = ids.iter().map(|id| ticks(*id)).collect();
            assert_eq!(before, after);
            node.kept.resume();
            assert!(!group.is_frozen());
            eventually("it goes on", || ids.iter().any(|id| ticks(*id) > before[0]));
        }
        std::fs::write(node.folder.path().join("over"), "").unwrap();
        assert_eq!(node.line(), "over");
    }
}

#[test]
fn a_frozen_node_is_killed_and_its_group_removed() {
    for enclosure in groups() {
        let mut node = enclosed("setsid sleep 100 & echo; exec sleep 100", &enclosure);
        node.line();
        let Some(group) = group(&node).cloned() else { continue };
        let space = namespace(&node.kept.id().to_string(), "pid").unwrap();
        node.kept.pause();
        node.kept.kill();
        assert_eq!(node.kept.ended(), Some(Exit::Signal(9)));
        assert_eq!((group.processes().len(), group.freezes()), (0, false));
        if enclosure.private.is_some() {
            assert_eq!(inhabitants("pid", &space), []);
        }
    }
}

#[test]
fn a_frozen_node_whose_keeper_is_killed_goes_too() {
    for enclosure in groups() {
        let mut node = enclosed("setsid sleep 100 & echo; exec sleep 100", &enclosure);
        node.line();
        let Some(group) = group(&node).cloned() else { continue };
        let ids = group.processes();
        let mut keeper = node.kept.id();
        while parent(keeper) != std::process::id() as i32 {
            keeper = parent(keeper);
        }
        node.kept.pause();
        std::process::Command::new("kill").args(["-9", &keeper.to_string()]).status().unwrap();
        assert_eq!(node.kept.ended_within(LONG), Some(Exit::Signal(9)));
        assert_eq!((group.processes().len(), group.freezes()), (0, false));
        let gone = |id| !std::path::Path::new(&format!("/proc/{id}")).exists();
        eventually("no process", || ids.iter().all(gone));
    }
}

#[test]
fn only_the_node_is_in_its_group_and_nobody_of_the_harness() {
    if !may_enclose() {
        return;
    }
    let limits = Some(Limits::default());
    let mut node = enclosed("sleep 100 & echo; exec cat", &Enclosure { limits, ..private() });
    node.line();
    let Some(group) = group(&node) else { return };
    let inside = inhabitants("pid", &namespace(&node.kept.id().to_string(), "pid").unwrap());
    let expected: BTreeSet<i32> = inside[1..].iter().map(|(id, _)| *id).collect();
    let members: BTreeSet<i32> = group.processes().into_iter().map(|id| id.as_raw()).collect();
    assert_eq!((members.len(), members), (2, expected));
}

#[test]
fn a_share_of_a_processor_is_kept_to_and_can_be_lifted() {
    let limits = Some(Limits { cpu_percent: Some(10), memory_bytes: None });
    if offered()[1].works.is_err() {
        println!("skipped: {:?}", offered()[1]);
        return;
    }
    let mut node =
        enclosed("echo; while :; do :; done", &Enclosure { limits, ..Enclosure::none() });
    node.line();
    std::thread::sleep(Duration::from_millis(500));
    // A tick is 10 ms: a tenth of half a second, with room for what it began with.
    let used = ticks(node.kept.id());
    assert!(used <= 25, "{used}");
    node.kept.cgroup().unwrap().limit_cpu(None).unwrap();
    eventually("it has a processor", || ticks(node.kept.id()) > used + 50);
    let without = node.kept.cgroup().unwrap().limit_cpu(Some(0)).unwrap_err().to_string();
    assert!(without.ends_with("pause it"), "{without}");
}

#[test]
fn who_takes_more_memory_than_there_is_is_killed() {
    if offered()[2].works.is_err() {
        println!("skipped: {:?}", offered()[2]);
        return;
    }
    for enclosure in groups() {
        let limits = Some(Limits { cpu_percent: None, memory_bytes: Some(64 << 20) });
        let hungry = program("python3", &["-c", "print(len('x' * (200 << 20)))"]);
        let mut node = within(&hungry, &keeper(), &Enclosure { limits, ..enclosure });
        assert_eq!(node.kept.ended_within(LONG), Some(Exit::Signal(9)));
        assert_eq!((node.rest().as_str(), node.kept.left_behind()), ("", 0));
    }
}

#[test]
fn what_is_offered_is_told_without_a_trace() {
    for check in offered() {
        match check.works {
            Ok(how) => assert!(!how.is_empty()),
            Err(why) => assert!(!why.is_empty() && check.mend.starts_with("run as root")),
        }
    }
}
