//! Slots: the places in the total order that deliveries state.

use crate::scene::proof::Proof;
use crate::scene::{Delivery, Scene};
use pepperland_core::collections::Map;
use pepperland_core::history::EventId;
use pepperland_core::verdict::Witness;

/// What slots are known to hold.
#[derive(Default)]
pub struct Slots {
    holds: Map<(u32, u64), Delivery>,
    stands: Map<u32, (u64, Delivery)>,
}

impl Slots {
    /// Whether the delivery's message or its slot was met before.
    pub fn knows(&self, scene: &Scene<'_>, delivery: &Delivery, group: u32) -> bool {
        let Some(slot) = slot(scene, delivery) else { return false };
        self.stands.contains_key(&delivery.row) || self.holds.contains_key(&(group, slot))
    }

    /// Takes a delivery; the proof, if its slot holds another message or its message stands in
    /// another slot.
    pub fn take(&mut self, scene: &Scene<'_>, delivery: &Delivery, group: u32) -> Option<Witness> {
        let slot = slot(scene, delivery)?;
        let held = *self.holds.entry((group, slot)).or_insert(*delivery);
        let (stood, first) = *self.stands.entry(delivery.row).or_insert((slot, *delivery));
        if held.row != delivery.row {
            return Some(told(scene, (slot, held), (slot, *delivery)));
        }
        (stood != slot).then(|| told(scene, (stood, first), (slot, *delivery)))
    }
}

/// The slot that a delivery states.
pub fn slot(scene: &Scene<'_>, delivery: &Delivery) -> Option<u64> {
    scene.history.event(EventId(delivery.event)).place()?.slot
}

/// A delivery and its slot, in words.
pub fn says(scene: &Scene<'_>, slot: u64, delivery: &Delivery) -> String {
    format!("{} delivered {} at slot {slot}", scene.who(delivery.life), scene.name(delivery.row))
}

fn told(scene: &Scene<'_>, one: (u64, Delivery), other: (u64, Delivery)) -> Witness {
    let says = |(slot, delivery): (u64, Delivery)| says(scene, slot, &delivery);
    let events = [one.1, other.1].map(|d| EventId(d.event));
    Proof::default()
        .yes(says(one), [events[0]])
        .yes(says(other), [events[1]])
        .no("one slot holds one message, and one message stands in one slot", events)
        .because(format!("{}; {}", says(one), says(other)))
}
