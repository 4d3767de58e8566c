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
    Trouble::Strike { from: LIAR, to: NodeId(to), number, fate }
}

/// What becomes of these messages, each to a node, under the first disturbance.
fn told(schedule: &Schedule, messages: &[(u32, &str)]) -> Vec<Option<Lie>> {
    let mut lies = Lies::of(schedule);
    let mut numbers = BTreeMap::new();
    let mut tell = |(to, text): &(u32, &str)| {
        let number = numbers.entry(*to).or_insert(0);
        *number += 1;
        let transit = Transit { from: LIAR, to: NodeId(*to), number: *number };
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
