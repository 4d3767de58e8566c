//! Harnesses that are killed, and several at once: nothing of their nodes is left, or meets.

use crate::node::{
    enclosed, eventually, ids, inhabitants, keeper, may_enclose, namespace, private, program,
};
use pepperland_process::kept::{Clocks, Enclosure, Kept, Limits};
use std::collections::BTreeSet;
use std::env::current_exe;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

const KINDS: [&str; 5] = ["mnt", "pid", "ipc", "uts", "time"];

/// A harness as a process of its own, which has started three nodes in a folder.
struct Harness {
    process: Child,
    /// The nodes' namespaces, of each kind.
    namespaces: Vec<(&'static str, String)>,
}

impl Harness {
    fn start(folder: &Path) -> Harness {
        let mut command = Command::new(current_exe().unwrap());
        command.args(["--exact", "vanishing::runs_enclosed_nodes_until_it_is_killed", "--ignored"]);
        command.env("NODES", folder).stdout(Stdio::null());
        let process = command.spawn().unwrap();
        let ready = folder.join("ready");
        eventually("three nodes run", || ready.exists());
        let ids = std::fs::read_to_string(ready).unwrap();
        let of = |id: &str| KINDS.map(|kind| (kind, namespace(id, kind).unwrap()));
        let namespaces = ids.split_whitespace().flat_map(of).collect();
        Harness { process, namespaces }
    }

    fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// All processes in its nodes' namespaces.
    fn inhabitants(&self) -> BTreeSet<i32> {
        let all = self.namespaces.iter().flat_map(|(kind, name)| inhabitants(kind, name));
        all.map(|(id, _)| id).collect()
    }

    /// The control groups that bear its name.
    fn groups(&self) -> Vec<PathBuf> {
        let name = format!("-{}", self.process.id());
        let tree = Command::new("find").args(["/sys/fs/cgroup", "-name", "pepperland-*"]).output();
        let tree = String::from_utf8(tree.unwrap().stdout).unwrap();
        tree.lines().filter(|path| path.ends_with(&name)).map(PathBuf::from).collect()
    }

    /// Whichever thread has started them.
    fn keepers(&self) -> Vec<i32> {
        let parent = format!("PPid:\t{}\n", self.process.id());
        let is_child = |id: &i32| {
            std::fs::read_to_string(format!("/proc/{id}/status")).is_ok_and(|s| s.contains(&parent))
        };
        ids().into_iter().filter(is_child).collect()
    }
}

impl Drop for Harness {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn mounts() -> String {
    std::fs::read_to_string("/proc/self/mountinfo").unwrap()
}

#[test]
fn when_the_harness_is_killed_no_namespace_mount_or_group_is_left() {
    if !may_enclose() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(folder.path());
    let inside = harness.inhabitants();
    // In each a first process, the node, and its three.
    assert_eq!(inside.len(), 15, "{inside:?}");
    assert!(!mounts().contains(&folder.path().display().to_string()));
    harness.kill();
    eventually("no process in any namespace", || harness.inhabitants().is_empty());
    eventually("no process", || inside.iter().all(|id| !is_there(*id)));
    eventually("no control group", || harness.groups().is_empty());
}

fn is_there(id: i32) -> bool {
    Path::new(&format!("/proc/{id}")).exists()
}

#[test]
#[ignore = "is run and killed by others"]
fn runs_enclosed_nodes_until_it_is_killed() {
    let Some(folder) = std::env::var_os("NODES").map(PathBuf::from) else { return };
    let text = "trap '' TERM HUP INT; sleep 100 & (setsid sleep 100 &); \
                setsid sh -c 'trap \"\" TERM HUP; read never' < fifo & \
                echo here > /dev/shm/pepperland; touch begun; while :; do read line; done";
    let limits = Some(Limits::default());
    let start = |n: usize| {
        let own = folder.join(n.to_string());
        std::fs::create_dir(&own).unwrap();
        Command::new("mkfifo").arg(own.join("fifo")).status().unwrap();
        let mut enclosure = Enclosure { limits, ..private() };
        enclosure.private.as_mut().unwrap().clocks = Some(Clocks::default());
        let kept = Kept::start(&program("sh", &["-c", text]), &keeper(), &own, &enclosure).unwrap();
        let space = namespace(&kept.id().to_string(), "pid").unwrap();
        eventually("it has begun", || own.join("begun").exists());
        eventually("five processes", || inhabitants("pid", &space).len() == 5);
        kept
    };
    let nodes: Vec<Kept> = (0..3).map(start).collect();
    nodes[1].pause();
    let ids: Vec<String> = nodes.iter().map(|node| node.id().to_string()).collect();
    std::fs::write(folder.join("unready"), ids.join(" ")).unwrap();
    std::fs::rename(folder.join("unready"), folder.join("ready")).unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn two_harnesses_at_once_do_not_meet() {
    if !may_enclose() {
        return;
    }
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let [mut one, mut other] = folders.each_ref().map(|folder| Harness::start(folder.path()));
    let names = |harness: &Harness| harness.namespaces.iter().cloned().collect::<BTreeSet<_>>();
    assert!(names(&one).is_disjoint(&names(&other)));
    assert!(one.groups().iter().all(|group| !other.groups().contains(group)));
    let (before, groups) = (other.inhabitants(), other.groups());
    one.kill();
    eventually("one is gone", || one.inhabitants().is_empty() && one.groups().is_empty());
    // Whoever starts a node sweeps: the living are spared.
    drop(enclosed("true", &Enclosure { limits: Some(Limits::default()), ..Enclosure::none() }));
    assert_eq!((other.inhabitants(), other.groups()), (before, groups));
    other.kill();
    eventually("no other", || other.inhabitants().is_empty() && other.groups().is_empty());
}

#[test]
fn what_killed_keepers_leave_the_next_harness_removes() {
    if !may_enclose() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut harness = Harness::start(folder.path());
    let keepers = harness.keepers();
    assert_eq!(keepers.len(), 3);
    let signal = |signal: &str| {
        let ids = keepers.iter().map(i32::to_string);
        Command::new("kill").arg(signal).args(ids).status().unwrap();
    };
    signal("-STOP");
    harness.kill();
    signal("-KILL");
    Command::new(current_exe().unwrap())
        .args(["--exact", "vanishing::starts_a_limited_node", "--ignored"])
        .stdout(Stdio::null())
        .status()
        .unwrap();
    eventually("no process in any namespace", || harness.inhabitants().is_empty());
    assert_eq!(harness.groups(), Vec::<PathBuf>::new());
}

#[test]
#[ignore = "is run by another test, as a harness that starts later"]
fn starts_a_limited_node() {
    drop(enclosed("true", &Enclosure { limits: Some(Limits::default()), ..Enclosure::none() }));
}

/// These very tests, as another user and in namespaces of that user's own.
fn again_as(before: &[&str], tests: &str) -> Option<(bool, String)> {
    let probe = Command::new(before[0]).args(&before[1..]).arg("true").output();
    if !probe.is_ok_and(|output| output.status.success()) {
        println!("skipped: `{}` does not work here", before.join(" "));
        return None;
    }
    let mut command = Command::new(before[0]);
    command.args(&before[1..]).arg(current_exe().unwrap()).arg(tests).current_dir("/");
    let output = command.args(["--nocapture", "--test-threads", "2"]).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

const NOBODY: [&str; 4] = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];

#[test]
fn in_a_user_namespace_all_works_but_the_control_groups() {
    let nobody = [&NOBODY[..], &["unshare", "-Ur"]].concat();
    if let Some((passed, said)) = again_as(&nobody, "enclosed::") {
        assert!(passed && !said.contains("skipped"), "{said}");
    }
}

#[test]
fn who_may_make_no_namespaces_is_told_how_to() {
    if let Some((passed, said)) = again_as(&NOBODY, "enclosed::it_cannot_kill") {
        let mend = "skipped: the node can have no namespace of its own for its processes \
                    (Operation not permitted): run as root";
        assert!(passed && said.contains(mend), "{said}");
    }
}
