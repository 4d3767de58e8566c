//! Disturbances: when they begin and end, and what they do to nodes.

use crate::live::node::State;
use crate::live::pump::drain;
use crate::live::world::World;
use crate::wire::{Breach, Lines};
use pepperland_core::history::Kind;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Trouble;

impl World<'_> {
    /// A disturbance begins.
    pub fn begin(&mut self, index: u32) {
        let schedule = self.schedule;
        let trouble = &schedule.disturbances[index as usize].trouble;
        match trouble {
            Trouble::Crash { node, effects: None } => self.crash(*node),
            Trouble::Crash { node, effects } => self.nodes[node.index()].doomed = *effects,
            Trouble::Pause { node } => self.pause(*node),
            Trouble::Strike { .. } => self.disturbances.begin(schedule, index),
            _ => {
                self.recorder.begin(self.now, schedule, index);
                self.disturbances.begin(schedule, index);
            }
        }
    }

    /// A disturbance ends.
    pub fn end_of(&mut self, index: u32) {
        let schedule = self.schedule;
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } => self.restart(*node),
            Trouble::Pause { node } => self.resume(*node),
            trouble => {
                let told = !matches!(trouble, Trouble::Strike { .. });
                let Some(healed) = self.disturbances.end(index) else { return };
                if told {
                    self.recorder.heal(self.now, index, Some(healed.touched));
                }
                healed.held.into_iter().for_each(|parcel| self.release(parcel));
            }
        }
    }

    /// The node is killed. What it had written before it died was said while it lived.
    pub fn crash(&mut self, id: NodeId) {
        if self.kill(id) {
            self.take_lines(id);
            self.bury(id);
        }
    }

    /// The node is killed amid what it does: it had not come to the rest of what it wrote.
    pub fn crash_midway(&mut self, id: NodeId) {
        if self.kill(id) {
            self.bury(id);
        }
    }

    /// Ends the node's process, and empties its pipes; false if there is none.
    fn kill(&mut self, id: NodeId) -> bool {
        let node = &mut self.nodes[id.index()];
        node.doomed = None;
        let Some(kept) = node.kept.as_mut().filter(|_| node.state != State::Gone) else {
            return false;
        };
        kept.kill();
        drain(node);
        true
    }

    fn bury(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.kept = None;
        node.lines = Lines::default();
        node.state = State::Down;
        node.paused = false;
        node.outbox.clear();
        node.waiting.clear();
        self.befell(id, Kind::Crash);
    }

    fn restart(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.doomed = None;
        if node.state != State::Down {
            return;
        }
        node.renew();
        let launched = node.launch(self.program, self.keeper);
        self.befell(id, Kind::Recover);
        match launched {
            Ok(()) => {
                self.introduce(id);
                self.await_readiness(id);
            }
            Err(error) => {
                self.nodes[id.index()].state = State::Gone;
                self.breach(id, Breach::NotReady, &format!("it cannot be started again: {error}"));
            }
        }
    }

    fn pause(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        if node.paused || !node.lives() {
            return;
        }
        if let Some(kept) = &node.kept {
            node.paused = true;
            kept.pause();
            self.befell(id, Kind::Pause);
        }
    }

    fn resume(&mut self, id: NodeId) {
        if !self.nodes[id.index()].paused || self.schedule.pauses(id, self.now) {
            return;
        }
        let node = &mut self.nodes[id.index()];
        node.paused = false;
        node.kept.iter().for_each(|kept| kept.resume());
        self.befell(id, Kind::Resume);
    }
}
