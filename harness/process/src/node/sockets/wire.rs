//! What a node's frames travel on.

use crate::node::sockets::inbox::Inbox;
use nix::poll::PollFd;
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::time::Time;
use std::fmt::Debug;

/// A way to put frames on sockets. Nothing here ever waits for one.
pub trait Wire: Debug {
    /// Sends a frame to another node, at this instant.
    fn put(&mut self, to: NodeId, network: NetworkId, frame: &[u8], inbox: &mut Inbox, now: Time);

    /// Sends a frame to these members of a group, which are all but the sender. Where sockets know
    /// no groups, each copy goes by itself.
    fn put_for(
        &mut self,
        (_, others): (GroupId, &[NodeId]),
        network: NetworkId,
        frame: &[u8],
        inbox: &mut Inbox,
        now: Time,
    ) {
        for to in others {
            self.put(*to, network, frame, inbox, now);
        }
    }

    /// How long a frame may be, and what carries no more.
    fn capacity(&self) -> (usize, &'static str);

    /// What is to be waited for.
    fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>);

    /// When there is something to do even if nothing comes.
    fn due(&self) -> Option<Time>;

    /// Moves what can be moved, a bounded amount of it, and does what is due.
    fn pump(&mut self, inbox: &mut Inbox, now: Time);
}
