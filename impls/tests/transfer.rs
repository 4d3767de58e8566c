//! State transfer on runs by hand: what a joiner installs, when it begins to execute, and whose
//! state a node has that was cut off.

#[path = "common/judging.rs"]
mod judging;

use judging::run;
use pepperland_core::history::{Event, History, Kind};
use pepperland_core::schedule::Schedule;
use pepperland_impls::groups::transfer::ENTRY;

/// A run with a network whose latency is 10 ms, of a group that begins with these members.
fn play(nodes: u32, first: &str, lines: &str) -> History {
    let header = format!(
        r#"{{"format":"pepperland.schedule","version":1,"impl":"state-transfer","nodes":{nodes},"groups":{{"g1":[{first}]}},"changing":true,"seed":"0x0","network":{{"min_latency":10000000,"max_latency":10000000,"channel":"perfect","in_flight":"kept"}},"heal_at":3000000000,"end":8000000000}}"#
    );
    run(&Schedule::from_text(&format!("{header}\n{lines}")).expect("a schedule"), &ENTRY)
}

/// What happens at a node, of these kinds: the message or the places covered, and the hash.
fn told(history: &History, node: &str, kinds: &[Kind]) -> Vec<String> {
    let text = |event: &Event<'_>, key: &str| {
        event.field(key).map_or(String::new(), |v| v.as_str().map_or(v.to_string(), str::to_owned))
    };
    let name = |event: &Event<'_>| event.node().map(|n| history.header.nodes[n.index()].clone());
    let here = history.events().filter(|e| kinds.contains(&e.kind()));
    let here = here.filter(|e| name(e).as_deref() == Some(node));
    here.map(|event| match event.kind() {
        Kind::Deliver => format!("deliver {}", event.message_name().unwrap_or_default()),
        kind => format!("{kind:?} {} {}", text(&event, "slot"), text(&event, "hash")),
    })
    .collect()
}

const STATE: &[Kind] = &[Kind::StateGet, Kind::StateSet, Kind::Apply];

#[test]
fn a_joiner_installs_what_was_before_and_executes_what_comes_after() {
    let history = play(
        2,
        r#""n1""#,
        r#"{"id":0,"at":0,"n":"n1","do":"multicast","body":"a"}
{"id":1,"at":1000000,"n":"n1","do":"multicast","body":"b"}
{"id":2,"at":100000000,"n":"n2","do":"join","group":"g1"}
{"id":3,"at":2000000000,"n":"n2","do":"multicast","body":"c"}
"#,
    );
    let (donor, joiner) = (told(&history, "n1", STATE), told(&history, "n2", STATE));
    let hash = |line: &String| line.rsplit(' ').next().unwrap_or_default().to_owned();
    let places = |lines: &[String]| {
        let place = |line: &String| line.rsplit_once(' ').map(|(place, _)| place.to_owned());
        lines.iter().filter_map(place).collect::<Vec<_>>().join(", ")
    };
    assert_eq!(places(&donor), "Apply 0, Apply 1, StateGet 2, Apply 2");
    assert_eq!(places(&joiner), "StateSet 2, Apply 2");
    let hashes: Vec<String> = donor.iter().map(hash).collect();
    assert_eq!(hashes[1], hashes[2], "the snapshot is the state after b");
    assert_eq!(joiner.iter().map(hash).collect::<Vec<_>>(), hashes[2..]);
}

#[test]
fn what_a_node_did_while_it_was_cut_off_is_replaced() {
    let history = play(
        3,
        r#""n1","n2","n3""#,
        r#"{"id":0,"at":0,"n":"n1","do":"multicast","body":"a"}
{"id":1,"at":410000000,"n":"n3","do":"multicast","body":"lost"}
{"id":2,"at":2000000000,"n":"n1","do":"multicast","body":"b"}
{"at":400000000,"until":2500000000,"fault":"cut","from":["n3"],"to":["n1","n2"],"both_ways":true}
"#,
    );
    let [n1, n3] = ["n1", "n3"].map(|node| told(&history, node, STATE));
    let [got, set] = ["StateGet 2", "StateSet 2"];
    assert!(n1.iter().any(|line| line.starts_with(got)), "{n1:?}");
    assert!(n3.iter().any(|line| line.starts_with(set)), "{n3:?}");
    let delivered = told(&history, "n3", &[Kind::Deliver]);
    assert!(delivered.contains(&"deliver n3:0:1".to_owned()), "as its view ends: {delivered:?}");
    let executed = n3.iter().filter(|line| line.starts_with("Apply")).count();
    assert_eq!(executed, 1, "what the primary never had is executed nowhere: {n3:?}");
}

#[test]
fn when_all_who_had_the_state_have_crashed_nobody_makes_one_up() {
    let history = play(
        2,
        r#""n1""#,
        r#"{"id":0,"at":0,"n":"n1","do":"multicast","body":"a"}
{"id":1,"at":1000000000,"n":"n1","do":"multicast","body":"b"}
{"id":2,"at":1500000000,"n":"n1","do":"multicast","body":"c"}
{"at":500000000,"until":600000000,"fault":"crash","n":"n1"}
"#,
    );
    let n1 = told(&history, "n1", STATE);
    assert_eq!(n1.len(), 1, "the place of b is not the first: {n1:?}");
}
