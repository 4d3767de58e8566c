//! Generic order: replicas execute operations that conflict in one order.
//!
//! # Definition
//! If two replicas both execute two operations that conflict, they execute them in the same order
//! (Pedone & Schiper: *Generic Broadcast*, partial order, of what is done with the messages). Two
//! operations conflict if they state one key and are not both reads; one that states no key
//! conflicts with none. An operation is its slot and what it does, the same at every replica; the
//! first execution in a life counts. It binds every incarnation of every node that is not
//! Byzantine.
//! # Cost
//! O(operations) if one order fits all; else, for keys that none fits, O(nodes² · operations of
//! them).
//! # Witness
//! Four executions: two nodes, two operations.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "generic-order",
    number: "OR16",
    statement: "if any two nodes both execute two operations that conflict, they do so in the \
                same order",
    source: "Pedone & Schiper 2002",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(operations), or O(nodes² · operations of keys without one order)",
    needs: &[Kind::Apply],
    given: &[],
    check,
};

/// An execution of an operation on a key.
#[derive(Copy, Clone, Debug)]
struct Execution {
    event: u32,
    life: u32,
    /// Operations of one key are numbered in the order in which they were first executed.
    number: u32,
    is_read: bool,
}

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let mut tally = Tally::of(&scene);
    let (mut conflicts, mut found) = (false, None);
    for executions in by_key(&scene) {
        count(&scene, &executions, &mut tally);
        conflicts = conflicts || some_two_share_a_conflict(&executions);
        if found.is_none() && !in_one_order(&executions) {
            found = inversion(&executions);
        }
    }
    match found {
        Some(pair) => tally.violated(witness(&scene, pair)),
        None if conflicts => tally.held(""),
        None => Verdict::undecided("no two nodes executed two operations that conflict"),
    }
}

/// The executions of operations on each key, in the order of the history.
fn by_key(scene: &Scene<'_>) -> Vec<Vec<Execution>> {
    let mut keys: Map<String, usize> = Map::default();
    let mut operations: Map<(usize, u64, String), u32> = Map::default();
    let (mut counts, mut executions): (Vec<u32>, Vec<Vec<Execution>>) = (Vec::new(), Vec::new());
    let mut seen: Set<(u32, usize, u32)> = Set::default();
    let mut now = scene.lives.follow(scene.case);
    for (event, kind) in scene.history.kinds().iter().enumerate() {
        let node = scene.history.nodes()[event];
        match kind {
            Kind::Recover => now.recover(node),
            Kind::Apply if now.life(node) != NONE => {}
            _ => continue,
        }
        let (id, life) = (EventId(event as u32), now.life(node));
        let stated = scene.history.event(id);
        let slot = stated.field("slot").and_then(|slot| slot.as_u64());
        let (Some(slot), Some(op)) = (slot, stated.field("op")) else { continue };
        let Some(key) = op.get("key").filter(|key| !key.is_null()) else { continue };
        let next = keys.len();
        let key = *keys.entry(key.to_string()).or_insert(next);
        if key == next {
            counts.push(0);
            executions.push(Vec::new());
        }
        let number = *operations.entry((key, slot, op.to_string())).or_insert_with(|| {
            counts[key] += 1;
            counts[key] - 1
        });
        let is_read = op.get("f").and_then(|f| f.as_str()) == Some("read");
        if seen.insert((life, key, number)) {
            executions[key].push(Execution { event: id.0, life, number, is_read });
        }
    }
    executions
}

/// An obligation is an execution of what another life executed before.
fn count(scene: &Scene<'_>, executions: &[Execution], tally: &mut Tally) {
    let mut first: Map<u32, u32> = Map::default();
    for execution in executions {
        match first.get(&execution.number) {
            Some(event) => {
                let (one, other) = (scene.time(*event), scene.time(execution.event));
                tally.count(one.min(other), one.max(other));
            }
            None => drop(first.insert(execution.number, execution.event)),
        }
    }
}

/// Whether the order of first executions is everyone's, but for reads among themselves.
fn in_one_order(executions: &[Execution]) -> bool {
    let mut newest: Map<u32, [u32; 2]> = Map::default();
    executions.iter().all(|execution| {
        let [any, write] = newest.entry(execution.life).or_default();
        // Numbers from 1, so that 0 is none.
        let here = execution.number + 1;
        let fine = here > if execution.is_read { *write } else { *any };
        *any = here.max(*any);
        if !execution.is_read {
            *write = here.max(*write);
        }
        fine
    })
}

/// Stops as soon as two lives share a write and another operation on the key.
fn some_two_share_a_conflict(executions: &[Execution]) -> bool {
    let mut lives: Map<u32, Vec<u32>> = Map::default();
    let mut shared: Map<(u32, u32), (bool, bool)> = Map::default();
    for execution in executions {
        let others = lives.entry(execution.number).or_default();
        for other in others.iter() {
            let pair = (execution.life.min(*other), execution.life.max(*other));
            let (any, write) = shared.entry(pair).or_default();
            if *any && (*write || !execution.is_read) {
                return true;
            }
            *any = true;
            *write |= !execution.is_read;
        }
        others.push(execution.life);
    }
    false
}

/// Two operations in the order of one life, and in that of another.
type Inversion = [Execution; 4];

fn inversion(executions: &[Execution]) -> Option<Inversion> {
    let mut lives: Vec<u32> = executions.iter().map(|e| e.life).collect();
    lives.sort_unstable();
    lives.dedup();
    let of: Vec<Vec<&Execution>> =
        lives.iter().map(|life| executions.iter().filter(|e| e.life == *life).collect()).collect();
    for (i, one) in of.iter().enumerate() {
        let place: Map<u32, &Execution> = one.iter().map(|e| (e.number, *e)).collect();
        for other in &of[i + 1..] {
            if let Some(found) = disagreement(other, &place) {
                return Some(found);
            }
        }
    }
    None
}

/// `place` tells of the executions of the one life.
fn disagreement(other: &[&Execution], place: &Map<u32, &Execution>) -> Option<Inversion> {
    let (mut any, mut write): (Option<&Execution>, Option<&Execution>) = (None, None);
    let at = |e: &Execution| place[&e.number].event;
    for execution in other.iter().copied().filter(|e| place.contains_key(&e.number)) {
        let newest = if execution.is_read { write } else { any };
        if let Some(before) = newest.filter(|before| at(before) > at(execution)) {
            let (one, two) = (place[&execution.number], place[&before.number]);
            return Some([*one, *two, *before, *execution]);
        }
        let newer = |known: &Option<&Execution>| known.is_none_or(|k| at(k) < at(execution));
        if newer(&any) {
            any = Some(execution);
        }
        if !execution.is_read && newer(&write) {
            write = Some(execution);
        }
    }
    None
}

fn witness(scene: &Scene<'_>, [a, b, second, first]: Inversion) -> Witness {
    let (p, q) = (scene.who(a.life), scene.who(first.life));
    let name = |execution: Execution| {
        let event = scene.history.event(EventId(execution.event));
        let stated = |key| event.field(key).map_or(String::new(), ToString::to_string);
        format!("{} of slot {}", stated("op"), stated("slot"))
    };
    let (one, other) = (name(a), name(b));
    let [a, b, second, first] = [a, b, second, first].map(|e| EventId(e.event));
    Proof::default()
        .yes(format!("{p} executed {one} before {other}, which conflicts with it"), [a, b])
        .yes(format!("{q} executed both"), [second, first])
        .no(format!("{q} executed {one} before {other}"), [second, first])
        .because(format!("{p} executed {one} before {other}; {q} did so the other way round"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::order::small::run;
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    /// Nodes and slots; what stands in each slot is told by `f`.
    fn executed(order: &[(&str, u64)], f: [(&str, u64); 2]) -> History {
        let line = |(node, slot): &(&str, u64)| {
            let (f, key) = f[*slot as usize];
            let op = format!(r#"{{"f":"{f}","key":{key}}}"#);
            format!(r#"{{"t":1,"n":"{node}","k":"apply","slot":{slot},"op":{op}}}"#)
        };
        run(&order.iter().map(line).collect::<Vec<_>>().join("\n"))
    }

    const CROSSED: [(&str, u64); 4] = [("n1", 0), ("n1", 1), ("n2", 1), ("n2", 0)];

    #[test]
    fn conflicts_are_ordered_and_the_rest_is_free() {
        let (write, read) = (r#"{"f":"write","key":1}"#, r#"{"f":"read","key":1}"#);
        let told = format!(
            "n1 executed {write} of slot 0 before {read} of slot 1; n2 did so the other way round"
        );
        assert_eq!(because(&ENTRY, &executed(&CROSSED, [("write", 1), ("read", 1)])), told);
        undecided(&ENTRY, &executed(&CROSSED, [("read", 1), ("read", 1)]));
        undecided(&ENTRY, &executed(&CROSSED, [("write", 1), ("write", 2)]));
        let agreed = [("n1", 0), ("n1", 1), ("n2", 0), ("n2", 1)];
        assert_eq!(ruling(&ENTRY, &executed(&agreed, [("write", 1), ("write", 1)])), Ruling::Held);
    }
}
