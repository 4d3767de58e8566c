//! Frames on their way. The memory of those that have arrived is used again.

use pepperland_core::history::EventId;
use pepperland_core::id::{NetworkId, NodeId};
use smallvec::SmallVec;

/// One frame on its way.
#[derive(Clone, Debug)]
pub struct Flight {
    pub from: NodeId,
    pub to: NodeId,
    pub network: NetworkId,
    /// The incarnations of both ends when it was sent.
    pub from_incarnation: u32,
    pub to_incarnation: u32,
    /// The same for both copies of a doubled frame.
    pub id: u64,
    /// The how-manieth message on its link.
    pub number: u32,
    /// Whether a copy comes after it, which it must not be put off beyond.
    pub doubled: bool,
    /// The last event recorded before it was sent.
    pub cause: Option<EventId>,
    pub frame: SmallVec<[u8; 48]>,
}

/// All frames on their way, by slot.
#[derive(Default)]
pub struct Flights {
    slots: Vec<Option<Flight>>,
    free: Vec<u32>,
}

impl Flights {
    pub fn add(&mut self, flight: Flight) -> u32 {
        match self.free.pop() {
            Some(slot) => {
                self.slots[slot as usize] = Some(flight);
                slot
            }
            None => {
                self.slots.push(Some(flight));
                self.slots.len() as u32 - 1
            }
        }
    }

    /// Nothing if the frame has arrived already: an order that draws arrivals anew leaves the former
    /// ones in the queue.
    pub fn take(&mut self, slot: u32) -> Option<Flight> {
        let flight = self.slots[slot as usize].take()?;
        self.free.push(slot);
        Some(flight)
    }

    /// How many were on their way at once, at most.
    pub fn most(&self) -> usize {
        self.slots.len()
    }

    /// The node a frame is on its way to.
    pub fn receiver(&self, slot: u32) -> Option<NodeId> {
        self.slots[slot as usize].as_ref().map(|flight| flight.to)
    }
}
