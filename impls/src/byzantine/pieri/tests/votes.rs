use super::{cast, client, keys, message, proposal, server};
use crate::byzantine::keys::digest;
use crate::byzantine::ordering::{Book as _, Decided};
use crate::byzantine::pieri::votes::Votes;
use pepperland_core::message::Message;
use std::rc::Rc;

/// At the server at place 1.
fn votes() -> Votes {
    Votes::new(1, cast(), keys(server(1)))
}

/// These clients propose it; whether it is verified then, and whether it is to be proposed.
fn voted(votes: &mut Votes, clients: &[u32], m: &Message) -> (bool, bool) {
    for by in clients {
        votes.take(client(*by), proposal(*by, m));
    }
    (votes.can_verify(m, &digest(m)), !votes.is_empty())
}

#[test]
fn f_plus_one_clients_verify_a_message_and_all_but_f_make_it_one_to_be_proposed() {
    let (mut votes, m) = (votes(), message(1, "a"));
    assert_eq!(voted(&mut votes, &[0], &m), (false, false));
    assert_eq!(voted(&mut votes, &[0, 0], &m), (false, false), "a client counts once");
    assert_eq!(voted(&mut votes, &[3], &m), (true, false));
    assert_eq!(voted(&mut votes, &[2], &m), (true, true));
    assert_eq!(votes.oldest(), Some(Rc::new(m)));
}

#[test]
fn votes_for_two_messages_of_one_name_are_not_added_up() {
    let mut votes = votes();
    assert_eq!(voted(&mut votes, &[0], &message(1, "a")), (false, false));
    assert_eq!(voted(&mut votes, &[1], &message(1, "b")), (false, false));
}

#[test]
fn a_vote_without_its_clients_key_does_not_count() {
    let (mut votes, m) = (votes(), message(1, "a"));
    assert!(!votes.take(client(1), proposal(0, &m)), "n2 passes n1's on as its own");
    let mut spoilt = proposal(0, &m);
    spoilt.macs.swap(1, 2);
    assert!(!votes.take(client(0), spoilt));
    assert!(!votes.take(server(0), proposal(0, &m)), "a server has no vote");
}

#[test]
fn what_is_decided_is_neither_proposed_nor_voted_for_again_under_any_hash() {
    let (mut votes, m) = (votes(), message(1, "a"));
    voted(&mut votes, &[0, 1, 2], &m);
    voted(&mut votes, &[3], &message(1, "b"));
    votes.finish(Decided { epoch: 0, slot: 0, order: Rc::new(m.clone()) });
    assert!(votes.is_empty() && votes.is_done(&message(1, "b")));
    assert_eq!(voted(&mut votes, &[0, 1, 2, 3], &m), (false, false));
}

#[test]
fn what_is_overtaken_too_often_is_told() {
    let mut votes = votes();
    voted(&mut votes, &[0, 1, 2], &message(1, "a"));
    let overtaken = |n: u32| Decided { epoch: 0, slot: 0, order: Rc::new(message(n, "b")) };
    let told: Vec<bool> = (2..36).map(|n| votes.finish(overtaken(n))).collect();
    assert_eq!(told.iter().position(|too_often| *too_often), Some(32));
}
