//! Session guarantees: what one client's reads and writes of one object owe to its earlier ones.
//!
//! A session is what one client does, in its order. Of each read and write we ask how new the value
//! is that it saw or made. A `version` in the answer says it outright, as a whole number. Where
//! there is none, the initial value of a register (one that the header names or the like of
//! nothing, and that nobody wrote) is older than whatever was written; two written values without
//! versions cannot be compared, for a server may order concurrent writes as it likes. Objects of
//! which anything is asked but reads and writes are not judged.

use crate::replication::effects::{Object, Objects, Shape};
use crate::replication::operations::{Operation, Status, short};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::EventId;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// What a client does with an object.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Act {
    /// It reads it.
    Read,
    /// It writes it.
    Write,
}

/// How new a value is: between these two.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
struct Age {
    at_least: i128,
    at_most: i128,
}

/// Older than whatever was written.
const INITIAL: i128 = -1;

/// A client's act on an object.
struct Step {
    act: Act,
    place: usize,
    age: Age,
}

/// In a session, no `later` act on an object is of an older value than an `earlier` one was.
pub fn judge(case: &Case<'_>, earlier: Act, later: Act, nothing: &str) -> Verdict {
    let scene = Scene::of(case);
    let objects = Objects::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, object) in &objects.all {
        if !matches!(object.shape, Some(Shape::Register) | None) {
            continue;
        }
        let mut newest: Map<u32, (i128, usize)> = Map::default();
        for step in steps(&objects, key, object) {
            let operation = objects.operation(step.place);
            let known = newest.get(&operation.client).copied();
            let tells = step.act == later && step.age.at_most < i128::MAX;
            if let Some((before, place)) = known.filter(|(age, _)| tells && *age > INITIAL) {
                let from = objects.operation(place);
                count(&scene, &mut tally, from, operation);
                if step.age.at_most < before && witness.is_none() {
                    let writer = writer(&objects, key, object, place);
                    witness = Some(told(&objects, [from, operation], [earlier, later], writer));
                }
            }
            if step.act == earlier && known.is_none_or(|(age, _)| age < step.age.at_least) {
                newest.insert(operation.client, (step.age.at_least, step.place));
            }
        }
    }
    tally.verdict(witness, nothing)
}

fn count(scene: &Scene<'_>, tally: &mut Tally, from: &Operation, to: &Operation) {
    let (from, to) = (scene.time(from.invoke), scene.time(to.response.unwrap_or(to.invoke)));
    tally.count(from.min(to), to);
}

/// The acts on an object that were done, in the order of their invokes.
fn steps(objects: &Objects<'_, '_>, key: &str, object: &Object) -> Vec<Step> {
    let written: Set<String> =
        object.updates.iter().map(|update| objects.what(*update).to_string()).collect();
    let is_done = |place: &&usize| objects.operation(**place).status == Status::Ok;
    let writes = object.updates.iter().filter(is_done).map(|place| Step {
        act: Act::Write,
        place: *place,
        age: age(objects, *place, false),
    });
    let reads = object.reads.iter().map(|place| {
        let value = objects.shown(*place);
        let is_initial = objects.is_initial(key, value) && !written.contains(&value.to_string());
        Step { act: Act::Read, place: *place, age: age(objects, *place, is_initial) }
    });
    let mut steps: Vec<Step> = writes.chain(reads).collect();
    steps.sort_by_key(|step| step.place);
    steps
}

fn version(objects: &Objects<'_, '_>, place: usize) -> Option<u64> {
    let result = objects.operation(place).result(objects.history());
    result.get("version").and_then(Value::as_u64)
}

fn age(objects: &Objects<'_, '_>, place: usize, is_initial: bool) -> Age {
    match version(objects, place).map(i128::from) {
        Some(version) => Age { at_least: version, at_most: version },
        None if is_initial => Age { at_least: INITIAL, at_most: INITIAL },
        None => Age { at_least: 0, at_most: i128::MAX },
    }
}

/// Where a read shows what could be the initial value, had nobody written it: who did.
fn writer(objects: &Objects<'_, '_>, key: &str, object: &Object, read: usize) -> Option<EventId> {
    let value = objects.shown(read);
    let mut updates = object.updates.iter();
    let writer = updates.find(|update| objects.what(**update) == value)?;
    let could_be = objects.operation(read).f(objects.history()) == "read"
        && objects.is_initial(key, value)
        && version(objects, read).is_none();
    could_be.then(|| EventId(objects.operation(*writer).invoke))
}

fn told(
    objects: &Objects<'_, '_>,
    [from, to]: [&Operation; 2],
    [earlier, later]: [Act; 2],
    writer: Option<EventId>,
) -> Witness {
    let history = objects.history();
    let says = |operation: &Operation, act: Act| {
        let (op, result) = (operation.op(history), operation.result(history));
        let value = match act {
            Act::Read => result.get("value").or_else(|| result.get("messages")),
            Act::Write => op.get("to").or_else(|| op.get("value")),
        };
        let version = result.get("version").and_then(Value::as_u64);
        let version = version.map(|v| format!(" (version {v})")).unwrap_or_default();
        let did = if act == Act::Read { "read" } else { "wrote" };
        format!("{did} {}{version}", short(value.unwrap_or(&Value::Null)))
    };
    let (who, first, second) = (from.who(history), says(from, earlier), says(to, later));
    let proof = match writer {
        Some(write) => Proof::default().yes("somebody wrote that", [write]),
        None => Proof::default(),
    };
    proof
        .yes(format!("{who} {first}"), from.events())
        .no(format!("what {who} did next was no older"), to.events())
        .because(format!("{who} {first} and later {second}, which is older"))
}
