//! Two nodes that would begin epochs, over links that are fast one way and slow the other: one of
//! them gives way, or nothing would ever be delivered.

#[path = "common/judging.rs"]
mod judging;

use judging::run;
use pepperland_core::history::Kind;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Schedule;
use pepperland_impls::groups::ordered_membership::ENTRY;

const FROM_THE_START: &str = include_str!("schedules/rivals-from-the-start.jsonl");
const AFTER_A_CRASH: &str = include_str!("schedules/rivals-after-a-crash.jsonl");

#[test]
fn a_restarted_node_does_not_contest_epochs_for_ever() {
    for (text, sender) in [(FROM_THE_START, NodeId(0)), (AFTER_A_CRASH, NodeId(2))] {
        let schedule = Schedule::from_text(text).expect("a schedule");
        let history = run(&schedule, &ENTRY);
        let delivers = history.events().filter(|event| event.kind() == Kind::Deliver);
        let nodes: Vec<NodeId> = delivers.filter_map(|event| event.node()).collect();
        assert!(nodes.contains(&sender), "{sender} delivers what it sent: {nodes:?}");
    }
}
