//! Clients' requests: which step's message it is, and which steps wait for its delivery.

use pepperland_core::collections::Map;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::schedule::{Schedule, When};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// The steps of a schedule that wait for deliveries.
#[derive(Default)]
pub struct Clients {
    /// Steps, by the step whose message they wait for.
    waiting: BTreeMap<u32, Vec<u32>>,
    /// Which step's message it is.
    step_of: Map<MessageId, u32>,
}

impl Clients {
    /// The waiting steps of a schedule.
    pub fn new(schedule: &Schedule) -> Clients {
        let mut clients = Clients::default();
        for (index, step) in schedule.steps.iter().enumerate() {
            if let When::Upon { of, .. } = step.when {
                clients.waiting.entry(of).or_default().push(index as u32);
            }
        }
        clients
    }

    /// The steps that wait for nothing, with their nodes and times.
    pub fn timed(schedule: &Schedule) -> impl Iterator<Item = (NodeId, Time, u32)> {
        schedule.steps.iter().enumerate().filter_map(|(index, step)| match step.when {
            When::At(at) => Some((step.node, at, index as u32)),
            When::Upon { .. } => None,
        })
    }

    /// The message of a step has its name.
    pub fn asked(&mut self, step: u32, message: MessageId) {
        if !self.waiting.is_empty() {
            self.step_of.insert(message, step);
        }
    }

    /// A message was delivered: the steps that waited for it at this node, each with the time
    /// that the client takes to react.
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
        let here = |index: &u32| schedule.steps[*index as usize].node == node;
        let ready: Vec<u32> = waiting.iter().copied().filter(here).collect();
        waiting.retain(|index| !here(index));
        ready.into_iter().map(|index| (index, reaction(schedule, index))).collect()
    }
}

fn reaction(schedule: &Schedule, index: u32) -> Span {
    match schedule.steps[index as usize].when {
        When::Upon { after, .. } => after,
        When::At(_) => Span::ZERO,
    }
}
