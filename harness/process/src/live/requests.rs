//! Requests of the application: what the schedule's steps ask of a node.

use crate::live::agenda::Happening;
use crate::live::world::World;
use crate::words::{Asked, HARNESS, Numbered};
use pepperland_core::contract::{Request, ViewId};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::schedule::{Ask, Step};

impl World<'_> {
    /// A step's request is made. At a node that is down, nobody hears it.
    pub fn ask(&mut self, place: u32) {
        let schedule = self.schedule;
        let step = &schedule.steps[place as usize];
        if !self.nodes[step.node.index()].lives() {
            return;
        }
        match &step.ask {
            Ask::Invoke { body } if !self.nodes[step.node.index()].features.invoke => {
                self.operate(step, body);
            }
            _ if self.nodes[step.node.index()].application.makes(step, place) => self.request(step),
            _ => {}
        }
    }

    /// A node has told its application to stop multicasting: it does, and says so.
    pub fn blocked(&mut self, id: NodeId, group: GroupId, view: ViewId) {
        let node = &mut self.nodes[id.index()];
        node.application.blocks(group);
        if node.features.views {
            self.agenda.plan(self.now, Happening::Stop(id, group, view));
        }
    }

    /// The application has stopped, and says so.
    pub fn stop(&mut self, id: NodeId, group: GroupId, view: ViewId) {
        if !self.nodes[id.index()].lives() {
            return;
        }
        self.recorder.stopped(self.now, id, group, view);
        let number = self.nodes[id.index()].next_request();
        if let Some(asked) = Asked::of(&Request::BlockOk(group, view)) {
            self.write(id, HARNESS, &Numbered { asked, msg_id: Some(number + 1) });
        }
    }

    /// A node has installed a view: what its application has held back for it is asked for.
    pub fn installed(&mut self, id: NodeId, group: GroupId, is_member: bool) {
        for step in self.nodes[id.index()].application.installs(group, is_member) {
            self.agenda.plan(self.now, Happening::Ask(step));
        }
    }

    fn request(&mut self, step: &Step) {
        let node = &mut self.nodes[step.node.index()];
        let (id, number) = (node.name(step), node.next_request());
        let last = node.last;
        let (request, event) = self.recorder.request(self.now, step, id, last);
        self.nodes[step.node.index()].last = Some(event);
        if let Ask::Multicast { .. } = step.ask {
            self.waiting.asked(step, id);
        }
        if let Request::Invoke { operation, .. } = &request {
            self.nodes[step.node.index()].sense.invoked(*operation);
        }
        if let Some(asked) = Asked::of(&request) {
            let body = Numbered { asked, msg_id: Some(number + 1) };
            self.write(step.node, HARNESS, &body);
        }
    }

    /// A step's message was delivered: the steps that wait for it at this node are planned.
    pub fn upon_delivery(&mut self, node: NodeId, message: MessageId) {
        for (step, after) in self.waiting.delivered(self.schedule, node, message) {
            self.agenda.plan(self.now + after, Happening::Ask(step));
        }
    }
}
