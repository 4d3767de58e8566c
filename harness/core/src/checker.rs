//! The record of a checker: a property, what it needs, and the function that judges it.

mod given;
mod memo;

pub use given::{Given, bound};

use crate::history::{Event, FailureModel, History, Kind};
use crate::time::Time;
use crate::verdict::Verdict;
use memo::Memo;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// A property and its checker, as a file of `checkers/` declares them.
pub struct Checker {
    /// The property's name, an outside contract.
    pub property: &'static str,
    /// Its number in the catalogue: `RB4`.
    pub number: &'static str,
    /// One sentence that says what must be true.
    pub statement: &'static str,
    /// The paper or book it comes from.
    pub source: &'static str,
    /// Whether a finite run can violate it for good.
    pub class: Class,
    /// Whom it binds: what "correct" means in it.
    pub binds: Binds,
    /// The failure models in which it is stated.
    pub models: &'static [FailureModel],
    /// What judging costs.
    pub cost: &'static str,
    /// The kinds of events without which nothing can be judged.
    pub needs: &'static [Kind],
    /// What else the history must tell.
    pub given: &'static [Given],
    /// Judges a history.
    pub check: fn(&Case<'_>) -> Verdict,
}

impl Checker {
    /// What the history lacks that the property needs, in words; none if it can be judged.
    pub fn lacks(&self, history: &History) -> Option<String> {
        let kind = self.needs.iter().find(|kind| !history.has(**kind));
        let given = || self.given.iter().find(|given| !given.is_met(history));
        kind.map(|kind| kind.word().to_owned()).or_else(|| given().map(ToString::to_string))
    }
}

/// Every failure model.
pub const EVERY_MODEL: &[FailureModel] = &[
    FailureModel::CrashStop,
    FailureModel::CrashRecovery,
    FailureModel::Omission,
    FailureModel::Byzantine,
];

/// The failure models in which nobody lies.
pub const BENIGN: &[FailureModel] =
    &[FailureModel::CrashStop, FailureModel::CrashRecovery, FailureModel::Omission];

/// Whom a property binds. "Correct" is judged over the whole run: a node that crashes in its last
/// step was faulty from the first.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Binds {
    /// Correct nodes: up in the end (crash-recovery, omission) or never down (crash-stop), and not
    /// Byzantine.
    Correct,
    /// Correct nodes that go from one view to the next together.
    Survivors,
    /// The nodes of the component that is connected and alone in the end.
    Component,
    /// Every node but Byzantine ones, those that crash later included.
    Uniform,
    /// Clients, which are no nodes.
    Clients,
    /// Not the implementation: what it was promised.
    Environment,
}

impl Binds {
    /// The words for it.
    pub fn words(self) -> &'static str {
        match self {
            Binds::Correct => "correct nodes",
            Binds::Survivors => "nodes that move on together",
            Binds::Component => "the last component",
            Binds::Uniform => "every node that is not Byzantine",
            Binds::Clients => "clients",
            Binds::Environment => "the environment",
        }
    }
}

/// Whether a finite run can violate a property for good.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Something bad never happens.
    #[default]
    Safety,
    /// Something good happens in the end: judged only on complete runs.
    Liveness,
    /// No property of an implementation: what it was promised. Where it is broken, the
    /// implementation cannot be blamed.
    Assumption,
}

impl Class {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Class::Safety => "safety",
            Class::Liveness => "liveness",
            Class::Assumption => "assumption",
        }
    }
}

/// A history with what every checker asks of it, worked out once.
pub struct Case<'h> {
    /// The history.
    pub history: &'h History,
    /// For each node, whether it is correct in the sense of the history's failure model.
    pub correct: Vec<bool>,
    /// For each node, whether it may lie; its own events are void.
    pub byzantine: Vec<bool>,
    /// When disturbances that touched something were at work.
    pub disturbed: Vec<(Time, Time)>,
    memo: Memo,
}

impl<'h> Case<'h> {
    /// Works out who is correct and when disturbances were at work. O(events).
    pub fn new(history: &'h History) -> Case<'h> {
        let named = |name: &String| history.header.byzantine.contains(name);
        let byzantine: Vec<bool> = history.header.nodes.iter().map(named).collect();
        let mut correct: Vec<bool> = byzantine.iter().map(|lies| !lies).collect();
        let recovery_counts = history.header.failure_model != FailureModel::CrashStop;
        let mut troubles = Troubles::default();
        for event in events_of_trouble(history) {
            troubles.take(event);
            let node = event.node().map(|node| node.index()).filter(|node| *node < correct.len());
            match (event.kind(), node) {
                (Kind::Crash, Some(node)) => correct[node] = false,
                (Kind::Recover, Some(node)) if recovery_counts => correct[node] = !byzantine[node],
                _ => {}
            }
        }
        Case {
            history,
            correct,
            byzantine,
            disturbed: troubles.windows(history.end()),
            memo: Memo::default(),
        }
    }

    /// What several checkers ask of a history, worked out by the first that does. There is one
    /// answer for each type.
    pub fn once<T: Send + Sync + 'static>(&self, make: impl FnOnce() -> T) -> Arc<T> {
        self.memo.once(make)
    }

    /// Whether a disturbance that touched something was at work between the two instants.
    pub fn is_critical(&self, from: Time, to: Time) -> bool {
        self.disturbed.iter().any(|(begin, end)| *begin <= to && from <= *end)
    }
}

/// Most chunks of a history hold broadcasts and deliveries only, and are skipped whole.
fn events_of_trouble(history: &History) -> impl Iterator<Item = Event<'_>> {
    const CHUNK: usize = 64;
    let quiet = |chunk: &[Kind]| chunk.iter().fold(0, |m, k| m.max(*k as u8)) < Kind::Crash as u8;
    let chunks = history.kinds().chunks(CHUNK).enumerate().filter(move |(_, c)| !quiet(c));
    let places = chunks.flat_map(|(i, chunk)| {
        let trouble = chunk.iter().enumerate().filter(|(_, kind)| is_trouble(**kind));
        trouble.map(move |(j, _)| (i * CHUNK + j) as u32)
    });
    places.map(|place| history.event(crate::history::EventId(place)))
}

fn is_trouble(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Crash
            | Kind::Recover
            | Kind::Pause
            | Kind::Resume
            | Kind::Cut
            | Kind::Heal
            | Kind::Lose
            | Kind::Delay
            | Kind::Duplicate
            | Kind::Corrupt
            | Kind::Skew
            | Kind::Byzantine
            | Kind::Disk
    )
}

/// Collects the windows of disturbances. A disturbance has an `id`; the `heal` that ends it says
/// how many messages it `touched`. One without an `id` is taken to have touched something.
#[derive(Default)]
struct Troubles {
    open: BTreeMap<u64, Time>,
    paused: BTreeMap<u32, Time>,
    closed: Vec<(Time, Time)>,
}

impl Troubles {
    fn take(&mut self, event: Event<'_>) {
        let now = event.time();
        match (event.node(), event.kind()) {
            (Some(_), Kind::Crash | Kind::Recover) => self.closed.push((now, now)),
            (Some(node), Kind::Pause) => {
                self.paused.insert(node.0, now);
            }
            (Some(node), Kind::Resume) => {
                let begin = self.paused.remove(&node.0).unwrap_or(now);
                self.closed.push((begin, now));
            }
            (Some(_), _) => {}
            (None, Kind::Heal) => self.heal(event),
            (None, _) => match event.field("id").and_then(serde_json::Value::as_u64) {
                Some(id) => {
                    self.open.insert(id, now);
                }
                None => self.closed.push((now, now)),
            },
        }
    }

    fn heal(&mut self, event: Event<'_>) {
        let number = |key| event.field(key).and_then(serde_json::Value::as_u64);
        let begin = number("id").and_then(|id| self.open.remove(&id));
        if number("touched") != Some(0) {
            self.closed.push((begin.unwrap_or(event.time()), event.time()));
        }
    }

    fn windows(mut self, end: Time) -> Vec<(Time, Time)> {
        self.closed.extend(self.open.into_values().map(|begin| (begin, end)));
        self.closed.extend(self.paused.into_values().map(|begin| (begin, end)));
        self.closed
    }
}
