//! Schedule files.

mod drawn;
mod refusals;

use crate::id::NodeId;
use crate::implementation::Groups;
use crate::schedule::Schedule;

/// The first line of a schedule of three nodes.
const HEADER: &str = concat!(
    r#"{"format":"pepperland.schedule","version":1,"impl":"fifo","nodes":3,"seed":"0x2a","#,
    r#""network":{"min_latency":1,"max_latency":5,"channel":"fair-loss","in_flight":"kept"},"#,
    r#""heal_at":90,"end":100}"#
);

const SEED: &str = r#""seed""#;

/// A strike on a network, as a line.
fn strike_on(network: u8, to: &str, fate: &str) -> String {
    format!(
        r#"{{"at":1,"fault":"strike","from":"n1","to":"{to}","network":{network},"number":1,{fate}}}"#
    )
}

#[test]
fn a_group_that_nodes_join_may_begin_with_nobody() {
    let text = HEADER.replace(SEED, r#""groups":{"g1":["n1"],"g2":[]},"changing":true,"seed""#);
    let schedule = Schedule::from_text(&text).expect("it is a schedule");
    assert_eq!(schedule.header.members(), [vec![NodeId(0)], Vec::new()]);
    assert_eq!(Schedule::from_text(&schedule.to_text()), Ok(schedule));
}

#[test]
fn a_strike_on_a_write_is_read_as_it_is_written() {
    for (to, fate) in [
        ("n1", r#""fate":"lie","draw":3"#),
        ("n1", r#""fate":"withhold""#),
        ("n1", r#""fate":"stall","by":7"#),
        ("n2", r#""fate":"delay","by":7"#),
    ] {
        let text = format!("{HEADER}\n{}\n", strike_on(1, to, fate));
        let schedule = Schedule::from_text(&text).expect("it is a schedule");
        assert!(schedule.to_text().contains(r#""network":1"#));
        assert_eq!(Schedule::from_text(&schedule.to_text()), Ok(schedule));
    }
}

#[test]
fn clients_are_the_first_nodes_and_servers_the_others() {
    let roles = r#""clients":1,"groups":{"g1":["n1"],"g2":["n2","n3"]},"seed""#;
    let schedule = Schedule::from_text(&HEADER.replace(SEED, roles)).expect("it is a schedule");
    assert_eq!(schedule.header.needs(), Groups::Roles);
    assert_eq!(Schedule::from_text(&schedule.to_text()), Ok(schedule));
}

#[test]
fn what_is_not_asked_for_is_not_written() {
    let schedule = Schedule::from_text(HEADER).expect("it is a schedule");
    assert_eq!(schedule.to_text().trim_end(), HEADER);
}
