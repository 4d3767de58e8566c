//! What a multicast costs in DifATo without faults: the paper's number for the paper's, and what the
//! mended one adds to it.

#[path = "common/judging.rs"]
mod judging;

use judging::run;
use pepperland_core::history::Kind;
use pepperland_core::schedule::Schedule;

const CLIENTS: u64 = 2;

/// How many messages go to others when the first client multicasts one.
fn messages(implementation: &str, servers: u64) -> u64 {
    let named = |range: std::ops::Range<u64>| {
        let nodes: Vec<String> = range.map(|node| format!("\"n{}\"", node + 1)).collect();
        nodes.join(",")
    };
    let nodes = CLIENTS + servers;
    let (clients, servers) = (named(0..CLIENTS), named(CLIENTS..nodes));
    let text = format!(
        r#"{{"format":"pepperland.schedule","version":1,"impl":"{implementation}","nodes":{nodes},"groups":{{"g1":[{clients}],"g2":[{servers}]}},"clients":{CLIENTS},"controlled":{{"min_latency":5000000,"max_latency":5000000}},"seed":"0x0","network":{{"min_latency":10000000,"max_latency":10000000,"channel":"perfect","in_flight":"kept"}},"heal_at":400000000,"end":5000000000}}
{{"id":0,"at":0,"n":"n1","do":"multicast","body":"a"}}
"#
    );
    let schedule = Schedule::from_text(&text).expect("it is a schedule");
    let implementation = pepperland_impls::find(implementation).expect("it is there");
    let history = run(&schedule, implementation);
    let delivered = history.kinds().iter().filter(|kind| **kind == Kind::Deliver).count();
    assert_eq!(delivered as u64, CLIENTS);
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    let to_others = sends
        .filter(|send| send.transmission().is_some_and(|frame| Some(frame.peer) != send.node()));
    to_others.count() as u64
}

#[test]
fn the_papers_costs_what_the_paper_says() {
    for servers in [3, 5, 7] {
        let expected = servers * servers - servers + CLIENTS + 1;
        assert_eq!(messages("difato-literal", servers), expected, "{servers} servers");
    }
}

#[test]
fn the_mended_one_pays_a_result_of_each_other_server_to_each_client() {
    for servers in [3, 5, 7] {
        let expected = servers * servers - servers + CLIENTS + 1 + (servers - 1) * CLIENTS;
        assert_eq!(messages("difato", servers), expected, "{servers} servers");
    }
}
