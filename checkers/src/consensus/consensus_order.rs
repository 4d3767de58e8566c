//! Consensus order: messages are delivered in the order in which the instances decided them.
//!
//! # Definition
//! The decisions of instances 1, 2, 3 … one after the other are the sequence of deliveries (the
//! reduction of atomic broadcast to consensus, Chandra & Toueg 1996): what a node delivers is a
//! prefix of them. A decision is the name of a message or a list of names; a message that an
//! earlier instance decided counts no more, nor does a name of no message. A decision of anything
//! else orders nothing, and neither do instances that nodes decide differently: what comes from
//! there on is not judged. It binds every node but Byzantine ones, in histories of one group. A
//! life that starts late may begin anywhere, but goes on in order.
//! # Cost
//! O(events + names).
//! # Witness
//! Two deliveries in a row and the decisions of what should have come; at the beginning, one.

use crate::consensus::instances::{Act, Instance, Instances};
use crate::scene::deliverers::Deliverers;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "consensus-order",
    number: "CO-OR8",
    statement: "messages are delivered in the order in which the instances decided them",
    source: "Chandra & Toueg 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + names)",
    needs: &[Kind::Decide, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    if scene.history.groups().len() > 1 {
        return Verdict::undecided("instances do not say which of the groups they order");
    }
    let order = Order::of(&Instances::of(&scene));
    if order.sequence.is_empty() {
        return Verdict::undecided("the decisions order no messages");
    }
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut seen = Deliverers::<u64>::empty(scene.table.len(), scene.lives.len());
    let mut places = vec![Place::Beginning; scene.lives.len()];
    let mut starts = scene.lives.starts.iter().peekable();
    for delivery in scene.deliveries() {
        while let Some(start) = starts.next_if(|start| start.event < delivery.event) {
            places[start.life as usize] = Place::Unknown;
        }
        if !seen.insert(delivery.row, delivery.life) {
            continue;
        }
        let place = &mut places[delivery.life as usize];
        if let Some(due) = order.due(*place) {
            tally.count(scene.time(delivery.event), scene.time(delivery.event));
            if witness.is_none() && due.map(|item| item.row) != Some(delivery.row) {
                witness = Some(order.broken(&scene, *place, due, &delivery));
            }
        }
        *place = order.after(*place, delivery);
    }
    tally.verdict(witness, "nobody delivered anything that the instances order")
}

/// A message in the order of the decisions.
#[derive(Copy, Clone, Debug)]
struct Item {
    row: u32,
    /// A decision that says so.
    decided: u32,
}

/// Where a life stands.
#[derive(Copy, Clone, Debug)]
enum Place {
    Beginning,
    /// After this delivery, of the item at this place.
    After(Delivery, usize),
    /// Its last delivery has no place in the order, or is not known.
    Unknown,
}

/// The decisions one after the other.
struct Order {
    sequence: Vec<Item>,
    /// The place of each message in it.
    place: Map<u32, usize>,
    /// Whether what comes after its end is unknown.
    is_open: bool,
}

impl Order {
    fn of(instances: &Instances<'_, '_>) -> Order {
        let mut order = Order { sequence: Vec::new(), place: Map::default(), is_open: false };
        for instance in instances.all.values() {
            let Some(names) = names(instances, instance) else {
                order.is_open = true;
                break;
            };
            for row in names.iter().filter_map(|name| instances.scene.history.message_row(name)) {
                let decided = instance.decisions[0].event;
                if *order.place.entry(row).or_insert(order.sequence.len()) == order.sequence.len() {
                    order.sequence.push(Item { row, decided });
                }
            }
        }
        order
    }

    /// What is due: an item, or nothing, because no more was decided. None if it is not known.
    fn due(&self, place: Place) -> Option<Option<Item>> {
        let next = match place {
            Place::Beginning => 0,
            Place::After(_, item) => item + 1,
            Place::Unknown => return None,
        };
        let item = self.sequence.get(next).copied();
        (item.is_some() || !self.is_open).then_some(item)
    }

    fn after(&self, place: Place, delivery: Delivery) -> Place {
        match (place, self.place.get(&delivery.row)) {
            (_, Some(item)) => Place::After(delivery, *item),
            (_, None) => Place::Unknown,
        }
    }

    fn broken(
        &self,
        scene: &Scene<'_>,
        place: Place,
        due: Option<Item>,
        delivery: &Delivery,
    ) -> Witness {
        let (who, what) = (scene.who(delivery.life), scene.name(delivery.row));
        let (says, mut decided) = match place {
            Place::After(last, item) => {
                let decided = EventId(self.sequence[item].decided);
                let says = format!("{who} delivered {what} right after {}", scene.name(last.row));
                (says, vec![EventId(last.event), decided])
            }
            _ => (format!("{who} delivered {what} first"), Vec::new()),
        };
        let should = match due {
            Some(item) => format!("{} was decided to come there", scene.name(item.row)),
            None => "nothing more was decided".to_owned(),
        };
        decided.extend(due.map(|item| EventId(item.decided)));
        decided.extend(due.and_then(|item| known_by(scene, item.row)));
        let proof = Proof::default().yes(should.clone(), decided);
        let clause = format!("{what} comes there in the decisions");
        proof.no(clause, [EventId(delivery.event)]).because(format!("{says}; {should}"))
    }
}

/// An event that names the message, so that its name is one: its broadcast, or a delivery.
fn known_by(scene: &Scene<'_>, row: u32) -> Option<EventId> {
    let named = || scene.history.messages().iter().position(|m| *m == row);
    scene.broadcast(row).or_else(|| named().map(|event| EventId(event as u32)))
}

/// The names that an instance decided; none if it is disputed or its decision is no list of names.
fn names<'a>(instances: &Instances<'_, 'a>, instance: &Instance) -> Option<Vec<&'a str>> {
    let Some(first) = instance.decisions.first() else { return Some(Vec::new()) };
    let agrees = |act: &Act| act.value == first.value;
    if !instance.decisions.iter().all(agrees) {
        return None;
    }
    match instances.value(first) {
        Value::String(name) => Some(vec![name]),
        Value::Array(names) => names.iter().map(Value::as_str).collect(),
        Value::Null => Some(Vec::new()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    const START: &str = r#"n1 broadcast n1:0:1; n1 broadcast n1:0:2; n2 broadcast n2:0:1;
        n1 decide 1 ["n1:0:1","n2:0:1"]; n1 decide 2 "n1:0:2";"#;

    fn of(words: &str) -> pepperland_core::history::History {
        spoken(&json!({}), &format!("{START} {words}"))
    }

    #[test]
    fn deliveries_follow_the_decisions() {
        let all = "n1 deliver n1:0:1; n1 deliver n2:0:1; n1 deliver n1:0:2; n2 deliver n1:0:1";
        assert_eq!(ruling(&ENTRY, &of(all)), Ruling::Held);
        let skip = "n1 deliver n1:0:1; n1 deliver n1:0:2";
        let told = "n1 delivered n1:0:2 right after n1:0:1; n2:0:1 was decided to come there";
        assert_eq!(because(&ENTRY, &of(skip)), told);
        let told = "n3 delivered n2:0:1 first; n1:0:1 was decided to come there";
        assert_eq!(because(&ENTRY, &of("n3 deliver n2:0:1")), told);
    }

    #[test]
    fn what_nobody_decided_comes_too_soon() {
        let all = "n1 deliver n1:0:1; n1 deliver n2:0:1; n1 deliver n1:0:2";
        let words = format!("n3 broadcast n3:0:1; {all}; n1 deliver n3:0:1");
        let told = "n1 delivered n3:0:1 right after n1:0:2; nothing more was decided";
        assert_eq!(because(&ENTRY, &of(&words)), told);
        let disputed = format!("{words}; n2 decide 3 x; n3 decide 3 y");
        assert_eq!(ruling(&ENTRY, &of(&disputed)), Ruling::Held);
    }

    #[test]
    fn values_that_are_no_messages_order_nothing() {
        let history = spoken(&json!({}), "n1 broadcast n1:0:1; n1 deliver n1:0:1; n1 decide 1 7");
        assert!(undecided(&ENTRY, &history).starts_with("the decisions order no messages"));
    }
}
