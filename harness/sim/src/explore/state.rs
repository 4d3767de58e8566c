//! The state of the whole: which state each node is in, and which frames are on their way.

use crate::explore::frames::{FrameId, Frames};
use pepperland_core::id::NodeId;
use smallvec::SmallVec;
use xxhash_rust::xxh3::xxh3_128;

/// The state of the whole, without time.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct State {
    /// The state of each node, by its number in the node's automaton.
    pub locals: SmallVec<[u32; 4]>,
    /// How many multicasts have been asked for.
    pub asked: u32,
    /// A bit for each node whose handler was cut short.
    pub down: u32,
    /// Frames to others, in order of their numbers; equal ones stand side by side.
    flying: SmallVec<[FrameId; 16]>,
    /// Frames to oneself: those of the first node, then those of the next, each in their order.
    own: SmallVec<[FrameId; 8]>,
}

impl State {
    /// Nodes in these states, and nothing on its way.
    pub fn new(locals: SmallVec<[u32; 4]>) -> State {
        State { locals, asked: 0, down: 0, flying: SmallVec::new(), own: SmallVec::new() }
    }

    /// The state as a number, another one for another state.
    pub fn fingerprint(&self) -> u128 {
        let mut bytes: SmallVec<[u8; 256]> = SmallVec::new();
        let mut put = |word: u32| bytes.extend_from_slice(&word.to_le_bytes());
        // The first length tells where the second list begins.
        [self.asked, self.down, self.own.len() as u32].into_iter().for_each(&mut put);
        self.locals.iter().chain(&self.own).chain(&self.flying).copied().for_each(put);
        xxh3_128(&bytes)
    }

    pub fn is_down(&self, node: NodeId) -> bool {
        self.down & 1 << node.0 != 0
    }

    /// A frame is on its way, unless its receiver has crashed.
    pub fn send(&mut self, frame: FrameId, frames: &Frames) {
        let to = frames.receiver(frame);
        if self.is_down(to) {
            return;
        }
        if frames.is_own(frame) {
            let place = self.own.partition_point(|other| frames.receiver(*other) <= to);
            self.own.insert(place, frame);
        } else {
            let place = self.flying.partition_point(|other| *other <= frame);
            self.flying.insert(place, frame);
        }
    }

    /// A frame that is on its way has arrived.
    pub fn take(&mut self, frame: FrameId, frames: &Frames) {
        let list: &mut [FrameId] =
            if frames.is_own(frame) { &mut self.own } else { &mut self.flying };
        let place = list.iter().position(|other| *other == frame).expect("it is on its way");
        match frames.is_own(frame) {
            true => drop(self.own.remove(place)),
            false => drop(self.flying.remove(place)),
        }
    }

    /// A node crashes: what is on its way to it goes nowhere.
    pub fn crash(&mut self, node: NodeId, frames: &Frames) {
        self.down |= 1 << node.0;
        self.flying.retain(|frame| frames.receiver(*frame) != node);
        self.own.retain(|frame| frames.receiver(*frame) != node);
    }

    /// The frames that may arrive next, each once.
    pub fn arrivals<'a>(&'a self, frames: &'a Frames) -> impl Iterator<Item = FrameId> + 'a {
        let flying = self.flying.chunk_by(|a, b| a == b).map(|equal| equal[0]);
        let to = |frame: &FrameId| frames.receiver(*frame);
        flying.chain(self.own.chunk_by(move |a, b| to(a) == to(b)).map(|queue| queue[0]))
    }

    /// Whether nothing more happens if these nodes have crashed and at most so many frames are
    /// lost; how many are.
    pub fn rests(&self, crashed: u32, losses: u32, frames: &Frames) -> Option<u32> {
        let awaits = |frame: &&FrameId| crashed & 1 << frames.receiver(**frame).0 == 0;
        if self.own.iter().any(|frame| awaits(&frame)) {
            return None;
        }
        let lost = self.flying.iter().filter(awaits).take(losses as usize + 1).count() as u32;
        (lost <= losses).then_some(lost)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explore::frames::Content;
    use pepperland_core::id::NetworkId;

    fn frame(frames: &mut Frames, from: u32, to: u32, says: u8) -> FrameId {
        let (from, to, network) = (NodeId(from), NodeId(to), NetworkId::PAYLOAD);
        frames.number(Content { from, to, network, bytes: [says].into() })
    }

    #[test]
    fn frames_to_others_have_no_order_and_those_to_oneself_keep_theirs() {
        let mut frames = Frames::default();
        let (a, b) = (frame(&mut frames, 0, 1, 1), frame(&mut frames, 0, 1, 2));
        let (c, d) = (frame(&mut frames, 1, 1, 1), frame(&mut frames, 1, 1, 2));
        let state = |sent: &[FrameId]| {
            let mut state = State::new(SmallVec::from_slice(&[0, 0]));
            sent.iter().for_each(|frame| state.send(*frame, &frames));
            state
        };
        assert_eq!(state(&[a, b, a]), state(&[a, a, b]));
        assert_ne!(state(&[c, d]).fingerprint(), state(&[d, c]).fingerprint());
        assert_ne!(state(&[a]).fingerprint(), state(&[a, a]).fingerprint());
        assert_eq!(state(&[a, d, c, a]).arrivals(&frames).collect::<Vec<_>>(), [a, d]);
    }

    #[test]
    fn it_rests_when_what_is_left_is_lost_or_for_the_dead() {
        let mut frames = Frames::default();
        let (a, b) = (frame(&mut frames, 0, 1, 1), frame(&mut frames, 1, 0, 1));
        let own = frame(&mut frames, 1, 1, 1);
        let mut state = State::new(SmallVec::from_slice(&[0, 0]));
        assert_eq!(state.rests(0, 0, &frames), Some(0));
        [a, b].into_iter().for_each(|frame| state.send(frame, &frames));
        assert_eq!(state.rests(0, 1, &frames), None);
        assert_eq!((state.rests(0, 2, &frames), state.rests(2, 1, &frames)), (Some(2), Some(1)));
        state.send(own, &frames);
        assert_eq!((state.rests(0, 3, &frames), state.rests(2, 1, &frames)), (None, Some(1)));
        state.crash(NodeId(1), &frames);
        assert_eq!(state.rests(2, 0, &frames), None);
        state.send(a, &frames);
        assert_eq!(state.rests(2, 1, &frames), Some(1));
    }
}
