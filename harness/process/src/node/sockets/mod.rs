//! Frames on real sockets: how nodes reach one another that have addresses of their own.
//!
//! A network that loses messages is UDP: each frame is a datagram, and a group send is one datagram
//! to a multicast address, as in harness/turmoil. A network that loses none is TCP. Requests, and
//! what a node tells the harness, stay lines.

mod datagrams;
mod directory;
mod groups;
mod inbox;
mod streams;
mod wire;

pub use inbox::Came;

use crate::node::Stopped;
use crate::words::Init;
use datagrams::Datagrams;
use directory::Directory;
use inbox::Inbox;
use nix::poll::PollFd;
use pepperland_core::contract::Host;
use pepperland_core::history::Channel;
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::time::{Span, Time};
use std::collections::VecDeque;
use streams::Streams;
use wire::Wire;

/// The port that every node has at its address.
pub const PORT: u16 = 7700;

const NO_CHANNEL: &str = "\"channel\" must say what the network between the addresses promises: \
    \"perfect\", \"fair-loss\" or \"lossy\"";

/// A node's sockets.
#[derive(Debug)]
pub struct Sockets {
    me: NodeId,
    nodes: usize,
    inbox: Inbox,
    wire: Box<dyn Wire>,
}

impl Sockets {
    /// Opens the sockets of a node; none if it was told of no addresses.
    ///
    /// # Errors
    /// If the addresses make no sense, or a socket cannot be opened at this node's.
    pub fn open(init: &Init, host: &Host, now: Time) -> Result<Option<Sockets>, Stopped> {
        if init.addresses.is_empty() {
            return Ok(None);
        }
        let directory = Directory::of(init)?;
        let no_channel = || Stopped::Senseless(NO_CHANNEL.to_owned());
        let wire: Box<dyn Wire> = match init.channel.ok_or_else(no_channel)? {
            Channel::Perfect => Box::new(Streams::open(directory, host, now)?),
            Channel::FairLoss | Channel::Lossy => Box::new(Datagrams::open(directory, host)?),
        };
        let nodes = init.node_ids.len();
        Ok(Some(Sockets { me: host.me, nodes, inbox: Inbox::default(), wire }))
    }

    /// Sends a frame to one node. A copy to the sender itself needs no socket.
    pub fn send(&mut self, to: NodeId, network: NetworkId, frame: &[u8], now: Time) {
        if to.index() >= self.nodes {
            return self.inbox.remark(format!("sent to {to}, which does not exist"));
        }
        if !self.carries(frame) {
            return;
        }
        match to == self.me {
            true => self.inbox.frame(to, network, frame),
            false => self.wire.put(to, network, frame, &mut self.inbox, now),
        }
    }

    /// Sends a frame to the members of a group, of which this node need not be one.
    pub fn send_group(
        &mut self,
        (group, members): (GroupId, &[NodeId]),
        network: NetworkId,
        frame: &[u8],
        now: Time,
    ) {
        if !self.carries(frame) {
            return;
        }
        if members.contains(&self.me) {
            self.inbox.frame(self.me, network, frame);
        }
        let others: Vec<NodeId> = members.iter().copied().filter(|to| *to != self.me).collect();
        if !others.is_empty() {
            self.wire.put_for((group, &others), network, frame, &mut self.inbox, now);
        }
    }

    /// Whether a frame is short enough. If not, it is lost for all, and it is said why.
    fn carries(&mut self, frame: &[u8]) -> bool {
        let (length, (most, carrier)) = (frame.len(), self.wire.capacity());
        if length > most {
            self.inbox.remark(format!("a frame of {length} bytes is too long for {carrier}"));
        }
        length <= most
    }

    /// What is to be waited for.
    pub fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>) {
        self.wire.watch(watched);
    }

    /// How long until there is something to do even if nothing comes; none if there is nothing.
    pub fn patience(&self, now: Time) -> Option<Span> {
        match self.inbox.is_empty() {
            true => self.wire.due().map(|due| due.since(now)),
            false => Some(Span::ZERO),
        }
    }

    /// Moves what can be moved without waiting, a bounded amount of it, and hands out what has come.
    pub fn take_all(&mut self, now: Time) -> VecDeque<Came> {
        self.wire.pump(&mut self.inbox, now);
        self.inbox.take_all()
    }
}
