//! The receiving side of one connection: a greeting, frames, and how many of them have arrived.

use crate::node::sockets::streams::broken::{Broken, is_passing};
use crate::node::sockets::streams::greeting::{Hello, Welcome};
use crate::node::sockets::streams::packet::Unpacker;
use nix::poll::{PollFd, PollFlags};
use pepperland_core::id::{NetworkId, NodeId};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;

/// So many times a buffer is filled from one connection, so that a flood drowns nobody else.
const AT_A_TIME: usize = 4;

/// A connection that a node has opened.
#[derive(Debug)]
pub struct Incoming {
    /// Who has, by its address.
    pub from: NodeId,
    stream: TcpStream,
    unpacker: Unpacker,
    hello: Option<Hello>,
    /// The number of the last frame received.
    pub received: u64,
    /// The same, as the caller knows it.
    told: u64,
    /// Whether a frame has come over this very connection.
    begun: bool,
    /// What is to be written back.
    reply: Vec<u8>,
    /// Whether it has ended. What came before is still to be taken.
    ended: bool,
}

impl Incoming {
    /// A connection from a node.
    pub fn new(from: NodeId, stream: TcpStream) -> Incoming {
        Incoming {
            from,
            stream,
            unpacker: Unpacker::default(),
            hello: None,
            received: 0,
            told: 0,
            begun: false,
            reply: Vec::new(),
            ended: false,
        }
    }

    /// What it has said first; none before it has.
    pub fn hello(&self) -> Option<Hello> {
        self.hello
    }

    /// Which life of the node has opened it; none before it has said so.
    pub fn incarnation(&self) -> Option<u32> {
        self.hello.map(|hello| hello.incarnation)
    }

    /// What is to be waited for.
    pub fn watch(&self) -> PollFd<'_> {
        let more = if self.reply.is_empty() { PollFlags::empty() } else { PollFlags::POLLOUT };
        PollFd::new(self.stream.as_fd(), PollFlags::POLLIN | more)
    }

    /// Reads what has come, a bounded amount.
    pub fn read(&mut self, buffer: &mut [u8]) {
        for _ in 0..AT_A_TIME {
            match self.stream.read(buffer) {
                Ok(count) if count > 0 => self.unpacker.push(&buffer[..count]),
                Err(error) if is_passing(&error) => return,
                Ok(_) | Err(_) => {
                    self.ended = true;
                    return;
                }
            }
        }
    }

    /// The greeting, if it is whole now and was not before.
    ///
    /// # Errors
    /// If it is none.
    pub fn hear_hello(&mut self) -> Result<Option<Hello>, Broken> {
        if self.hello.is_some() {
            return Ok(None);
        }
        let Some(bytes) = self.unpacker.take_exactly() else { return Ok(None) };
        self.hello = Some(Hello::read(&bytes).ok_or(Broken::Garbled)?);
        Ok(self.hello)
    }

    /// Answers the greeting.
    pub fn welcome(&mut self, welcome: Welcome) {
        (self.received, self.told) = (welcome.received, welcome.received);
        self.reply = welcome.write().to_vec();
    }

    /// The next frame that has not been received before, after the greeting.
    ///
    /// # Errors
    /// If what came is none, or frames are missing before it.
    pub fn take(&mut self) -> Result<Option<(NetworkId, &[u8])>, Broken> {
        if self.hello.is_none() {
            return Ok(None);
        }
        let Some(packet) = self.unpacker.take()? else { return Ok(None) };
        // What was lost with an earlier life of this node is missing at the beginning.
        let in_turn = packet.number == self.received + 1;
        if !in_turn && (self.begun || packet.number <= self.received) {
            return Err(Broken::Garbled);
        }
        self.begun = true;
        self.received = packet.number;
        Ok(Some((packet.network, packet.frame)))
    }

    /// Tells the caller what has arrived, as far as it can be told at once.
    ///
    /// # Errors
    /// If the connection is of no more use.
    pub fn reply(&mut self) -> Result<(), Broken> {
        loop {
            if self.reply.is_empty() && self.told != self.received {
                self.reply = self.received.to_le_bytes().to_vec();
                self.told = self.received;
            }
            if self.reply.is_empty() {
                return if self.ended { Err(Broken::Ended) } else { Ok(()) };
            }
            match self.stream.write(&self.reply) {
                Ok(count) if count > 0 => drop(self.reply.drain(..count)),
                Err(error) if is_passing(&error) && !self.ended => return Ok(()),
                _ => return Err(Broken::Ended),
            }
        }
    }
}
