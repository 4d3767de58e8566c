use super::{cast, client, keys, message, proposal, server, times};
use crate::byzantine::keys::digest;
use crate::byzantine::ordering::{Act, Alarm, Server, Write};
use crate::byzantine::pieri::votes::Votes;
use pepperland_core::message::Message;
use pepperland_core::time::Time;

const NOW: Time = Time::ZERO;

/// The server at this place, started.
fn started(place: u32) -> Server<Votes> {
    let votes = Votes::new(place as usize, cast(), keys(server(place)));
    let mut server = Server::new(server(place), place as usize, cast(), votes, times());
    server.start(NOW);
    server
}

/// The writes of the server since it was last asked.
fn written(server: &mut Server<Votes>) -> Vec<Write<Message>> {
    let writes = server.take_acts().into_iter().filter_map(|act| match act {
        Act::Write(write) => Some(write),
        _ => None,
    });
    writes.collect()
}

fn propose(m: &Message) -> Write<Message> {
    Write::Propose { sid: server(0), epoch: 0, slot: 0, order: m.clone() }
}

fn accept(place: u32, m: &Message) -> Write<Message> {
    Write::Accept { sid: server(place), slot: 0, hash: digest(m) }
}

#[test]
fn the_leader_proposes_what_all_clients_but_f_want() {
    let (mut leader, m) = (started(0), message(1, "a"));
    for by in [1, 2] {
        leader.upon_proposal(client(by), proposal(by, &m), NOW);
    }
    assert_eq!(written(&mut leader), []);
    leader.upon_proposal(client(3), proposal(3, &m), NOW);
    assert_eq!(written(&mut leader), [propose(&m)]);
}

#[test]
fn a_server_accepts_once_f_plus_one_clients_have_told_it_and_complains_if_they_do_not() {
    let (mut follower, m) = (started(1), message(1, "a"));
    follower.upon_written(server(0), propose(&m), NOW);
    follower.upon_proposal(client(1), proposal(1, &m), NOW);
    assert_eq!(written(&mut follower), [], "one may lie; others may be on their way");
    let mut patient = follower;
    patient.upon_proposal(client(2), proposal(2, &m), NOW);
    assert_eq!(written(&mut patient), [accept(1, &m)]);

    let mut waiting = started(2);
    waiting.upon_written(server(0), propose(&m), NOW);
    waiting.take_acts();
    waiting.upon_alarm(Alarm::Unverified, NOW + times().wait);
    assert!(matches!(written(&mut waiting)[..], [Write::Change { epoch: 0, .. }]));
}

#[test]
fn a_write_under_anothers_name_is_none() {
    let (mut follower, m) = (started(1), message(1, "a"));
    for by in [1, 2] {
        follower.upon_proposal(client(by), proposal(by, &m), NOW);
    }
    follower.upon_written(server(2), propose(&m), NOW);
    assert_eq!(written(&mut follower), []);
}

#[test]
fn what_f_plus_one_servers_accept_is_told_to_every_client() {
    let (mut follower, m) = (started(1), message(1, "a"));
    follower.upon_written(server(0), propose(&m), NOW);
    follower.take_acts();
    follower.upon_written(server(2), accept(2, &m), NOW);
    let acts = follower.take_acts();
    let told =
        acts.iter().filter(|act| matches!(act, Act::Tell(_, decided) if *decided.order == m));
    assert_eq!(told.count(), cast().clients.len());
}
