//! Marks, arrows and names: the pieces of a picture.

use crate::text::short;
use pepperland_core::history::{EventId, History, Kind};
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Longer message names get letters.
const NAME: usize = 8;

/// All events of one node at one instant.
#[derive(Debug, Default)]
pub struct Mark {
    pub node: u32,
    pub time: Time,
    pub events: Vec<EventId>,
    pub shapes: BTreeSet<Shape>,
    pub tags: Vec<Tag>,
    pub label: String,
    pub labelled_by_frame: bool,
    pub proves: bool,
}

impl Mark {
    /// What the application did says more than the frames that followed; of these, one is enough.
    pub fn say(&mut self, label: String, of_frame: bool) {
        if label.is_empty() || (of_frame && !self.label.is_empty()) {
            return;
        }
        if self.label.is_empty() || self.labelled_by_frame {
            self.label = label;
        } else {
            let more = match self.label.starts_with("casts ") {
                true => label.trim_start_matches("casts "),
                false => label.as_str(),
            };
            self.label = short(&format!("{}, {more}", self.label), 36);
        }
        self.labelled_by_frame = of_frame;
    }

    /// The first event of the proof that has no tag of its own.
    pub fn anchor(&self, proof: &BTreeSet<EventId>) -> Option<EventId> {
        let tagged = |id: &EventId| self.tags.iter().any(|tag| tag.event == *id);
        self.events.iter().copied().find(|id| proof.contains(id) && !tagged(id))
    }

    /// Whether a view is installed.
    pub fn begins_view(&self) -> bool {
        self.shapes.contains(&Shape::Square)
    }

    /// The shapes side by side; a multicast sends, so its own shape is enough.
    pub fn outline(&self) -> Vec<Shape> {
        let disc = self.shapes.contains(&Shape::Disc);
        self.shapes.iter().copied().filter(|shape| !disc || *shape != Shape::Circle).collect()
    }
}

/// What stands on the lane.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Shape {
    /// Something was sent or received.
    Circle,
    /// Something was multicast.
    Disc,
    /// A view.
    Square,
    /// A detector, a remark, an operation.
    Diamond,
    /// A snapshot is taken.
    Up,
    /// A snapshot is installed.
    Down,
    /// A crash.
    Cross,
    /// A restart.
    Bar,
}

impl Shape {
    /// What events of a kind look like.
    pub fn of(kind: Kind) -> Option<Shape> {
        match kind {
            Kind::Send | Kind::Recv => Some(Shape::Circle),
            Kind::Broadcast => Some(Shape::Disc),
            Kind::View => Some(Shape::Square),
            Kind::StateGet => Some(Shape::Up),
            Kind::StateSet => Some(Shape::Down),
            Kind::Crash => Some(Shape::Cross),
            Kind::Recover => Some(Shape::Bar),
            Kind::Drop | Kind::Pause | Kind::Resume => None,
            kind if kind.is_delivery() => None,
            _ => Some(Shape::Diamond),
        }
    }
}

/// A delivery.
#[derive(Debug)]
pub struct Tag {
    pub text: String,
    pub message: u32,
    pub proves: bool,
    pub event: EventId,
}

/// A frame, or what stands for it.
#[derive(Debug)]
pub struct Arrow {
    pub from: usize,
    pub end: End,
    pub title: String,
    /// The first message it carries.
    pub message: Option<u32>,
    /// Whether it led to an event of the proof.
    pub proves: bool,
    pub way: Way,
}

/// Where an arrow ends.
#[derive(Copy, Clone, Debug)]
pub enum End {
    /// At this mark.
    Arrives(usize),
    /// It is lost at this instant on its way to this node.
    Lost(Time, u32),
}

/// What kind of arrow it is.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Way {
    /// A frame.
    Frame,
    /// A frame that arrived before.
    Again,
    /// From a multicast to a delivery, for want of frames.
    Implied,
    /// From where a snapshot was taken to where it was installed.
    State,
}

/// Letters that stand for long message names.
#[derive(Default)]
pub struct Letters(BTreeMap<u32, (String, String)>);

impl Letters {
    /// Names are shown as they are if all are short.
    pub fn of(history: &History, rows: &BTreeSet<u32>) -> Letters {
        let names: Vec<(u32, String)> =
            rows.iter().map(|row| (*row, history.message_name(*row))).collect();
        if names.iter().all(|(_, name)| short(name, 40).chars().count() <= NAME) {
            return Letters::default();
        }
        let lettered = names.into_iter().enumerate();
        Letters(lettered.map(|(i, (row, name))| (row, (letter(i), short(&name, 80)))).collect())
    }

    pub fn name(&self, history: &History, row: u32) -> String {
        match self.0.get(&row) {
            Some((letter, _)) => letter.clone(),
            None => short(&history.message_name(row), NAME),
        }
    }

    pub fn listed(&self) -> Vec<(String, String)> {
        self.0.values().cloned().collect()
    }
}

/// `a` to `z`, then `a1`, `b1`, ….
fn letter(index: usize) -> String {
    let letter = char::from(b'a' + (index % 26) as u8);
    match index / 26 {
        0 => letter.to_string(),
        round => format!("{letter}{round}"),
    }
}
