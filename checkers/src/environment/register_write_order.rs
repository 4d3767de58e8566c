//! Registers are written in one order: all servers see the writes of a register alike.
//!
//! # Definition
//! In a history of the workload `register-network`, a server that sees a write records it by an
//! `apply` event with the operation. For each register there is one order of its writes that every
//! server's sequence follows (what an implementation of total order by registers needs, and weaker
//! registers do not give). Each incarnation of a server is judged by itself, for it may be told
//! everything anew. Writes are known by their values; registers in which one incarnation sees one
//! value twice are not judged.
//! # Cost
//! O(n log n) in the writes that servers see.
//! # Witness
//! A cycle: of each two writes that follow each other in it, the places where a server saw them.

use crate::environment::promised;
use crate::environment::registers::{ELSEWHERE, WORKLOAD, op};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::{BTreeMap, BTreeSet};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "register-write-order",
    number: "ENV7b",
    statement: "all servers see the writes of a register in one order",
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
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (register, servers) in sequences(&scene) {
        let sequences: Vec<&Vec<(u32, u32)>> =
            servers.seen.values().filter(|sequence| sequence.len() > 1).collect();
        let twice = sequences
            .iter()
            .any(|s| s.iter().map(|w| w.0).collect::<BTreeSet<_>>().len() < s.len());
        if twice || sequences.len() < 2 {
            continue;
        }
        for (_, event) in sequences.iter().flat_map(|sequence| &sequence[1..]) {
            tally.count(scene.time(*event), scene.time(*event));
        }
        if witness.is_none() {
            let cycle = cycle(&sequences, servers.values.len());
            witness = cycle.map(|cycle| told(&scene, &register, &servers, &cycle));
        }
    }
    tally.verdict(witness, "no two servers saw two writes of a register")
}

/// What servers saw of one register.
#[derive(Default)]
struct Register {
    /// The number of each value.
    values: BTreeMap<String, u32>,
    /// By server and incarnation: the values and where each was seen.
    seen: BTreeMap<(u32, u32), Vec<(u32, u32)>>,
}

fn sequences(scene: &Scene<'_>) -> BTreeMap<String, Register> {
    let mut registers: BTreeMap<String, Register> = BTreeMap::new();
    let mut incarnation = vec![0; scene.history.node_count()];
    for event in scene.history.events() {
        let node = event.node().map_or(u32::MAX, |node| node.0);
        if scene.case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        match event.kind() {
            Kind::Recover => incarnation[node as usize] += 1,
            Kind::Apply => {
                let Some(op) = event.field("op").and_then(op) else { continue };
                let Some(value) = op.writes else { continue };
                let register = registers.entry(op.key).or_default();
                let fresh = register.values.len() as u32;
                let value = *register.values.entry(value).or_insert(fresh);
                let server = (node, incarnation[node as usize]);
                register.seen.entry(server).or_default().push((value, event.id.0));
            }
            _ => {}
        }
    }
    registers
}

/// One value seen right before another, and where.
#[derive(Copy, Clone)]
struct Step {
    from: u32,
    to: u32,
    events: (u32, u32),
}

/// Steps that lead in a circle, if there are any: values at which no step arrives are taken away
/// until there are none (Kahn); of what is left, every value has one before it.
fn cycle(sequences: &[&Vec<(u32, u32)>], values: usize) -> Option<Vec<Step>> {
    let pairs = sequences.iter().flat_map(|sequence| sequence.windows(2));
    let step = |w: &[(u32, u32)]| Step { from: w[0].0, to: w[1].0, events: (w[0].1, w[1].1) };
    let steps: Vec<Step> = pairs.map(step).collect();
    let (mut arriving, mut leaving) = (vec![0_u32; values], vec![Vec::new(); values]);
    for step in &steps {
        arriving[step.to as usize] += 1;
        leaving[step.from as usize].push(step.to);
    }
    let mut free: Vec<u32> = (0..values as u32).filter(|v| arriving[*v as usize] == 0).collect();
    while let Some(value) = free.pop() {
        for next in std::mem::take(&mut leaving[value as usize]) {
            arriving[next as usize] -= 1;
            if arriving[next as usize] == 0 {
                free.push(next);
            }
        }
    }
    let left = |value: u32| arriving[value as usize] > 0;
    let mut before: Vec<Option<Step>> = vec![None; values];
    for step in steps.iter().filter(|step| left(step.from) && left(step.to)) {
        before[step.to as usize].get_or_insert(*step);
    }
    let mut place = vec![None; values];
    let mut walk: Vec<Step> = Vec::new();
    let mut at = (0..values as u32).find(|value| left(*value))?;
    while place[at as usize].is_none() {
        place[at as usize] = Some(walk.len());
        let step = before[at as usize]?;
        walk.push(step);
        at = step.from;
    }
    let mut cycle = walk.split_off(place[at as usize]?);
    cycle.reverse();
    Some(cycle)
}

fn told(scene: &Scene<'_>, register: &str, servers: &Register, cycle: &[Step]) -> Witness {
    let mut names = vec![""; servers.values.len()];
    servers.values.iter().for_each(|(text, value)| names[*value as usize] = text);
    let mut proof = Proof::default();
    let mut told = Vec::new();
    for step in cycle {
        let server = scene.node_name(scene.history.nodes()[step.events.0 as usize]);
        let (from, to) = (names[step.from as usize], names[step.to as usize]);
        let says = format!("{server} saw {from} before {to}");
        proof = proof.yes(says.clone(), [step.events.0, step.events.1].map(EventId));
        told.push(says);
    }
    proof
        .no(format!("one order of the writes to register {register} is followed by all"), [])
        .because(format!("of register {register}, {}", told.join(", and ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const REGISTERS: &str = r#""workload":"register-network""#;

    fn judged(seen: &[(u32, u32)]) -> pepperland_core::history::History {
        let op = |value: &u32| format!(r#"{{"f":"write","key":1,"value":{value}}}"#);
        let apply = |(node, value): &(u32, u32)| {
            format!(r#"{{"t":1,"n":"n{node}","k":"apply","op":{}}}"#, op(value))
        };
        let events: Vec<String> = seen.iter().map(apply).collect();
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        file(REGISTERS, &events)
    }

    #[test]
    fn servers_see_writes_alike() {
        assert_eq!(ruling(&ENTRY, &judged(&[(1, 5), (1, 6), (2, 5), (2, 6)])), Ruling::Held);
        let told = "of register 1, n1 saw 5 before 6, and n2 saw 6 before 5";
        assert_eq!(because(&ENTRY, &judged(&[(1, 5), (1, 6), (2, 6), (2, 5)])), told);
        let three = [(1, 5), (1, 6), (2, 6), (2, 7), (3, 7), (3, 5)];
        assert_eq!(ruling(&ENTRY, &judged(&three)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &judged(&[(1, 5), (1, 5), (2, 5), (2, 6)])), Ruling::Undecided);
        assert_eq!(undecided(&ENTRY, &file("\"end\":9", &[])), ELSEWHERE);
    }
}
