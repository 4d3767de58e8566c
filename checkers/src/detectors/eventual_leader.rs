//! Eventual leader: in the end all correct nodes have the same correct leader.
//!
//! # Definition
//! There is a time after which all correct nodes trust the same correct node (Chandra, Hadzilacos
//! & Toueg 1996: the detector Ω). A node's output is that of its last `lead`: the `target` it
//! names, else itself; an `unlead` or a crash takes it back. If some `lead` of the history names a
//! target, every correct node must name the same correct one; if none does, leaders only announce
//! themselves, and exactly one correct node must. "For ever" is the last stretch of the run: see
//! [`Stretch`]. Nodes that left do not count.
//! # Cost
//! O(events + nodes).
//! # Witness
//! The last outputs that differ; that there is none cannot be shown by an event.

use crate::detectors::watch::{Stretch, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "eventual-leader",
    number: "FD-Ω",
    statement: "in the end all correct nodes have the same correct leader",
    source: "Chandra, Hadzilacos & Toueg 1996",
    class: Class::Liveness,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + nodes)",
    needs: &[Kind::Lead],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let stretch = match Stretch::of(&watch, case) {
        Ok(stretch) => stretch,
        Err(reason) => return Verdict::undecided(reason),
    };
    let (outputs, named) = outputs(&watch);
    let nodes = 0..scene.history.node_count() as u32;
    let correct: Vec<u32> = nodes.filter(|node| watch.stays(*node)).collect();
    let mut tally = Tally::of(&scene);
    let changed = |node: &&u32| {
        outputs[**node as usize].event.is_some_and(|event| watch.time(event) > stretch.from)
    };
    if let Some(node) = correct.iter().find(changed) {
        let who = watch.name(*node);
        return Verdict::undecided(format!("{who} changed its leader near the end"));
    }
    for node in &correct {
        let last = outputs[*node as usize].event.map_or(stretch.from, |event| watch.time(event));
        tally.count(last, watch.end);
    }
    let witness = if named {
        differing(&watch, &correct, &outputs)
    } else {
        not_one(&watch, &correct, &outputs)
    };
    tally.verdict(witness, "no node is correct to the end")
}

/// The last output of a node.
#[derive(Copy, Clone, Debug, Default)]
struct Output {
    /// When it last changed.
    event: Option<u32>,
    /// Whom the node takes for the leader.
    leader: Option<u32>,
}

/// The outputs, and whether some `lead` names a target.
fn outputs(watch: &Watch<'_, '_>) -> (Vec<Output>, bool) {
    let history = watch.scene.history;
    let nodes = history.node_count();
    let (mut outputs, mut named) = (vec![Output::default(); nodes], false);
    for event in history.events() {
        let node = event.node().map_or(NONE, |node| node.0);
        let honest = watch.scene.case.byzantine.get(node as usize) == Some(&false);
        let Some(output) = outputs.get_mut(node as usize).filter(|_| honest) else { continue };
        let leader = match event.kind() {
            Kind::Lead => match event.field("target").and_then(Value::as_str) {
                Some(target) => {
                    named = true;
                    let place = history.header.nodes.iter().position(|name| name == target);
                    Some(place.map_or(NONE, |place| place as u32))
                }
                None => Some(node),
            },
            Kind::Unlead | Kind::Crash => None,
            _ => continue,
        };
        if leader != output.leader {
            *output = Output { event: Some(event.id.0), leader };
        }
    }
    (outputs, named)
}

/// The proof that not every correct node names the same correct one.
fn differing(watch: &Watch<'_, '_>, correct: &[u32], outputs: &[Output]) -> Option<Witness> {
    let first = *correct.first()?;
    let leader = outputs[first as usize].leader;
    let names = |leader: Option<u32>| match leader {
        Some(leader) if leader != NONE => watch.name(leader).to_owned(),
        Some(_) => "a stranger".to_owned(),
        None => "nobody".to_owned(),
    };
    let event = |node: u32| outputs[node as usize].event.map(EventId);
    let says = |node: u32| {
        format!(
            "{} takes {} for the leader",
            watch.name(node),
            names(outputs[node as usize].leader)
        )
    };
    if let Some(other) = correct.iter().find(|node| outputs[**node as usize].leader != leader) {
        let proof = Proof::default()
            .yes(says(first), event(first))
            .no(format!("{} does too", watch.name(*other)), event(*other));
        return Some(proof.because(format!("{}; {} in the end", says(first), says(*other))));
    }
    if leader.is_some_and(|leader| leader != NONE && watch.stays(leader)) {
        return None;
    }
    let clause = format!("{} is correct", names(leader));
    let proof = Proof::default().yes(says(first), event(first)).no(clause, []);
    Some(proof.because(format!("{} in the end, which is not correct", says(first))))
}

/// The proof that not exactly one correct node leads.
fn not_one(watch: &Watch<'_, '_>, correct: &[u32], outputs: &[Output]) -> Option<Witness> {
    let leads = |node: &&u32| outputs[**node as usize].leader.is_some();
    let leaders: Vec<u32> = correct.iter().filter(leads).copied().collect();
    let event = |node: u32| outputs[node as usize].event.map(EventId);
    match leaders[..] {
        [_] => None,
        [] if correct.is_empty() => None,
        [] => {
            let proof = Proof::default().no("some correct node leads in the end", []);
            Some(proof.because("no correct node leads in the end"))
        }
        [one, other, ..] => {
            let (a, b) = (watch.name(one), watch.name(other));
            let proof = Proof::default()
                .yes(format!("{a} leads in the end"), event(one))
                .no(format!("{b} does not"), event(other));
            Some(proof.because(format!("both {a} and {b} lead in the end")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const LONG: &str = "@90 - note";

    #[test]
    fn leaders_that_announce_themselves_must_be_one() {
        let of = |words: &str| spoken(&json!({}), &format!("{words}; {LONG}"));
        assert_eq!(ruling(&ENTRY, &of("n1 lead; n1 crash; n2 lead")), Ruling::Held);
        let told = "both n1 and n2 lead in the end";
        assert_eq!(because(&ENTRY, &of("n1 lead; n2 lead")), told);
        let told = "no correct node leads in the end";
        assert_eq!(because(&ENTRY, &of("n1 lead; n1 unlead")), told);
        assert!(undecided(&ENTRY, &of("@80 n1 lead")).starts_with("n1 changed its leader"));
    }

    #[test]
    fn leaders_that_are_named_must_be_the_same() {
        let all = |name: &str| {
            let lead = |n: usize| format!("n{n} lead target={name}");
            let all: Vec<String> = (1..=3).map(lead).collect();
            format!("n3 lead target=n1; {}", all.join(";"))
        };
        let of = |words: &str| spoken(&json!({}), &format!("{words}; {LONG}"));
        assert_eq!(ruling(&ENTRY, &of(&all("n2"))), Ruling::Held);
        let told = "n2 takes n1 for the leader in the end, which is not correct";
        assert_eq!(because(&ENTRY, &of(&format!("{}; n1 crash", all("n1")))), told);
        let differ = format!("{}; n3 lead target=n2", all("n1"));
        let told = "n1 takes n1 for the leader; n3 takes n2 for the leader in the end";
        assert_eq!(because(&ENTRY, &of(&differ)), told);
    }
}
