//! Frames on their way. On turmoil's sockets travel a label and the bytes; what the harness knows
//! of a frame stays here. A place is used again, with its memory, when its frame has arrived.

use pepperland_core::history::{EventId, Transmission};
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::time::Time;

/// What marks a frame on the socket: its place in the table, and a number used only once.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Label {
    /// The place.
    pub place: u32,
    /// The number.
    pub serial: u64,
}

/// What is known of a frame from the moment it was sent.
#[derive(Copy, Clone, Debug)]
pub struct Passage {
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
    /// The last event recorded before it was sent.
    pub cause: Option<EventId>,
}

/// One frame on its way.
#[derive(Debug)]
pub struct Flight {
    pub passage: Passage,
    pub serial: u64,
    /// Whether the socket has brought the bytes.
    pub landed: bool,
    /// It was due before the socket had brought it: its turn, once it lands.
    pub late: Option<(Time, u32)>,
    pub bytes: Vec<u8>,
    /// What lands instead of the bytes that cross the socket, if a link corrupts them or the sender
    /// lies.
    pub instead: Option<Vec<u8>>,
    /// What the history says of it, where the network's side is recorded.
    pub told: Option<Transmission>,
}

/// All frames on their way, by place.
#[derive(Default)]
pub struct Flights {
    places: Vec<Flight>,
    free: Vec<u32>,
    serials: u64,
    /// How many are late.
    pub late: usize,
}

/// The serial number of a place that is free.
const NOBODY: u64 = 0;

impl Flights {
    /// A frame sets off.
    pub fn add(
        &mut self,
        passage: Passage,
        instead: Option<Vec<u8>>,
        told: Option<Transmission>,
    ) -> Label {
        self.serials += 1;
        let serial = self.serials;
        let bytes = Vec::new();
        let mut flight =
            Flight { passage, serial, landed: false, late: None, bytes, instead, told };
        if let Some(place) = self.free.pop() {
            let last = &mut self.places[place as usize];
            last.bytes.clear();
            flight.bytes = std::mem::take(&mut last.bytes);
            *last = flight;
            return Label { place, serial };
        }
        self.places.push(flight);
        Label { place: self.places.len() as u32 - 1, serial }
    }

    /// The frame at a place.
    pub fn at(&self, place: u32) -> &Flight {
        &self.places[place as usize]
    }

    /// The frame at a place.
    pub fn at_mut(&mut self, place: u32) -> &mut Flight {
        &mut self.places[place as usize]
    }

    /// The frame of a label, if it is still awaited.
    pub fn find(&mut self, label: Label) -> Option<&mut Flight> {
        self.places.get_mut(label.place as usize).filter(|flight| flight.serial == label.serial)
    }

    /// The frame is delivered or lost; its place may be used again.
    pub fn free(&mut self, place: u32) {
        let flight = &mut self.places[place as usize];
        if flight.late.take().is_some() {
            self.late -= 1;
        }
        flight.serial = NOBODY;
        self.free.push(place);
    }

    /// The frame is due and the socket has not brought it yet.
    pub fn is_late(&mut self, place: u32, turn: (Time, u32)) {
        self.places[place as usize].late = Some(turn);
        self.late += 1;
    }

    /// The frames that are late, and since when.
    pub fn late_ones(&self) -> Vec<(u32, Time)> {
        let places = (0..).zip(&self.places);
        places.filter_map(|(place, flight)| flight.late.map(|(due, _)| (place, due))).collect()
    }

    /// The bytes of a frame, to be given back with [`put_back`](Flights::put_back).
    pub fn take_bytes(&mut self, place: u32) -> Vec<u8> {
        std::mem::take(&mut self.places[place as usize].bytes)
    }

    /// Gives memory back to a free place.
    pub fn put_back(&mut self, place: u32, bytes: Vec<u8>) {
        let flight = &mut self.places[place as usize];
        if flight.serial == NOBODY {
            flight.bytes = bytes;
        }
    }
}
