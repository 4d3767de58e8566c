//! A liar changes what it sends to others, each receiver's copy by itself, and stays a message.

mod common;

use common::*;
use pepperland_core::contract::{Effect, Garbled, Host, Node, Request, Timer};
use pepperland_core::history::Channel::FairLoss;
use pepperland_core::history::History;
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::schedule::{Deceit, Fate, Schedule, Trouble};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::Span;
use serde_json::Value;
use std::collections::BTreeSet;

/// Sends JSON text upon each request, a flag or a message without anything to change, and notes
/// what comes.
struct Json;

const JSON: Implementation = toy(|_| Box::new(Json));

impl Node for Json {
    fn start(&mut self, _: &mut Host) {}

    fn request(&mut self, request: Request<Message>, host: &mut Host) {
        let Request::Multicast(_, message) = request else { return };
        let text =
            if &message.body.0[..] == b"empty" { "{}" } else { r#"{"type":"set","value":4}"# };
        host.effects.bytes.extend(text.as_bytes());
        let frame = 0..text.len() as u32;
        let effect = Effect::Send { to: N2, network: NetworkId::PAYLOAD, frame };
        host.effects.list.push(effect);
    }

    fn receive(&mut self, _: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        let described = self.describe(frame)?;
        host.effects.list.push(Effect::Note(described.to_string()));
        Ok(())
    }

    fn timeout(&mut self, _: Timer, _: &mut Host) {}

    fn recover(&mut self, _: &mut Host) {}

    fn describe(&self, frame: &[u8]) -> Result<Value, Garbled> {
        serde_json::from_slice(frame).map_err(|_| Garbled)
    }

    fn frame(&self, described: Value) -> Result<Vec<u8>, Garbled> {
        Ok(described.to_string().into_bytes())
    }

    fn corrupt(&self, frame: &[u8], bit: u64) -> Vec<u8> {
        self.mutate(frame, bit).unwrap_or_else(|| frame.to_vec())
    }
}

fn lie(rate: PerMillion) -> Trouble {
    Trouble::Lie { node: N1, rate, how: Deceit::default() }
}

fn lying(at: &[u64], rate: PerMillion) -> Schedule {
    let mut schedule = multicasts(FairLoss, at);
    schedule.disturbances = vec![during(0, 200, lie(rate))];
    schedule
}

fn notes(history: &History) -> Vec<String> {
    let notes = with(history, "n2 note").into_iter();
    notes.map(|note| note.split_once("note ").expect("it is one").1.to_owned()).collect()
}

#[test]
fn a_liar_tells_each_receiver_something_else_and_itself_the_truth() {
    let history = run(&lying(&[0, 1, 2, 3, 4, 5, 6, 7], PerMillion::percent(100)), &GROUP);
    assert_eq!(history.header.byzantine, ["n1"]);
    assert_eq!(with(&history, "garbled").len(), 0, "a lie is a message");
    let told = |node: &str| -> Vec<(Option<String>, Option<String>)> {
        let delivered = history
            .events()
            .filter(|e| e.kind().is_delivery() && e.node().is_some_and(|n| n.to_string() == node));
        delivered.map(|e| (e.message_name(), e.digest())).collect()
    };
    assert_eq!(told("n1").len(), 8);
    let truth: BTreeSet<_> = told("n1").into_iter().collect();
    for receiver in ["n2", "n3"] {
        assert_eq!(told(receiver).len(), 8);
        assert!(told(receiver).iter().all(|message| !truth.contains(message)), "{receiver}");
    }
    assert_ne!(told("n2"), told("n3"));
}

#[test]
fn nobody_else_lies_and_nobody_before_or_after() {
    let mut schedule = lying(&[50, 250], PerMillion::percent(100));
    schedule.steps.push(multicast(9, N2, 50));
    schedule.disturbances = vec![during(100, 200, lie(PerMillion::percent(100)))];
    let lies = run(&schedule, &PLAIN);
    assert_eq!(with(&lies, "heal"), ["200 heal touched=0 id=0"]);
    assert_eq!(lies.header.byzantine, ["n1"]);
    schedule.disturbances.clear();
    let honest = run(&schedule, &PLAIN);
    assert!(honest.header.byzantine.is_empty());
    assert_eq!(with(&lies, "deliver"), with(&honest, "deliver"));
}

#[test]
fn a_rate_counts_exactly_what_it_changed() {
    let at: Vec<u64> = (0..100).collect();
    let history = run(&lying(&at, PerMillion::percent(50)), &JSON);
    let changed = notes(&history).iter().filter(|note| !note.contains(":4")).count();
    assert_eq!(notes(&history).len(), 100);
    assert!((25..75).contains(&changed), "{changed} of 100 are changed");
    assert_eq!(with(&history, "heal"), [format!("200 heal touched={changed} id=0")]);
    assert_eq!(with(&history, "byzantine"), ["0 byzantine id=0"]);
}

#[test]
fn where_nothing_can_be_changed_nothing_is_touched() {
    let mut schedule = lying(&[], PerMillion::percent(100));
    let at = pepperland_core::schedule::When::At(pepperland_core::time::Time::ZERO);
    schedule.steps = vec![ask(0, N1, at, "empty")];
    let strike = Trouble::strike(N1, N2, 1, Fate::Lie { draw: 0 });
    schedule.disturbances.push(from(0, strike));
    let history = run(&schedule, &JSON);
    assert_eq!(notes(&history), ["{}"]);
    assert_eq!(with(&history, "heal"), ["200 heal touched=0 id=0"]);
    assert_eq!(with(&history, "byzantine").len(), 1, "the strike did nothing");
}

#[test]
fn a_strike_names_one_lie_whatever_the_seed() {
    let struck = |draw, seed| {
        let mut schedule = multicasts(FairLoss, &[0, 1, 2]);
        schedule.header.seed = pepperland_core::seed::Seed(seed);
        let fate = Fate::Lie { draw };
        schedule.disturbances = vec![from(0, Trouble::strike(N1, N2, 2, fate))];
        run(&schedule, &JSON)
    };
    let truth = r#"{"type":"set","value":4}"#;
    for (draw, value) in [(0, 5), (1, 3), (2, 0)] {
        for seed in 0..3 {
            let history = struck(draw, seed);
            let lie = format!(r#"{{"type":"set","value":{value}}}"#);
            assert_eq!(notes(&history), [truth, &lie, truth]);
            assert_eq!(with(&history, "byzantine"), ["1 byzantine"]);
            assert_eq!(history.header.byzantine, ["n1"]);
        }
    }
}

#[test]
fn both_copies_of_a_lie_are_alike_and_a_lost_one_is_none() {
    let struck = |fate| from(0, Trouble::strike(N1, N2, 1, fate));
    let lie = || struck(Fate::Lie { draw: 0 });
    let twice = struck(Fate::Duplicate { by: Span::millis(5) });
    for both in [[lie(), twice.clone()], [twice, lie()]] {
        let mut schedule = multicasts(FairLoss, &[0]);
        schedule.disturbances = both.to_vec();
        assert_eq!(notes(&run(&schedule, &JSON)), [r#"{"type":"set","value":5}"#; 2]);
        schedule.disturbances.push(struck(Fate::Lose));
        assert!(notes(&run(&schedule, &JSON)).is_empty());
    }
}

#[test]
fn text_is_corrupted_as_its_node_sees_fit() {
    let mut schedule = multicasts(FairLoss, &[0, 1, 2, 3]);
    let links = n1_to_n2();
    schedule.disturbances = vec![during(0, 200, Trouble::Corrupt { links, rate: ALWAYS })];
    let history = run(&schedule, &JSON);
    assert!(history.header.byzantine.is_empty(), "links are at fault");
    assert_eq!(with(&history, "garbled").len(), 0);
    let values: BTreeSet<String> = notes(&history).into_iter().collect();
    assert!(values.iter().all(|note| note.starts_with(r#"{"type":"set","value":"#)));
    assert!(!values.iter().any(|note| note.contains(":4")), "{values:?}");
}
