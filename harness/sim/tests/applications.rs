//! Applications of groups with views: they multicast in views alone, and stop when told to.

mod common;

use common::{N1, PLAIN, during, lines, multicasts, run, toy, with};
use pepperland_core::contract::{
    Cx, Delivery, Indication, Network, Protocol, Request, Stack, View, ViewId,
};
use pepperland_core::history::Channel;
use pepperland_core::id::GroupId;
use pepperland_core::implementation::{Implementation, Model};
use pepperland_core::message::Message;
use pepperland_core::schedule::{Schedule, Trouble};
use pepperland_core::time::Span;

/// Each node is alone in its views. The first comes after 10 ms; after 20 ms more the application
/// is told to stop, and when it has, the next view comes after 30 ms.
const ALONE: Implementation = {
    let toy = toy(|_| Stack::node(Alone { lower: Network::payload(), number: 0 }));
    Implementation { model: Model { views: true, ..toy.model }, ..toy }
};

struct Alone {
    lower: Network<Message>,
    number: u64,
}

impl Alone {
    fn view(&self) -> ViewId {
        ViewId { number: self.number, creator: None }
    }
}

const NEXT_VIEW: u32 = 0;
const STOP: u32 = 1;

impl Protocol for Alone {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        cx.set_timer(NEXT_VIEW, Span::millis(10));
    }

    fn multicast(&mut self, group: GroupId, message: Message, cx: &mut Cx<'_, Message>) {
        cx.deliver(Delivery { from: cx.me(), group, message, slot: None });
    }

    fn upon_deliver(&mut self, _: Delivery<Message>, _: &mut Cx<'_, Message>) {}

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, Message>) {
        if tag == STOP {
            return cx.indicate(Indication::Block(GroupId::ALL, self.view()));
        }
        self.number += 1;
        cx.indicate(Indication::View(View {
            id: self.view(),
            group: GroupId::ALL,
            members: vec![cx.me()],
            primary: true,
            transitional: None,
        }));
        if self.number == 1 {
            cx.set_timer(STOP, Span::millis(20));
        }
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::BlockOk(GroupId::ALL, view) if view == self.view() => {
                cx.set_timer(NEXT_VIEW, Span::millis(30));
            }
            other => cx.refuse(other.name()),
        }
    }
}

/// n1 multicasts before the first view, in it, twice while it is blocked, and in the next.
fn asked() -> Schedule {
    multicasts(Channel::Perfect, &[5, 15, 40, 45, 70])
}

/// What happens at n1: when, and what.
fn at_n1(schedule: &Schedule) -> Vec<String> {
    let words = |line: String| {
        let mut words = line.split(' ').map(str::to_owned);
        let (at, node, kind) = (words.next(), words.next(), words.next());
        (node.as_deref() == Some("n1")).then(|| [at, kind].map(Option::unwrap_or_default).join(" "))
    };
    lines(&run(schedule, &ALONE)).into_iter().filter_map(words).collect()
}

#[test]
fn what_is_asked_for_outside_a_view_is_multicast_in_the_next() {
    let wanted = "10 view, 10 broadcast, 10 deliver, 15 broadcast, 15 deliver, \
                  30 block, 30 block_ok, 60 view, 60 broadcast, 60 deliver, \
                  60 broadcast, 60 deliver, 70 broadcast, 70 deliver";
    assert_eq!(at_n1(&asked()).join(", "), wanted);
}

#[test]
fn a_crash_ends_what_waits() {
    let mut schedule = asked();
    schedule.disturbances.push(during(50, 55, Trouble::Crash { node: N1, effects: None }));
    let wanted = "50 crash, 55 recover, 65 view, 70 broadcast, 70 deliver, 85 block, \
                  85 block_ok, 115 view";
    assert_eq!(at_n1(&schedule)[7..].join(", "), wanted);
}

#[test]
fn an_application_without_views_waits_for_nothing() {
    let sent = with(&run(&asked(), &PLAIN), "n1 broadcast");
    assert_eq!(sent.len(), 5);
    assert!(sent[0].starts_with("5 n1"), "{sent:?}");
}
