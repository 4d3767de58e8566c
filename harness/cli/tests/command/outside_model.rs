//! What is said of runs that a claim does not bind, and of those alone.

use crate::pepperland::{Folder, ends};

const OUTSIDE: &str = "outside the model";

#[test]
fn where_more_lie_than_may_the_finding_says_so() {
    let folder = Folder::new();
    let ended = folder.run(
        "run --impl difato --faults byzantine:liars=3 --beyond-model --runs 20 \
         --properties validity-self",
    );
    ends(&ended, 1, "violated");
    for said in ["FAIL validity-self", "violated "] {
        let line = ended.stdout.lines().find(|line| line.starts_with(said));
        assert!(line.is_some_and(|line| line.contains(OUTSIDE)), "{said}: {}", ended.stdout);
    }
}

#[test]
fn whoever_is_asked_to_judge_beyond_the_model_says_so_only_of_what_is() {
    let folder = Folder::new();
    let within = include_str!("../../../../impls/killers/difato-accepts-f.jsonl");
    let liars = include_str!("../../../../impls/killers/difato-too-many-liars.jsonl");
    let late = include_str!("../../../../impls/killers/late-heartbeat.jsonl");
    for (schedule, is_outside) in [(within, false), (liars, true), (late, true)] {
        folder.write("schedule.jsonl", schedule);
        for command in ["replay", "explain", "shrink"] {
            let ended = folder.run(&format!("{command} schedule.jsonl --beyond-model"));
            ends(&ended, 1, "violates");
            assert_eq!(ended.stdout.contains(OUTSIDE), is_outside, "{command}: {}", ended.stdout);
        }
    }
}

#[test]
fn a_schedule_is_judged_by_what_its_implementation_is_for() {
    let folder = Folder::new();
    let killer = include_str!("../../../../impls/killers/consensus-minority-quorum.jsonl");
    folder.write("schedule.jsonl", killer);
    let ended = folder.run("replay schedule.jsonl");
    ends(&ended, 1, "the replay violates the property");
    assert!(ended.stdout.contains("VIOLATED   consensus-agreement"), "{}", ended.stdout);
}
