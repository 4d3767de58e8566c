//! Several groups: nodes know the members of each, and histories tell which group was meant.

mod common;

use common::{COUNTS, N1, N2, N3, PLAIN, lines, quiet, run, toy};
use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Stack};
use pepperland_core::history::{Channel, GroupContract, History, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::runtime::Runtime;
use pepperland_core::schedule::{Ask, Schedule, Step, When};
use pepperland_core::time::Time;
use pepperland_sim::Simulator;

const G1: GroupId = GroupId(0);
const G2: GroupId = GroupId(1);

fn to(group: GroupId, id: u32, node: NodeId, at: u64) -> Step {
    let ask = Ask::Multicast { group, body: format!("body {id}") };
    Step { id, when: When::At(Time::millis(at)), node, ask }
}

/// Two groups, which n2 is in.
fn chain(steps: Vec<Step>) -> Schedule {
    let mut schedule = quiet(Channel::Perfect);
    schedule.header.groups = vec![vec![N1, N2], vec![N2, N3]];
    Schedule { steps, ..schedule }
}

fn text(history: &History) -> Vec<String> {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).expect("a vector takes every byte");
    String::from_utf8(bytes).expect("a history is text").lines().map(str::to_owned).collect()
}

/// Puts the group into the delivery, as every layer does that knows of groups.
const GROUPED: Implementation = toy(|_| Stack::node(Grouped(Network::payload())));

struct Grouped(Network<(GroupId, Message)>);

impl Protocol for Grouped {
    type Payload = Message;
    type Lower = Network<(GroupId, Message)>;

    fn lower(&mut self) -> &mut Self::Lower {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        if !cx.may_multicast(group) {
            return cx.refuse("multicast");
        }
        self.multicast_below(group, (group, m), cx);
    }

    fn upon_deliver(&mut self, d: Delivery<(GroupId, Message)>, cx: &mut Cx<'_, Message>) {
        let (group, message) = d.message;
        cx.deliver(Delivery { from: d.from, group, message, slot: None });
    }
}

#[test]
fn a_multicast_reaches_the_members_of_its_group() {
    let history = run(&chain(vec![to(G1, 0, N1, 1), to(G2, 1, N2, 2)]), &PLAIN);
    let deliveries = history.events().filter(|event| event.kind() == Kind::Deliver);
    let told = deliveries.map(|e| (e.node().expect("a node"), e.message_name().expect("a name")));
    let mut told: Vec<_> = told.map(|(node, name)| format!("{node} {name}")).collect();
    told.sort();
    assert_eq!(told, ["n1 n1:0:1", "n2 n1:0:1", "n2 n2:0:1", "n3 n2:0:1"]);
}

#[test]
fn a_history_names_the_groups_in_its_header_and_in_its_events() {
    let history = run(&chain(vec![to(G2, 0, N3, 1)]), &GROUPED);
    let lines = text(&history);
    assert!(lines[0].contains(r#""groups":{"g1":["n1","n2"],"g2":["n2","n3"]}"#), "{}", lines[0]);
    assert!(lines[1].contains(r#""k":"broadcast","m":"n3:0:1","g":"g2""#), "{}", lines[1]);
    assert!(lines[2].contains(r#""g":"g2""#), "{}", lines[2]);
    let read = History::read(lines.join("\n").as_bytes()).expect("it is a history");
    assert_eq!(text(&read), lines);
    assert_eq!(read.message_table().groups(), [1]);
}

#[test]
fn with_one_group_of_all_nothing_is_said_of_groups() {
    let mut schedule = quiet(Channel::Perfect);
    schedule.steps = vec![to(G1, 0, N3, 1)];
    let told = text(&run(&schedule, &GROUPED)).concat();
    assert!(!told.contains(r#""g":"#) && !told.contains(r#""groups""#), "{told}");
}

#[test]
fn groups_are_closed_unless_the_schedule_opens_them() {
    let mut schedule = chain(vec![to(G2, 0, N1, 1)]);
    let closed = run(&schedule, &GROUPED);
    assert_eq!(closed.header.contract.group, GroupContract::Closed);
    assert_eq!(
        lines(&closed),
        ["1 n1 broadcast n1:0:1", "1 n1 note no layer offers \"multicast\""]
    );
    schedule.header.open = true;
    let open = run(&schedule, &GROUPED);
    assert_eq!(open.header.contract.group, GroupContract::Open);
    assert!(open.kinds().contains(&Kind::Deliver));
}

#[test]
fn ten_groups_keep_their_order() {
    let mut schedule = quiet(Channel::Perfect);
    schedule.header.groups = vec![vec![N1]; 9];
    schedule.header.groups.push(vec![N3]);
    schedule.steps = vec![to(GroupId(9), 0, N3, 1), to(G2, 1, N1, 2)];
    let history = run(&schedule, &COUNTS);
    assert_eq!(history.groups()[9], ("g10".to_owned(), vec![N3]));
    assert_eq!(history.message_table().groups(), [9, 1]);
    let read = History::read(text(&history).join("\n").as_bytes()).expect("it is a history");
    assert_eq!(read.message_table().groups(), [9, 1]);
}

#[test]
fn what_is_no_group_is_refused_by_name() {
    let refused = |schedule: &Schedule| {
        Simulator.accepts(schedule).expect_err("there is no such thing").to_string()
    };
    let schedule = chain(vec![to(GroupId(2), 0, N1, 1)]);
    assert_eq!(refused(&schedule), "the sim runtime cannot reach the group g3: there are g1 to g2");
    let mut alone = quiet(Channel::Perfect);
    alone.steps = vec![to(G2, 0, N1, 1)];
    assert_eq!(
        refused(&alone),
        "the sim runtime cannot reach the group g2: there is one group, g1"
    );
    alone.header.groups = vec![vec![NodeId(7)]];
    assert_eq!(refused(&alone), "the sim runtime cannot have n8 in g1: there is no such node");
}
