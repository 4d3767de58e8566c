//! The command, where it does not go together, and where it is not root.

use crate::ground::no_networks;
use crate::pepperland::{Folder, ends};
use std::process::Command;

#[test]
fn only_processes_are_in_networks() {
    let folder = Folder::new();
    let refused = folder.run("run --impl fifo --runtime sim --network netns");
    ends(&refused, 64, "usage");
    assert!(refused.stderr.contains("only processes can be in network namespaces"));
    let refused = folder.run("run --impl fifo --network carrier-pigeon");
    ends(&refused, 64, "usage");
    assert!(refused.stderr.contains("it is stdio or netns"), "{}", refused.stderr);
}

#[test]
fn what_cannot_be_done_on_sockets_is_refused_by_name() {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    for (faults, why) in [
        ("byzantine:silent", "let a node lie on real sockets"),
        ("byzantine:twins", "second copy"),
        ("clock", "clock"),
    ] {
        let refused = folder.run(&format!("run --impl fifo --network netns --faults {faults}"));
        ends(&refused, 64, "usage");
        assert!(refused.stderr.contains(why), "{faults}: {}", refused.stderr);
    }
    let starved = folder.run("run --impl fifo --faults starve");
    ends(&starved, 64, "usage");
    assert!(starved.stderr.contains("cannot keep"), "{}", starved.stderr);
}

/// Answers `init`, in a network or not at all.
const AT_HOME: &str = r#"#!/usr/bin/env python3
import json, os, sys
first = json.loads(sys.stdin.readline())
me, init = first["dest"], first["body"]
assert init["addresses"][me].startswith("10.77."), init
assert init["channel"] and "time" not in init["features"], init
assert os.listdir("/run") == [] and os.readlink("/proc/self/ns/net") != "THEIRS", "not alone"
print(json.dumps({"src": me, "dest": "c0", "body": {"type": "init_ok", "in_reply_to": 1}}), flush=True)
for line in sys.stdin:
    asked = json.loads(line)["body"]
    if asked["type"] == "multicast":
        told = {"type": "deliver", "id": asked["id"], "payload": asked["payload"]}
        print(json.dumps({"src": me, "dest": "harness", "body": told}), flush=True)
"#;

#[test]
fn a_program_is_never_started_outside_of_its_network() {
    use std::os::unix::fs::PermissionsExt;
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    let theirs = std::fs::read_link("/proc/self/ns/net").unwrap();
    folder.write("node.py", &AT_HOME.replace("THEIRS", &theirs.to_string_lossy()));
    let path = folder.path("node.py");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let run = "run --bin ./node.py --nodes 1 --network netns --runs 1 --faults none \
               --properties no-duplication,line-protocol";
    ends(&folder.run(run), 0, "every property held");
}

#[test]
fn what_this_machine_lacks_is_no_fault_of_the_command_line() {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    let run = "run --impl fifo --network netns --runs 1 --jobs 1 --faults none";
    // Which step is refused depends on the limit, and on what a machine has open besides.
    for most in 8..32 {
        let few = format!("ulimit -n {most}; exec {} {run}", env!("CARGO_BIN_EXE_pepperland"));
        let ended = Command::new("sh").args(["-c", &few]).current_dir(folder.path(".")).output();
        let ended = ended.unwrap();
        let told = String::from_utf8_lossy(&ended.stderr);
        assert_eq!(ended.status.code(), Some(70), "{most} files: {told}");
        assert!(told.contains("`ulimit -n`"), "{most} files: {told}");
    }
}
