//! `--bin`: programs of one's own, in any language.

use crate::pepperland::{Folder, ends};

/// A node in Python that lives in virtual time: it sends to each member, and delivers.
const NODE: &str = r#"#!/usr/bin/env python3
import json, sys

def say(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")

me, groups = None, {}
for line in sys.stdin:
    message = json.loads(line)
    src, body = message["src"], message["body"]
    kind = body["type"]
    if kind == "init":
        me, groups = body["node_id"], body["groups"]
        ok = {"type": "init_ok", "in_reply_to": body["msg_id"], "features": ["time"]}
        say(src, ok)
    elif kind == "multicast":
        data = {"type": "data", "id": body["id"], "payload": body["payload"]}
        for member in groups[body["group"]]:
            say(member, data)
        say(src, {"type": "multicast_ok", "in_reply_to": body["msg_id"]})
    elif kind == "data":
        say("harness", {"type": "deliver", "id": body["id"], "payload": body["payload"]})
    say("harness", {"type": "done"})
    sys.stdout.flush()
"#;

fn with_node(text: &str) -> Folder {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    folder.write("node.py", text);
    let path = folder.path("node.py");
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn a_program_is_judged_by_what_every_multicast_owes() {
    let folder = with_node(NODE);
    let ended = folder
        .run("run --bin ./node.py --nodes 3 --runs 2 --format json --faults none --faults delay");
    ends(&ended, 0, "every property held in 4 runs");
    for property in ["no-creation", "no-duplication", "validity-self", "agreement"] {
        assert!(ended.stdout.contains(property), "{}", ended.stdout);
    }
}

#[test]
fn a_finding_replays_with_its_own_program_while_it_is_there() {
    let folder = Folder::new();
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_pepperland"), folder.path("broken")).unwrap();
    let args = "--arg node --arg --impl --arg fifo --arg --flaw --arg no-hold-back-queue";
    let run = "--nodes 2 --runs 3 --faults none --properties fifo";
    ends(&folder.run(&format!("run --bin broken {args} {run}")), 1, "1 property violated");
    let finding = folder.only_finding();
    ends(&folder.run(&format!("replay {finding}")), 1, "violates");
    let schedule = format!("runs/latest/findings/{finding}/schedule.jsonl");
    let bare = format!("{schedule} --bin ./broken {args} --properties fifo");
    ends(&folder.run(&format!("replay {bare}")), 1, "violates");
    ends(&folder.run(&format!("shrink {bare} --out shrunk")), 1, "violates");
    std::fs::remove_file(folder.path("broken")).unwrap();
    let gone = folder.run(&format!("replay {}", folder.finding_in("shrunk")));
    ends(&gone, 64, "usage");
    let why = ["there is no program", "broken"];
    assert!(why.iter().all(|word| gone.stderr.contains(word)), "{}", gone.stderr);
}

#[test]
fn what_does_not_go_together_is_refused() {
    let folder = with_node(NODE);
    let refused = [
        ("run --bin ./node.py --impl fifo", "cannot be used with"),
        ("run --bin ./node.py --flaw no-hold-back-queue", "cannot be used with"),
        ("run --arg x", "--bin"),
        ("run --bin ./node.py --network netns --runtime sim", "runs on the process runtime alone"),
        ("run --bin ./node.py --runtime sim", "runs on the process runtime alone"),
        ("run --bin ./none.py", "there is no program"),
        ("run --impl fifo --real-time", "only the process runtime knows real time"),
        ("run --bin ./node.py --arg", "a value is required"),
        ("run --bin /bin/true", "is no node program"),
    ];
    for (arguments, why) in refused {
        let ended = folder.run(arguments);
        ends(&ended, 64, "usage");
        assert!(ended.stderr.contains(why), "{arguments}: {}", ended.stderr);
    }
}

#[test]
fn implementations_of_the_library_run_as_processes_too() {
    let folder = Folder::new();
    let run = "run --impl fifo --runtime process --runs 2 --faults crash --format json";
    let ended = folder.run(run);
    ends(&ended, 0, "every property held");
    assert!(ended.stdout.contains("\"runtime\":\"process\""), "{}", ended.stdout);
    let flawed = "run --impl fifo --flaw no-hold-back-queue --runtime process --runs 3 \
                  --faults none --properties fifo";
    ends(&folder.run(flawed), 1, "violated");
    ends(&folder.run(&format!("replay {}", folder.only_finding())), 1, "violates");
}

#[test]
fn what_needs_requests_to_arrive_at_once_is_not_claimed_in_real_time() {
    let folder = Folder::new();
    let run =
        "run --impl membership-service --runtime process --runs 1 --faults none --format json";
    let judged = |more: &str| {
        let ended = folder.run(&format!("{run}{more}"));
        // Nobody was excluded, so that nothing was seen of what the excluded deliver.
        ends(&ended, 2, "undecided");
        ended.stdout.contains("\"sending-view-delivery\"")
    };
    assert_eq!([judged(""), judged(" --real-time")], [true, false]);
}

#[test]
fn runtimes_are_listed_with_processes() {
    let listed = Folder::new().run("list runtimes");
    assert!(listed.stdout.lines().any(|line| line.starts_with("process ")), "{}", listed.stdout);
}
