//! Disturbances: when they begin and end, and what they do to nodes.

use crate::live::node::State;
use crate::live::pump::drain;
use crate::live::world::World;
use crate::wire::{Breach, Lines};
use pepperland_core::history::Kind;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Trouble;
use pepperland_core::time::Time;

impl World<'_> {
    /// A disturbance begins.
    pub fn begin(&mut self, index: u32) {
        let schedule = self.schedule;
        let trouble = &schedule.disturbances[index as usize].trouble;
        match trouble {
            Trouble::Crash { node, effects: None } => self.crash(*node),
            Trouble::Crash { node, effects } => self.nodes[node.index()].doomed = *effects,
            Trouble::Pause { node } => self.pause(*node),
            Trouble::Starve { node, ration } => {
                self.recorder.begin(self.now, schedule, index);
                self.ration(*node, *ration);
            }
            Trouble::Disk { node, .. } => {
                self.recorder.begin(self.now, schedule, index);
                self.behave(*node);
            }
            Trouble::Skew { node, jump, drift } => {
                self.recorder.begin(self.now, schedule, index);
                self.skew(*node, *jump, *drift);
            }
            Trouble::Strike { .. } => self.disturb_links(index),
            _ => {
                self.recorder.begin(self.now, schedule, index);
                self.disturb_links(index);
            }
        }
    }

    /// On sockets, lines and frames are disturbed alike.
    fn disturb_links(&mut self, index: u32) {
        let disturbance = &self.schedule.disturbances[index as usize];
        let begun =
            matches!(disturbance.trouble, Trouble::Strike { .. }) && disturbance.at == Time::ZERO;
        self.disturbances.begin(self.schedule, index);
        if let Some(fabric) = self.fabric.as_ref().filter(|_| !begun) {
            fabric.begin(index, &disturbance.trouble);
        }
    }

    /// A disturbance ends.
    pub fn end_of(&mut self, index: u32) {
        let schedule = self.schedule;
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } => self.restart(*node),
            Trouble::Pause { node } => self.resume(*node),
            Trouble::Starve { node, ration } => {
                self.ration(*node, *ration);
                self.recorder.heal(self.now, index, Some(1));
            }
            Trouble::Disk { node, .. } => {
                self.behave(*node);
                let losses = self.losses(*node);
                self.recorder.heal(self.now, index, Some(losses));
            }
            Trouble::Skew { node, .. } => {
                self.unskew(*node);
                self.recorder.heal(self.now, index, Some(1));
            }
            trouble => {
                let told = !matches!(trouble, Trouble::Strike { .. });
                let frames = self.fabric.as_ref().map_or(0, |fabric| fabric.end(index));
                let Some(healed) = self.disturbances.end(index) else { return };
                if told {
                    self.recorder.heal(self.now, index, Some(healed.touched + frames));
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

    /// The node is killed once it has written this. On sockets what it had written it had done as
    /// well: the others may have its frames, and its disk what it stored.
    pub fn crash_with(&mut self, id: NodeId, line: &[u8]) {
        if self.kill(id) {
            self.hear(id, line);
            self.take_lines(id);
            self.bury(id);
        }
    }

    /// Ends the node's process, and empties its pipes; false if there is none. That they are closed
    /// then is no news.
    fn kill(&mut self, id: NodeId) -> bool {
        let node = &mut self.nodes[id.index()];
        node.doomed = None;
        let Some(kept) = node.kept.as_mut().filter(|_| node.state != State::Gone) else {
            return false;
        };
        kept.kill();
        drain(node);
        node.deafen();
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
        self.lose_power(id);
    }

    fn restart(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.index()];
        node.doomed = None;
        if node.state != State::Down {
            return;
        }
        node.renew();
        let launched = self.launch(id);
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
