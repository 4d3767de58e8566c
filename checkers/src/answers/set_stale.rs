//! Stale reads of a set: what a node has shown or acknowledged, it goes on showing.
//!
//! # Definition
//! Once a read at a node has shown an element, or the node has acknowledged its addition, every
//! read at that node that begins later shows it: the view of each node only grows. Across nodes
//! reads may be stale as long as faults go on; `set-lost` judges them in the end. (Jepsen's checker
//! `set-full` calls *stale* any read that lacks what was acknowledged anywhere before; of an
//! eventually consistent set it only counts them.)
//!
//! A restart begins anew where nodes forget what they delivered, which is the header's
//! `contract.delivery` unless `logged`: what is owed after a restart is the others' to send again.
//! Where it is not known which node was asked, nothing is judged. Binds every node that is not
//! Byzantine.
//! # Cost
//! O(n log n) in what was added and shown.
//! # Witness
//! The operation by which the node showed that it has the element, and the read that lacks it.

use crate::answers::requests::{Place, Request, Requests};
use crate::answers::sets::{Read, Sets, WORKLOADS};
use crate::linearizability::values::Datum;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::{DeliveryContract, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "set-stale",
    number: "MW4",
    statement: "a node goes on showing what it has shown or acknowledged",
    source: "Kingsbury, Jepsen, checker set-full; Terry et al. 1994",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n) in what was added and shown",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::OneOfWorkloads(WORKLOADS)],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let sets = Sets::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for had in lives(&sets).values() {
        let mut ends: Vec<u64> = had.first.values().map(|(end, _)| *end).collect();
        ends.sort_unstable();
        for read in &had.reads {
            let request = sets.request(read.request);
            let begin = sets.requests.begin(request);
            let due = ends.partition_point(|end| *end < begin);
            if due == 0 {
                continue;
            }
            tally.count(sets.requests.began_at(request), sets.requests.ended_at(request));
            let is_due = |element: &Datum| had.first.get(element).is_some_and(|f| f.0 < begin);
            if read.elements().iter().filter(|element| is_due(element)).count() < due {
                tally.breach(&mut witness, || told(&sets, had, read));
            }
        }
    }
    tally.verdict(witness, "no node was read again after it had shown or acknowledged anything")
}

/// What a life of a node has shown.
#[derive(Default)]
struct Had<'t> {
    /// For each element the earliest end of a request that shows that the node has it.
    first: Map<Datum, (u64, usize)>,
    reads: Vec<&'t Read>,
}

impl Had<'_> {
    fn shows(&mut self, element: Datum, end: u64, request: usize) {
        let first = self.first.entry(element).or_insert((end, request));
        *first = (end, request).min(*first);
    }
}

/// What each life of each node has shown.
fn lives<'t>(sets: &'t Sets<'_, '_>) -> BTreeMap<(u32, u32), Had<'t>> {
    let restarts = Restarts::of(sets.requests.scene);
    let mut lives: BTreeMap<(u32, u32), Had<'t>> = BTreeMap::new();
    for add in sets.contents.adds.iter().filter(|add| sets.is_done(add)) {
        let request = sets.request(add.request);
        let Some(life) = restarts.life(&sets.requests, request) else { continue };
        let had = lives.entry(life).or_default();
        had.shows(add.element, sets.requests.end(request), add.request);
    }
    for read in &sets.contents.reads {
        let request = sets.request(read.request);
        let Some(life) = restarts.life(&sets.requests, request) else { continue };
        let had = lives.entry(life).or_default();
        had.reads.push(read);
        for element in &read.shown {
            had.shows(*element, sets.requests.end(request), read.request);
        }
    }
    lives
}

/// Where in time each node restarted; nowhere where nodes forget nothing.
struct Restarts {
    keys: Vec<Vec<u64>>,
    error: u64,
}

impl Restarts {
    fn of(scene: &Scene<'_>) -> Restarts {
        let history = scene.history;
        let mut keys = vec![Vec::new(); history.node_count()];
        let forgets = history.header.contract.delivery != DeliveryContract::Logged;
        if forgets && history.has(Kind::Recover) {
            for event in history.events().filter(|event| event.kind() == Kind::Recover) {
                let node = event.node().and_then(|node| keys.get_mut(node.index()));
                node.into_iter().for_each(|keys| keys.push(scene.key(event.id.0)));
            }
        }
        keys.iter_mut().for_each(|keys| keys.sort_unstable());
        Restarts { keys, error: scene.clock_error() }
    }

    /// The node of a request, and how often it had restarted. None if that is not known: the node
    /// is not, or it restarted about then.
    fn life(&self, requests: &Requests<'_, '_>, request: &Request) -> Option<(u32, u32)> {
        let Place::Node(node) = request.place else { return None };
        let keys = &self.keys[node as usize];
        let (begin, end) = (requests.begin(request), requests.end(request));
        let before = keys.partition_point(|restart| restart.saturating_add(self.error) < begin);
        let by_then = keys.partition_point(|restart| *restart <= end);
        (before == by_then).then_some((node, before as u32))
    }
}

fn told(sets: &Sets<'_, '_>, had: &Had<'_>, read: &Read) -> Witness {
    let begin = sets.requests.begin(sets.request(read.request));
    let shown = read.elements();
    let due =
        had.first.iter().filter(|(element, (end, _))| *end < begin && !shown.contains(element));
    let missing = due.map(|(element, (end, request))| (*end, *request, *element)).min();
    let (_, first, element) = missing.expect("more is due than is shown");
    let (first, request) = (sets.request(first), sets.request(read.request));
    let element = sets.text(element);
    let what = if sets.requests.f(first) == "read" { "read" } else { "addition" };
    let earlier = sets.requests.whose(first, what);
    let had = match what {
        "read" => format!("{earlier} had shown"),
        _ => format!("{earlier} had added"),
    };
    Proof::default()
        .yes(format!("{had} {element}"), sets.requests.events(first))
        .no(
            format!("{}, which began later, shows it", sets.reader(read)),
            sets.requests.events(request),
        )
        .because(format!("{} lacks {element}, which {had} before", sets.reader(read)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::{Value, json};

    fn judge(header: &Value, lines: &str) -> Ruling {
        ruling(&ENTRY, &said("broadcast", header, lines))
    }

    const SHOWN: &str = "c1@n1 read -> ok messages=[1,2]";

    #[test]
    fn a_view_that_shrinks_is_told() {
        let told = |lines: &str| because(&ENTRY, &said("broadcast", &json!({}), lines));
        let shrunk = format!("{SHOWN}; c2@n1 read -> ok messages=[2]");
        assert_eq!(
            told(&shrunk),
            "c2's read at n1 lacks 1, which c1's read at n1 had shown before"
        );
        let acknowledged = "c1@n1 broadcast message=1 -> ok; c2@n1 read -> ok messages=[]";
        let sentence = "c2's read at n1 lacks 1, which c1's addition at n1 had added before";
        assert_eq!(told(acknowledged), sentence);
    }

    #[test]
    fn other_nodes_and_overlapping_reads_may_lag() {
        let other =
            format!("{SHOWN}; c1@n2 read -> ok messages=[]; c1@n1 read -> ok messages=[2,1]");
        assert_eq!(judge(&json!({}), &other), Ruling::Held);
        let overlapping = format!("c2@n1 read; {SHOWN}; c2@n1 -> ok messages=[]");
        assert_eq!(judge(&json!({}), &overlapping), Ruling::Undecided);
    }

    #[test]
    fn a_restart_begins_anew_unless_deliveries_are_logged() {
        let lines = format!("{SHOWN}; n1 crash; n1 recover; c2@n1 read -> ok messages=[]");
        let recovery = json!({"failure_model": "crash-recovery"});
        assert_eq!(judge(&recovery, &lines), Ruling::Undecided);
        let logged = json!({"failure_model": "crash-recovery", "contract": {"delivery": "logged"}});
        assert_eq!(judge(&logged, &lines), Ruling::Violated);
    }

    #[test]
    fn where_nobody_knows_the_node_nothing_is_judged() {
        let lines = "c1 read -> ok messages=[1]; c1 read -> ok messages=[]";
        let reason = "no node was read again after it had shown or acknowledged anything";
        assert_eq!(undecided(&ENTRY, &said("broadcast", &json!({}), lines)), reason);
    }
}
