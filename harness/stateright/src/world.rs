//! Nodes that run eager reliable multicast, and the frames between them.

use std::collections::{BTreeMap, BTreeSet};

/// A message, by its origin and its number there.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Message {
    pub origin: u8,
    number: u8,
}

/// A message on its way.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Frame {
    from: u8,
    pub to: u8,
    pub message: Message,
}

/// What a node has told its application, or was asked by it.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Hash)]
enum Told {
    Multicast,
    Deliver(Message),
}

/// A node.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct Node {
    pub is_up: bool,
    received: BTreeSet<Message>,
    multicasts: u8,
    told: Vec<Told>,
}

impl Node {
    /// Whether the message comes for the first time.
    pub fn is_new(&self, frame: &Frame) -> bool {
        !self.received.contains(&frame.message)
    }

    /// What it has delivered.
    pub fn delivered(&self) -> BTreeSet<Message> {
        let deliver = |told: &Told| match told {
            Told::Deliver(message) => Some(*message),
            Told::Multicast => None,
        };
        self.told.iter().filter_map(deliver).collect()
    }
}

/// Nodes, and frames on their way.
#[derive(Clone, Debug, Eq, PartialEq, Hash)]
pub struct World {
    pub nodes: Vec<Node>,
    pub asked: u32,
    /// Frames to others, and how many of each.
    flying: BTreeMap<Frame, u8>,
    /// Frames of each node to itself, in order.
    own: Vec<Vec<Frame>>,
}

impl World {
    pub fn new(nodes: u8) -> World {
        let node = Node { is_up: true, received: BTreeSet::new(), multicasts: 0, told: Vec::new() };
        World {
            nodes: vec![node; nodes.into()],
            asked: 0,
            flying: BTreeMap::new(),
            own: vec![Vec::new(); nodes.into()],
        }
    }

    /// A bit for each node that has crashed.
    pub fn crashed(&self) -> u32 {
        let down = (0..).zip(&self.nodes).filter(|(_, node)| !node.is_up);
        down.fold(0, |bits, (place, _): (u32, _)| bits | 1 << place)
    }

    /// The frames that may arrive next.
    pub fn arrivals(&self) -> impl Iterator<Item = Frame> + '_ {
        let own = self.own.iter().filter_map(|queue| queue.first());
        self.flying.keys().chain(own).copied()
    }

    /// Whether nothing more happens if these nodes have crashed.
    pub fn rests(&self, crashed: u32) -> bool {
        self.arrivals().all(|frame| crashed & 1 << frame.to != 0)
    }

    /// A node multicasts; it crashes after so many effects.
    pub fn multicast(&mut self, id: u8, cut: Option<u8>) {
        self.asked += 1;
        let node = &mut self.nodes[id as usize];
        node.multicasts += 1;
        node.told.push(Told::Multicast);
        let message = Message { origin: id, number: node.multicasts };
        self.cut_short(id, cut);
        self.send_to_all(id, message, cut);
    }

    /// A frame arrives; its receiver crashes after so many effects.
    pub fn arrive(&mut self, frame: Frame, cut: Option<u8>, relays: bool) {
        self.take(frame);
        let Frame { to, message, .. } = frame;
        let node = &mut self.nodes[to as usize];
        if !node.received.insert(message) {
            return;
        }
        if cut.is_none() {
            node.told.push(Told::Deliver(message));
        }
        self.cut_short(to, cut);
        if message.origin != to && relays {
            self.send_to_all(to, message, cut);
        }
    }

    fn cut_short(&mut self, id: u8, cut: Option<u8>) {
        if cut.is_none() {
            return;
        }
        // Only what it has told is of interest now.
        let node = &mut self.nodes[id as usize];
        (node.is_up, node.received, node.multicasts) = (false, BTreeSet::new(), 0);
        self.flying.retain(|frame, _| frame.to != id);
        self.own[id as usize].clear();
    }

    fn send_to_all(&mut self, from: u8, message: Message, cut: Option<u8>) {
        let all = 0..self.nodes.len() as u8;
        for to in all.take(cut.unwrap_or(u8::MAX).into()) {
            let frame = Frame { from, to, message };
            match (self.nodes[to as usize].is_up, to == from) {
                (false, _) => {}
                (true, true) => self.own[to as usize].push(frame),
                (true, false) => *self.flying.entry(frame).or_default() += 1,
            }
        }
    }

    fn take(&mut self, frame: Frame) {
        if frame.from == frame.to {
            self.own[frame.to as usize].remove(0);
            return;
        }
        match self.flying.get_mut(&frame) {
            Some(copies) if *copies > 1 => *copies -= 1,
            _ => drop(self.flying.remove(&frame)),
        }
    }
}
