//! A run whose traffic grows without end.

mod common;

use common::*;
use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Stack};
use pepperland_core::history::{Channel::FairLoss, History};
use pepperland_core::id::GroupId;
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;

/// Tells everybody whatever it is told.
const GOSSIPS: Implementation = toy(|_| Stack::node(Gossips(Network::payload())));

struct Gossips(Network<Message>);

impl Protocol for Gossips {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        self.multicast_below(delivery.group, delivery.message, cx);
    }
}

fn said(history: &History) -> (bool, Option<u64>) {
    let header = &history.header;
    (header.complete, header.about.get("flood").and_then(serde_json::Value::as_u64))
}

#[test]
fn it_is_cut_off_and_its_history_says_so() {
    let history = run(&multicasts(FairLoss, &[5, 7]), &GOSSIPS);
    let (complete, frames) = said(&history);
    // 64 for each pair of nodes, and each of the two requests and a hundred more.
    assert!(!complete && frames.is_some_and(|frames| frames > 64 * 9 * 102), "{frames:?}");
    assert_eq!(with(&history, "broadcast").len(), 2);
    assert_eq!(lines(&history), lines(&run(&multicasts(FairLoss, &[5, 7]), &GOSSIPS)));
}

#[test]
fn many_requests_at_once_are_no_flood() {
    let history = run(&multicasts(FairLoss, &[5; 5_000]), &PLAIN);
    assert_eq!(said(&history), (true, None));
    assert_eq!(with(&history, "deliver").len(), 15_000);
}
