//! Programs in Python as nodes.

#![allow(dead_code, reason = "each test file uses its part")]

use pepperland_core::history::Channel;
use pepperland_core::schedule::{Frame, NetworkOptions, Schedule};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use pepperland_process::program::Program;
use std::path::PathBuf;

/// What every program begins with: it answers `init`, and reads on.
const BEGINNING: &str = r#"
import json, sys, time
def say(dest, body):
    sys.stdout.write(json.dumps({"src": me, "dest": dest, "body": body}) + "\n")
    sys.stdout.flush()
def tell(kind, **body):
    say("harness", dict(body, type=kind))
first = json.loads(sys.stdin.readline())
me, init = first["dest"], first["body"]
"#;

/// What most programs say when they begin.
pub const READY: &str = r#"
say("c0", {"type": "init_ok", "in_reply_to": init["msg_id"], "features": FEATURES})
tell("done")
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
"#;

/// A program that is ready with these features, and does this for each line.
pub fn each_line(features: &str, what: &str) -> Program {
    let indented: String = what.lines().map(|line| format!("    {line}\n")).collect();
    program(&format!("{}{indented}", READY.replace("FEATURES", features)))
}

/// A program of this text after its beginning.
pub fn program(text: &str) -> Program {
    let args = vec!["-c".to_owned(), format!("{BEGINNING}{text}")];
    Program { path: PathBuf::from("python3"), args }
}

/// A schedule of so many nodes, in which nothing happens.
pub fn schedule(nodes: u32) -> Schedule {
    let header = Frame {
        seed: Seed(7),
        end: Time::millis(100),
        ..Frame::of(
            "program",
            nodes,
            NetworkOptions {
                channel: Channel::FairLoss,
                ..NetworkOptions::perfect(Span::millis(1), Span::millis(2))
            },
        )
    };
    Schedule { header, steps: Vec::new(), disturbances: Vec::new() }
}
