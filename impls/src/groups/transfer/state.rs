//! The replicated state: a log of what was executed, and a hash over all of it; and what replicas
//! tell each other of their states.

use pepperland_core::contract::ViewId;
use pepperland_core::message::Message;
use serde::{Deserialize, Serialize};

/// A replica's state.
#[derive(Clone, Debug, Default)]
pub struct State {
    log: Vec<Message>,
    hash: u64,
}

impl State {
    /// The state after these messages.
    pub fn after(log: Vec<Message>) -> State {
        let mut state = State::default();
        log.into_iter().for_each(|m| state.execute(m));
        state
    }

    /// Executes one message more.
    pub fn execute(&mut self, m: Message) {
        let words = [
            u64::from(m.id.origin.0),
            u64::from(m.id.incarnation),
            u64::from(m.id.number),
            m.digest(),
        ];
        self.hash = words.into_iter().fold(self.hash, mixed);
        self.log.push(m);
    }

    /// What was executed, in order.
    pub fn log(&self) -> &[Message] {
        &self.log
    }

    /// How many messages were executed.
    pub fn executed(&self) -> u64 {
        self.log.len() as u64
    }

    /// Fingerprint of the state: of all messages, in their order.
    pub fn hash(&self) -> String {
        format!("{:016x}", self.hash)
    }
}

/// FNV-1a over the bytes of a word, with the offset basis for an empty state.
fn mixed(hash: u64, word: u64) -> u64 {
    let byte = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    word.to_le_bytes().into_iter().fold(hash ^ 0xcbf2_9ce4_8422_2325, byte)
}

/// From where a member has what it knows of the group's history. The later view, and in one view
/// the longer history, tells the group's; equal standings tell of equal histories.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
pub struct Standing {
    /// The last view in which it had the group's state.
    pub view: ViewId,
    /// How many messages it has executed, or has yet to.
    pub length: u64,
    /// The view that it comes from, with others of whom the same is true.
    pub along: ViewId,
}

/// What is multicast in a view, and belongs to that alone.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Packet {
    /// A message of the application.
    Run(Message),
    /// The sender's standing, none if it has no state.
    Told(ViewId, Option<Standing>),
    /// The first half of a snapshot, and of how many messages the whole is.
    FirstHalf(ViewId, u64, Vec<Message>),
    /// The second half of a snapshot.
    SecondHalf(ViewId, Vec<Message>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::id::{MessageId, NodeId};
    use pepperland_core::message::Body;

    fn message(number: u32, body: &str) -> Message {
        let id = MessageId { origin: NodeId(0), incarnation: 0, number };
        Message { id, body: Body::new(body.as_bytes()) }
    }

    #[test]
    fn the_hash_tells_what_was_executed_and_in_which_order() {
        let (a, b, c) = (message(1, "x"), message(2, "x"), message(1, "y"));
        let hash = |log: &[&Message]| State::after(log.iter().copied().cloned().collect()).hash();
        let hashes = [hash(&[]), hash(&[&a]), hash(&[&c]), hash(&[&a, &b]), hash(&[&b, &a])];
        let unique: std::collections::BTreeSet<_> = hashes.iter().collect();
        assert_eq!(unique.len(), hashes.len(), "{hashes:?}");
        let mut state = State::after(vec![a.clone()]);
        state.execute(b);
        assert_eq!((state.hash(), state.executed()), (hashes[3].clone(), 2));
    }

    #[test]
    fn the_later_view_counts_before_the_longer_history() {
        let view = |number| ViewId { number, creator: None };
        let standing =
            |number, length| Some(Standing { view: view(number), length, along: view(9) });
        let best = [standing(2, 5), None, standing(3, 1), standing(3, 2)].into_iter().max();
        assert_eq!(best, Some(standing(3, 2)));
    }
}
