use super::{cast, client, keys, message, server, times};
use crate::byzantine::pieri::client::{Client, Deed};
use crate::byzantine::pieri::messages::{Data, Decision, Said};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::time::Span;

fn of(place: u32) -> Client {
    Client::of(client(place), &cast(), keys(client(place)), times()).expect("it is a client")
}

/// What the first client multicasts.
fn data(number: u32, says: &str) -> Data {
    Data::sealed(message(number, says), &cast().clients, &keys(client(0)))
}

/// To whom the client sends what.
fn sent(deeds: &[Deed]) -> Vec<(&[NodeId], &'static str)> {
    let sent = deeds.iter().filter_map(|deed| match deed {
        Deed::Send(to, Said::Data(_)) => Some((&to[..], "data")),
        Deed::Send(to, Said::Proposal(_)) => Some((&to[..], "proposal")),
        _ => None,
    });
    sent.collect()
}

fn decision(by: u32, slot: u64, m: &Message) -> (NodeId, Decision) {
    (server(by), Decision::to(client(1), slot, m.clone(), &keys(server(by))))
}

/// What n2 delivers when these servers say so.
fn delivered(client: &mut Client, said: impl IntoIterator<Item = (NodeId, Decision)>) -> Vec<Deed> {
    let deeds = said.into_iter().flat_map(|(from, said)| client.upon_decision(from, said));
    deeds.collect()
}

#[test]
fn a_message_goes_to_the_other_clients_and_is_proposed_to_every_server() {
    let deeds = of(0).multicast(message(1, "a"));
    let (others, servers) = (&cast().clients[1..], &cast().servers[..]);
    assert_eq!(sent(&deeds), [(others, "data"), (servers, "proposal")]);
}

#[test]
fn another_proposes_it_too_but_once() {
    let mut n2 = of(1);
    assert_eq!(sent(&n2.upon_data(data(1, "a"))), [(&cast().servers[..], "proposal")]);
    assert_eq!(n2.upon_data(data(1, "a")), []);
    assert_eq!(n2.upon_data(data(1, "b")), [], "a name has one message");
}

#[test]
fn nobody_speaks_for_another_origin() {
    let forged = Data { m: message(1, "b"), ..data(1, "a") };
    assert_eq!(of(1).upon_data(forged), []);
    let by_n3 = Data::sealed(message(1, "b"), &cast().clients, &keys(client(2)));
    assert_eq!(of(1).upon_data(by_n3), []);
}

#[test]
fn what_is_not_delivered_is_passed_on_ever_more_rarely() {
    let mut n2 = of(1);
    n2.upon_data(data(1, "a"));
    let waits = std::iter::from_fn(|| match &n2.overdue(1)[..] {
        [Deed::Send(to, Said::Data(again)), Deed::Wake(1, span)] => {
            assert_eq!((to.len(), again), (3, &data(1, "a")), "as it came, vector and all");
            Some(*span)
        }
        _ => None,
    });
    let expected = [440, 880, 1760, 2000, 2000].map(Span::millis);
    assert_eq!(waits.take(5).collect::<Vec<_>>(), expected);
    let m = message(1, "a");
    let said = [decision(0, 0, &m), decision(1, 0, &m)];
    assert_eq!(delivered(&mut n2, said), [Deed::Rest(1), Deed::Deliver(0, m)]);
    assert_eq!(n2.overdue(1), []);
}

#[test]
fn f_plus_one_servers_that_say_the_same_are_believed() {
    let (mut n2, a, b) = (of(1), message(1, "a"), message(1, "b"));
    assert_eq!(delivered(&mut n2, [decision(0, 0, &a), decision(0, 0, &a)]), []);
    assert_eq!(delivered(&mut n2, [decision(1, 0, &b)]), []);
    assert_eq!(delivered(&mut n2, [decision(2, 0, &b)]), [Deed::Deliver(0, b)]);
}

#[test]
fn a_liars_decision_is_sealed_anew_and_anothers_message_is_not() {
    let (me, to) = (server(0), client(1));
    let (_, said) = decision(0, 0, &message(1, "a"));
    let lie = Said::Decision(Decision { slot: 7, ..said });
    let Said::Decision(lie) = lie.resealed(to, me, &keys(me)) else { panic!("it stays one") };
    assert!(lie.slot == 7 && lie.is_right(me, &keys(to)));
    let forged = Said::Data(Data { m: message(1, "b"), ..data(1, "a") });
    let by_n3 = forged.clone().resealed(to, client(2), &keys(client(2)));
    assert_eq!(by_n3, forged);
    let Said::Data(own) = forged.resealed(to, client(0), &keys(client(0))) else { panic!() };
    assert!(own.is_right(1, &keys(to)), "its origin can say anything");
}
