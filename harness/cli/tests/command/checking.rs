//! `pepperland check`: histories by hand, several at once, and what is left out.

use crate::pepperland::{Ended, Folder, ends};
use serde_json::Value;

const FIFO_BROKEN: &str = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"complete":true,"clock":"virtual"}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"broadcast","m":"n1:0:2"}
{"t":3,"n":"n2","k":"deliver","m":"n1:0:2"}
{"t":4,"n":"n2","k":"deliver","m":"n1:0:1"}
"#;

/// The histories that the page on the format writes out.
fn by_hand() -> Vec<String> {
    let page = include_str!("../../../../docs/history-format.md");
    let (_, section) = page.split_once("## Three histories by hand").unwrap();
    let blocks = section.split("```json\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

fn verdicts(ended: &Ended) -> Vec<Value> {
    ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn verdict(folder: &Folder, history: &str, property: &str) -> Value {
    folder.write("h.jsonl", history);
    let asked = format!("check h.jsonl --properties {property} --format json");
    verdicts(&folder.run(&asked)).remove(0)
}

#[test]
fn the_histories_of_the_format_are_judged_as_it_says() {
    let (folder, histories) = (Folder::new(), by_hand());
    let broken = [
        (0, "fifo"),
        (0, "fifo-order"),
        (0, "validity-self"),
        (1, "virtual-synchrony"),
        (2, "linearizability"),
    ];
    for (history, property) in broken {
        let verdict = verdict(&folder, &histories[history], property);
        assert_eq!(verdict["outcome"], "violated", "{property}: {verdict}");
        assert!(verdict["argument"].as_str().unwrap().ends_with(": a contradiction"));
    }
    let fifo = verdict(&folder, &histories[0], "fifo");
    assert_eq!(fifo["witness"], serde_json::json!([0, 1, 2, 3]));
}

#[test]
fn all_judges_what_the_history_speaks_of_and_says_what_it_left_out() {
    let folder = Folder::new();
    for (number, history) in by_hand().iter().enumerate() {
        folder.write(&format!("{number}.jsonl"), history);
    }
    let ended = folder.run("check 0.jsonl 1.jsonl 2.jsonl --properties all --format json");
    ends(&ended, 1, "violations");
    let verdicts = verdicts(&ended);
    let of = |file: &str| verdicts.iter().filter(|v| v["history"] == *file).count();
    assert!(of("0.jsonl") > 10 && of("1.jsonl") > 10 && of("2.jsonl") > 0, "{}", ended.stdout);
    let views = |line: &&str| line.starts_with("0.jsonl: left out, for want of view: ");
    let left_out = ended.stderr.lines().find(views).unwrap();
    assert!(left_out.contains("virtual-synchrony"), "{left_out}");
    let default = folder.run("check 0.jsonl 1.jsonl 2.jsonl --format json");
    assert_eq!(default.stdout, ended.stdout);
    let alone = folder.run("check 0.jsonl 1.jsonl 2.jsonl --format json --jobs 1");
    assert_eq!(alone.stdout, ended.stdout);
}

#[test]
fn where_the_environment_broke_its_promise_nobody_is_accused() {
    let folder = Folder::new();
    let promised = r#""complete":true,"about":{"bounds":{"faults":0}}"#;
    let crash = r#"{"t":5,"n":"n1","k":"crash"}"#;
    let history = FIFO_BROKEN.replace(r#""complete":true"#, promised) + crash;
    folder.write("h.jsonl", &history);
    let ended = folder.run("check h.jsonl --properties fifo");
    ends(&ended, 2, "undecided");
    assert!(ended.stdout.contains("outside the model: fault-budget is broken"), "{}", ended.stdout);
    let beyond = folder.run("check h.jsonl --properties fifo --beyond-model");
    ends(&beyond, 1, "violations");
    assert!(beyond.stdout.contains("outside the model"), "{}", beyond.stdout);
    let json = folder.run("check h.jsonl --properties fifo --beyond-model --format json");
    assert_eq!(verdicts(&json)[0]["beyond_model"], true);
    let broken = folder.run("check h.jsonl --properties fault-budget");
    ends(&broken, 1, "violations");
}

#[test]
fn a_history_of_another_tool_is_judged() {
    let folder = Folder::new();
    folder.write("history.jsonl", FIFO_BROKEN);
    let ended = folder.run("check history.jsonl --properties fifo,no-duplication --format json");
    ends(&ended, 1, "1 of 2 verdicts");
    let lines: Vec<serde_json::Value> =
        ended.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["property"], "fifo");
    assert_eq!(lines[0]["outcome"], "violated");
    assert_eq!(lines[0]["v"], 1);
    assert_eq!(lines[1]["outcome"], "held");
}

#[test]
fn an_incomplete_history_leaves_liveness_undecided() {
    let folder = Folder::new();
    folder.write("history.jsonl", &FIFO_BROKEN.replace("true", "false"));
    let ended = folder.run("check history.jsonl --properties validity-self");
    ends(&ended, 2, "1 of 1 verdicts are undecided");
}

#[test]
fn a_broken_history_is_refused_with_its_place_and_nothing_is_judged() {
    let folder = Folder::new();
    folder.write("good.jsonl", FIFO_BROKEN);
    folder.write("bad.jsonl", &FIFO_BROKEN.replace("\"k\":\"deliver\"", "\"k\":\"delivr\""));
    let ended = folder.run("check good.jsonl bad.jsonl");
    ends(&ended, 64, "usage");
    assert!(ended.stderr.contains("bad.jsonl: line 4"), "{}", ended.stderr);
    assert!(ended.stderr.contains("did you mean \"deliver\"?"), "{}", ended.stderr);
    assert_eq!(ended.stdout, "");
}

/// n1 suspects n2 by mistake for 4 ms, and 15 ms after its crash for good.
const DETECTED: &str = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"complete":true,"clock":"virtual","end":200000000}
{"t":10000000,"n":"n1","k":"suspect","target":"n2"}
{"t":14000000,"n":"n1","k":"trust","target":"n2"}
{"t":100000000,"n":"n2","k":"crash"}
{"t":115000000,"n":"n1","k":"suspect","target":"n2"}
"#;

#[test]
fn the_quality_of_a_failure_detector_is_told_to_people() {
    let folder = Folder::new();
    folder.write("h.jsonl", DETECTED);
    let ended = folder.run("check h.jsonl --properties detector-completeness");
    ends(&ended, 0, "every property held");
    let told: Vec<&str> = ended.stdout.lines().skip(1).collect();
    let figures = "1  15.0     15.0         1  10.000     -  4.0    -  0.96000";
    assert!(told[0].starts_with("failure detectors, ms"), "{}", ended.stdout);
    assert_eq!(told[1], format!("n1 on n2                      {figures}"));
    assert_eq!(told[2], format!("1 pairs                       {figures}"));
    let json = folder.run("check h.jsonl --properties detector-completeness --format json");
    assert_eq!(json.stdout.lines().count(), 1, "{}", json.stdout);
    folder.write("silent.jsonl", FIFO_BROKEN);
    let silent = folder.run("check silent.jsonl --properties fifo");
    assert!(!silent.stdout.contains("failure detectors"), "{}", silent.stdout);
}
