//! Clients' requests: which step's message it is, and which steps wait for its delivery.

use crate::collections::Map;
use crate::id::{MessageId, NodeId};
use crate::schedule::{Schedule, Step, When};
use crate::time::{Span, Time};
use std::collections::BTreeMap;

/// The steps of a schedule that wait for deliveries, by their places in the schedule.
#[derive(Default)]
pub struct Clients {
    /// Those that wait, by the step whose message they wait for.
    waiting: BTreeMap<u32, Vec<u32>>,
    /// Which step's message it is.
    step_of: Map<MessageId, u32>,
}

impl Clients {
    /// The waiting steps of a schedule.
    pub fn new(schedule: &Schedule) -> Clients {
        let mut clients = Clients::default();
        for (place, step) in (0..).zip(&schedule.steps) {
            if let When::Upon { of, .. } = step.when {
                clients.waiting.entry(of).or_default().push(place);
            }
        }
        clients
    }

    /// The steps that wait for nothing: when each is made, and its place.
    pub fn timed(schedule: &Schedule) -> impl Iterator<Item = (Time, u32)> {
        (0..).zip(&schedule.steps).filter_map(|(place, step)| match step.when {
            When::At(at) => Some((at, place)),
            When::Upon { .. } => None,
        })
    }

    /// The message of a step has its name.
    pub fn asked(&mut self, step: &Step, message: MessageId) {
        if !self.waiting.is_empty() {
            self.step_of.insert(message, step.id);
        }
    }

    /// A message was delivered: the places of the steps that have waited for it at this node,
    /// each with the time that the client takes to react.
    pub fn delivered(
        &mut self,
        schedule: &Schedule,
        node: NodeId,
        message: MessageId,
    ) -> Vec<(u32, Span)> {
        if self.waiting.is_empty() {
            return Vec::new();
        }
        let step = self.step_of.get(&message);
        let Some(waiting) = step.and_then(|step| self.waiting.get_mut(step)) else {
            return Vec::new();
        };
        let step = |place: &u32| &schedule.steps[*place as usize];
        let ready = waiting.extract_if(.., |place| step(place).node == node);
        ready.map(|place| (place, reaction(step(&place)))).collect()
    }
}

fn reaction(step: &Step) -> Span {
    match step.when {
        When::Upon { after, .. } => after,
        When::At(_) => Span::ZERO,
    }
}
