//! A run of the exploration as a schedule: each step at an instant of its own, and the network
//! made to bring each frame at the instant of its step.

use crate::explore::automaton::{Automata, body};
use crate::explore::event::{Event, Input};
use crate::explore::frames::FrameId;
use crate::explore::{Scope, Told};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::schedule::{Ask, Disturbance, Fate, Frame, Schedule, Step, Trouble, When};
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// From one step to the next, and how long a frame takes if nothing makes it late.
pub const TICK: Span = Span::millis(1);

/// Steps and who crashes, if only at the end.
pub struct End {
    pub path: Vec<Event>,
    /// A bit for each node.
    pub crashed: u32,
    /// Whether what has not arrived by then never does.
    pub is_complete: bool,
}

/// A frame that was sent.
struct Sent {
    frame: FrameId,
    from: NodeId,
    to: NodeId,
    /// The how-manieth on its link.
    number: u32,
    /// At which step it was sent and at which it arrives; the start is step 0.
    at: u32,
    arrives: Option<u32>,
}

/// A run while its steps are gone through once more.
struct Course<'a, 'b> {
    automata: &'a mut Automata<'b>,
    locals: Vec<u32>,
    counts: BTreeMap<(NodeId, NodeId), u32>,
    sent: Vec<Sent>,
    steps: Vec<Step>,
    disturbances: Vec<Disturbance>,
    delivered: Vec<Vec<MessageId>>,
    /// The last step of each node.
    last: Vec<u32>,
    /// Nodes whose handlers were cut short.
    cut_short: u32,
}

/// The run as a schedule.
pub fn realize(scope: &Scope<'_>, automata: &mut Automata<'_>, end: &End) -> Told {
    let mut course = Course::new(scope, automata);
    for (at, event) in (1..).zip(&end.path) {
        course.go(at, *event);
    }
    let steps = end.path.len() as u32;
    course.crash_at_rest(end.crashed);
    course.bring_frames(end, steps);
    let Course { steps: asked, disturbances, delivered, .. } = course;
    let heal_at = instant(steps + 1);
    let header = Frame { heal_at, end: heal_at + SETTLE, ..scope.header.clone() };
    let schedule = Schedule { header, steps: asked, disturbances };
    Told { steps, is_complete: end.is_complete, schedule, delivered }
}

/// How long the simulator may go on after the last step; nothing happens in it.
const SETTLE: Span = Span::seconds(10);

/// When a step is taken.
fn instant(step: u32) -> Time {
    Time::ZERO + Span(TICK.0 * u64::from(step))
}

impl<'a, 'b> Course<'a, 'b> {
    fn new(scope: &Scope<'_>, automata: &'a mut Automata<'b>) -> Course<'a, 'b> {
        let nodes = scope.header.nodes as usize;
        let mut course = Course {
            automata,
            locals: Vec::new(),
            counts: BTreeMap::new(),
            sent: Vec::new(),
            steps: Vec::new(),
            disturbances: Vec::new(),
            delivered: vec![Vec::new(); nodes],
            last: vec![0; nodes],
            cut_short: 0,
        };
        for node in NodeId::first(nodes) {
            let start = course.automata.start(node);
            course.locals.push(start.next);
            course.send(0, &start.sends);
            course.delivered[node.index()].extend(&start.delivers);
        }
        course
    }

    fn go(&mut self, at: u32, event: Event) {
        let node = match event.input {
            Input::Multicast(node) => {
                self.ask(at, node);
                node
            }
            Input::Arrive(frame) => {
                let waits = |sent: &&mut Sent| sent.frame == frame && sent.arrives.is_none();
                let sent = self.sent.iter_mut().find(waits).expect("it was sent before");
                sent.arrives = Some(at);
                sent.to
            }
        };
        self.last[node.index()] = at;
        let made = self.automata.make(node, self.locals[node.index()], event.input);
        let made = self.automata.get(made).clone();
        let cut = event.cut.map(|cut| made.cuts[cut as usize].clone());
        let (next, sends, delivers) = match &cut {
            Some(cut) => (cut.next, cut.sends, cut.delivers),
            None => (made.next, made.sends.len(), made.delivers.len()),
        };
        if let Some(cut) = cut {
            self.cut_short |= 1 << node.0;
            let trouble = Trouble::Crash { node, effects: Some(cut.after) };
            self.disturbances.push(Disturbance::from(instant(at), trouble));
        }
        self.locals[node.index()] = next;
        self.delivered[node.index()].extend(&made.delivers[..delivers]);
        self.send(at, &made.sends[..sends]);
    }

    fn ask(&mut self, at: u32, node: NodeId) {
        let id = self.steps.len() as u32;
        let message = self.automata.message(node, self.locals[node.index()]);
        let ask = Ask::Multicast { group: GroupId::ALL, body: body(message.id) };
        self.steps.push(Step { id, when: When::At(instant(at)), node, ask });
    }

    fn send(&mut self, at: u32, frames: &[FrameId]) {
        for frame in frames {
            let content = self.automata.frames.get(*frame);
            let (from, to) = (content.from, content.to);
            let number = self.counts.entry((from, to)).or_default();
            *number += 1;
            let number = *number;
            self.sent.push(Sent { frame: *frame, from, to, number, at, arrives: None });
        }
    }

    /// Who crashes without a handler cut short does so after the last one.
    fn crash_at_rest(&mut self, crashed: u32) {
        for (node, last) in (0..).map(NodeId).zip(self.last.clone()) {
            if crashed & !self.cut_short & 1 << node.0 != 0 {
                let at = instant(last) + Span(TICK.0 / 2);
                let trouble = Trouble::Crash { node, effects: None };
                self.disturbances.push(Disturbance::from(at, trouble));
            }
        }
    }

    /// What arrives does so at its step; what is for a crashed node, or has not arrived yet, comes
    /// when all is over; the rest is lost.
    fn bring_frames(&mut self, end: &End, steps: u32) {
        for sent in &self.sent {
            let is_for_the_dead = end.crashed & 1 << sent.to.0 != 0;
            let fate = match sent.arrives {
                Some(at) => late(sent.at, at),
                None if is_for_the_dead || !end.is_complete => late(sent.at, steps + 1),
                None => Some(Fate::Lose),
            };
            let Some(fate) = fate else { continue };
            let Sent { from, to, number, .. } = *sent;
            let trouble = Trouble::strike(from, to, number, fate);
            self.disturbances.push(Disturbance::from(Time::ZERO, trouble));
        }
    }
}

/// The delay of what is sent at one step and arrives at another; none if it is the next.
fn late(sent: u32, arrives: u32) -> Option<Fate> {
    let ticks = u64::from(arrives - sent - 1);
    (ticks > 0).then_some(Fate::Delay { by: Span(TICK.0 * ticks) })
}
