//! Registers reach everybody: what one server sees of the writes, all servers see.
//!
//! # Definition
//! In a complete history of the workload `register-network`, a server that sees a write records it
//! by an `apply` event with the operation. A write that a correct server saw, and one that a correct
//! node asked for and that ended `ok`, is seen by every correct server that never restarted (the
//! agreement that an order of writes by registers stands on; Lamport 1986 has no more than that a
//! read returns it). Servers are the members of the group `servers`, or else every node. Writes are
//! known by their registers and values: where two are alike, either will do.
//! # Cost
//! O(n log n) in the writes that servers see, and O(writes · servers).
//! # Witness
//! Where the write was seen, or how it ended.

use crate::byzantine::roles::Roles;
use crate::environment::promised;
use crate::environment::registers::{ELSEWHERE, End, Op, WORKLOAD, calls, op};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "register-completeness",
    number: "ENV7c",
    statement: "every correct server sees every write that one of them sees, or that was done",
    source: "Lamport 1986",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(n log n) in the writes that servers see",
    needs: &[Kind::Apply],
    given: &[WORKLOAD],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !promised(case, &ENTRY) {
        return Verdict::undecided(ELSEWHERE);
    }
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let servers = Roles::of(case).servers;
    let bound = steady(case, &servers);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for ((register, value), write) in writes(&scene, &servers) {
        let Some(owed) = write.owed else { continue };
        let from = scene.time(owed.events[0].0);
        for server in &bound {
            tally.count(from, scene.history.end());
            if witness.is_none() && !write.seen.contains(server) {
                witness = Some(told(&scene, (&register, &value), &owed, *server));
            }
        }
    }
    tally.verdict(witness, "no write was done, or seen by a correct server")
}

/// The correct servers that never restarted: the others may have been told while they were down.
fn steady(case: &Case<'_>, servers: &[u32]) -> Vec<u32> {
    let mut steady = case.correct.clone();
    for (kind, node) in case.history.kinds().iter().zip(case.history.nodes()) {
        if *kind == Kind::Recover {
            steady.get_mut(*node as usize).into_iter().for_each(|steady| *steady = false);
        }
    }
    servers.iter().copied().filter(|server| steady[*server as usize]).collect()
}

/// One write.
#[derive(Default)]
struct Write {
    /// Who sees it.
    seen: BTreeSet<u32>,
    /// Why all are to see it, if they are.
    owed: Option<Owed>,
}

/// Why all are to see a write.
struct Owed {
    /// In half a sentence.
    says: String,
    events: Vec<EventId>,
}

/// The writes of a history, by register and value.
fn writes(scene: &Scene<'_>, servers: &[u32]) -> BTreeMap<(String, String), Write> {
    let mut writes: BTreeMap<(String, String), Write> = BTreeMap::new();
    let correct = |node: u32| scene.case.correct.get(node as usize) == Some(&true);
    for event in scene.history.events().filter(|event| event.kind() == Kind::Apply) {
        let Some(node) = event.node().map(|node| node.0).filter(|n| servers.contains(n)) else {
            continue;
        };
        let seen = event.field("op").and_then(op).and_then(name);
        let Some(write) = seen.filter(|_| correct(node)).map(|name| writes.entry(name)) else {
            continue;
        };
        let write = write.or_default();
        write.seen.insert(node);
        write.owed.get_or_insert_with(|| {
            let says = format!("{} saw it", scene.node_name(node));
            Owed { says, events: vec![event.id] }
        });
    }
    for call in calls(scene.history).into_iter().filter(|call| call.end == End::Done(None)) {
        let by = scene.history.event(EventId(call.invoke)).node().map(|node| node.0);
        let Some(name) = name(call.op).filter(|_| by.is_none_or(correct)) else { continue };
        let events = [Some(call.invoke), call.response].into_iter().flatten().map(EventId);
        let owed = || Owed { says: "it was done".to_owned(), events: events.collect() };
        writes.entry(name).or_default().owed.get_or_insert_with(owed);
    }
    writes
}

/// The register and the value of a write.
fn name(op: Op) -> Option<(String, String)> {
    Some((op.key, op.writes?))
}

fn told(scene: &Scene<'_>, (register, value): (&str, &str), owed: &Owed, server: u32) -> Witness {
    let (server, says) = (scene.node_name(server), &owed.says);
    let write = format!("{value} was written to register {register}");
    Proof::default()
        .yes(format!("{write}, and {says}"), owed.events.iter().copied())
        .no(format!("{server} saw it"), [])
        .because(format!("{write}, and {says}; {server} never did"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    const COMPLETE: &str = r#""workload":"register-network","complete":true"#;

    fn saw(node: u32, value: u32) -> String {
        let op = format!(r#"{{"f":"write","key":1,"value":{value}}}"#);
        format!(r#"{{"t":1,"n":"n{node}","k":"apply","op":{op}}}"#)
    }

    fn judged(header: &str, events: &[String]) -> History {
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        file(header, &events)
    }

    #[test]
    fn what_one_server_sees_all_see() {
        let all = [saw(1, 5), saw(2, 5), saw(3, 5)];
        assert_eq!(ruling(&ENTRY, &judged(COMPLETE, &all)), Ruling::Held);
        let told = "5 was written to register 1, and n1 saw it; n3 never did";
        assert_eq!(because(&ENTRY, &judged(COMPLETE, &all[..2])), told);
    }

    #[test]
    fn what_was_done_all_see() {
        let write =
            r#"{"t":1,"n":"n1","k":"invoke","client":"c","op":{"f":"write","key":1,"value":5}}"#;
        let ends = |status: &str| {
            let end = format!(
                r#"{{"t":2,"n":"n1","k":"response","client":"c","status":"{status}","result":{{}}}}"#
            );
            judged(COMPLETE, &[write.to_owned(), end])
        };
        let told = "5 was written to register 1, and it was done; n1 never did";
        assert_eq!(because(&ENTRY, &ends("ok")), told);
        assert_eq!(ruling(&ENTRY, &ends("fail")), Ruling::Undecided);
    }

    #[test]
    fn who_fails_or_restarts_need_not_see_it() {
        let crash = r#"{"t":2,"n":"n3","k":"crash"}"#.to_owned();
        let recover = r#"{"t":3,"n":"n3","k":"recover"}"#.to_owned();
        let seen = [saw(1, 5), saw(2, 5)];
        let crashed = [&seen[..], &[crash]].concat();
        assert_eq!(ruling(&ENTRY, &judged(COMPLETE, &crashed)), Ruling::Held);
        let header = format!("{COMPLETE},\"failure_model\":\"crash-recovery\"");
        let back = [&crashed[..], &[recover]].concat();
        assert_eq!(ruling(&ENTRY, &judged(&header, &back)), Ruling::Held);
        let liar = format!("{COMPLETE},\"byzantine\":[\"n3\"]");
        assert_eq!(ruling(&ENTRY, &judged(&liar, &seen)), Ruling::Held);
    }

    #[test]
    fn clients_need_not_see_it() {
        let groups = r#""groups":{"clients":["n3"],"servers":["n1","n2"]}"#;
        let header = format!("{COMPLETE},{groups}");
        assert_eq!(ruling(&ENTRY, &judged(&header, &[saw(1, 5), saw(2, 5)])), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &judged(&header, &[saw(1, 5)])), Ruling::Violated);
    }

    #[test]
    fn nothing_is_owed_before_the_end_or_elsewhere() {
        let incomplete = r#""workload":"register-network","complete":false"#;
        assert_eq!(undecided(&ENTRY, &judged(incomplete, &[saw(1, 5)])), INCOMPLETE);
        assert_eq!(undecided(&ENTRY, &file("\"complete\":true", &[])), ELSEWHERE);
        let none = undecided(&ENTRY, &judged(COMPLETE, &[]));
        assert!(none.starts_with("no write was done"), "{none}");
    }
}
