//! A run in real time ends early when all is well, and waits to the end when something is missing.

mod common;

use common::{scenario, trial_on};
use pepperland_core::history::lanes::lanes;
use pepperland_core::history::{History, Kind, Recorder};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Refused, Runtime};
use pepperland_core::schedule::{Ask, Schedule};
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use serde_json::json;
use std::sync::{Arc, Mutex};

/// Asks of one history whether it is enough.
struct Asks {
    history: History,
    told: Mutex<Option<bool>>,
}

impl Runtime for Asks {
    fn name(&self) -> &'static str {
        "asks"
    }

    fn statement(&self) -> &'static str {
        "of this test"
    }

    fn accepts(&self, _: &Schedule) -> Result<(), Refused> {
        Ok(())
    }

    fn run(&self, _: &Schedule, _: &Implementation, _: Detail) -> Result<History, Refused> {
        Ok(self.history.clone())
    }

    fn run_until(
        &self,
        _: &Schedule,
        _: &Implementation,
        _: Detail,
        enough: &dyn Fn(&History) -> bool,
    ) -> Result<History, Refused> {
        *self.told.lock().unwrap() = Some(enough(&self.history));
        Ok(self.history.clone())
    }
}

/// How the steps of the schedule are to be.
type Steps = fn(&mut Schedule);

fn asked(history: History, properties: &[&str], sought: Option<&str>, steps: Steps) -> bool {
    let runtime = Arc::new(Asks { history, told: Mutex::new(None) });
    let mut scenario = scenario("basic", None, "none", properties[0]);
    scenario.properties = properties.iter().map(|name| (*name).to_owned()).collect();
    let trial = trial_on(runtime.clone(), &scenario);
    let mut schedule = trial.schedule(Seed(1));
    steps(&mut schedule);
    let run = match sought {
        Some(sought) => trial.run_for(common::checker(sought), &schedule, Detail::Network),
        None => trial.run(&schedule, Detail::Network),
    };
    run.expect("nothing is refused");
    let told = runtime.told.lock().unwrap().take();
    told.expect("it was asked")
}

fn enough(picture: &str, properties: &[&str]) -> bool {
    asked(lanes(picture), properties, None, |_| {})
}

const ALL: &[&str] = &["validity-all", "agreement", "fifo-order"];

#[test]
fn enough_is_when_nothing_is_missing() {
    assert!(enough("n1: !a a\nn2:      a", ALL));
    assert!(!enough("n1: !a a\nn2:", ALL), "n2 may deliver it yet");
    assert!(!enough("n1: !a\nn2:", ALL));
}

#[test]
fn what_was_never_promised_is_not_missing() {
    let only_a_crashed_node_lacks_it = "n1: !a a\nn2: #";
    assert!(enough(only_a_crashed_node_lacks_it, ALL));
    // Nothing to judge in one property turns nothing beside one that holds.
    assert!(enough("n1: !a a\nn2:      a", &["validity-all", "consensus-termination"]));
}

#[test]
fn what_is_broken_for_good_is_enough() {
    let out_of_order = "n1: !a !b\nn2:       b a";
    assert!(!enough(out_of_order, &["validity-all"]), "n1 may deliver them yet");
    assert!(enough(out_of_order, &["fifo-order"]));
}

#[test]
fn nobody_is_accused_of_what_an_early_end_has_prevented() {
    let out_of_order = "n1: !a !b\nn2:       b a";
    assert!(!enough(out_of_order, ALL), "n1 may deliver them yet");
    assert!(enough("n1: !a !b     a b\nn2:       b a", ALL));
}

#[test]
fn whoever_seeks_one_property_does_not_stop_at_another() {
    let out_of_order = "n1: !a !b\nn2:       b a";
    assert!(!asked(lanes(out_of_order), ALL, Some("agreement"), |_| {}));
    assert!(asked(lanes(out_of_order), ALL, Some("fifo-order"), |_| {}));
}

#[test]
fn nothing_ends_while_a_message_is_under_way() {
    let of_order = &["fifo-order"];
    assert!(enough("n1: !a a\nn2:      a", of_order));
    assert!(!enough("n1: !a a\nn2:", of_order));
    assert!(!enough("n1: !a a !b\nn2:      a", &["agreement"]), "though agreement holds so far");
    assert!(enough("n1: !a a !b #\nn2:      a", &["agreement"]), "its sender crashed");
}

fn of_proposals(schedule: &mut Schedule) {
    for step in &mut schedule.steps {
        step.ask = Ask::Propose { instance: 1, body: "red".to_owned() };
    }
}

#[test]
fn what_else_was_asked_for_is_over_only_if_a_property_says_so() {
    let delivered = || lanes("n1: !a a\nn2:      a");
    assert!(!asked(delivered(), &["fifo-order"], None, of_proposals));
    assert!(!asked(delivered(), &["consensus-termination"], None, of_proposals));
    assert!(asked(delivered(), &["validity-all"], None, of_proposals));
}

/// A client that asked, and perhaps got its answer.
fn client(answered: bool) -> History {
    let mut recorder = Recorder::new(lanes("n1: !a a").header);
    let fields = |value: serde_json::Value| value.as_object().cloned().unwrap_or_default();
    let asks = fields(json!({"client": "c1", "op": {"f": "read", "key": 1}}));
    recorder.environment(Time::millis(1), Kind::Invoke, asks);
    if answered {
        let answer = json!({"client": "c1", "result": {"f": "read_ok", "value": null}});
        let mut answer = fields(answer);
        answer.insert("status".into(), "ok".into());
        recorder.environment(Time::millis(2), Kind::Response, answer);
    }
    recorder.into_history()
}

fn of_clients(schedule: &mut Schedule) {
    for step in &mut schedule.steps {
        step.ask = Ask::Invoke { body: "read 1".to_owned() };
    }
}

#[test]
fn clients_that_have_all_their_answers_are_enough() {
    let judged = &["linearizability"];
    assert!(asked(client(true), judged, None, of_clients));
    assert!(!asked(client(false), judged, None, of_clients));
}
