//! What nobody should do, done: odd numbers, closed pipes, full devices, forged files.

use crate::pepperland::{Ended, Folder};

fn ends(ended: &Ended, code: i32, said: &str) {
    let all = format!("{}{}", ended.stdout, ended.stderr);
    assert_eq!(ended.code, code, "{all}");
    assert!(all.contains(said), "{all}");
    assert!(!all.contains("panicked"), "{all}");
}

fn suite(extra: &str) -> Ended {
    let folder = Folder::new();
    let text = format!("runs = 3\n[[scenario]]\nimpl = \"basic\"\nfaults = \"none\"\n{extra}\n");
    folder.write("suite.toml", &text);
    folder.run("run suite.toml")
}

#[test]
fn a_run_that_had_no_time_to_settle_accuses_nobody() {
    ends(&suite("settle-ms = 0"), 2, "undecided");
    ends(&suite("settle-ms = 10"), 2, "undecided");
}

#[test]
fn a_run_that_ends_before_late_messages_come_accuses_nobody() {
    let run = "run --impl basic --faults delay:most=1000s --properties validity-all --runs 5";
    let ended = Folder::new().run(run);
    ends(&ended, 2, "what is missing may still come");
}

#[test]
fn a_strategy_that_only_orders_messages_needs_a_runtime_that_can() {
    let ended = Folder::new().run("run --impl basic --strategy pos --runtime turmoil --runs 2");
    ends(&ended, 64, "turmoil cannot order messages as the strategy \"pos\" asks");
}

#[test]
fn numbers_without_sense_are_refused() {
    ends(&suite("nodes = 0"), 64, "nodes must be from 1");
    ends(&suite("nodes = 4294967297"), 64, "nodes must be from 1");
    ends(&suite("broadcasts = 9223372036854775807"), 64, "broadcasts must be at most");
    ends(&suite("latency-ms = [50, 1]"), 64, "must not be greater");
    ends(&suite("latency-ms = [1, 9223372036854775807]"), 64, "times must be at most");
    let folder = Folder::new();
    ends(&folder.run("run --impl basic --nodes 4294967296"), 64, "nodes must be from 1");
    ends(&folder.run("run --impl basic --faults ,"), 64, "write \"none\"");
    let long = "run --impl basic --faults none --runs 10_000_000_000_000 --budget 300ms";
    ends(&folder.run(long), 0, "every property held");
}

#[test]
fn what_is_named_twice_is_judged_once() {
    let folder = Folder::new();
    let twice = "run --impl basic,basic --properties no-creation,no-creation --faults none";
    let ended = folder.run(&format!("{twice} --runs 2 --format json"));
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
}

#[test]
fn fault_profiles_named_twice_are_tried_once_under_one_name() {
    let folder = Folder::new();
    let twice = "run --impl basic --properties no-creation --runs 2 --format json";
    let ended = folder.run(&format!("{twice} --faults crash,crash --faults crash"));
    assert_eq!(ended.stdout.lines().count(), 1, "{}", ended.stdout);
    assert!(ended.stdout.contains("\"scenario\":\"basic/steady/crash\""), "{}", ended.stdout);
}

#[test]
fn no_faults_are_not_combined_with_some() {
    let why = "\"none\" combines with no other; leave it out";
    ends(&Folder::new().run("run --impl basic --faults none,crash"), 64, why);
    ends(&Folder::new().run("run --impl basic --faults none --faults crash --runs 2"), 0, "held");
    let folder = Folder::new();
    folder.write("s.toml", "[[scenario]]\nimpl = \"basic\"\nfaults = \"crash,none\"\n");
    ends(&folder.run("run s.toml"), 64, why);
}

#[test]
fn scenarios_that_differ_in_their_numbers_have_names_of_their_own() {
    let folder = Folder::new();
    let scenario = "[[scenario]]\nimpl = \"basic\"\nfaults = \"none\"\n";
    folder.write("s.toml", &format!("runs=1\n{scenario}nodes = 3\n{scenario}nodes = 4\n"));
    let ended = folder.run("run s.toml --format json");
    assert!(ended.stdout.contains("basic(nodes=3)/steady/none"), "{}", ended.stdout);
    assert!(ended.stdout.contains("basic(nodes=4)/steady/none"), "{}", ended.stdout);
}

const SCHEDULE: &str = include_str!("../../../../impls/killers/no-relay.jsonl");

#[test]
fn a_schedule_outside_the_model_accuses_nobody() {
    let folder = Folder::new();
    let sound = SCHEDULE.replace("\"flaw\":\"no-relay\",", "");
    let lossy = format!("{sound}{{\"at\":0,\"fault\":\"lose\",\"rate\":1000000}}\n");
    folder.write("lossy.jsonl", &lossy);
    ends(&folder.run("replay lossy.jsonl"), 2, "outside the model");
    ends(&folder.run("shrink lossy.jsonl"), 2, "leaves every property undecided");
}

#[test]
fn a_schedule_that_no_runtime_can_run_is_refused() {
    let folder = Folder::new();
    folder.write("group.jsonl", &SCHEDULE.replace("\"body\"", "\"group\":\"g8\",\"body\""));
    ends(&folder.run("replay group.jsonl"), 64, "\"g8\"; it must be g1, the only group");
    folder.write("many.jsonl", &SCHEDULE.replace("\"nodes\":3", "\"nodes\":4294967295"));
    ends(&folder.run("replay many.jsonl"), 64, "4294967295 nodes");
}

fn shell(folder: &Folder, script: &str) -> Ended {
    let pepperland = env!("CARGO_BIN_EXE_pepperland");
    let script = script.replace("pepperland", pepperland);
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .current_dir(folder.path("."))
        .output()
        .unwrap();
    Ended {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn a_reader_that_goes_away_changes_nothing() {
    let run = "pepperland run --impl basic --faults none --runs 5 --out q";
    let both = format!("{run} 2>&1 | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}");
    ends(&shell(&Folder::new(), &both), 0, "");
}

#[test]
fn a_device_that_takes_nothing_is_a_failure_of_ours() {
    let folder = Folder::new();
    let run = "pepperland run --impl basic --faults none --runs 5 --out q";
    ends(&shell(&folder, &format!("{run} >/dev/full")), 70, "failed to write the results");
    ends(&shell(&folder, &format!("{run} 2>/dev/full")), 0, "held");
}

#[test]
fn a_finding_elsewhere_replays_by_the_command_that_was_printed() {
    let folder = Folder::new();
    let run = "run --impl basic --properties agreement --faults crash --runs 100";
    let first = folder.run(&format!("{run} --out elsewhere"));
    let id = folder.finding_in("elsewhere");
    assert!(first.stdout.contains(&format!("pepperland replay {id}")));
    assert_eq!(folder.run(&format!("replay {id}")).code, 1);
    // A later run moves runs/latest; older ids are still found among the runs.
    folder.run(run);
    folder.run("run --impl basic --faults none --runs 1");
    assert_eq!(folder.run(&format!("replay {id}")).code, 1);
}

#[test]
fn a_folder_used_again_keeps_nothing_of_the_run_before() {
    let folder = Folder::new();
    folder.run("run --impl basic --properties agreement --faults crash --runs 100 --out again");
    folder.run("run --impl basic --faults none --runs 2 --out again");
    assert!(!folder.path("again/findings").exists());
}

#[test]
fn a_forged_id_writes_nowhere() {
    let folder = Folder::new();
    folder.run("run --impl basic --properties agreement --faults crash --runs 100 --out r");
    let id = folder.finding_in("r");
    let facts = format!("r/findings/{id}/verdicts.json");
    let forged = folder.read(&facts).replace(&format!("\"id\": \"{id}\""), "\"id\": \"../../x\"");
    folder.write(&facts, &forged);
    ends(&folder.run("report r"), 64, "its id is none");
    assert!(!folder.path("r/x").exists() && !folder.path("x").exists());
}

#[test]
fn what_a_terminal_would_obey_is_made_visible() {
    let folder = Folder::new();
    let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1"]}"#;
    folder
        .write("h.jsonl", &format!("{header}\n{{\"t\":1,\"n\":\"n1\",\"k\":\"\\u001b[31mx\"}}\n"));
    let ended = folder.run("check h.jsonl");
    assert_eq!(ended.code, 64);
    assert!(!ended.stderr.contains('\u{1b}'), "{:?}", ended.stderr);
    folder.write("s.toml", "runs = 1\n# \u{1b}[31m\n[[scenaro]]\n");
    assert!(!folder.run("run s.toml").stderr.contains('\u{1b}'));
}

#[test]
fn a_byte_order_mark_is_named() {
    let folder = Folder::new();
    folder.write("bom.jsonl", "\u{feff}{\"format\":\"pepperland.history\"}\n");
    ends(&folder.run("check bom.jsonl"), 64, "byte order mark");
}

#[test]
fn bytes_that_are_no_text_are_named_by_their_place() {
    let folder = Folder::new();
    let mut schedule = SCHEDULE.as_bytes().to_vec();
    let second = SCHEDULE.find('\n').unwrap() + 1;
    schedule.insert(second + 2, 0xff);
    std::fs::write(folder.path("s.jsonl"), &schedule).unwrap();
    let place = "s.jsonl: line 2, column 3: the bytes from here on are not UTF-8";
    ends(&folder.run("replay s.jsonl"), 64, place);
    ends(&folder.run("shrink s.jsonl"), 64, place);
    std::fs::write(folder.path("s.toml"), b"runs = 3 # \xff\n").unwrap();
    ends(&folder.run("run s.toml"), 64, "s.toml: line 1, column 12: the bytes");
}

#[test]
fn a_shrunk_schedule_is_still_there_when_the_pages_are_written_again() {
    let folder = Folder::new();
    folder.write("k.jsonl", SCHEDULE);
    folder.run("shrink k.jsonl --properties agreement --out s");
    folder.run("report s");
    let id = folder.finding_in("s");
    assert!(folder.read("s/index.html").contains(&id));
    assert!(folder.read("s/verdicts.json").contains("\"outcome\": \"violated\""));
}
