//! When a run that was cut off has been given its time.

use crate::history::{Header, Recorder};
use crate::id::{GroupId, MessageId, NodeId};
use crate::message::{Body, Message};
use crate::time::{Span, Time};

const N1: NodeId = NodeId(0);
const HEALED: Time = Time::millis(1_000);
const PATIENCE: Span = Span::millis(640);

fn message(number: u32) -> Message {
    Message { id: MessageId { origin: N1, incarnation: 0, number }, body: Body::new(b"a") }
}

/// A run in which a message is multicast and delivered at these instants, in ms.
fn delivered(multicast: u64, delivery: u64) -> Recorder {
    let mut recorder = Recorder::new(Header::new(vec!["n1".to_owned()]));
    recorder.broadcast(Time::millis(multicast), N1, &message(1), GroupId::ALL, None);
    recorder.deliver(Time::millis(delivery), N1, &message(1), None, None);
    recorder
}

fn is_complete(recorder: Recorder, end: u64) -> bool {
    recorder.cut_off(Time::millis(end), PATIENCE, HEALED).header.complete
}

#[test]
fn a_second_without_anything_is_enough_for_whoever_is_quick() {
    assert!(!is_complete(delivered(2_000, 2_100), 3_099));
    assert!(is_complete(delivered(2_000, 2_100), 3_100));
}

#[test]
fn who_was_slow_before_has_twice_as_long() {
    assert!(!is_complete(delivered(2_000, 3_600), 6_799));
    assert!(is_complete(delivered(2_000, 3_600), 6_800));
}

#[test]
fn what_was_waited_for_while_faults_lasted_does_not_count() {
    assert!(is_complete(delivered(10, 1_100), 2_100));
}

#[test]
fn when_a_client_asks_next_does_not_count() {
    let mut recorder = delivered(1_010, 1_020);
    recorder.broadcast(Time::millis(9_000), N1, &message(2), GroupId::ALL, None);
    recorder.deliver(Time::millis(9_010), N1, &message(2), None, None);
    assert!(is_complete(recorder, 10_010));
}

#[test]
fn who_has_answered_nothing_yet_has_the_patience_of_the_schedule() {
    let asked = || {
        let mut recorder = Recorder::new(Header::new(vec!["n1".to_owned()]));
        recorder.broadcast(Time::millis(1_000), N1, &message(1), GroupId::ALL, None);
        recorder
    };
    let is_complete =
        |end| asked().cut_off(Time::millis(end), Span::millis(9_600), HEALED).header.complete;
    assert!(!is_complete(10_599) && is_complete(10_600));
}
