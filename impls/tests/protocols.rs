//! Each protocol in a few lines, without any runtime: messages are taken out of a mailbox by hand.

mod common;

use common::{Link, Post};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Implementation;
use pepperland_core::time::Span;
use pepperland_impls::multicast::{basic, reliable};
use pepperland_impls::order::{fifo, lamport, sequencer, sequencer_failover};
use pepperland_impls::requests::{anycast, group_request};
use std::collections::BTreeSet;

const N1: NodeId = NodeId(0);
const N2: NodeId = NodeId(1);
const N3: NodeId = NodeId(2);

fn post(implementation: &'static Implementation, nodes: usize) -> Post {
    Post::new(implementation, nodes, None)
}

/// What a node delivers when it takes this message.
fn delivers(post: &mut Post, link: Link, number: u32) -> Vec<String> {
    let lines = post.deliver(link, number).expect("it is waiting");
    let told = lines.iter().filter_map(|line| line.split_once(" delivers "));
    told.map(|(_, body)| body.to_owned()).collect()
}

const NOTHING: [&str; 0] = [];

#[test]
fn basic_delivers_what_it_receives_and_sends_nothing_more() {
    let mut post = post(&basic::ENTRY, 3);
    post.multicast(N1, "a");
    for to in [N3, N1, N2] {
        assert_eq!(delivers(&mut post, (N1, to), 1), ["a"]);
    }
    assert!(post.show().is_empty());
}

#[test]
fn reliable_delivers_once_however_often_it_hears() {
    let mut post = post(&reliable::ENTRY, 3);
    post.multicast(N1, "a");
    assert_eq!(delivers(&mut post, (N1, N2), 1), ["a"]);
    // Its own relay, and the relay of n3.
    assert_eq!(delivers(&mut post, (N2, N2), 1), NOTHING);
    assert_eq!(delivers(&mut post, (N1, N3), 1), ["a"]);
    assert_eq!(delivers(&mut post, (N3, N2), 1), NOTHING);
}

#[test]
fn reliable_relays_before_it_delivers() {
    let mut post = post(&reliable::ENTRY, 3);
    post.multicast(N1, "a");
    let lines = post.deliver((N1, N2), 1).expect("it is waiting");
    assert!(lines[0].starts_with("n2 ->n1 #1 ->n2 #1 ->n3 #1: "), "{lines:?}");
    assert_eq!(lines[1..], ["n2 delivers a"]);
}

#[test]
fn reliable_reaches_those_whom_a_crashed_sender_has_not() {
    let mut post = post(&reliable::ENTRY, 3);
    post.crash_after(N1, 2);
    post.multicast(N1, "a");
    assert_eq!(post.settle(), ["n2 delivers a", "n3 delivers a"]);
}

#[test]
fn two_messages_of_one_body_are_two_messages() {
    let mut post = post(&reliable::ENTRY, 2);
    post.multicast(N1, "a");
    post.multicast(N1, "a");
    assert_eq!(post.settle(), ["n1 delivers a a", "n2 delivers a a"]);
}

#[test]
fn fifo_holds_back_what_comes_too_early() {
    for implementation in [&fifo::OVER_RELIABLE, &fifo::OVER_BASIC] {
        let mut post = post(implementation, 2);
        for body in ["a", "b", "c"] {
            post.multicast(N1, body);
        }
        assert_eq!(delivers(&mut post, (N1, N2), 2), NOTHING);
        assert_eq!(delivers(&mut post, (N1, N2), 3), NOTHING);
        assert_eq!(delivers(&mut post, (N1, N2), 1), ["a", "b", "c"]);
    }
}

#[test]
fn fifo_drops_an_old_number() {
    let mut post = post(&fifo::OVER_BASIC, 2);
    post.multicast(N1, "a");
    let copy = post.repeat((N1, N2), 1).expect("it is waiting");
    assert_eq!(copy, ["n2 delivers a"]);
    assert_eq!(delivers(&mut post, (N1, N2), 1), NOTHING);
}

#[test]
fn fifo_lets_the_messages_of_two_senders_pass_each_other() {
    let mut post = post(&fifo::OVER_BASIC, 3);
    post.multicast(N1, "a");
    post.multicast(N1, "b");
    post.multicast(N3, "c");
    assert_eq!(delivers(&mut post, (N1, N2), 2), NOTHING);
    assert_eq!(delivers(&mut post, (N3, N2), 1), ["c"]);
    assert_eq!(delivers(&mut post, (N1, N2), 1), ["a", "b"]);
}

#[test]
fn the_sequencer_numbers_messages_as_they_reach_it() {
    let mut post = post(&sequencer::ENTRY, 3);
    post.multicast(N2, "a");
    post.multicast(N3, "b");
    post.deliver((N3, N1), 1).expect("it is waiting");
    assert_eq!(post.settle(), ["n1", "n2", "n3"].map(|n| format!("{n} delivers b@0 a@1")));
}

#[test]
fn a_message_without_its_number_waits_and_a_number_without_its_message_too() {
    let mut post = post(&sequencer::ENTRY, 3);
    post.multicast(N2, "a");
    // The message, then the order.
    assert_eq!(delivers(&mut post, (N2, N2), 1), NOTHING);
    post.deliver((N2, N1), 1).expect("it is waiting");
    assert_eq!(delivers(&mut post, (N1, N2), 2), ["a@0"]);
    // The order, then the message.
    assert_eq!(delivers(&mut post, (N1, N3), 2), NOTHING);
    assert_eq!(delivers(&mut post, (N2, N3), 1), ["a@0"]);
}

#[test]
fn without_the_sequencer_nothing_is_ordered() {
    let mut post = post(&sequencer::ENTRY, 3);
    post.crash(N1);
    post.multicast(N2, "a");
    assert_eq!(post.settle(), NOTHING);
}

#[test]
fn another_sequencer_knows_again_what_the_first_has_numbered() {
    let mut post = post(&sequencer_failover::ENTRY, 3);
    post.multicast(N3, "a");
    // After the keepalive, the message; then it is in the log of n2, and of nobody else that lives.
    post.crash_after(N1, 2);
    post.deliver((N3, N1), 2).expect("it is waiting");
    let mut lines = Vec::new();
    for _ in 0..10 {
        lines.extend(post.settle());
        post.wait(Span::millis(20));
    }
    assert_eq!(lines, ["n2 delivers a@0", "n3 delivers a@0"]);
    post.multicast(N2, "b");
    assert_eq!(post.settle(), ["n2 delivers b@1", "n3 delivers b@1"]);
}

#[test]
fn lamport_waits_until_everybody_is_heard_from() {
    let mut post = post(&lamport::ENTRY, 3);
    post.multicast(N1, "a");
    assert_eq!(delivers(&mut post, (N1, N2), 1), NOTHING);
    assert_eq!(delivers(&mut post, (N2, N2), 1), NOTHING);
    post.deliver((N1, N3), 1).expect("it is waiting");
    assert_eq!(delivers(&mut post, (N3, N2), 1), ["a"]);
}

#[test]
fn lamport_breaks_a_tie_by_the_sender() {
    for (first, second) in [((N1, N3), (N2, N3)), ((N2, N3), (N1, N3))] {
        let mut post = post(&lamport::ENTRY, 3);
        post.multicast(N1, "a");
        post.multicast(N2, "b");
        post.deliver(first, 1).expect("it is waiting");
        post.deliver(second, 1).expect("it is waiting");
        let all = ["n1", "n2", "n3"].map(|n| format!("{n} delivers a b"));
        assert_eq!(post.settle(), all);
    }
}

#[test]
fn whoever_has_heard_of_a_message_stamps_a_later_clock() {
    let mut post = post(&lamport::ENTRY, 2);
    post.multicast(N1, "a");
    post.deliver((N1, N2), 1).expect("it is waiting");
    let lines = post.multicast(N2, "b");
    assert_eq!(lines, ["n2 ->n1 #2 ->n2 #2: number=1 Data(2 b)"]);
}

#[test]
fn a_request_returns_with_the_replies_of_as_many_members_as_it_asked_for() {
    let mut post = post(&group_request::ENTRY, 5);
    post.invoke(N1, 1, r#"{"f":"multicast","replies":"majority"}"#);
    let members = NodeId::first(5).collect::<Vec<_>>();
    for member in &members {
        post.deliver((N1, *member), 1).expect("the request is waiting");
    }
    let replies = members.iter().map(|member| post.deliver((*member, N1), 2).expect("a reply"));
    let told: Vec<String> = replies.flatten().collect();
    assert_eq!(told, [r#"n1 responds to 1: {"f":"multicast_ok","from":["n1","n2","n3"]}"#]);
}

#[test]
fn a_request_returns_in_time_with_what_there_is() {
    let mut post = post(&group_request::ENTRY, 3);
    post.invoke(N1, 1, r#"{"f":"multicast","replies":"all"}"#);
    let told = r#"n1 responds to 1: {"f":"multicast_timeout","from":[]}"#;
    assert_eq!(post.wait(Span::millis(200)), [told]);
    assert_eq!(post.settle(), NOTHING);
    assert_eq!(post.wait(Span::seconds(1)), NOTHING);
}

#[test]
fn anycast_asks_the_next_member_until_one_serves() {
    let mut post = post(&anycast::ENTRY, 4);
    post.crash(N2);
    post.multicast(N1, "a");
    post.wait(Span::millis(150));
    assert_eq!(delivers(&mut post, (N1, N3), 1), ["a"]);
    post.deliver((N3, N1), 1).expect("the answer is waiting");
    assert_eq!(post.wait(Span::seconds(1)), NOTHING);
}

#[test]
fn a_member_that_answers_late_is_trusted_again() {
    let mut post = post(&anycast::ENTRY, 3);
    post.multicast(N1, "a");
    post.wait(Span::millis(150));
    post.deliver((N1, N2), 1).expect("the request is waiting");
    post.deliver((N2, N1), 1).expect("the answer is waiting");
    assert!(post.multicast(N1, "b")[0].starts_with("n1 ->n2 #2"));
}

#[test]
fn frames_are_doubled_on_every_link_but_that_to_oneself() {
    let mut post = Post::new(&reliable::ENTRY, 2, Some("doubles-frames"));
    let sent = post.multicast(N1, "a");
    assert_eq!(sent, ["n1 ->n1 #1 ->n2 #1 ->n2 #2: Multicast(name=n1:0:1 a)"]);
    assert_eq!(post.settle(), ["n1 delivers a", "n2 delivers a"]);
}

#[test]
fn shuffled_sends_reach_the_same_nodes_and_each_link_keeps_its_order() {
    let mut post = Post::new(&fifo::OVER_BASIC, 3, Some("shuffles-sends"));
    let mut orders = BTreeSet::new();
    for body in ["a", "b", "c", "d", "e", "f"] {
        let sent = post.multicast(N1, body).concat();
        let receivers = sent.split_whitespace().filter_map(|word| word.strip_prefix("->"));
        let receivers: Vec<String> = receivers.map(str::to_owned).collect();
        assert_eq!(receivers.iter().collect::<BTreeSet<_>>().len(), 3);
        orders.insert(receivers);
    }
    assert!(orders.len() > 1, "{orders:?}");
    assert_eq!(post.settle(), ["n1", "n2", "n3"].map(|n| format!("{n} delivers a b c d e f")));
}

#[test]
fn a_delayed_receipt_is_seen_within_20_ms() {
    let mut post = Post::new(&basic::ENTRY, 2, Some("delays-receipts"));
    post.multicast(N1, "a");
    assert_eq!(post.settle(), NOTHING);
    assert_eq!(post.wait(Span::millis(20)).len(), 2);
}
