//! Findings about views, made by hand, for tests and for the sample pages.
#![allow(dead_code, missing_docs)]

use crate::fixtures::{EVIL, Sketch, Tape, finding, message, names};
use pepperland_core::finding::Finding;
use pepperland_core::history::{EventId, History, Kind, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::scenario::Scenario;
use pepperland_core::verdict::{Clause, Witness};
use serde_json::json;

/// A primary view.
pub fn view(number: u64, members: &[u32]) -> ViewInstall {
    ViewInstall {
        view: ViewName { number, creator: None },
        members: members.iter().map(|node| NodeId(*node)).collect(),
        primary: true,
        transitional: None,
        group: None,
    }
}

/// A view of one side of a partition.
pub fn minor(number: u64, creator: &str, members: &[u32]) -> ViewInstall {
    let name = ViewName { number, creator: Some(creator.into()) };
    ViewInstall { view: name, primary: false, ..view(number, members) }
}

pub fn tape(count: usize) -> Tape {
    let names = names(count);
    Tape::new(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The same view at several nodes, a millisecond after one another.
fn install(t: &mut Tape, ms: u64, install: &ViewInstall) -> Vec<EventId> {
    let members = install.members.clone();
    let places = members.iter().zip(ms..);
    places.map(|(node, ms)| t.install(ms, node.0, install.clone())).collect()
}

fn flush(t: &mut Tape, ms: u64, view: &str, nodes: &[u32]) {
    for (node, at) in nodes.iter().zip(ms..) {
        t.event(at, *node, Kind::Block, json!({ "view": view }));
        t.event(at, *node, Kind::BlockOk, json!({ "view": view }));
    }
}

fn deliver(t: &mut Tape, message: &Message, cast: EventId, places: &[(u64, u32)]) -> Vec<EventId> {
    let deliver = |(ms, node): &(u64, u32)| t.deliver(*ms, *node, message, None, cast);
    places.iter().map(deliver).collect()
}

/// A member crashes in the middle of its multicast, and the flush forgets the message; then it
/// comes back and gets the state, and a partition leaves it in a view of its own.
pub fn forgotten_in_a_flush() -> Finding {
    let mut t = tape(4);
    let all = [0, 1, 2, 3];
    let first = install(&mut t, 2, &view(1, &all));
    let (a, m, b, c) = (&message(0, 1), &message(3, 1), &message(1, 1), &message(0, 2));
    let cast = t.broadcast(10, 0, a);
    deliver(&mut t, a, cast, &[(10, 0), (13, 1), (15, 2), (17, 3)]);
    let cast = t.broadcast(20, 3, m);
    let had = deliver(&mut t, m, cast, &[(20, 3), (25, 0), (27, 2)]);
    t.event(28, 3, Kind::Crash, json!({}));
    for (ms, node) in [(40, 0), (42, 1), (45, 2)] {
        t.event(ms, node, Kind::Suspect, json!({"target": "n4"}));
    }
    flush(&mut t, 48, "1", &[0, 1, 2]);
    let second = install(&mut t, 58, &view(2, &[0, 1, 2]));
    let cast = t.broadcast(66, 1, b);
    deliver(&mut t, b, cast, &[(66, 1), (70, 0), (72, 2)]);
    t.event(80, 3, Kind::Recover, json!({}));
    t.event(82, 3, Kind::Join, json!({}));
    flush(&mut t, 86, "2", &[0, 1, 2]);
    t.event(90, 0, Kind::StateGet, json!({"view": "3", "slot": 3, "hash": "9f3e"}));
    install(&mut t, 94, &view(3, &all));
    t.event(99, 3, Kind::StateSet, json!({"from": "n1", "view": "3", "slot": 3, "hash": "9f3e"}));
    let cast = t.broadcast(104, 0, c);
    deliver(&mut t, c, cast, &[(104, 0), (108, 1), (110, 2), (112, 3)]);
    let cut = json!({"id": 0, "from": ["n1", "n2", "n3"], "to": ["n4"], "both_ways": true});
    t.environment(116, Kind::Cut, cut);
    t.event(124, 0, Kind::Suspect, json!({"target": "n4"}));
    t.event(126, 3, Kind::Suspect, json!({"target": "n1"}));
    install(&mut t, 132, &view(4, &[0, 1, 2]));
    install(&mut t, 136, &minor(4, "n4", &[3]));
    t.environment(150, Kind::Heal, json!({"id": 0, "touched": 5}));
    for (ms, node) in (162..).zip(all) {
        let along = if node == 3 { vec![NodeId(3)] } else { [0, 1, 2].map(NodeId).to_vec() };
        let merged = ViewInstall { transitional: Some(along), ..view(5, &all) };
        t.install(ms, node, merged);
    }
    let events = vec![first[0], first[1], had[1], second[0], second[1]];
    let because = "n1 delivered n4:0:1 in view 1, n2 did not; both went on to view 2";
    let says = "n1 and n2 installed view 2 directly after view 1";
    let together = [first[0], first[1], second[0], second[1]].to_vec();
    let clause =
        |says: &str, events: Vec<EventId>, holds| Clause { says: says.into(), events, holds };
    let clauses = vec![
        clause(says, together, true),
        clause("n1 delivered n4:0:1 in view 1", vec![had[1]], true),
        clause("n2 delivered n4:0:1 in view 1", Vec::new(), false),
    ];
    let witness = Witness { events, because: because.into(), clauses };
    of("virtual-synchrony", t.finish(400), witness)
}

/// A finding about views that consists of its history and its proof.
pub fn of(property: &'static str, history: History, witness: Witness) -> Finding {
    finding(Sketch {
        property,
        statement: "nodes that go from one view to the next together deliver the same in the first",
        scenario: Scenario::new("virtual-synchrony", "crash"),
        history,
        witness,
        needs: Vec::new(),
        disturbances: Vec::new(),
        steps: Vec::new(),
    })
}

/// Two views of a thousand members, whose names and ids try to leave the place they are shown in.
pub fn evil_views() -> Finding {
    let long = "x".repeat(10_000);
    let mut names: Vec<String> = (0..998).map(|i| format!("{EVIL}{i}")).collect();
    names.extend([EVIL.to_owned(), long.clone()]);
    let mut t = Tape::new(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let all: Vec<u32> = (0..1_000).collect();
    let m = &message(0, 1);
    let install = |t: &mut Tape, ms, node, number, members: &[u32]| {
        t.install(ms, node, minor(number, EVIL, members))
    };
    let mut events: Vec<EventId> =
        (0..3).map(|node| install(&mut t, 1, node, u64::MAX - 1, &all)).collect();
    let cast = t.broadcast(2, 0, m);
    events.push(t.deliver(3, 0, m, None, cast));
    for kind in [Kind::Block, Kind::BlockOk, Kind::Join, Kind::Leave, Kind::Suspect] {
        t.event(4, 1, kind, json!({"target": EVIL, "view": EVIL, "state": long}));
    }
    let state = json!({"from": EVIL, "hash": EVIL, "set": [EVIL, long], "view": EVIL});
    t.event(5, 2, Kind::StateGet, state.clone());
    t.event(6, 2, Kind::StateSet, state);
    events.extend((0..3).map(|node| install(&mut t, 7, node, u64::MAX, &all[..500])));
    let witness = Witness { events, because: EVIL.into(), clauses: Vec::new() };
    of("virtual-synchrony", t.finish(9), witness)
}
