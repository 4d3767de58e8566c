use super::hall::{CLIENT, Hall, SERVERS, TIMES, cast, keys, message, order, server, spoilt};
use crate::byzantine::difato::messages::{Order, Ordered, Write};
use pepperland_core::message::Body;

const ALL: [usize; SERVERS] = [0, 1, 2, 3, 4];

fn proposal(place: usize, epoch: u64, slot: u64, order: Order) -> Write {
    Write::Propose { sid: server(place), epoch, slot, order }
}

fn change(place: usize, epoch: u64) -> Write {
    let suspect = server((epoch % SERVERS as u64) as usize);
    Write::Change { sid: server(place), epoch, hash: None, suspect }
}

/// The order as a liar would have it, who lacks the client's keys.
fn forged(number: u32) -> Order {
    let Order { what, macs } = order(number);
    Order { what: Ordered { body: Body::new(b"forged"), ..what }, macs }
}

#[test]
fn without_faults_every_server_tells_every_client_after_n_writes() {
    let mut hall = Hall::new();
    hall.order(&order(1), [0]);
    hall.read(&ALL);
    assert_eq!(hall.log.len(), SERVERS, "one proposal, and an acceptance of each other server");
    assert_eq!(hall.told.len(), SERVERS * cast().clients.len());
    let mut results = hall.results(1);
    results.sort_unstable();
    assert_eq!(results, ALL.map(|place| (place, 0)));
}

#[test]
fn one_slot_is_filled_after_the_other() {
    let mut hall = Hall::new();
    hall.order(&order(1), [0]);
    hall.order(&order(2), [0]);
    assert_eq!(hall.log.len(), 1, "the second waits until the first is decided");
    hall.read(&ALL);
    assert!(hall.results(2).contains(&(3, 1)));
}

#[test]
fn a_first_proposal_that_cannot_be_verified_is_complained_of_at_once() {
    let mut hall = Hall::new();
    hall.write(0, proposal(0, 0, 0, spoilt(order(1), &[3])));
    hall.read(&ALL);
    assert_eq!(hall.complaints(0), [3]);
    assert_eq!(hall.results(1).len(), SERVERS, "the others accept it");
}

#[test]
fn a_repeated_proposal_that_cannot_be_verified_is_waited_for() {
    let mut hall = Hall::new();
    let order = spoilt(order(1), &[2, 3, 4]);
    hall.write(0, proposal(0, 0, 0, order.clone()));
    hall.read(&ALL);
    assert_eq!(hall.complaints(0), [2, 3, 4]);
    hall.write(1, proposal(1, 1, 0, order));
    hall.read(&[2, 3, 4]);
    assert!(hall.complaints(1).is_empty());
    hall.pass(TIMES().wait, &[2, 3]);
    assert_eq!(hall.complaints(1), [2, 3], "the client's own order has not come");
}

#[test]
fn the_clients_own_order_makes_what_is_waited_for_verifiable() {
    let mut hall = Hall::new();
    let half = spoilt(order(1), &[2, 3, 4]);
    hall.write(0, proposal(0, 0, 0, half.clone()));
    hall.read(&ALL);
    hall.write(1, proposal(1, 1, 0, half));
    hall.read(&ALL);
    assert_eq!(hall.results(1), []);
    hall.order(&order(1), [2]);
    hall.read(&ALL);
    assert_eq!(hall.results(1).len(), SERVERS);
}

#[test]
fn what_a_client_never_said_is_never_decided() {
    let mut hall = Hall::new();
    hall.order(&order(1), ALL);
    hall.log.clear();
    hall.write(0, proposal(0, 0, 0, forged(1)));
    hall.read(&[1, 2, 3, 4]);
    assert_eq!(hall.complaints(0), [1, 2, 3, 4], "though the right one waits here");
    assert_eq!(hall.told, []);
}

#[test]
fn a_leader_that_skips_a_slot_or_says_two_things_is_complained_of() {
    for second in [proposal(0, 0, 1, order(2)), proposal(0, 0, 0, order(2))] {
        let mut hall = Hall::new();
        hall.write(0, proposal(0, 0, 0, order(1)));
        hall.write(0, second);
        hall.read(&[3]);
        assert_eq!(hall.complaints(0), [3]);
    }
}

#[test]
fn what_was_decided_before_is_no_candidate() {
    let mut hall = Hall::new();
    hall.order(&order(1), [0]);
    hall.read(&ALL);
    hall.write(0, proposal(0, 0, 1, order(1)));
    let hash = order(1).what.hash();
    hall.write(4, Write::Accept { sid: server(4), slot: 1, hash });
    hall.order(&order(2), [1, 2, 3]);
    hall.read(&ALL);
    hall.pass(TIMES().hold, &ALL);
    assert_eq!(hall.leads(), [(0, 0), (1, 1)], "the next leader does not stand by it");
    assert!(hall.results(2).contains(&(4, 1)));
}

#[test]
fn the_new_leader_stands_by_what_it_has_accepted() {
    let mut hall = Hall::new();
    hall.write(0, proposal(0, 0, 0, spoilt(order(1), &[2, 3, 4])));
    hall.order(&order(2), [1]);
    hall.read(&ALL);
    hall.pass(TIMES().hold, &ALL);
    assert_eq!(hall.leads(), [(0, 0), (1, 1)]);
    let proposed = hall.log.iter().rev().find_map(|(_, write)| match write {
        Write::Propose { epoch: 1, slot: 0, order, .. } => Some(order.what.id),
        _ => None,
    });
    assert_eq!(proposed, Some(message(1).id), "though another has waited longer here");
}

#[test]
fn a_leader_that_passes_over_what_may_be_decided_is_complained_of() {
    let mut hall = Hall::new();
    hall.write(0, proposal(0, 0, 0, order(1)));
    hall.read(&[3]);
    (0..3).for_each(|place| hall.write(place, change(place, 0)));
    hall.write(1, proposal(1, 1, 0, order(2)));
    hall.read(&[3]);
    assert_eq!(hall.complaints(1), [3]);
}

#[test]
fn the_next_leader_reads_all_of_the_epoch_before_it_proposes() {
    let mut hall = Hall::new();
    hall.order(&order(1), [1]);
    (2..5).for_each(|place| hall.write(place, change(place, 0)));
    hall.read(&ALL);
    assert_eq!(hall.leads(), [(0, 0)]);
    hall.pass(TIMES().hold, &ALL);
    assert_eq!(hall.leads(), [(0, 0), (1, 1)]);
    assert_eq!(hall.results(1).len(), SERVERS);
}

#[test]
fn a_server_that_catches_up_does_not_lead_an_epoch_that_is_over() {
    let mut hall = Hall::new();
    (2..5).for_each(|place| hall.write(place, change(place, 0)));
    (2..5).for_each(|place| hall.write(place, change(place, 1)));
    hall.read(&ALL);
    hall.pass(TIMES().hold, &ALL);
    assert_eq!(hall.leads(), [(0, 0), (2, 2)]);
}

#[test]
fn a_sequencer_that_does_nothing_is_replaced() {
    let (mut hall, awake) = (Hall::new(), [1, 2, 3, 4]);
    hall.order(&order(1), awake);
    let times = TIMES();
    hall.pass(times.progress + times.hold, &awake);
    assert_eq!(hall.complaints(0), [1, 2, 3], "three of them are enough");
    assert_eq!(hall.leads(), [(0, 0), (1, 1)]);
    assert_eq!(hall.results(1).len(), 4);
}

#[test]
fn orders_that_keep_coming_do_not_put_the_suspicion_off() {
    let (mut hall, awake) = (Hall::new(), [1, 2, 3, 4]);
    for number in 1..10 {
        hall.order(&order(number), awake);
        hall.pass(TIMES().resend, &awake);
    }
    assert!(hall.leads().contains(&(1, 1)));
}

#[test]
fn a_later_message_may_come_before_an_earlier_one_but_not_from_beyond_the_window() {
    let mut hall = Hall::new();
    for number in [2, 65, 1, 64] {
        hall.order(&order(number), [0]);
    }
    hall.read(&ALL);
    let slots: Vec<_> = [2, 1, 64].map(|number| hall.results(number)[0].1).into();
    assert_eq!(slots, [0, 1, 2]);
    assert_eq!(hall.results(65), []);
    hall.order(&order(65), [0]);
    hall.read(&ALL);
    assert_eq!(hall.results(65).len(), SERVERS, "the window has moved on");
}

#[test]
fn a_client_that_asks_again_is_told_again() {
    let mut hall = Hall::new();
    hall.order(&order(1), [0]);
    hall.read(&ALL);
    hall.told.clear();
    hall.order(&order(1), [3]);
    assert_eq!(hall.results(1), [(3, 0)]);
    assert!(
        hall.told.iter().all(|(_, to, outcome)| {
            *to == CLIENT && outcome.is_right(server(3), &keys(CLIENT))
        })
    );
}
