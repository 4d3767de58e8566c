//! Mutual exclusion and elections once more, straight from their definitions.

use crate::crosscheck::draft::{Hold, any_overlap, certainly_before, field, holds, honest, ruling};
use pepperland_core::history::{FailureModel, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::Value;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    match property {
        "mutual-exclusion" => mutual_exclusion(history),
        "mutual-exclusion-liveness" => mutual_exclusion_liveness(history),
        "token-conservation" => token_conservation(history),
        "fencing" => fencing(history),
        "election-safety" => election_safety(history),
        "election-liveness" => election_liveness(history),
        other => panic!("no oracle for {other}"),
    }
}

fn epoch(history: &History, event: usize) -> Option<u64> {
    field(history, event, "epoch").and_then(Value::as_u64)
}

/// Entries and exits of each node to each resource; of two entries the first counts.
fn mutual_exclusion(history: &History) -> Ruling {
    let mut stays: Vec<Hold> = Vec::new();
    let resource = |e: usize| field(history, e, "res").cloned();
    for enter in honest(history, Kind::Enter) {
        let node = history.nodes()[enter] as usize;
        let ends = |e: &usize| {
            let leaves = history.kinds()[*e] == Kind::Exit && resource(*e) == resource(enter);
            let here = history.nodes()[*e] as usize == node;
            here && (leaves || history.kinds()[*e] == Kind::Crash)
        };
        let end = (enter + 1..history.len()).find(ends);
        let what = format!("{:?}", resource(enter));
        let inside = stays
            .iter()
            .any(|s| s.node == node && s.what == what && s.end.is_none_or(|end| end > enter));
        if !inside {
            stays.push(Hold { node, what, epoch: None, begin: enter, end });
        }
    }
    let clash = any_overlap(history, &stays, |stay| stay.what.clone());
    ruling(&stays.iter().map(|_| !clash).collect::<Vec<_>>())
}

/// A client waits for a lock for ever, though nobody may keep it.
fn mutual_exclusion_liveness(history: &History) -> Ruling {
    if !history.header.complete {
        return Ruling::Undecided;
    }
    let at = |kind| (0..history.len()).filter(move |e| history.kinds()[*e] == kind);
    let client = |e: usize| field(history, e, "client").cloned();
    let f = |e: usize| field(history, e, "op").map(|op| (op["f"].clone(), op["key"].clone()));
    let ok = |e: usize| {
        let mut later = at(Kind::Response).filter(|r| *r > e && client(*r) == client(e));
        later.next().and_then(|r| field(history, r, "status")?.as_str())
    };
    let asked = |word: &str| {
        at(Kind::Invoke).filter(move |e| f(*e).is_some_and(|(f, _)| f == word)).collect::<Vec<_>>()
    };
    let (locks, unlocks) = (asked("lock"), asked("unlock"));
    // A lock that was not refused, and no answered unlock after it.
    let keeps = |lock: &&usize| {
        let gives = |u: &usize| {
            let own = client(*u) == client(**lock) && same(f(*u), f(**lock));
            own && *u > **lock && ok(*u) == Some("ok")
        };
        matches!(ok(**lock), Some("ok" | "unknown")) && !unlocks.iter().any(gives)
    };
    fn same(a: Option<(Value, Value)>, b: Option<(Value, Value)>) -> bool {
        a.map(|a| a.1) == b.map(|b| b.1)
    }
    let kept = |e: usize| locks.iter().filter(keeps).any(|lock| same(f(*lock), f(e)));
    let met = locks.iter().filter_map(|lock| match ok(*lock) {
        Some("ok" | "fail") => Some(true),
        Some(_) => None,
        None => (!kept(*lock)).then_some(false),
    });
    ruling(&met.collect::<Vec<_>>())
}

fn token_conservation(history: &History) -> Ruling {
    let held = holds(history, "g", |kind, what| match (kind, what.and_then(Value::as_str)) {
        (Kind::Token, Some("acquire")) => Some(true),
        (Kind::Token, Some("release" | "lost")) => Some(false),
        _ => None,
    });
    let clash = any_overlap(history, &held, |hold| hold.epoch);
    let is_new = |e: &usize| {
        field(history, *e, "what") == Some(&"new".into()) && epoch(history, *e).is_some()
    };
    let new: Vec<usize> = honest(history, Kind::Token).into_iter().filter(is_new).collect();
    let twice = |b: &usize| new.iter().any(|a| a < b && epoch(history, *a) == epoch(history, *b));
    let made = new.iter().map(|b| !twice(b));
    ruling(&held.iter().map(|_| !clash).chain(made).collect::<Vec<_>>())
}

fn fencing(history: &History) -> Ruling {
    let entries = honest(history, Kind::Enter);
    let stated = entries.iter().filter(|e| epoch(history, **e).is_some());
    let entries: Vec<usize> = stated.copied().collect();
    let mut met = Vec::new();
    for a in &entries {
        for b in entries.iter().filter(|b| certainly_before(history, *a, **b)) {
            if field(history, *a, "res") == field(history, *b, "res") {
                met.push(epoch(history, *a) <= epoch(history, *b));
            }
        }
    }
    ruling(&met)
}

fn election_safety(history: &History) -> Ruling {
    let leads = honest(history, Kind::Lead);
    let leads: Vec<usize> = leads.into_iter().filter(|e| epoch(history, *e).is_some()).collect();
    let alone = |a: &usize| {
        let other = |b: &usize| {
            epoch(history, *a) == epoch(history, *b) && history.nodes()[*a] != history.nodes()[*b]
        };
        !leads.iter().any(other)
    };
    ruling(&leads.iter().map(alone).collect::<Vec<_>>())
}

fn election_liveness(history: &History) -> Ruling {
    let correct = |node: usize| {
        let at = |kind| {
            let here = move |e: &usize| history.nodes()[*e] as usize == node;
            (0..history.len()).filter(here).rfind(|e| history.kinds()[*e] == kind)
        };
        let (crash, recover) = (at(Kind::Crash), at(Kind::Recover));
        let stop = history.header.failure_model == FailureModel::CrashStop;
        let up = crash.is_none() || !stop && recover > crash;
        up && !history.header.byzantine.contains(&history.header.nodes[node])
    };
    let majority = (0..history.node_count()).filter(|n| correct(*n)).count() * 2;
    if !history.header.complete || majority <= history.node_count() {
        return Ruling::Undecided;
    }
    let leads = holds(history, "g", |kind, _| match kind {
        Kind::Lead => Some(true),
        Kind::Unlead => Some(false),
        _ => None,
    });
    if leads.is_empty() {
        return Ruling::Undecided;
    }
    let open = leads.iter().filter(|lead| lead.end.is_none() && correct(lead.node)).count();
    ruling(&[open == 1])
}
