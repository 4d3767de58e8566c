//! Frames over TCP: one connection for each ordered pair of nodes, opened by the sender.
//!
//! What a correct node sends to a correct node arrives once, also if connections break: frames are
//! numbered and kept until they are acknowledged, and a new connection goes on where the last one
//! ended. What was sent to an earlier life of a node does not reach the next one, and what a node
//! has not yet handed to the kernel is lost when it crashes.

mod broken;
mod call;
mod greeting;
mod incoming;
mod outgoing;
mod packet;
mod queue;
mod reception;

use crate::node::Stopped;
use crate::node::sockets::directory::Directory;
use crate::node::sockets::inbox::Inbox;
use crate::node::sockets::wire::Wire;
use nix::poll::PollFd;
use outgoing::Outgoing;
use pepperland_core::contract::Host;
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::time::Time;
use reception::Reception;

/// A node's connections.
#[derive(Debug)]
pub struct Streams {
    directory: Directory,
    reception: Reception,
    /// By the node that it goes to.
    outgoing: Vec<Outgoing>,
}

impl Streams {
    /// Listens at the node's own address.
    ///
    /// # Errors
    /// If it cannot be listened at.
    pub fn open(directory: Directory, host: &Host, now: Time) -> Result<Streams, Stopped> {
        let nowhere = || Stopped::Senseless(format!("{} has no address", host.me));
        let own = directory.address(host.me).ok_or_else(nowhere)?;
        let others: Vec<_> = directory.all().collect();
        let outgoing = |to: &_| Outgoing::new(*own.ip(), *to, host.incarnation);
        Ok(Streams {
            reception: Reception::open(own, others.len(), host.incarnation, now)?,
            outgoing: others.iter().map(outgoing).collect(),
            directory,
        })
    }

    fn tend(&mut self, to: NodeId, inbox: &mut Inbox, now: Time) {
        if self.outgoing[to.index()].tend(now).is_err() {
            inbox.remark(format!("what {to} said to frames was garbled"));
        }
    }
}

impl Wire for Streams {
    fn put(&mut self, to: NodeId, network: NetworkId, frame: &[u8], inbox: &mut Inbox, now: Time) {
        if !self.outgoing[to.index()].send(network, frame, now) {
            let most = queue::MOST >> 20;
            let text = format!("{most} MiB wait for {to}, and what is sent now is lost");
            inbox.remark_once(&format!("waits for {to}"), text);
        }
        self.tend(to, inbox, now);
    }

    fn capacity(&self) -> (usize, &'static str) {
        (packet::CAPACITY, "a connection")
    }

    fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>) {
        self.reception.watch(watched);
        self.outgoing.iter().for_each(|outgoing| outgoing.watch(watched));
    }

    fn due(&self) -> Option<Time> {
        self.outgoing.iter().filter_map(Outgoing::due).min()
    }

    fn pump(&mut self, inbox: &mut Inbox, now: Time) {
        self.reception.tend(&self.directory, inbox, now);
        for to in NodeId::first(self.outgoing.len()) {
            self.tend(to, inbox, now);
        }
    }
}
