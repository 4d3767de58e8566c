//! k replies: a multicast that asks for answers returns with enough of them.
//!
//! # Definition
//! A client that multicasts a request and asks for `k` replies is answered `ok` only with replies
//! of at least `k` distinct members of the group; and no member is counted twice (Birman & Joseph
//! 1987; Coulouris, Dollimore & Kindberg: none, one, a majority, all). The request is an operation
//! `{"f":"multicast","replies":k}`, with `"g"` if there are several groups, the answer
//! `{"f":"multicast_ok","from":[…]}`; `k` is a number, `"majority"` or `"all"`. The two words count
//! the members that the header names, so that they are not judged where there are views.
//! # Cost
//! O(events + replies).
//! # Witness
//! The request and its answer.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "k-reply",
    number: "RB14",
    statement: "a multicast that asks for k replies returns with those of k distinct members",
    source: "Birman & Joseph 1987",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(events + replies)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Operation("multicast")],
    check,
};

const NOTHING: &str = "no multicast that asks for replies was answered";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let history = scene.history;
    let groups = Groups::of(history);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut open: BTreeMap<&str, EventId> = BTreeMap::new();
    for event in history.events() {
        let client = || event.field("client").and_then(Value::as_str);
        match event.kind() {
            Kind::Invoke => {
                client().and_then(|client| open.insert(client, event.id));
            }
            Kind::Response => {
                let Some(invoke) = client().and_then(|client| open.remove(client)) else {
                    continue;
                };
                let Some(request) = groups.request(history.event(invoke)) else { continue };
                let Some(from) = replies(event) else { continue };
                tally.count(scene.time(invoke.0).min(event.time()), event.time());
                if witness.is_none() {
                    let wrong = request.wrong(&from);
                    witness = wrong.map(|what| told(event, invoke, &request, &what));
                }
            }
            _ => {}
        }
    }
    tally.verdict(witness, NOTHING)
}

/// The groups, with the names of their members.
struct Groups<'h> {
    groups: BTreeMap<&'h str, BTreeSet<&'h str>>,
    /// Whether there are no views, so that a group is what the header says.
    fixed: bool,
}

/// What was asked for.
struct Request<'g> {
    client: &'g str,
    replies: u64,
    group: &'g str,
    members: &'g BTreeSet<&'g str>,
}

impl<'h> Groups<'h> {
    fn of(history: &'h History) -> Groups<'h> {
        let names = |members: &[NodeId]| members.iter().map(|m| history.node_name(*m)).collect();
        let groups = history.groups().iter().map(|(group, m)| (group.as_str(), names(m)));
        Groups { groups: groups.collect(), fixed: !history.has(Kind::View) }
    }

    fn request(&self, invoke: Event<'h>) -> Option<Request<'_>> {
        let op = invoke.field("op")?;
        if op.get("f")?.as_str()? != "multicast" {
            return None;
        }
        let (group, members) = match op.get("g") {
            Some(name) => self.groups.get_key_value(name.as_str()?)?,
            None => self.groups.iter().next().filter(|_| self.groups.len() == 1)?,
        };
        let size = members.len() as u64;
        let replies = match op.get("replies")? {
            Value::String(word) if word == "majority" && self.fixed => size / 2 + 1,
            Value::String(word) if word == "all" && self.fixed => size,
            number => number.as_u64()?,
        };
        Some(Request { client: invoke.field("client")?.as_str()?, replies, group, members })
    }
}

impl Request<'_> {
    /// What is wrong with the replies, if something is.
    fn wrong(&self, from: &[&str]) -> Option<String> {
        let mut distinct = BTreeSet::new();
        for member in from {
            if !self.members.contains(member) {
                return Some(format!("counted {member}, which is not in {}", self.group));
            }
            if !distinct.insert(member) {
                return Some(format!("counted {member} twice"));
            }
        }
        let (got, asked) = (distinct.len() as u64, self.replies);
        (got < asked).then(|| format!("returned with {got} replies; it asked for {asked}"))
    }
}

/// Whose replies an answer that is `ok` holds.
fn replies<'h>(response: Event<'h>) -> Option<Vec<&'h str>> {
    let result = response.field("result")?;
    let ok = response.field("status")?.as_str()? == "ok";
    let named = result.get("f")?.as_str()? == "multicast_ok";
    let from = result.get("from")?.as_array().filter(|_| ok && named)?;
    from.iter().map(Value::as_str).collect()
}

fn told(response: Event<'_>, invoke: EventId, request: &Request<'_>, what: &str) -> Witness {
    let (client, asked) = (request.client, request.replies);
    Proof::default()
        .yes(format!("{client} asked for {asked} replies"), [invoke])
        .no(
            format!("it got them from {asked} distinct members of {}", request.group),
            [response.id],
        )
        .because(format!("a multicast of {client} {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;

    fn file(replies: &str, from: &str) -> History {
        let text = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3"]}
{"t":1,"k":"invoke","client":"c","op":{"f":"multicast","replies":REPLIES}}
{"t":2,"k":"response","client":"c","result":{"f":"multicast_ok","from":FROM},"status":"ok"}
"#;
        let text = text.replace("REPLIES", replies).replace("FROM", from);
        History::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn replies_are_counted_by_member() {
        let all = r#"["n1","n2","n3"]"#;
        assert_eq!(ruling(&ENTRY, &file("\"all\"", all)), Ruling::Held);
        let told = |k, from| because(&ENTRY, &file(k, from));
        let few = "a multicast of c returned with 1 replies; it asked for 2";
        assert_eq!(told("\"majority\"", r#"["n3"]"#), few);
        let twice = "a multicast of c counted n2 twice";
        assert_eq!(told("2", r#"["n2","n2"]"#), twice);
        let stranger = "a multicast of c counted n9, which is not in g";
        assert_eq!(told("1", r#"["n9"]"#), stranger);
    }

    #[test]
    fn what_cannot_be_read_is_not_judged() {
        for (replies, from) in [("-1", "[]"), ("\"some\"", "[]"), ("1", "[7]"), ("1", "null")] {
            assert_eq!(undecided(&ENTRY, &file(replies, from)), NOTHING, "{replies} {from}");
        }
    }
}
