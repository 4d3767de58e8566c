//! What one multicast costs clients and servers that have their roles apart; and two servers that
//! proposed what the other could not verify in time, with the third crashed, or lying.

#[path = "common/judging.rs"]
mod judging;

use judging::run;
use pepperland_core::history::{History, Kind};
use pepperland_core::schedule::Schedule;
use pepperland_impls::byzantine::pieri;

/// The run of one multicast of n1 among so many clients and servers, without faults.
fn history(clients: u32, servers: u32) -> History {
    let nodes = clients + servers;
    let names = |of: std::ops::RangeInclusive<u32>| {
        of.map(|n| format!("\"n{n}\"")).collect::<Vec<_>>().join(",")
    };
    let (g1, g2) = (names(1..=clients), names(clients + 1..=nodes));
    let header = format!(
        r#"{{"format":"pepperland.schedule","version":1,"impl":"pieri","nodes":{nodes},"groups":{{"g1":[{g1}],"g2":[{g2}]}},"clients":{clients},"controlled":{{"min_latency":5000000,"max_latency":5000000}},"seed":"0x0","network":{{"min_latency":10000000,"max_latency":10000000,"channel":"perfect","in_flight":"kept"}},"heal_at":400000000,"end":5000000000}}"#
    );
    let multicast = r#"{"id":0,"at":0,"n":"n1","do":"multicast","body":"a"}"#;
    let schedule = Schedule::from_text(&format!("{header}\n{multicast}\n"));
    run(&schedule.expect("it is a schedule"), &pieri::ENTRY)
}

#[test]
fn a_multicast_costs_as_many_messages_as_the_formula_says() {
    for (clients, servers) in [(4, 3), (7, 5), (10, 7), (1, 1)] {
        let history = history(clients, servers);
        let delivered = history.kinds().iter().filter(|kind| **kind == Kind::Deliver).count();
        assert_eq!(delivered as u32, clients, "every client delivers it");
        let sends = history.events().filter(|event| event.kind() == Kind::Send);
        let to_others = sends.filter(|send| {
            let transmission = send.transmission().expect("a send says what is sent");
            send.node() != Some(transmission.peer)
        });
        let (c, s) = (clients, servers);
        let expected = (c - 1) + c * s + (s - 1) + (s - 1) * (s - 1) + s * c;
        assert_eq!(to_others.count() as u32, expected, "{clients} clients, {servers} servers");
    }
}

const AND_A_CRASH: &str = include_str!("schedules/pieri-lone-proposals-and-a-crash.jsonl");
const AND_A_LIAR: &str = include_str!("schedules/pieri-lone-proposals-and-a-liar.jsonl");

#[test]
fn two_servers_with_proposals_of_their_own_do_not_depose_each_other_for_ever() {
    for text in [AND_A_CRASH, AND_A_LIAR] {
        let history = run(&Schedule::from_text(text).expect("it is a schedule"), &pieri::ENTRY);
        let delivered = history.kinds().iter().filter(|kind| **kind == Kind::Deliver).count();
        assert_eq!(delivered, 8, "four clients deliver both");
    }
}
