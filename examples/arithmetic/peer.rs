//! A node of any stack on a real UDP socket and the real clock, by the contract that simulators
//! keep too: frames and timers in, effects out.

use pepperland::core::contract::{Effect, Host, Node, Timer};
use pepperland::prelude::*;
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::net::{Ipv4Addr, SocketAddr, UdpSocket};
use std::time::Duration;

/// Node `n` of a cluster on this machine has the port `first + n`.
pub struct Peer {
    node: Box<dyn Node>,
    host: Host,
    socket: UdpSocket,
    first: u16,
    clock: Clock,
    timers: BTreeMap<Timer, Time>,
}

/// What a node tells the person in front of it.
pub enum Told {
    /// Something that its stack reports.
    Report(Indication<Message>),
    /// A remark.
    Note(String),
}

impl Peer {
    /// Starts a node. What it tells at once comes with the first [`wait`](Peer::wait).
    ///
    /// # Errors
    /// Its port is taken, or the machine has no loopback.
    pub fn start(node: Box<dyn Node>, host: Host, first: u16) -> Result<Peer> {
        let socket = UdpSocket::bind(address(first, host.me)?)?;
        let mut peer =
            Peer { node, host, socket, first, clock: Clock::start(), timers: BTreeMap::new() };
        peer.node.start(&mut peer.host);
        Ok(peer)
    }

    /// The application asks the node for something.
    pub fn request(&mut self, request: Request<Message>) {
        self.host.now = self.clock.now();
        self.node.request(request, &mut self.host);
    }

    /// Does what is to be done, and waits so long for more: a frame, or a timer that runs out.
    ///
    /// # Errors
    /// The socket is of no use any more.
    pub fn wait(&mut self, patience: Duration) -> Result<Vec<Told>> {
        let mut told = self.perform();
        let next = self.timers.values().min().copied().unwrap_or(Time::NEVER);
        let left = Duration::from_nanos(next.since(self.clock.now()).0);
        // A socket cannot wait for no time at all.
        self.socket.set_read_timeout(Some(patience.min(left).max(Duration::from_millis(1))))?;
        let mut frame = [0; 65_536];
        match self.socket.recv_from(&mut frame) {
            Ok((length, SocketAddr::V4(from))) => self.receive(from.port(), &frame[..length]),
            Err(error) if !is_passing(&error) => return Err(error),
            _ => {}
        }
        self.run_out();
        told.extend(self.perform());
        Ok(told)
    }

    /// Strangers, and those who say what means nothing, are not listened to.
    fn receive(&mut self, port: u16, frame: &[u8]) {
        let from = port.checked_sub(self.first + 1).map(|index| NodeId(index.into()));
        let members = self.host.members(GroupId::ALL);
        if let Some(from) = from.filter(|from| members.contains(from)) {
            self.host.now = self.clock.now();
            let _ = self.node.receive(from, frame, &mut self.host);
        }
    }

    fn run_out(&mut self) {
        self.host.now = self.clock.now();
        let now = self.host.now;
        for (timer, _) in self.timers.extract_if(.., |_, at| *at <= now).collect::<Vec<_>>() {
            self.node.timeout(timer, &mut self.host);
        }
    }

    /// Performs what the node has done, in order.
    fn perform(&mut self) -> Vec<Told> {
        let effects = std::mem::take(&mut self.host.effects);
        let mut told = Vec::new();
        for effect in &effects.list {
            match effect {
                Effect::Send { to, frame, .. } => self.send(*to, effects.frame(frame)),
                // On the loopback there is no IP multicast: each member gets a datagram.
                Effect::GroupSend { group, frame, .. } => {
                    let members = self.host.members(*group);
                    members.iter().for_each(|to| self.send(*to, effects.frame(frame)));
                }
                Effect::SetTimer(timer, span) => {
                    self.timers.insert(*timer, self.clock.now() + *span);
                }
                Effect::CancelTimer(timer) => drop(self.timers.remove(timer)),
                Effect::Store(key, bytes) => self.host.stable.perform(*key, bytes.clone()),
                Effect::Indicate(report) => told.push(Told::Report(report.clone())),
                Effect::Note(text) | Effect::Breach(_, text) => told.push(Told::Note(text.clone())),
                Effect::Refuse(word) => {
                    told.push(Told::Note(format!("no layer offers \"{word}\"")))
                }
            }
        }
        told
    }

    /// Whoever is not there does not get it, as it is with datagrams.
    fn send(&self, to: NodeId, frame: &[u8]) {
        if let Ok(to) = address(self.first, to) {
            let _ = self.socket.send_to(frame, to);
        }
    }
}

fn address(first: u16, node: NodeId) -> Result<(Ipv4Addr, u16)> {
    let number = u16::try_from(node.0).ok().and_then(|index| first.checked_add(index + 1));
    let port =
        number.ok_or_else(|| Error::new(ErrorKind::InvalidInput, "there is no such port"))?;
    Ok((Ipv4Addr::LOCALHOST, port))
}

/// Whether the socket is as good as before: time is up, or somebody who was sent to is not there.
fn is_passing(error: &Error) -> bool {
    use ErrorKind::{ConnectionRefused, ConnectionReset, Interrupted, TimedOut, WouldBlock};
    [TimedOut, WouldBlock, Interrupted, ConnectionRefused, ConnectionReset].contains(&error.kind())
}

#[expect(clippy::disallowed_types, reason = "this node lives in real time")]
struct Clock(std::time::Instant);

#[expect(clippy::disallowed_types, reason = "this node lives in real time")]
impl Clock {
    fn start() -> Clock {
        Clock(std::time::Instant::now())
    }

    fn now(&self) -> Time {
        Time(self.0.elapsed().as_nanos() as u64)
    }
}
