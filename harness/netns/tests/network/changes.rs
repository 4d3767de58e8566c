//! Changed frames: which of them a kernel stops, and which an application sees.

use crate::net::{at, network, received, some_bytes, through_tcp, udp};
use pepperland_netns::frame::Rewriter;
use pepperland_netns::{Chance, Corruption, Links, Options, Rule, Switch};
use std::net::UdpSocket;

const ALL: Chance = Chance::ALWAYS;

/// Sends a datagram under a rule, then one that is left alone; what the receiver gets until then,
/// and how many the rule touched.
fn under(switch: &Switch, rule: Rule, datagram: &[u8]) -> (Vec<Vec<u8>>, u64) {
    let [sender, receiver] = [0, 1].map(|node| udp(switch, node));
    switch.begin(1, &Links::One(0, 1), rule);
    let taken = switch.counters().link(0, 1).taken;
    sender.send_to(datagram, at(1)).unwrap();
    while switch.counters().link(0, 1).taken == taken {
        std::thread::yield_now();
    }
    let touched = switch.end(1);
    sender.send_to(b"end", at(1)).unwrap();
    (until_end(&receiver), touched)
}

fn until_end(receiver: &UdpSocket) -> Vec<Vec<u8>> {
    let all = std::iter::repeat_with(|| received(receiver));
    all.take_while(|datagram| datagram != b"end").collect()
}

fn bits_apart(one: &[u8], other: &[u8]) -> u32 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(a, b)| (a ^ b).count_ones()).sum()
}

#[test]
fn any_bit_changed_is_stopped_by_the_receivers_kernel() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let rule = Rule::Corrupt { rate: ALL, what: Corruption::AnyBit };
    assert_eq!(under(&switch, rule, &[7; 1000]), (vec![], 1));
    let link = *switch.counters().link(0, 1);
    assert_eq!((link.corrupted, link.carried, link.lost), (1, 2, 0));
}

#[test]
fn a_payload_bit_changed_reaches_the_application() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let rule = Rule::Corrupt { rate: ALL, what: Corruption::PayloadBit };
    let (got, touched) = under(&switch, rule, &[7; 1000]);
    assert_eq!((got.len(), touched), (1, 1));
    assert_eq!(bits_apart(&got[0], &[7; 1000]), 1);
}

#[test]
fn what_cannot_be_changed_is_not_touched() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let rule = Rule::Corrupt { rate: ALL, what: Corruption::PayloadBit };
    assert_eq!(under(&switch, rule, &[]), (vec![vec![]], 0));
}

#[test]
fn what_nobody_can_rewrite_loses_a_bit() {
    struct Speechless;
    impl Rewriter for Speechless {
        fn rewrite(&mut self, _: &[u8], _: u64) -> Option<Vec<u8>> {
            None
        }
    }
    let rewriters: [Option<Box<dyn Rewriter>>; 2] = [None, Some(Box::new(Speechless))];
    for rewriter in rewriters {
        let Some(switch) = network(2, Options { rewriter, ..Options::of(1) }) else { return };
        let rule = Rule::Corrupt { rate: ALL, what: Corruption::Structured };
        let (got, touched) = under(&switch, rule, &[7; 1000]);
        assert_eq!((got.len(), touched), (1, 1));
        assert_eq!(bits_apart(&got[0], &[7; 1000]), 1);
    }
}

struct Shout;

impl Rewriter for Shout {
    fn rewrite(&mut self, payload: &[u8], _: u64) -> Option<Vec<u8>> {
        Some([payload.to_ascii_uppercase(), b"!".to_vec()].concat())
    }
}

#[test]
fn a_rewriter_puts_its_own_words_into_the_senders_mouth() {
    let options = Options { rewriter: Some(Box::new(Shout)), ..Options::of(1) };
    let Some(switch) = network(2, options) else { return };
    let rule = Rule::Corrupt { rate: ALL, what: Corruption::Structured };
    assert_eq!(under(&switch, rule, b"commit"), (vec![b"COMMIT!".to_vec()], 1));
}

#[test]
fn a_garbled_datagram_arrives_without_its_end() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let whole: Vec<u8> = (0..200).collect();
    let (got, touched) = under(&switch, Rule::Garble { rate: ALL }, &whole);
    assert_eq!((got.len(), touched), (1, 1));
    assert!(got[0].len() < whole.len() && whole.starts_with(&got[0]));
    assert_eq!(switch.counters().link(0, 1).garbled, 1);
}

#[test]
fn a_forged_datagram_comes_from_somebody_else() {
    let Some(switch) = network(3, Options::of(1)) else { return };
    let [sender, receiver] = [0, 1].map(|node| udp(&switch, node));
    switch.begin(1, &Links::All, Rule::Forge { rate: ALL });
    sender.send_to(b"I am n1", at(1)).unwrap();
    let mut bytes = [0; 64];
    let (_, from) = receiver.recv_from(&mut bytes).unwrap();
    assert_eq!(from, at(2).into());
    assert_eq!(switch.end(1), 1);
}

#[test]
fn tcp_delivers_changed_payloads_of_the_right_length() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let sent = some_bytes(1_000_000);
    let rule = Rule::Corrupt { rate: Chance::percent(20), what: Corruption::PayloadBit };
    switch.begin(1, &Links::All, rule);
    let got = through_tcp(&switch, 0, 1, &sent);
    assert!(switch.end(1) > 0);
    assert_eq!(got.len(), sent.len());
    assert!(got != sent);
}

#[test]
fn tcp_survives_loss_duplicates_and_raw_corruption() {
    let Some(switch) = network(2, Options::of(1)) else { return };
    let sent = some_bytes(200_000);
    let some = Chance::percent(3);
    let most = std::time::Duration::from_millis(1);
    switch.begin(1, &Links::All, Rule::Lose { rate: some });
    switch.begin(2, &Links::All, Rule::Duplicate { rate: some, most });
    switch.begin(3, &Links::All, Rule::Corrupt { rate: some, what: Corruption::AnyBit });
    assert!(through_tcp(&switch, 0, 1, &sent) == sent);
}
