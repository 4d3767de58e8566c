//! No phantom: a read shows nothing that nobody asked for.
//!
//! # Definition
//! What a read shows is the effect of operations that were asked for before the read ended and that
//! were not refused: a `fail` has no effect, an `unknown` may have one (Herlihy & Wing 1990 as a
//! safety condition; Kingsbury & Alvaro 2020 call the like *aborted* and *garbage* reads). A set
//! shows elements of such additions or of its initial state; a register a value of such a write or
//! an initial one; a counter no more than the sum of all such additions; what nobody updates shows
//! nothing but its initial state. Initial are what the header says and the like of nothing: null,
//! 0, false and whatever is empty.
//! # Cost
//! O(n log n) in operations and in what reads show.
//! # Witness
//! The read; and the operation that was refused or came later; or all additions that came before.

use crate::replication::effects::{Object, Objects, Shape};
use crate::replication::operations::{Status, short};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-phantom",
    number: "RP7",
    statement: "what a read shows was asked for before and not refused",
    source: "Herlihy & Wing 1990; Kingsbury & Alvaro 2020",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::SomeWorkload],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if case.history.header.workload.is_none() {
        return Verdict::undecided("no workload says what the operations mean");
    }
    let scene = Scene::of(case);
    let objects = Objects::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, object) in &objects.all {
        let origins = Origins::of(&objects, object, key);
        let sums = Sums::of(&objects, object, key);
        for read in &object.reads {
            let shown = objects.shown(*read);
            let found = match (object.shape, shown) {
                (Some(Shape::Set) | None, Value::Array(elements)) => {
                    let mut elements = elements.iter();
                    elements.find_map(|element| origins.phantom(&objects, key, *read, element))
                }
                (Some(Shape::Register) | None, value) => {
                    origins.phantom(&objects, key, *read, value)
                }
                (Some(Shape::Counter), value) if value.is_i64() => {
                    sums.phantom(&objects, *read, value.as_i64().unwrap_or(0))
                }
                _ => continue,
            };
            let operation = objects.operation(*read);
            let end = operation.response.unwrap_or(operation.invoke);
            tally.count(scene.time(operation.invoke).min(scene.time(end)), scene.time(end));
            witness = witness.or(found);
        }
    }
    tally.verdict(witness, "no read shows its object")
}

/// Where values come from.
#[derive(Default)]
struct Origins {
    /// For each value the first of its updates that was not refused.
    first: Map<String, usize>,
    /// For each value one that was refused.
    refused: Map<String, usize>,
    /// The elements that were there from the start.
    initial: Set<String>,
}

impl Origins {
    fn of(objects: &Objects<'_, '_>, object: &Object, key: &str) -> Origins {
        let mut origins = Origins::default();
        if let Some(Value::Array(elements)) = objects.initial(key) {
            origins.initial.extend(elements.iter().map(Value::to_string));
        }
        for update in &object.updates {
            let value = objects.what(*update).to_string();
            if objects.operation(*update).status == Status::Fail {
                origins.refused.entry(value).or_insert(*update);
            } else {
                let first = origins.first.entry(value).or_insert(*update);
                if objects.begin(*update) < objects.begin(*first) {
                    *first = *update;
                }
            }
        }
        origins
    }

    fn phantom(
        &self,
        objects: &Objects<'_, '_>,
        key: &str,
        read: usize,
        value: &Value,
    ) -> Option<Witness> {
        let name = value.to_string();
        let first = self.first.get(&name).copied();
        let end = objects.done(read)?;
        let is_old = self.initial.contains(&name) || objects.is_initial(key, value);
        if is_old || first.is_some_and(|update| objects.begin(update) <= end) {
            return None;
        }
        let value = short(value);
        let history = objects.history();
        let reader = objects.operation(read).who(history);
        let proof = Proof::default()
            .yes(format!("{reader} read {value}"), objects.operation(read).events());
        let asked = format!("{value} had been asked for and not refused");
        Some(match (self.refused.get(&name), first) {
            (Some(update), _) => {
                let update = objects.operation(*update);
                let client = update.who(history);
                let because = format!("{reader} read {value}, which {client} was refused");
                proof.no(asked, update.events()).because(because)
            }
            (None, Some(update)) => {
                let update = objects.operation(update);
                let client = update.who(history);
                let because = format!("{reader} read {value} before {client} asked for it");
                proof.no(asked, [EventId(update.invoke)]).because(because)
            }
            (None, None) => proof
                .no(asked, [])
                .because(format!("{reader} read {value}, which nobody asked for")),
        })
    }
}

/// The most that a counter can show.
struct Sums {
    start: Option<i128>,
    /// The additions that were not refused, by where they begin, with the sum up to each.
    additions: Vec<(u64, usize, i128)>,
}

impl Sums {
    fn of(objects: &Objects<'_, '_>, object: &Object, key: &str) -> Sums {
        let start = objects.initial(key).map_or(Some(0), Value::as_i64).map(i128::from);
        let accepted = |place: &&usize| objects.operation(**place).status != Status::Fail;
        let begins = object.updates.iter().filter(accepted);
        let mut begins: Vec<(u64, usize)> = begins.map(|p| (objects.begin(*p), *p)).collect();
        begins.sort_unstable();
        let mut sum = start.unwrap_or_default();
        let additions = begins.into_iter().map(|(begin, place)| {
            sum += i128::from(objects.what(place).as_u64().unwrap_or(0));
            (begin, place, sum)
        });
        Sums { start, additions: additions.collect() }
    }

    fn phantom(&self, objects: &Objects<'_, '_>, read: usize, shown: i64) -> Option<Witness> {
        let (start, end) = (self.start?, objects.done(read)?);
        let asked = self.additions.partition_point(|(begin, ..)| *begin <= end);
        let asked = &self.additions[..asked];
        let most = asked.last().map_or(start, |(.., sum)| *sum);
        if i128::from(shown) <= most {
            return None;
        }
        let (history, read) = (objects.history(), objects.operation(read));
        let reader = read.who(history);
        let invokes = asked.iter().map(|(_, add, _)| EventId(objects.operation(*add).invoke));
        let proof = Proof::default()
            .yes(format!("{reader} read {shown}"), read.events())
            .no(format!("all that had been asked for makes {shown}"), invokes);
        let because = format!("{reader} read {shown}; all that had been asked for makes {most}");
        Some(proof.because(because))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::{history, runs};
    use pepperland_core::verdict::Ruling;

    const SET: &str = r#""workload":"set""#;

    #[test]
    fn a_stranger_a_refused_one_and_a_later_one_are_told() {
        let told = |lines: &[&str]| because(&ENTRY, &runs(&[SET], lines));
        let stranger = ["c1 add element=5 ok", "c2 read value=[5,6] ok"];
        assert_eq!(told(&stranger), "c2 read 6, which nobody asked for");
        let refused = ["c1 write value=5 fail", "c2 read value=5 ok"];
        assert_eq!(told(&refused), "c2 read 5, which c1 was refused");
        let later = ["c2 read value=5 ok", "c1 write value=5 ok"];
        assert_eq!(told(&later), "c2 read 5 before c1 asked for it");
        let sum = ["c1 add delta=2 unknown", "c2 read value=3 ok"];
        assert_eq!(told(&sum), "c2 read 3; all that had been asked for makes 2");
    }

    #[test]
    fn what_may_have_been_done_may_be_seen() {
        let lines = ["c1 write value=5 unknown", "c2 read value=5 ok", "c3 read value=null ok"];
        assert_eq!(ruling(&ENTRY, &runs(&[SET], &lines)), Ruling::Held);
    }

    #[test]
    fn without_reads_nothing_is_shown() {
        let lines = ["c1 write value=5 ok"];
        assert_eq!(undecided(&ENTRY, &runs(&[SET], &lines)), "no read shows its object");
        assert!(undecided(&ENTRY, &history(&[], &[])).starts_with("no workload"));
    }
}
