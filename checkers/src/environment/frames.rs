//! Frames: what a history tells of each of them, from its sending to its end.

use pepperland_core::checker::{Case, bound};
use pepperland_core::collections::Map;
use pepperland_core::history::{Clock, Event, EventId, History, Kind, Transmission};
use pepperland_core::id::NodeId;
use pepperland_core::time::{Span, Time};
use serde_json::Value;
use std::collections::BTreeSet;

/// The frames between nodes that do not lie, in the order in which they are first told of.
pub struct Frames {
    /// The frames.
    pub all: Vec<Frame>,
    /// For each node, whether some frame that it sent is recorded.
    pub sends: Vec<bool>,
    /// For each node, whether some frame that it received is recorded.
    pub receives: Vec<bool>,
    /// For each node, whether it is correct, never crashed, and does not stand still in the end.
    pub steady: Vec<bool>,
    /// How long a frame may take before it counts as missing.
    pub patience: Span,
}

/// One frame on one link.
pub struct Frame {
    /// Who sent it.
    pub from: u32,
    /// To whom.
    pub to: u32,
    /// The transmission id.
    pub id: u64,
    /// Its events, in the order of the lines.
    pub events: Vec<u32>,
}

/// A frame takes no longer than this, or than twice the longest passage that was seen.
const PATIENCE: Span = Span::seconds(1);

impl Frames {
    /// Those of a case. O(events).
    pub fn of(case: &Case<'_>) -> Frames {
        let nodes = case.history.node_count();
        let mut frames = Frames {
            all: Vec::new(),
            sends: vec![false; nodes],
            receives: vec![false; nodes],
            steady: steady(case),
            patience: PATIENCE,
        };
        let mut places: Map<(u64, u32, u32), usize> = Map::default();
        for event in case.history.events() {
            let Some((from, to, frame)) = link(event) else { continue };
            let honest = |node: u32| case.byzantine.get(node as usize) == Some(&false);
            if !honest(from) || !honest(to) {
                continue;
            }
            frames.sends[from as usize] |= event.kind() == Kind::Send;
            frames.receives[to as usize] |= event.kind() == Kind::Recv;
            let place = *places.entry((frame.id, from, to)).or_insert_with(|| {
                frames.all.push(Frame { from, to, id: frame.id, events: Vec::new() });
                frames.all.len() - 1
            });
            frames.all[place].events.push(event.id.0);
        }
        let passages = frames.all.iter().filter_map(|frame| frame.passage(case.history));
        let longest = passages.map(|span| span.0).max().unwrap_or(0);
        frames.patience = PATIENCE.max(Span(longest.saturating_mul(2)));
        frames
    }

    /// Whether both ends are steady: what was promised of the link binds.
    pub fn is_steady(&self, frame: &Frame) -> bool {
        self.steady[frame.from as usize] && self.steady[frame.to as usize]
    }

    /// Whether a frame sent at this instant had time enough to arrive.
    pub fn is_overdue(&self, history: &History, sent: Time) -> bool {
        history.end().since(sent) > Span(self.patience.0.saturating_add(clock_error(history)))
    }
}

impl Frame {
    /// Its events of one kind.
    pub fn at(&self, history: &History, kind: Kind) -> impl Iterator<Item = u32> + Clone {
        self.events.iter().copied().filter(move |event| history.kinds()[*event as usize] == kind)
    }

    /// Whether it arrived.
    pub fn arrived(&self, history: &History) -> bool {
        self.at(history, Kind::Recv).next().is_some()
    }

    /// The event that tells of its loss, if it was lost and no copy of it arrived.
    pub fn lost(&self, history: &History) -> Option<u32> {
        self.at(history, Kind::Drop).next().filter(|_| !self.arrived(history))
    }

    /// The time from its last sending to its first receipt.
    pub fn passage(&self, history: &History) -> Option<Span> {
        let sent = self.at(history, Kind::Send).last()?;
        let received = self.at(history, Kind::Recv).next()?;
        let at = |event: u32| history.times()[event as usize];
        Some(at(received).since(at(sent)))
    }

    /// When it was sent and when it was last told of.
    pub fn span(&self, history: &History) -> (Time, Time) {
        let times = || self.events.iter().map(|event| history.times()[*event as usize]);
        (times().min().unwrap_or_default(), times().max().unwrap_or_default())
    }
}

/// The sender, the receiver and the frame of an event that tells of one.
fn link<'h>(event: Event<'h>) -> Option<(u32, u32, &'h Transmission)> {
    let (node, frame) = (event.node()?, event.transmission()?);
    let incoming = match event.kind() {
        Kind::Send => false,
        Kind::Recv => true,
        _ => frame.incoming,
    };
    let (from, to) = if incoming { (frame.peer, node) } else { (node, frame.peer) };
    Some((from.0, to.0, frame))
}

fn steady(case: &Case<'_>) -> Vec<bool> {
    let mut steady = case.correct.clone();
    let mut paused = vec![false; steady.len()];
    for (kind, node) in case.history.kinds().iter().zip(case.history.nodes()) {
        let node = *node as usize;
        match kind {
            Kind::Crash if node < steady.len() => steady[node] = false,
            Kind::Pause | Kind::Resume if node < steady.len() => {
                paused[node] = *kind == Kind::Pause;
            }
            _ => {}
        }
    }
    steady.iter_mut().zip(paused).for_each(|(steady, paused)| *steady &= !paused);
    steady
}

/// Whether some cut never heals.
pub fn is_cut_for_good(history: &History) -> bool {
    let mut ends: BTreeSet<String> = BTreeSet::new();
    let mut healed = false;
    for event in history.events().rev() {
        match event.kind() {
            Kind::Heal => {
                ends.extend(event.field("id").map(Value::to_string));
                healed = true;
            }
            Kind::Cut => match event.field("id") {
                None if !healed => return true,
                Some(id) if !ends.contains(&id.to_string()) => return true,
                _ => {}
            },
            _ => {}
        }
    }
    false
}

/// The instant from which promises of time bind: `about.bounds.gst`, else when faults stopped.
pub fn stable_from(history: &History) -> Time {
    let healed = || history.header.heal_at.unwrap_or(Time::ZERO);
    bound(history, "gst").map_or_else(healed, Time)
}

/// By how much the times of two nodes may be wrong.
pub fn clock_error(history: &History) -> u64 {
    match history.header.clock {
        Clock::Virtual => 0,
        Clock::Real => history.header.clock_error.unwrap_or(0),
    }
}

/// The name of the node at an end of a frame.
pub fn name(history: &History, node: u32) -> &str {
    history.node_name(NodeId(node))
}

/// Events for a witness.
pub fn events(events: impl IntoIterator<Item = u32>) -> Vec<EventId> {
    events.into_iter().map(EventId).collect()
}
