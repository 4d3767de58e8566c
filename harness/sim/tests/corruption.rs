//! Corruption changes one bit of a frame, and a frame that no longer means anything is noted.

mod common;

use common::*;
use pepperland_core::contract::{Effect, Garbled, Host, Node, Request, Timer};
use pepperland_core::history::Channel::FairLoss;
use pepperland_core::history::History;
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::schedule::{Fate, Trouble};
use serde_json::Value;

/// Sends eight zeros to n2 upon each request; notes how many bits of what comes are not zero.
struct Zeros;

const ZEROS: Implementation = toy(|_| Box::new(Zeros));

impl Node for Zeros {
    fn start(&mut self, _: &mut Host) {}

    fn request(&mut self, _: Request<Message>, host: &mut Host) {
        host.effects.bytes.extend([0; 8]);
        let effect = Effect::Send { to: N2, network: NetworkId::PAYLOAD, frame: 0..8 };
        host.effects.list.push(effect);
    }

    fn receive(&mut self, _: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        let ones: u32 = frame.iter().map(|byte| byte.count_ones()).sum();
        host.effects.list.push(Effect::Note(format!("{ones} of {}", frame.len() * 8)));
        Ok(())
    }

    fn timeout(&mut self, _: Timer, _: &mut Host) {}

    fn recover(&mut self, _: &mut Host) {}

    fn describe(&self, _: &[u8]) -> Result<Value, Garbled> {
        Err(Garbled)
    }

    fn frame(&self, _: Value) -> Result<Vec<u8>, Garbled> {
        Err(Garbled)
    }
}

fn ones(history: &History) -> Vec<bool> {
    let notes = with(history, "n2 note");
    assert!(notes.iter().all(|note| note.ends_with("0 of 64") || note.ends_with("1 of 64")));
    notes.iter().map(|note| note.contains(" 1 of ")).collect()
}

#[test]
fn a_strike_changes_one_bit_of_one_frame() {
    let mut schedule = multicasts(FairLoss, &[0, 1, 2, 3]);
    let trouble = Trouble::strike(N1, N2, 3, Fate::Corrupt);
    schedule.disturbances = vec![from(0, trouble)];
    let history = run(&schedule, &ZEROS);
    assert_eq!(ones(&history), [false, false, true, false]);
    assert_eq!(with(&history, "corrupt"), ["2 corrupt"]);
}

#[test]
fn a_rate_counts_exactly_what_it_changed() {
    let at: Vec<u64> = (0..100).collect();
    let mut schedule = multicasts(FairLoss, &at);
    let rate = pepperland_core::seed::PerMillion::percent(50);
    schedule.disturbances = vec![during(0, 200, Trouble::Corrupt { links: n1_to_n2(), rate })];
    let history = run(&schedule, &ZEROS);
    let changed = ones(&history).into_iter().filter(|changed| *changed).count();
    assert_eq!(ones(&history).len(), 100);
    assert!((25..75).contains(&changed), "{changed} of 100 are changed");
    assert_eq!(with(&history, "heal"), [format!("200 heal touched={changed} id=0")]);
}

#[test]
fn both_copies_of_a_corrupted_frame_are_alike() {
    let struck = |fate| from(0, Trouble::strike(N1, N2, 1, fate));
    let by = pepperland_core::time::Span::millis(5);
    let both = [struck(Fate::Corrupt), struck(Fate::Duplicate { by })];
    for order in [[0, 1], [1, 0]] {
        let mut schedule = multicasts(FairLoss, &[0]);
        schedule.disturbances = order.map(|i: usize| both[i].clone()).to_vec();
        assert_eq!(ones(&run(&schedule, &ZEROS)), [true, true]);
    }
}

#[test]
fn a_frame_that_means_nothing_any_more_is_noted_and_not_delivered() {
    let at: Vec<u64> = (0..50).collect();
    let mut schedule = multicasts(FairLoss, &at);
    let trouble = Trouble::Corrupt { links: n1_to_n2(), rate: ALWAYS };
    schedule.disturbances = vec![during(0, 200, trouble)];
    let history = run(&schedule, &PLAIN);
    let garbled = with(&history, "n2 note a frame from n1 was garbled").len();
    assert!(garbled > 0, "no frame was garbled");
    assert_eq!(garbled + with(&history, "n2 deliver").len(), 50);
    assert_eq!(with(&history, "n3 deliver").len(), 50);
}
