//! What is to happen, by the time at which it is due.

use crate::live::send::Parcel;
use crate::live::write::Write;
use pepperland_core::contract::ViewId;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// Something that is due at an instant.
#[derive(Debug)]
pub enum Happening {
    /// A step's request is made.
    Ask(u32),
    /// A message arrives.
    Arrive(Parcel),
    /// What a liar writes late enters the order of all writes.
    Enter(Write),
    /// A node reads what was written to registers.
    Read(NodeId),
    /// A disturbance begins.
    Begin(u32),
    /// A disturbance ends.
    End(u32),
    /// If the node has not become ready in this incarnation by now, it is told of.
    Readiness(NodeId, u32),
    /// The application of a node says that it has stopped multicasting in a view.
    Stop(NodeId, GroupId, ViewId),
    /// It is looked whether the run has had enough.
    Look,
}

/// What is to happen; at one time, in the order in which it was planned.
#[derive(Default)]
pub struct Agenda {
    entries: BTreeMap<(Time, u64), Happening>,
    planned: u64,
}

impl Agenda {
    /// Something is to happen.
    pub fn plan(&mut self, at: Time, what: Happening) {
        self.planned += 1;
        self.entries.insert((at, self.planned), what);
    }

    /// When the next thing is due.
    pub fn next(&self) -> Option<Time> {
        self.entries.keys().next().map(|(at, _)| *at)
    }

    /// The next thing, if it is due by `now`, and when it was due.
    pub fn due(&mut self, now: Time) -> Option<(Time, Happening)> {
        let first = self.entries.first_entry().filter(|entry| entry.key().0 <= now)?;
        let ((at, _), what) = first.remove_entry();
        Some((at, what))
    }
}
