//! Twins: two copies of a node under one name (Bano et al., *Twins: BFT Systems Made Robust*,
//! OPODIS 2021). Equivocation, double votes and amnesia come of themselves, without a line of
//! attack code.
//!
//! Each copy has a place of its own among the nodes of the run, the second one behind all others;
//! links, schedules and histories know the one name that both have.

use crate::flights::Flight;
use crate::nodes::{Post, Slot, State};
use crate::world::World;
use pepperland_core::contract::{Indication, Request};
use pepperland_core::history::{EventId, Transmission};
use pepperland_core::id::NodeId;
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::Build;
use pepperland_core::schedule::{Schedule, Trouble};
use pepperland_core::time::Time;
use smallvec::SmallVec;
use std::collections::BTreeSet;

/// The second copies of a run, and which of their disturbances are at work.
#[derive(Default)]
pub struct Twins {
    /// The nodes that have one, in the order of their second places.
    nodes: Vec<NodeId>,
    at_work: BTreeSet<u32>,
}

impl Twins {
    /// The second copies of a schedule, none of which runs yet.
    pub fn of(
        schedule: &Schedule,
        build: Build<'_>,
        in_views: bool,
        slots: &mut Vec<Slot>,
    ) -> Twins {
        let twinned: BTreeSet<NodeId> = schedule.disturbances.iter().filter_map(twinned).collect();
        if twinned.is_empty() {
            return Twins::default();
        }
        let mut copies = Slot::build(schedule, build, in_views, twinned.iter().copied());
        copies.iter_mut().for_each(|slot| slot.state = State::Down);
        slots.append(&mut copies);
        Twins { nodes: twinned.into_iter().collect(), at_work: BTreeSet::new() }
    }

    /// Whether no node has a second copy.
    pub fn are_none(&self) -> bool {
        self.nodes.is_empty()
    }
}

fn twinned(disturbance: &pepperland_core::schedule::Disturbance) -> Option<NodeId> {
    match disturbance.trouble {
        Trouble::Twin { node, .. } => Some(node),
        _ => None,
    }
}

impl World<'_> {
    /// How many nodes there are by name.
    pub fn names(&self) -> usize {
        self.schedule.header.nodes as usize
    }

    /// The name of whoever runs at this place.
    pub fn name(&self, place: NodeId) -> NodeId {
        self.nodes[place.index()].host.me
    }

    /// Whether this is the place of a second copy.
    pub fn is_second(&self, place: NodeId) -> bool {
        place.index() >= self.names()
    }

    /// The place of the second copy of a node, if it has one that runs.
    pub fn second(&self, node: NodeId) -> Option<NodeId> {
        let place = self.twins.nodes.iter().position(|twinned| *twinned == node)?;
        let place = NodeId((self.names() + place) as u32);
        (self.nodes[place.index()].state != State::Down).then_some(place)
    }

    /// The places at which what is sent from this one to a node arrives.
    pub fn places_of(&mut self, from: NodeId, to: NodeId) -> SmallVec<[NodeId; 2]> {
        let second = self.second(to);
        let mut places: SmallVec<[NodeId; 2]> = [to].into_iter().chain(second).collect();
        places.retain(|place| self.talks(from, *place));
        places
    }

    /// Whether the copies at these places talk with each other.
    fn talks(&mut self, from: NodeId, to: NodeId) -> bool {
        let mut talks = true;
        for index in self.twins.at_work.clone() {
            let trouble = &self.schedule.disturbances[index as usize].trouble;
            let Trouble::Twin { node, first, second } = trouble else { continue };
            let between = (self.name(from), self.name(to));
            let keeps = |copy: NodeId, other: NodeId| {
                let side = if self.is_second(copy) { second } else { first };
                side.as_ref().is_none_or(|side| side.contains(&other))
            };
            let here = match between {
                (one, other) if one == *node && other == *node => {
                    from == to || first.is_none() && second.is_none()
                }
                (one, other) if one == *node => keeps(from, other),
                (one, other) if other == *node => keeps(to, one),
                _ => true,
            };
            let speaks = self.is_second(from) && between.0 == *node && from != to;
            if !here || speaks {
                self.disturbances.touch(index);
            }
            talks &= here;
        }
        talks
    }

    /// A second copy begins, unless it has begun already, and whom it talks with changes.
    pub fn begin_twin(&mut self, index: u32, node: NodeId) {
        self.recorder.begin(self.now, self.schedule, index);
        self.disturbances.begin(self.schedule, index);
        self.twins.at_work.insert(index);
        let Some(place) = self.twins.nodes.iter().position(|twinned| *twinned == node) else {
            return;
        };
        let place = NodeId((self.names() + place) as u32);
        let slot = &mut self.nodes[place.index()];
        if slot.state == State::Down && slot.host.incarnation == 0 {
            slot.state = State::Up;
            self.handle(place, None, |node, host| node.start(host));
        }
    }

    /// Whom a second copy talks with changes; after the last time, it is no more.
    pub fn end_twin(&mut self, index: u32, node: NodeId) {
        self.twins.at_work.remove(&index);
        let now = self.now;
        let ends = |at: Option<Time>| at.is_none_or(|at| at > now);
        let goes_on = self.schedule.disturbances.iter().any(|disturbance| {
            twinned(disturbance) == Some(node) && ends(disturbance.window(&self.schedule.header).1)
        });
        let Some(place) = self.second(node).filter(|_| !goes_on) else { return };
        let slot = &mut self.nodes[place.index()];
        slot.stop(now);
        slot.own = Post::default();
    }

    /// What the client of a node asks for, it asks of the second copy as well: under the same name,
    /// but for something else, as no two clients of two nodes ask for the same.
    pub fn ask_twin(&mut self, node: NodeId, step: u32, request: &Request<Message>) {
        let Some(place) = self.second(node) else { return };
        let schedule = self.schedule;
        let step_made = &schedule.steps[step as usize];
        let slot = &mut self.nodes[place.index()];
        if slot.state != State::Up || !slot.application.makes(step_made, step) {
            return;
        }
        let request = altered(request);
        let now = self.now;
        let cause =
            told(&request).map(|told| self.recorder.remark_of_second_copy(now, node, &told, None));
        self.handle(place, cause, |node, host| node.request(request, host));
    }

    /// A second copy reported something.
    pub fn indicate_second(
        &mut self,
        place: NodeId,
        told: &Indication<Message>,
        cause: Option<EventId>,
    ) -> EventId {
        self.react(place, told);
        let name = self.name(place);
        self.recorder.of_second_copy(self.now, name, told, cause)
    }

    /// The label of a frame says which copy it comes from or goes to, if that is a second one.
    pub fn told_of_copies(&self, flight: &Flight, frame: &mut Transmission) {
        let ends = (self.is_second(flight.from), self.is_second(flight.to));
        let copy = match ends {
            (false, false) => return,
            (true, _) => "from the second copy",
            (false, true) => "to the second copy",
        };
        let label = frame.label.as_deref().map(|label| format!("{label}, ")).unwrap_or_default();
        frame.label = Some(format!("{label}{copy}").into());
    }
}

/// What a second copy is asked for, where that is something else.
fn told(request: &Request<Message>) -> Option<String> {
    let (Request::Multicast(_, message) | Request::Propose { value: message, .. }) = request else {
        return None;
    };
    let body = String::from_utf8_lossy(&message.body.0);
    Some(format!("is asked to {} {} \"{body}\"", request.name(), message.id))
}

/// The same request for something else, where what is asked for is the client's own.
fn altered(request: &Request<Message>) -> Request<Message> {
    let other = |message: &Message| {
        let body = [&message.body.0[..], b"'"].concat();
        Message { id: message.id, body: Body::new(&body) }
    };
    match request {
        Request::Multicast(group, message) => Request::Multicast(*group, other(message)),
        Request::Propose { instance, value } => {
            Request::Propose { instance: *instance, value: other(value) }
        }
        same => same.clone(),
    }
}
