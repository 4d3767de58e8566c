//! Sets that grow, from the definitions.

use super::{Op, finals, is_correct};
use crate::crosscheck::draft::{certainly_before, ruling};
use pepperland_core::history::{DeliveryContract, FailureModel, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

impl Op {
    fn is_add(&self) -> bool {
        self.is("add") || self.is("broadcast")
    }

    fn element(&self) -> &Value {
        let element = self.op.get("element").or(self.op.get("message"));
        element.expect("an element")
    }

    fn shown(&self) -> Option<&Vec<Value>> {
        let list = self.result.get("value").or(self.result.get("messages"));
        list.and_then(Value::as_array).filter(|_| self.ok && self.is("read"))
    }

    fn shows(&self, element: &Value) -> bool {
        self.shown().is_some_and(|shown| shown.contains(element))
    }

    /// By this it is known that its node has the element.
    fn has(&self, element: &Value) -> bool {
        self.shows(element) || self.ok && self.is_add() && self.element() == element
    }
}

/// What a property says of a history.
pub fn rule(property: &str, history: &History, all: &[Op]) -> Ruling {
    let adds: Vec<&Op> = all.iter().filter(|op| op.is_add()).collect();
    let reads: Vec<&Op> = all.iter().filter(|op| op.shown().is_some()).collect();
    let showing = reads.iter().filter(|read| !read.shown().unwrap().is_empty());
    let late = |property| match history.header.complete {
        true => judge_finals(property, history, &adds, &reads),
        false => Ruling::Undecided,
    };
    match property {
        "set-duplication" => {
            let once = showing.map(|read| {
                let shown = read.shown().unwrap();
                (0..shown.len()).all(|i| !shown[..i].contains(&shown[i]))
            });
            ruling(&once.collect::<Vec<_>>())
        }
        "set-creation" if !history.header.byzantine.is_empty() => Ruling::Undecided,
        "set-creation" => {
            let asked = |read: &Op, element: &Value| {
                adds.iter().any(|add| {
                    let end = read.response.unwrap();
                    let later = certainly_before(history, end, add.invoke);
                    add.element() == element && !add.failed && !later
                })
            };
            let old = showing.map(|r| r.shown().unwrap().iter().all(|element| asked(r, element)));
            ruling(&old.collect::<Vec<_>>())
        }
        "set-stale" => stale(history, all, &reads),
        _ => late(property),
    }
}

/// How often the node had restarted when it answered, unless that is not known.
fn life(history: &History, op: &Op) -> Option<(usize, usize)> {
    let node = op.node?;
    let recovers = (0..history.len())
        .filter(|e| history.kinds()[*e] == Kind::Recover && history.nodes()[*e] as usize == node);
    let response = op.response?;
    let is_over = |e: &usize| certainly_before(history, *e, op.invoke);
    let is_yet = |e: &usize| certainly_before(history, response, *e);
    let (over, rest): (Vec<usize>, Vec<usize>) = recovers.partition(|e| is_over(e));
    let logged = history.header.contract.delivery == DeliveryContract::Logged;
    match logged {
        true => Some((node, 0)),
        false => rest.iter().all(is_yet).then_some((node, over.len())),
    }
}

fn stale(history: &History, all: &[Op], reads: &[&Op]) -> Ruling {
    let elements: Vec<&Value> = all
        .iter()
        .flat_map(|op| match op.shown() {
            Some(shown) => shown.iter().collect(),
            None if op.is_add() => vec![op.element()],
            None => Vec::new(),
        })
        .collect();
    let mut met = Vec::new();
    for read in reads {
        let own =
            |op: &&Op| life(history, op).is_some() && life(history, op) == life(history, read);
        let earlier = || all.iter().filter(own).filter(|op| op.precedes(read, history));
        let due: Vec<&&Value> = elements.iter().filter(|e| earlier().any(|op| op.has(e))).collect();
        if !due.is_empty() {
            met.push(due.iter().all(|element| read.shows(element)));
        }
    }
    ruling(&met)
}

fn judge_finals(property: &str, history: &History, adds: &[&Op], reads: &[&Op]) -> Ruling {
    let finals = finals(history, reads, adds);
    if property == "set-agreement" {
        let same = |a: &Op, b: &Op| a.shown().unwrap().iter().all(|element| b.shows(element));
        let pairs = (0..finals.len()).flat_map(|i| (0..i).map(move |j| (i, j)));
        let agree = pairs.map(|(i, j)| same(finals[i], finals[j]) && same(finals[j], finals[i]));
        return ruling(&agree.collect::<Vec<_>>());
    }
    if finals.is_empty() {
        return Ruling::Undecided;
    }
    let nodes = 0..history.node_count();
    let stable = |op: &Op| match op.node {
        Some(node) => is_correct(history, node),
        None => nodes.clone().all(|node| is_correct(history, node)),
    };
    let for_good = history.header.failure_model == FailureModel::CrashStop;
    let owed = adds.iter().filter(|add| add.ok).filter(|add| {
        let seen = reads.iter().any(|read| stable(read) && read.shows(add.element()));
        !for_good || stable(add) || seen
    });
    let there = owed.map(|add| finals.iter().all(|read| read.shows(add.element())));
    ruling(&there.collect::<Vec<_>>())
}
