//! Each way of lying, on messages that are JSON text.

use super::*;
use crate::contract::mutate;
use crate::history::Channel;
use crate::schedule::{Disturbance, Frame, Harm, NetworkOptions};
use crate::seed::Seed;
use crate::time::Time;

struct Json;

impl Tongue for Json {
    fn read(&self, frame: &[u8]) -> Option<Value> {
        serde_json::from_slice(frame).ok()
    }

    fn write(&self, described: Value) -> Option<Vec<u8>> {
        Some(described.to_string().into_bytes())
    }

    fn vary(&self, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        let mut value = self.read(frame)?;
        mutate(&mut value, draw).then_some(value.to_string().into_bytes())
    }

    /// Who signs with its key: `"mac"` is made anew, `"others"` is somebody else's.
    fn seal(&self, to: NodeId, frame: Vec<u8>) -> Vec<u8> {
        let mut value: Value = serde_json::from_slice(&frame).expect("it is JSON");
        if value.get("mac").is_some() {
            value["mac"] = mac(&value["v"], to).into();
        }
        value.to_string().into_bytes()
    }
}

/// What the liar's key makes of a value, on its way to a node.
fn mac(v: &Value, to: NodeId) -> String {
    format!("of {v} for {to}")
}

const LIAR: NodeId = NodeId(0);

fn schedule(troubles: Vec<Trouble>) -> Schedule {
    let network = NetworkOptions {
        channel: Channel::FairLoss,
        ..NetworkOptions::perfect(Span::millis(1), Span::millis(1))
    };
    let header = Frame {
        seed: Seed(7),
        heal_at: Time::NEVER,
        end: Time::NEVER,
        ..Frame::of("", 4, network)
    };
    let disturbances = troubles.into_iter().map(|t| Disturbance::from(Time::ZERO, t)).collect();
    Schedule { header, steps: Vec::new(), disturbances }
}

fn lying(how: Deceit) -> Trouble {
    Trouble::Lie { node: LIAR, rate: PerMillion::percent(100), how }
}

fn strike(to: u32, number: u32, fate: Fate) -> Trouble {
    Trouble::strike(LIAR, NodeId(to), number, fate)
}

/// What becomes of these messages, each to a node, under the first disturbance.
fn told(schedule: &Schedule, messages: &[(u32, &str)]) -> Vec<Option<Lie>> {
    let mut lies = Lies::of(schedule);
    let mut numbers = BTreeMap::new();
    let mut tell = |(to, text): &(u32, &str)| {
        let number = numbers.entry(*to).or_insert(0);
        *number += 1;
        let transit = Transit::of_payload(LIAR, NodeId(*to), *number);
        let saying = Saying { transit, frame: text.as_bytes(), tongue: &Json };
        lies.hear(&saying);
        let harm = transit.harm(schedule.header.seed, &schedule.disturbances[0]);
        let Some(Harm::Lied(draw)) = harm else { return None };
        lies.tell(schedule, 0, draw, &saying)
    };
    messages.iter().map(&mut tell).collect()
}

fn outcomes(how: Deceit, messages: &[(u32, &str)]) -> Vec<Option<String>> {
    told(&schedule(vec![lying(how)]), messages).into_iter().map(|lie| Some(said(&lie?))).collect()
}

fn said(lie: &Lie) -> String {
    match &lie.outcome {
        Outcome::Instead(frame) | Outcome::Besides(frame) => {
            String::from_utf8(frame.clone()).expect("text")
        }
        Outcome::Nothing => "nothing".to_owned(),
        Outcome::Late(by) => format!("late by {by}"),
    }
}

const ORDERS: [(u32, &str); 3] = [
    (1, r#"{"Order":{"place":1}}"#),
    (2, r#"{"Order":{"place":1}}"#),
    (1, r#"{"Order":{"place":7}}"#),
];

#[test]
fn what_was_said_earlier_comes_back() {
    let first = ORDERS[0].1.to_owned();
    let earlier = outcomes(Deceit::plain(Way::Earlier), &ORDERS);
    assert_eq!(earlier, [None, None, Some(first.clone())], "there is nothing else to say before");
    let replayed = outcomes(Deceit::plain(Way::Replay), &ORDERS);
    assert_eq!(replayed, [None, None, Some(first.clone())]);
    let readdressed = outcomes(Deceit::plain(Way::Readdress), &ORDERS);
    assert_eq!(readdressed, [None, None, Some(first)]);
}

#[test]
fn equal_messages_are_equal_lies_to_a_set_and_other_lies_to_another() {
    let all: Vec<(u32, String)> = (0..40)
        .flat_map(|n| (1..4).map(move |to| (to, format!(r#"{{"place":{n},"of":9}}"#))))
        .collect();
    let all: Vec<(u32, &str)> = all.iter().map(|(to, text)| (*to, text.as_str())).collect();
    let to = |nodes: &[u32]| Some(nodes.iter().copied().map(NodeId).collect());
    let told =
        |nodes: &[u32]| outcomes(Deceit { to: to(nodes), ..Deceit::plain(Way::Equivocate) }, &all);
    let (one, other) = (told(&[1, 2]), told(&[3]));
    for three in one.chunks(3) {
        assert!(three[0].is_some() && three[0] == three[1] && three[2].is_none());
    }
    let differ = one.chunks(3).zip(other.chunks(3)).filter(|(a, b)| a[0] != b[2]).count();
    assert!(differ > 10, "{differ} of 40 stories differ");
}

#[test]
fn silence_and_delay_befall_some_receivers_and_kinds() {
    let mixed =
        [(1, r#"{"Data":1}"#), (2, r#"{"Data":1}"#), (1, r#"{"Order":1}"#), (2, r#"{"Order":1}"#)];
    let to = Some(vec![NodeId(1)]);
    let silent = Deceit { to: to.clone(), kind: Some(2), ..Deceit::plain(Way::Silent) };
    assert_eq!(outcomes(silent, &mixed), [None, None, Some("nothing".to_owned()), None]);
    let late = Deceit { most: Span(1), to, ..Deceit::plain(Way::Late) };
    let late = outcomes(late, &mixed);
    assert!(late[0].is_some() && late[1].is_none(), "{late:?}");
}

#[test]
fn lies_in_messages_with_a_label_leave_the_others_alone() {
    let of =
        |label: &str| Deceit { label: Some(label.to_owned()), ..Deceit::plain(Way::SmallScope) };
    let mixed = [(1, r#"{"Data":{"n":1}}"#), (1, r#"{"Order":{"place":1}}"#), (1, r#"{"n":1}"#)];
    let told = |label| outcomes(of(label), &mixed).iter().map(Option::is_some).collect::<Vec<_>>();
    assert_eq!(told("Order"), [false, true, false]);
    assert_eq!(told("Data"), [true, false, false]);
    assert_eq!(told("Vote"), [false; 3]);
}

#[test]
fn whoever_is_in_haste_says_nothing_but_the_truth() {
    assert_eq!(outcomes(Deceit::plain(Way::Hasty), &ORDERS), [None, None, None]);
}

#[test]
fn some_authenticators_are_spoilt_and_never_all() {
    let vote = r#"{"Vote":["00000000","00000000","00000000","00000000"]}"#;
    let votes: Vec<(u32, &str)> = (0..60).map(|_| (1, vote)).collect();
    for lie in outcomes(Deceit::plain(Way::PartialMac), &votes) {
        let lie = lie.expect("there is a vector");
        let spoilt = lie.matches("00000001").count();
        assert!((1..4).contains(&spoilt), "{lie}");
    }
    assert_eq!(outcomes(Deceit::plain(Way::PartialMac), &ORDERS), [None, None, None]);
}

#[test]
fn every_lie_names_itself() {
    let mut named = 0;
    for way in Way::ALL {
        let drawn = schedule(vec![lying(Deceit { most: Span(9), ..Deceit::plain(way) })]);
        let messages: Vec<(u32, String)> = (0..30)
            .map(|n| {
                (1 + n % 3, format!(r#"{{"n":{n},"macs":["{0}","{0}","{0}","{0}"]}}"#, "00112233"))
            })
            .collect();
        let messages: Vec<(u32, &str)> =
            messages.iter().map(|(to, text)| (*to, text.as_str())).collect();
        for (place, lie) in told(&drawn, &messages).into_iter().enumerate() {
            let Some(lie) = lie else { continue };
            let number = 1 + place as u32 / 3;
            let struck = schedule(vec![strike(messages[place].0, number, lie.fate)]);
            assert!(lie.fate.is_a_lie() && struck.liars().contains(&LIAR));
            let again = told(&struck, &messages);
            assert_eq!(again[place], Some(lie), "{way:?}");
            assert_eq!(again.iter().flatten().count(), 1, "{way:?}: no other message is struck");
            named += 1;
        }
    }
    assert!(named > 200, "{named} lies");
}

#[test]
fn a_lie_says_what_it_changed() {
    let fate = Fate::Earlier { meant_for: NodeId(1), earlier: 1, draw: 0 };
    let lies = told(&schedule(vec![strike(1, 2, fate)]), &ORDERS);
    let lie = lies[2].as_ref().expect("it is one");
    assert_eq!(lie.said, [json!({"at": "Order.place", "was": 7, "now": 1})]);
}

#[test]
fn an_earlier_message_that_was_never_sent_is_no_lie() {
    let fate = Fate::Replay { meant_for: NodeId(3), earlier: 1, besides: false };
    assert_eq!(told(&schedule(vec![strike(1, 2, fate)]), &ORDERS), [None, None, None]);
}

/// A message with the liar's own authenticator, and one that is somebody else's.
fn signed(v: u32, to: u32) -> String {
    let mac = mac(&v.into(), NodeId(to));
    json!({"mac": mac, "others": "0a0b0c0d", "v": v}).to_string()
}

fn message(told: &Option<Lie>) -> Value {
    match told.as_ref().map(|lie| &lie.outcome) {
        Some(Outcome::Instead(frame) | Outcome::Besides(frame)) => {
            serde_json::from_slice(frame).expect("it is JSON")
        }
        other => panic!("nothing is said instead, but {other:?}"),
    }
}

#[test]
fn a_liars_own_authenticators_are_right_for_what_it_says() {
    // Among the small draws is every place that can be changed.
    let changed: Vec<Value> = (0..48)
        .filter_map(|draw| {
            let schedule = schedule(vec![strike(1, 1, Fate::Lie { draw })]);
            let told = told(&schedule, &[(1, &signed(7, 1))]);
            told[0].is_some().then(|| message(&told[0]))
        })
        .collect();
    assert!(changed.iter().any(|lie| lie["v"] != 7), "some lie about the value");
    for lie in &changed {
        assert_eq!(lie["mac"], mac(&lie["v"], NodeId(1)), "{lie}");
    }
}

#[test]
fn nobody_elses_authenticator_is_made_anew() {
    let forged = (0..48).any(|draw| {
        let schedule = schedule(vec![strike(1, 1, Fate::Lie { draw })]);
        let told = told(&schedule, &[(1, &signed(7, 1))]);
        told[0].is_some() && message(&told[0])["others"] != "0a0b0c0d"
    });
    assert!(forged, "a liar may change it, and then it is wrong");
}

#[test]
fn what_comes_again_to_another_is_sealed_for_it_and_to_the_same_stays_as_it_was() {
    let replay =
        |meant_for| Fate::Replay { meant_for: NodeId(meant_for), earlier: 1, besides: true };
    let messages = [(1, signed(7, 1)), (2, signed(8, 2)), (2, signed(9, 2))];
    let messages = messages.each_ref().map(|(to, text)| (*to, &**text));
    let told_again = |meant_for| {
        let schedule = schedule(vec![strike(2, 2, replay(meant_for))]);
        message(&told(&schedule, &messages)[2])
    };
    assert_eq!(told_again(1)["mac"], mac(&7.into(), NodeId(2)));
    assert_eq!(told_again(2).to_string(), signed(8, 2));
}

#[test]
fn spoilt_authenticators_stay_spoilt() {
    let text = json!({"mac": "", "macs": ["0a0b0c0d", "0a0b0c0d", "0a0b0c0d", "0a0b0c0d"], "v": 1});
    let schedule = schedule(vec![strike(1, 1, Fate::Spoil { entries: 2 })]);
    let told = told(&schedule, &[(1, &text.to_string())]);
    assert_eq!(message(&told[0])["macs"][1], "0a0b0c0c");
    assert_eq!(message(&told[0])["mac"], "", "it is sent as the harness made it");
}

#[test]
fn vectors_of_authenticators_may_be_as_long_as_a_role() {
    let mut schedule = schedule(vec![strike(1, 1, Fate::Spoil { entries: 3 })]);
    schedule.header.clients = 1;
    let text = json!({"macs": ["0a0b0c0d", "0a0b0c0d", "0a0b0c0d"]}).to_string();
    let told = told(&schedule, &[(1, &text)]);
    assert_eq!(message(&told[0])["macs"], json!(["0a0b0c0c", "0a0b0c0c", "0a0b0c0d"]));
}
