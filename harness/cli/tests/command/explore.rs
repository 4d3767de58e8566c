//! `pepperland explore` as a user meets it.

use crate::pepperland::{Folder, ends};

#[test]
fn exit_0_the_property_holds_in_every_run_of_the_scope() {
    let folder = Folder::new();
    let ended = folder.run("explore --impl reliable --broadcasts 1 --crashes 1");
    ends(&ended, 0, "every property holds in all runs explored");
    for told in [
        "explored   3 nodes, at most 1 multicast and 1 crash",
        "states     1,238, by 4,459 steps",
        "all: 28 that differ in what nodes tell",
        "110,265 interleavings or more",
        "held       agreement: 28 runs, 21 of them with something to judge",
    ] {
        assert!(ended.stdout.contains(told), "{told} is not in:\n{}", ended.stdout);
    }
    let verdicts = folder.read("runs/latest/verdicts.json");
    assert!(verdicts.contains("\"agreement\""), "{verdicts}");
    assert!(!verdicts.contains("violated"), "{verdicts}");
}

#[test]
fn exit_1_the_shortest_counterexample_is_a_finding_that_replays() {
    let folder = Folder::new();
    let ended =
        folder.run("explore --impl reliable --flaw no-relay --crashes 1 --properties agreement");
    ends(&ended, 1, "1 property violated");
    let shortest = "violated   agreement: the shortest way takes 2 steps   F-";
    assert!(ended.stdout.contains(shortest), "{}", ended.stdout);
    let id = folder.only_finding();
    let schedule = folder.read(&format!("runs/latest/findings/{id}/schedule.jsonl"));
    let lines: Vec<&str> = schedule.lines().skip(1).collect();
    assert_eq!(lines, SHORTEST);
    assert!(schedule.contains("\"nodes\":3"), "{schedule}");
    let replays = [folder.run(&format!("replay {id}")), folder.run(&format!("replay {id}"))];
    replays.iter().for_each(|replay| ends(replay, 1, "the replay violates the property"));
    assert_eq!(replays[0].stdout, replays[1].stdout);
    let turmoil = folder.run(&format!("replay {id} --runtime turmoil"));
    ends(&turmoil, 1, "the replay violates the property");
}

/// The sender crashes when two of its three sends are done, and nobody passes the message on.
const SHORTEST: &[&str] = &[
    r#"{"id":0,"at":0,"n":"n1","do":"multicast","body":"1 of n1"}"#,
    r#"{"at":0,"fault":"crash","n":"n1","effects":2}"#,
];

#[test]
fn a_flaw_that_needs_a_certain_order_of_messages_is_found_without_faults() {
    let folder = Folder::new();
    let ended = folder.run("explore --impl fifo-basic --flaw no-hold-back-queue --nodes 2");
    ends(&ended, 1, "violated");
    assert!(ended.stdout.contains("fifo: the shortest way takes 3 steps"), "{}", ended.stdout);
    ends(&folder.run("explore --impl fifo-basic --nodes 2 --broadcasts 3"), 0, "every property");
}

#[test]
fn exit_2_what_is_not_exhaustive_is_not_held() {
    let folder = Folder::new();
    let timers = folder.run("explore --impl ack --broadcasts 1 --nodes 2");
    ends(&timers, 2, "not exhaustive: ack sets a timer at n1, and runs are explored without time");
    assert!(timers.stdout.contains("not all: "), "{}", timers.stdout);
    let many = folder.run("explore --impl reliable --broadcasts 1 --states 10");
    ends(&many, 2, "not exhaustive: there are more states; raise --states, or ask for less");
}

#[test]
fn exit_2_outside_the_model_nothing_is_said_unless_asked_for() {
    let folder = Folder::new();
    let losses = "explore --impl basic --broadcasts 1 --losses 1";
    ends(&folder.run(losses), 2, "outside the model: basic does not claim to live with loss");
    ends(&folder.run(&format!("{losses} --beyond-model")), 1, "violated");
}

#[test]
fn a_violation_counts_though_not_all_was_explored() {
    let flawed = "explore --impl reliable --flaw no-relay --crashes 1 --states 100";
    ends(&Folder::new().run(flawed), 1, "violated");
}

#[test]
fn exit_64_what_cannot_be_explored_is_refused_by_name() {
    let folder = Folder::new();
    for (arguments, why) in [
        ("", "--impl <NAME>"),
        ("--impl reliabel", "did you mean \"reliable\"?"),
        ("--impl reliable --flaw nonsense", "there is no flaw of reliable \"nonsense\""),
        ("--impl reliable --properties nonsense", "there is no property \"nonsense\""),
        ("--impl reliable --nodes 0", "0 is not in 1..=8"),
        ("--impl reliable --nodes 9", "9 is not in 1..=8"),
        ("--impl reliable --broadcasts 0", "0 is not in 1..=8"),
        ("--impl reliable --states 0", "it must be at least 1"),
        ("--impl reliable --nodes 2 --crashes 3", "of 2 nodes 3 cannot crash: lower --crashes"),
        (
            "--impl ordered-membership",
            "ordered-membership cannot be explored: its groups have views",
        ),
        ("--impl arithmetic", "arithmetic cannot be explored: it serves clients"),
        (
            "--impl reliable --properties quiescence",
            "quiescence cannot be judged by exploring: it judges more than what nodes multicast",
        ),
        (
            "--impl reliable --properties no-precognition",
            "no-precognition cannot be judged by exploring: it judges when things happen",
        ),
    ] {
        let ended = folder.run(&format!("explore {arguments}"));
        assert_eq!(ended.code, 64, "{arguments}: {}", ended.stderr);
        assert!(ended.stderr.contains(why), "{arguments}: {}", ended.stderr);
    }
    assert!(!folder.path("runs").exists());
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let folder = Folder::new();
    let verdicts = |jobs: &str| {
        let flawed =
            "explore --impl reliable --flaw deliver-before-relay --broadcasts 1 --crashes 2";
        let asked = format!("{flawed} --properties agreement,uniform-agreement --jobs {jobs}");
        let ended = folder.run(&format!("{asked} --format json --out {jobs}"));
        (ended.stdout, folder.read(&format!("{jobs}/verdicts.json")))
    };
    let one = verdicts("1");
    assert_eq!(one, verdicts("3"));
    let last = one.0.lines().last().unwrap_or_default();
    assert!(last.starts_with(r#"{"v":1,"explored":{"exhaustive":"#), "{last}");
}
