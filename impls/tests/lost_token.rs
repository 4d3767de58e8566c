//! A token that is sent to a crashed node by one that has not yet learned of the crash: whoever
//! begins epochs has learned of it before, and must be told.

#[path = "common/judging.rs"]
mod judging;

use judging::run;
use pepperland_core::history::Kind;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Schedule;
use pepperland_impls::order::moving_sequencer::ENTRY;

#[test]
fn a_token_sent_to_the_crashed_is_made_anew() {
    let text = include_str!("schedules/token-to-the-crashed.jsonl");
    let history = run(&Schedule::from_text(text).expect("a schedule"), &ENTRY);
    let delivers = |node: u32| {
        let own = history.events().filter(move |event| event.node() == Some(NodeId(node)));
        own.filter(|event| event.kind() == Kind::Deliver).filter_map(|event| event.message_name())
    };
    for node in 1..4 {
        assert!(delivers(node).any(|m| m == "n3:0:1"), "n{} delivers n3's message", node + 1);
    }
}
