//! Primary-only requests: only a primary serves.
//!
//! # Definition
//! A node that is not primary does not serve requests (Budhiraja, Marzullo, Schneider & Toueg 1993:
//! *Pb3*). A response that is `ok` and states a node was served by that node, which must have led
//! at some instant between the invoke and the response. Refusals are free, for a backup may send a
//! client away. A node that only passes requests on is not to be stated as the one that served
//! them. On a real clock, the clock's error is granted on both sides. What a Byzantine node is said
//! to have served is void. Groups are not told apart: to lead any is enough.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The invoke and the response, and what the node's last lead ended with; or a lead of another.

use crate::replication::operations::{Operation, Operations, Status};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{Tenure, leads};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-only-requests",
    number: "RP3",
    statement: "a node that served a request led at some time while the request was open",
    source: "Budhiraja, Marzullo, Schneider & Toueg 1993",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Lead, Kind::Response],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let leads = leads(case);
    if leads.is_empty() {
        return Verdict::undecided("no node led");
    }
    let reigns = Reigns::of(&scene, &leads);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for operation in &Operations::of(case).all {
        let Some((node, response)) = server(case, operation) else { continue };
        tally.count(scene.time(operation.invoke), scene.time(response));
        if witness.is_none() && !reigns.touch(&scene, node, operation.invoke, response) {
            witness = Some(told(&scene, &leads, operation, node));
        }
    }
    tally.verdict(witness, "no response says which node served it")
}

/// The node that served the operation, and its response.
fn server(case: &Case<'_>, operation: &Operation) -> Option<(u32, u32)> {
    let response = operation.response.filter(|_| operation.status == Status::Ok)?;
    let node = case.history.nodes()[response as usize];
    (case.byzantine.get(node as usize) == Some(&false)).then_some((node, response))
}

/// When each node led: begins, in order, with the latest end so far.
struct Reigns {
    of: Vec<Vec<(u64, u64)>>,
}

impl Reigns {
    fn of(scene: &Scene<'_>, leads: &[Tenure]) -> Reigns {
        let mut of = vec![Vec::new(); scene.history.node_count()];
        for lead in leads {
            let end = lead.end.map_or(u64::MAX, |end| scene.start_key(end));
            of[lead.node as usize].push((scene.key(lead.begin), end));
        }
        for reigns in &mut of {
            reigns.sort_unstable();
            let mut latest = 0;
            for (_, end) in reigns {
                latest = latest.max(*end);
                *end = latest;
            }
        }
        Reigns { of }
    }

    /// Whether the node may have led at some instant between the two events.
    fn touch(&self, scene: &Scene<'_>, node: u32, from: u32, to: u32) -> bool {
        let to = scene.start_key(to);
        let reigns = &self.of[node as usize];
        let begun = reigns.partition_point(|(begin, _)| *begin <= to);
        begun > 0 && reigns[begun - 1].1 >= scene.key(from)
    }
}

fn told(scene: &Scene<'_>, leads: &[Tenure], operation: &Operation, node: u32) -> Witness {
    let (who, client) = (scene.node_name(node), operation.who(scene.history));
    let ended = |lead: &&Tenure| {
        lead.node == node && lead.end.is_some_and(|e| scene.start_key(e) < operation.begin(scene))
    };
    let proof = Proof::default().yes(format!("{who} served {client}"), operation.events());
    let why = format!("{who} led while {client} waited");
    match leads.iter().filter(ended).max_by_key(|lead| lead.end) {
        Some(lead) => {
            // A crash is told rather than a farewell before it: either ends the lead.
            let crash =
                crash_of(scene, lead).filter(|e| scene.start_key(*e) < operation.begin(scene));
            let events = [lead.begin].into_iter().chain(crash.or(lead.end)).map(EventId);
            let because = format!("{who} served {client}, though it had ceased to lead before");
            proof.no(why, events).because(because)
        }
        None => {
            let lead = &leads[0];
            let other = scene.node_name(lead.node);
            let because =
                format!("{who} served {client}, though it did not lead then, as {other} did");
            let because = match lead.node == node {
                true => format!("{who} served {client} before it led"),
                false => because,
            };
            proof.no(why, [EventId(lead.begin)]).because(because)
        }
    }
}

/// The first crash after the beginning of a lead.
fn crash_of(scene: &Scene<'_>, lead: &Tenure) -> Option<u32> {
    (lead.begin..scene.history.len() as u32).find(|event| {
        let place = *event as usize;
        let node = scene.history.nodes()[place];
        node == lead.node && scene.history.kinds()[place] == Kind::Crash
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const LEAD: &str = r#"{"t":1,"n":"n1","k":"lead","epoch":1}"#;
    const UNLEAD: &str = r#"{"t":2,"n":"n1","k":"unlead","epoch":1}"#;
    const ASK: &str = r#"{"t":3,"k":"invoke","client":"c1","op":{"f":"read"}}"#;

    fn answer(node: &str, status: &str) -> String {
        format!(r#"{{"t":4,"n":"{node}","k":"response","client":"c1","status":"{status}"}}"#)
    }

    #[test]
    fn a_backup_and_a_deposed_primary_that_serve_are_told() {
        let backup = history(&[], &[LEAD, ASK, &answer("n2", "ok")]);
        let told = "n2 served c1, though it did not lead then, as n1 did";
        assert_eq!(because(&ENTRY, &backup), told);
        let deposed = history(&[], &[LEAD, UNLEAD, ASK, &answer("n1", "ok")]);
        assert_eq!(because(&ENTRY, &deposed), "n1 served c1, though it had ceased to lead before");
    }

    #[test]
    fn to_lead_for_a_moment_is_enough_and_a_refusal_is_free() {
        let moment = history(&[], &[LEAD, ASK, &answer("n1", "ok")]);
        assert_eq!(ruling(&ENTRY, &moment), Ruling::Held);
        let refusal = history(&[], &[LEAD, ASK, &answer("n2", "fail")]);
        assert_eq!(undecided(&ENTRY, &refusal), "no response says which node served it");
    }
}
