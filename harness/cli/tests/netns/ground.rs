//! Whether this machine lets nodes be in namespaces, and a node of Python in one.

use pepperland_core::history::{Header, History, Kind};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::Schedule;
use pepperland_process::kept::Keeper;
use pepperland_process::live::{Cast, Joint, run};
use pepperland_process::program::Program;
use std::path::PathBuf;

/// Why the test cannot be made here, told to whoever reads the tests' output.
pub fn lacks(tried: Result<String, String>) -> bool {
    tried.map_err(|why| println!("skipped: {why}")).is_err()
}

/// Whether there are no networks for nodes here.
pub fn no_networks() -> bool {
    lacks(pepperland_netns::probe::network().works)
}

/// What each program begins with: it is ready, and may tell.
const BEGINNING: &str = r#"
import json, os, socket, sys, time
first = json.loads(sys.stdin.readline())
me, init = first["dest"], first["body"]
def say(dest, **body):
    print(json.dumps({"src": me, "dest": dest, "body": body}), flush=True)
def note(*words):
    say("harness", type="note", text=" ".join(map(str, words)))
say("c0", type="init_ok", in_reply_to=1)
"#;

/// Runs nodes of this text under these disturbances, for as long as `enough` says or 4 s.
pub fn live(text: &str, disturbances: &[&str], enough: impl Fn(&History) -> bool) -> History {
    let header = r#"{"format":"pepperland.schedule","version":1,"impl":"program","nodes":2,"seed":"0x1","network":{"min_latency":1000000,"max_latency":2000000,"channel":"fair-loss","in_flight":"kept"},"heal_at":2000000000,"end":4000000000}"#;
    let lines: Vec<&str> = std::iter::once(header).chain(disturbances.iter().copied()).collect();
    let schedule = Schedule::from_text(&lines.join("\n")).unwrap();
    let args = vec!["-c".to_owned(), format!("{BEGINNING}{text}\nfor line in sys.stdin: pass\n")];
    let program = Program { path: PathBuf::from("python3"), args };
    let keeper = Keeper::executable(PathBuf::from(env!("CARGO_BIN_EXE_pepperland")));
    let (joint, detail) = (Joint::Sockets, Detail::Network);
    let cast =
        Cast { program: &program, keeper: &keeper, joint, build: None, in_views: false, detail };
    let header = Header::of_schedule("process", &schedule);
    run(&cast, &schedule, header, &enough).unwrap_or_else(|error| panic!("{error}"))
}

/// What a node has noted, in order.
pub fn notes(history: &History, node: &str) -> Vec<String> {
    let told = lines(history, Kind::Note);
    let its = told.iter().filter(|line| line["n"] == node && line.get("breach").is_none());
    its.map(|line| line["text"].as_str().unwrap_or_default().to_owned()).collect()
}

/// The events of a kind, as they are written.
pub fn lines(history: &History, kind: Kind) -> Vec<serde_json::Value> {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let events = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    events.filter(|event| event["k"] == kind.word()).collect()
}
