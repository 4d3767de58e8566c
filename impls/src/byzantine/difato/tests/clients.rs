use super::hall::{CLIENT, TIMES, client, keys, message, order, server};
use crate::byzantine::difato::client::Client;
use crate::byzantine::difato::messages::Outcome;
use crate::byzantine::ordering::Decided;
use pepperland_core::id::MessageId;
use pepperland_core::message::{Body, Message};
use pepperland_core::time::Span;
use std::rc::Rc;

/// What the server at this place says.
fn result(place: usize, epoch: u64, slot: u64, number: u32) -> Outcome {
    let decided = Decided { epoch, slot, order: Rc::new(order(number)) };
    Outcome::to(CLIENT, &decided, &keys(server(place)))
}

/// Tells the client; what it delivers then.
fn told(client: &mut Client, said: &[(usize, Outcome)]) -> Vec<(u64, MessageId)> {
    for (place, outcome) in said {
        client.upon_result(server(*place), outcome.clone());
    }
    let ready = std::iter::from_fn(|| client.take_ready());
    ready.map(|(slot, ordered)| (slot, ordered.id)).collect()
}

/// The same said by several servers, all in epoch 0.
fn said_by(places: &[usize], slot: u64, number: u32) -> Vec<(usize, Outcome)> {
    places.iter().map(|place| (*place, result(*place, 0, slot, number))).collect()
}

#[test]
fn f_plus_one_servers_are_believed_and_no_fewer() {
    let mut client = client();
    assert_eq!(told(&mut client, &said_by(&[0, 1, 1], 0, 1)), []);
    assert_eq!(told(&mut client, &said_by(&[4], 0, 1)), [(0, message(1).id)]);
    assert_eq!(told(&mut client, &said_by(&[2, 3], 0, 1)), [], "once is enough");
}

#[test]
fn servers_that_say_different_things_are_not_added_up() {
    let mut client = client();
    assert_eq!(told(&mut client, &said_by(&[0, 1], 0, 1)), []);
    assert_eq!(told(&mut client, &said_by(&[0, 1, 2], 0, 2)), [], "the first word counts");
    assert_eq!(told(&mut client, &said_by(&[3, 4], 0, 2)), [(0, message(2).id)]);
}

#[test]
fn slots_are_delivered_in_order() {
    let mut client = client();
    assert_eq!(told(&mut client, &said_by(&[0, 1, 2], 1, 2)), []);
    let both = [(0, message(1).id), (1, message(2).id)];
    assert_eq!(told(&mut client, &said_by(&[0, 1, 2], 0, 1)), both);
}

#[test]
fn a_result_without_its_servers_key_is_not_believed() {
    let forged = |place: usize| (place, result(0, 0, 0, 1));
    assert_eq!(told(&mut client(), &[forged(1), forged(2), forged(3)]), []);
    let changed = |place: usize| (place, Outcome { slot: 0, ..result(place, 0, 1, 1) });
    assert_eq!(told(&mut client(), &[changed(1), changed(2), changed(3)]), []);
}

#[test]
fn a_liars_result_is_believed_and_its_clients_order_is_not() {
    let lie = |place: usize| {
        let mut outcome = result(place, 0, 0, 1);
        outcome.order.body = Body::new(b"another");
        outcome.resealed(CLIENT, &keys(server(place)))
    };
    assert!(lie(1).is_right(server(1), &keys(CLIENT)), "a server says what it likes");
    let mut changed = order(1);
    changed.what.body = Body::new(b"another");
    let h = changed.what.hash();
    assert!(!changed.is_right(0, &h, &keys(server(0))), "but lacks the keys of clients");
}

#[test]
fn the_believed_sequencer_is_of_an_epoch_that_f_plus_one_servers_have_seen() {
    let mut client = client();
    let epochs = [(0, 9), (1, 8), (2, 3)];
    let said = epochs.map(|(place, epoch)| (place, result(place, epoch, 0, 1)));
    told(&mut client, &said);
    assert_eq!(client.sequencer(), server(3), "two liars have told of epochs 9 and 8");
}

#[test]
fn a_client_asks_again_ever_more_rarely_until_it_delivers() {
    let mut client = client();
    let (sent, wait) = client.multicast(message(1));
    assert_eq!((&sent, wait), (&order(1), TIMES().resend));
    let waits: Vec<Span> = (0..5).map_while(|_| client.overdue(1)).map(|(_, wait)| wait).collect();
    let expected = [440, 880, 1760, 2000, 2000].map(Span::millis);
    assert_eq!(waits, expected);
    told(&mut client, &said_by(&[0, 1, 2], 0, 1));
    assert_eq!(client.overdue(1), None);
}

#[test]
fn a_message_may_ask_for_a_long_answer() {
    let body = Body::new(br#"{"answer":5,"pad":""}"#);
    let (order, _) = client().multicast(Message { body, ..message(1) });
    assert_eq!(order.what.answer, 5);
    let decided = Decided { epoch: 0, slot: 0, order: Rc::new(order) };
    assert_eq!(Outcome::to(CLIENT, &decided, &keys(server(0))).pad, Body::new(&[0; 5]));
}
