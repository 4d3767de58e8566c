//! One acceptance for each slot: a server does not accept two messages for one slot.
//!
//! # Definition
//! A correct server accepts one message for a slot, and a message for one slot (DifATo, Xavier
//! Silva, Lung, Luiz & Magnabosco: a server accepts a proposal if it accepted no other for this
//! number before, and if the message's timestamp is new). An acceptance is a decision of the
//! instance with the slot's number; to accept the same again is no breach. The second half binds
//! only values that are the name or digest of a message of the history. It binds every server
//! that does not lie, each life for itself where a restart forgets.
//! # Cost
//! O(events · log slots).
//! # Witness
//! Two acceptances; and for the second half an event that names the message.

use crate::byzantine::roles::{NO_LIARS, Roles};
use crate::consensus::instances::{Act, Instances};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "one-accept-per-slot",
    number: "DA6",
    statement: "a server accepts one message for a slot, and a message for one slot",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log slots)",
    needs: &[Kind::Decide],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(roles) = Roles::stated(case) else { return Verdict::undecided(NO_LIARS) };
    let scene = Scene::of(case);
    let instances = Instances::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut in_slot: Map<(u32, u64), Act> = Map::default();
    let mut of_value: Map<(u32, u32), (Act, u64)> = Map::default();
    let named = named(&instances);
    let acts = instances
        .all
        .iter()
        .flat_map(|((_, slot), instance)| instance.decisions.iter().map(move |act| (*slot, act)));
    for (slot, act) in acts.filter(|(_, act)| roles.is_server(act.node)) {
        tally.count(instances.time(act), instances.time(act));
        let first = *in_slot.entry((act.life, slot)).or_insert(*act);
        let (other, its) = *of_value.entry((act.life, act.value)).or_insert((*act, slot));
        let name = named[act.value as usize];
        witness = match name {
            _ if witness.is_some() => witness,
            _ if first.value != act.value => {
                Some(broken(&instances, (&first, slot), (act, slot), None))
            }
            Some(name) if its != slot => {
                Some(broken(&instances, (&other, its), (act, slot), Some(name)))
            }
            _ => None,
        };
    }
    tally.verdict(witness, "no server that does not lie accepted anything")
}

/// For each value an event that makes it the name or the digest of a message, if there is one.
fn named(instances: &Instances<'_, '_>) -> Vec<Option<EventId>> {
    let mut events: Map<String, EventId> = Map::default();
    for event in instances.scene.history.events() {
        let words = [event.message_name(), event.digest()];
        for word in words.into_iter().flatten() {
            events.entry(word).or_insert(event.id);
        }
    }
    let name = |value: &&serde_json::Value| events.get(value.as_str()?).copied();
    instances.values.iter().map(name).collect()
}

fn broken(
    instances: &Instances<'_, '_>,
    (one, its): (&Act, u64),
    (other, slot): (&Act, u64),
    name: Option<EventId>,
) -> Witness {
    let (who, what) = (instances.who(one), instances.told(one));
    let says = format!("{who} accepted {what} for slot {its}");
    let second = match its == slot {
        true => format!("and {} as well", instances.told(other)),
        false => format!("and for slot {slot} as well"),
    };
    Proof::default()
        .yes(says.clone(), [one.id()])
        .no("it accepted nothing else like it", [one.id(), other.id()].into_iter().chain(name))
        .because(format!("{says}, {second}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        let header = json!({"nodes": ["c1", "c2", "s1", "s2", "s3"], "byzantine": ["s3"],
            "groups": {"clients": ["c1", "c2"], "servers": ["s1", "s2", "s3"]}});
        spoken(&header, words)
    }

    #[test]
    fn one_message_one_slot() {
        let told = "s1 accepted c1:0:1 for slot 1, and c1:0:2 as well";
        assert_eq!(because(&ENTRY, &of("s1 decide 1 c1:0:1; s1 decide 1 c1:0:2")), told);
        let twice = "c1 deliver c1:0:1; s1 decide 1 c1:0:1; s1 decide 2 c1:0:1";
        let told = "s1 accepted c1:0:1 for slot 1, and for slot 2 as well";
        assert_eq!(because(&ENTRY, &of(twice)), told);
        let fine = "s1 decide 1 c1:0:1; s1 decide 1 c1:0:1; s1 decide 2 noop; s1 decide 3 noop";
        assert_eq!(ruling(&ENTRY, &of(fine)), Ruling::Held);
        let liar = of("s3 decide 1 c1:0:1; s3 decide 1 c1:0:2");
        assert!(undecided(&ENTRY, &liar).starts_with("no server"));
    }
}
