//! When a run in real time need not wait any longer: nothing that must still happen is missing.

use crate::trial::Trial;
use pepperland_core::checker::{Case, Checker, Class};
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Ask, Schedule};
use pepperland_core::verdict::Ruling;
use std::collections::{BTreeMap, BTreeSet};

/// Whether the history so far says all that the run can say. It does once every client has its
/// answer, every message is where it belongs, and everything has happened that must happen in the
/// end, were this the end; or once a property is violated for good: `sought`, if there is one, else
/// any, unless the end would then accuse somebody of what may happen yet.
///
/// Who asked for more than messages and answers has all of it only if a property that speaks of the
/// end says so.
pub fn enough(
    trial: &Trial<'_>,
    sought: Option<&Checker>,
    schedule: &Schedule,
    history: &History,
) -> bool {
    let lost = is_lost(trial, sought, schedule, history);
    (lost && (sought.is_some() || nothing_is_missing(trial, schedule, history)))
        || is_done(trial, schedule, history)
}

/// Whether something bad has happened that no later event mends.
fn is_lost(
    trial: &Trial<'_>,
    sought: Option<&Checker>,
    schedule: &Schedule,
    history: &History,
) -> bool {
    let so_far = taken_as(history, false);
    let case = Case::new(&so_far);
    let wanted =
        |checker: &Checker| sought.is_none_or(|sought| sought.property == checker.property);
    let mut safety = of_class(trial, Class::Safety).filter(|checker| wanted(checker));
    safety.any(|checker| ruling(trial, checker, schedule, &case) == Ruling::Violated)
}

/// Whether no property would say, were this the end, that something has not happened.
fn nothing_is_missing(trial: &Trial<'_>, schedule: &Schedule, history: &History) -> bool {
    let at_the_end = taken_as(history, true);
    let case = Case::new(&at_the_end);
    of_class(trial, Class::Liveness)
        .all(|checker| ruling(trial, checker, schedule, &case) != Ruling::Violated)
}

/// Whether everything good has happened.
fn is_done(trial: &Trial<'_>, schedule: &Schedule, history: &History) -> bool {
    let at_the_end = taken_as(history, true);
    let case = Case::new(&at_the_end);
    if somebody_waits(&case) || something_is_under_way(&case) {
        return false;
    }
    let rulings: Vec<Ruling> = of_class(trial, Class::Liveness)
        .map(|checker| ruling(trial, checker, schedule, &case))
        .collect();
    let seen = |ask: &Ask| matches!(ask, Ask::Multicast { .. } | Ask::Invoke { .. });
    let all_is_seen = schedule.steps.iter().all(|step| seen(&step.ask));
    !rulings.contains(&Ruling::Violated) && (all_is_seen || rulings.contains(&Ruling::Held))
}

fn taken_as(history: &History, complete: bool) -> History {
    let mut taken = history.clone();
    taken.header.complete = complete;
    taken
}

fn of_class(trial: &Trial<'_>, class: Class) -> impl Iterator<Item = &'static Checker> {
    trial.checkers.iter().copied().filter(move |checker| checker.class == class)
}

fn ruling(trial: &Trial<'_>, checker: &Checker, schedule: &Schedule, case: &Case<'_>) -> Ruling {
    trial.judge_one(checker, schedule, case).ruling()
}

/// Whether a client has no answer yet. From a node that crashed it may never get one.
fn somebody_waits(case: &Case<'_>) -> bool {
    let mut open = BTreeMap::new();
    for event in case.history.events() {
        let client = || event.field("client").map(ToString::to_string).unwrap_or_default();
        match event.kind() {
            Kind::Invoke => drop(open.insert(client(), event.node())),
            Kind::Response => drop(open.remove(&client())),
            _ => {}
        }
    }
    let lives = |node: usize| case.correct.get(node) != Some(&false);
    open.values().any(|node| node.is_none_or(|node| lives(node.index())))
}

/// Whether a message of a correct node is not yet at every correct node of its group.
fn something_is_under_way(case: &Case<'_>) -> bool {
    let history = case.history;
    let of_kind = |kind| history.events().filter(move |event| event.kind() == kind);
    let arrived: BTreeSet<_> =
        of_kind(Kind::Deliver).map(|event| (event.node(), event.message())).collect();
    let correct = |node: &NodeId| case.correct.get(node.index()) == Some(&true);
    let mut own =
        of_kind(Kind::Broadcast).filter(|event| event.node().is_some_and(|n| correct(&n)));
    own.any(|event| {
        let named = |(name, _): &&(String, _)| event.group_name().is_none_or(|g| g == name);
        let members = history.groups().iter().find(named).map(|(_, members)| members);
        let mut owed = members.into_iter().flatten().filter(|node| correct(node));
        owed.any(|node| !arrived.contains(&(Some(*node), event.message())))
    })
}
