//! Writes to registers by programs in real time: what every reader gets, and in which order.

mod common;

use common::program;
use pepperland_core::contract::{Effect, Host, Node, Timer};
use pepperland_core::history::{Header, History, Kind};
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::runtime::{Detail, Guarded};
use pepperland_core::schedule::{Controlled, Schedule};
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use pepperland_process::kept::Keeper;
use pepperland_process::live::{Cast, Joint, run};
use pepperland_process::program::Program;
use pepperland_process::stepped::Fleet;
use serde_json::{Value, json};

/// A program that writes what is multicast to the registers, twice, and delivers what it reads
/// there: of each write the number, and who has written it.
const WRITES: &str = r#"
say("c0", {"type": "init_ok", "in_reply_to": init["msg_id"], "features": FEATURES})
for line in sys.stdin:
    message = json.loads(line)
    body = message["body"]
    if body["type"] == "multicast":
        for again in range(2):
            say("registers", {"type": "write", "id": body["id"], "v": 10 * int(body["payload"]) + again})
        BESIDES
    elif body.get("network") == 1:
        tell("deliver", id=body["id"], payload=message["src"] + " " + str(body["v"]))
"#;

fn writing(features: &str, besides: &str) -> Program {
    program(&WRITES.replace("FEATURES", features).replace("BESIDES", besides))
}

/// A run of three nodes that write, with these lines in its schedule, until so many deliveries.
fn live(program: &Program, deliveries: usize, lines: &[&str]) -> Vec<Value> {
    let header = r#"{"format":"pepperland.schedule","version":1,"impl":"program","nodes":3,"seed":"0x1","network":{"min_latency":1000000,"max_latency":5000000,"channel":"fair-loss","in_flight":"lost"},"controlled":{"min_latency":1000000,"max_latency":40000000},"heal_at":1500000000,"end":3000000000}"#;
    let lines: Vec<&str> = std::iter::once(header).chain(lines.iter().copied()).collect();
    let schedule = Schedule::from_text(&lines.join("\n")).unwrap_or_else(|error| panic!("{error}"));
    let header = Header::of_schedule("process", &schedule);
    let (keeper, joint, detail) = (&Keeper::none(), Joint::Lines, Detail::Network);
    let cast = Cast { program, keeper, joint, build: None, in_views: false, detail };
    let enough = |ran: &History| count(ran, Kind::Deliver) >= deliveries;
    let ran = run(&cast, &schedule, header, &enough).unwrap_or_else(|error| panic!("{error}"));
    let mut bytes = Vec::new();
    ran.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn count(history: &History, kind: Kind) -> usize {
    history.kinds().iter().filter(|k| **k == kind).count()
}

fn of<'a>(events: &'a [Value], kind: &'a str) -> impl Iterator<Item = &'a Value> {
    events.iter().filter(move |event| event["k"] == kind)
}

/// What a node has read, in its order: each message, and the digest of what it says and whose it is.
fn read<'a>(events: &'a [Value], node: &str) -> Vec<(&'a Value, &'a Value)> {
    let its = of(events, "deliver").filter(|event| event["n"] == node);
    its.map(|event| (&event["m"], &event["d"])).collect()
}

fn multicast(id: u32, at_ms: u32, node: u32) -> String {
    format!(r#"{{"id":{id},"at":{at_ms}000000,"n":"n{node}","do":"multicast","body":"{id}"}}"#)
}

const ASKED: &str = r#"["registers"]"#;

#[test]
fn all_read_all_writes_in_one_order_though_nothing_else_gets_through() {
    let mut lines: Vec<String> = (0..12).map(|id| multicast(id, 5 + id, id % 3 + 1)).collect();
    lines.push(r#"{"at":0,"fault":"cut","from":["n1"],"to":["n2","n3"],"both_ways":true}"#.into());
    lines.push(r#"{"at":0,"fault":"lose","rate":1000000}"#.into());
    lines.push(r#"{"at":8000000,"until":60000000,"fault":"pause","n":"n3"}"#.into());
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let events = live(&writing(ASKED, "pass"), 72, &lines);
    assert_eq!(of(&events, "note").collect::<Vec<_>>(), Vec::<&Value>::new());
    let first = read(&events, "n1");
    assert_eq!(first.len(), 24);
    assert_eq!((read(&events, "n2"), read(&events, "n3")), (first.clone(), first));
    let sent: Vec<&Value> = of(&events, "send").collect();
    assert!(sent.len() == 72 && sent.iter().all(|send| send["net"] == 1), "{:?}", sent[0]);
}

#[test]
fn a_crash_between_two_writes_takes_the_second_alone() {
    let crash = r#"{"at":4000000,"fault":"crash","n":"n1","effects":1}"#;
    let events = live(&writing(ASKED, "pass"), 2, &[&multicast(0, 10, 1), crash]);
    assert_eq!(of(&events, "crash").count(), 1);
    let (second, third) = (read(&events, "n2"), read(&events, "n3"));
    assert_eq!((second.len(), read(&events, "n1").len()), (1, 0), "the writer is dead");
    assert_eq!(second, third, "frames of the dead are lost here, and writes are not");
}

#[test]
fn one_readers_late_copy_keeps_its_place() {
    let late = r#"{"at":0,"fault":"strike","from":"n1","to":"n2","number":1,"network":1,"fate":"delay","by":150000000}"#;
    let events = live(&writing(ASKED, "pass"), 6, &[&multicast(0, 10, 1), late]);
    let first = read(&events, "n1");
    assert_eq!(first.len(), 2);
    assert_eq!((read(&events, "n2"), read(&events, "n3")), (first.clone(), first));
    let first_at = |node: &str| of(&events, "recv").position(|event| event["n"] == node);
    assert!(first_at("n2") > first_at("n3"), "what comes after it there waits for it");
}

#[test]
fn what_a_liar_writes_is_one_lie_for_all() {
    let lie = r#"{"at":0,"fault":"lie","n":"n1","rate":1000000,"way":"small-scope"}"#;
    let events = live(&writing(ASKED, "pass"), 6, &[&multicast(4, 10, 1), lie]);
    let lies: Vec<&Value> = of(&events, "byzantine").filter(|e| e["message"].is_u64()).collect();
    assert!(!lies.is_empty(), "it lied");
    assert!(lies.iter().all(|lie| lie["network"] == 1 && lie["to"] == "n1"), "{lies:?}");
    let first = read(&events, "n1");
    assert_eq!((read(&events, "n2"), read(&events, "n3")), (first.clone(), first));
}

#[test]
fn whoever_has_not_asked_for_registers_is_told_so() {
    let events = live(&writing("[]", "pass"), 0, &[&multicast(0, 10, 1)]);
    let told = of(&events, "note").find(|note| note["breach"] == "unknown-destination");
    let text = told.expect("it is told")["text"].as_str().unwrap();
    assert!(text.contains("the feature \"registers\""), "{text}");
    assert_eq!(of(&events, "send").count(), 0);
}

#[test]
fn nobody_can_say_in_a_message_that_it_was_written() {
    let forged = r#"say("n2", {"type": "write", "id": body["id"], "v": 7, "network": 1})"#;
    let events = live(&writing(ASKED, forged), 6, &[&multicast(0, 10, 1)]);
    assert_eq!(of(&events, "recv").filter(|event| event["net"].is_null()).count(), 1);
    assert_eq!(read(&events, "n2").len(), 2, "{:?}", read(&events, "n2"));
}

/// What a program in virtual time does when it is asked to multicast, on registers or without.
fn stepped(features: &str, has_registers: bool) -> Vec<Effect> {
    let text = r#"say("registers", {"type": "write"})
tell("done")"#;
    let program = common::each_line(features, text);
    let mut schedule = common::schedule(1);
    let (min_latency, max_latency) = (Span::millis(1), Span::millis(2));
    schedule.header.controlled = has_registers.then_some(Controlled { min_latency, max_latency });
    let fleet = Fleet::new(&program, &Keeper::none(), &schedule).unwrap();
    let setup =
        Setup { node: NodeId(0), nodes: 1, flaw: None, max_latency, register_latency: max_latency };
    let mut node = Guarded::new(&|setup| fleet.node(setup), &setup);
    let mut host = Host::new(NodeId(0), [[NodeId(0)].into()].into(), Seed(7).stream(""));
    node.start(&mut host);
    if host.effects.list.is_empty() {
        node.timeout(Timer { place: 0, tag: 0 }, &mut host);
    }
    host.effects.list
}

#[test]
fn in_virtual_time_a_line_to_the_registers_is_a_write_over_the_controlled_network() {
    let written = stepped(r#"["time", "registers"]"#, true);
    let [Effect::GroupSend { group, network, .. }] = written[..] else { panic!("{written:?}") };
    assert_eq!((group, network), (GroupId(0), NetworkId::CONTROLLED));
}

#[test]
fn in_virtual_time_too_whoever_has_not_asked_for_registers_is_told_so() {
    for (features, has_registers, told) in [
        (r#"["time"]"#, true, "has not asked for the feature \"registers\""),
        (r#"["time"]"#, false, "does not exist"),
        (r#"["time", "registers"]"#, false, "not offered"),
    ] {
        let effects = stepped(features, has_registers);
        let [Effect::Breach(_, text)] = &effects[..] else { panic!("{effects:?}") };
        assert!(text.contains(told), "{text}");
    }
}

#[test]
fn init_names_the_bound_of_registers_and_who_is_client_and_server() {
    let told = r#"
say("c0", {"type": "init_ok", "in_reply_to": init["msg_id"], "features": ["time"]})
tell("note", text=json.dumps([init.get("register_latency"), init.get("roles"), init["features"]]))
tell("done")
for line in sys.stdin: pass
"#;
    let mut schedule = common::schedule(3);
    schedule.header.clients = 1;
    let fleet = |schedule: &Schedule| {
        let fleet = Fleet::new(&program(told), &Keeper::none(), schedule).unwrap();
        let (node, latency) = (NodeId(0), Span::millis(2));
        let setup =
            Setup { node, nodes: 3, flaw: None, max_latency: latency, register_latency: latency };
        let mut node = fleet.node(&setup);
        let mut host = Host::new(NodeId(0), [[NodeId(0)].into()].into(), Seed(7).stream(""));
        node.start(&mut host);
        match &host.effects.list[..] {
            [Effect::Note(text)] => serde_json::from_str::<Value>(text).unwrap(),
            other => panic!("{other:?}"),
        }
    };
    let without = fleet(&schedule);
    let roles = json!({"clients": ["n1"], "servers": ["n2", "n3"]});
    let features = json!(["invoke", "views", "time", "timer", "storage"]);
    assert_eq!(without, json!([null, roles, features]));
    let (min_latency, max_latency) = (Span::millis(1), Span::millis(2));
    schedule.header.controlled = Some(Controlled { min_latency, max_latency });
    schedule.header.clients = 0;
    let with = fleet(&schedule);
    assert_eq!(
        (&with[0], &with[1], &with[2][2]),
        (&json!(2_000_000), &json!(null), &json!("registers"))
    );
}
