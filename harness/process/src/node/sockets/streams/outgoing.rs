//! The sending side: one connection to each other node, opened when there is something to send, and
//! opened again whenever it breaks.
//!
//! A cut does not break a connection, it only stops it, and after a cut TCP by itself would wait for
//! seconds before it tries again. So a connection on which nothing moves is given up for a new one.

use crate::node::sockets::streams::broken::{Broken, is_passing};
use crate::node::sockets::streams::call::{Call, Called};
use crate::node::sockets::streams::greeting::{Hello, Welcome};
use crate::node::sockets::streams::queue::Queue;
use nix::poll::{PollFd, PollFlags};
use pepperland_core::contract::Garbled;
use pepperland_core::id::NetworkId;
use pepperland_core::time::{Span, Time};
use socket2::SockRef;
use std::io::Read;
use std::net::{Ipv4Addr, SocketAddrV4, TcpStream};
use std::os::fd::AsFd;
use std::time::Duration;

/// A connection is given up when nothing has moved on it for so long, though something should have.
/// On a slow network that may be too soon for a long frame: until something is acknowledged, each
/// further connection is given twice as long.
const STALL: Span = Span::millis(500);

/// How often that doubles: up to eight seconds.
const LONGER_STALLS: u32 = 4;

/// After a refused call the next one waits so long, and twice as long after each further one.
const BACKOFF: Span = Span::millis(20);

/// How often that doubles.
const DOUBLINGS: u32 = 2;

/// All that goes to one other node.
#[derive(Debug)]
pub struct Outgoing {
    to: SocketAddrV4,
    from: Ipv4Addr,
    incarnation: u32,
    queue: Queue,
    line: Line,
    /// How many calls were made.
    calls: u32,
    /// How many of them in a row have failed.
    failures: u32,
    /// How many connections have stalled since something was acknowledged.
    stalls: u32,
}

#[derive(Debug)]
enum Line {
    /// Nobody is called, and nobody will be before this instant.
    Idle(Time),
    /// Somebody is called.
    Calling(Call),
    /// Somebody is there.
    Open(Open),
}

/// A connection that has begun.
#[derive(Debug)]
struct Open {
    stream: TcpStream,
    /// The beginning of an acknowledgement.
    heard: Vec<u8>,
    /// When something has moved, or had no reason to.
    moved: Time,
    /// How long nothing may move.
    stall: Span,
}

impl Outgoing {
    /// What goes from an address to another.
    pub fn new(from: Ipv4Addr, to: SocketAddrV4, incarnation: u32) -> Outgoing {
        Outgoing {
            to,
            from,
            incarnation,
            queue: Queue::default(),
            line: Line::Idle(Time::ZERO),
            calls: 0,
            failures: 0,
            stalls: 0,
        }
    }

    /// Sends a frame, or keeps it until there is a connection; false if too much waits already.
    pub fn send(&mut self, network: NetworkId, frame: &[u8], now: Time) -> bool {
        if let (Line::Open(open), true) = (&mut self.line, self.queue.is_empty()) {
            open.moved = now;
        }
        self.queue.push(network, frame, now)
    }

    /// What is to be waited for.
    pub fn watch<'a>(&'a self, watched: &mut Vec<PollFd<'a>>) {
        match &self.line {
            Line::Idle(_) => {}
            Line::Calling(call) => watched.push(call.watch()),
            Line::Open(open) => {
                let more =
                    if self.queue.has_more() { PollFlags::POLLOUT } else { PollFlags::empty() };
                watched.push(PollFd::new(open.stream.as_fd(), PollFlags::POLLIN | more));
            }
        }
    }

    /// When there is something to do even if nothing comes.
    pub fn due(&self) -> Option<Time> {
        let waits = !self.queue.is_empty();
        match &self.line {
            Line::Idle(until) => waits.then_some(*until),
            Line::Calling(call) => Some(call.limit()),
            Line::Open(open) => waits.then_some(open.moved + open.stall),
        }
    }

    /// Does what can be done now.
    ///
    /// # Errors
    /// If what came from the other node makes no sense.
    pub fn tend(&mut self, now: Time) -> Result<(), Garbled> {
        let tended = match std::mem::replace(&mut self.line, Line::Idle(now)) {
            Line::Idle(until) if self.queue.is_empty() || now < until => {
                self.line = Line::Idle(until);
                Ok(())
            }
            Line::Idle(_) => self.call(now),
            Line::Calling(call) => self.go_on_calling(call, now),
            Line::Open(open) => self.go_on(open, now),
        };
        let Err(broken) = tended else { return Ok(()) };
        self.hang_up(&broken, now);
        match broken {
            Broken::Garbled => Err(Garbled),
            Broken::Ended | Broken::Stalled => Ok(()),
        }
    }

    fn call(&mut self, now: Time) -> Result<(), Broken> {
        self.calls += 1;
        let hello = Hello { incarnation: self.incarnation, call: self.calls };
        let call = Call::begin((self.from, self.to), hello, self.failures, now)?;
        self.go_on_calling(call, now)
    }

    fn go_on_calling(&mut self, call: Call, now: Time) -> Result<(), Broken> {
        match call.tend(now)? {
            Called::Waiting(call) => self.line = Line::Calling(call),
            Called::Answered { stream, welcome, greeted } => {
                self.greet(welcome, greeted)?;
                self.failures = 0;
                let far = now.since(greeted);
                let stall = Span(STALL.0.max(far.0 * 4) << self.stalls.min(LONGER_STALLS));
                self.go_on(Open { stream, heard: Vec::new(), moved: now, stall }, now)?;
            }
        }
        Ok(())
    }

    /// Somebody has answered. If it is not the first life of that node, what was sent before that
    /// life began was for an earlier one, and is lost with it.
    fn greet(&mut self, welcome: Welcome, greeted: Time) -> Result<(), Broken> {
        self.queue.begin_anew(welcome.received)?;
        if welcome.incarnation > 0 {
            self.queue.lose_before(Time(greeted.0.saturating_sub(welcome.age.0)));
        }
        Ok(())
    }

    fn go_on(&mut self, mut open: Open, now: Time) -> Result<(), Broken> {
        if open.hear(&mut self.queue)? {
            open.moved = now;
            self.stalls = 0;
        }
        if self.queue.write(&mut open.stream)? {
            open.moved = now;
        }
        if !self.queue.is_empty() && now.since(open.moved) >= open.stall {
            // What the kernel still has of it goes over the next connection.
            let _ = SockRef::from(&open.stream).set_linger(Some(Duration::ZERO));
            self.stalls += 1;
            return Err(Broken::Stalled);
        }
        self.line = Line::Open(open);
        Ok(())
    }

    fn hang_up(&mut self, why: &Broken, now: Time) {
        let wait = match why {
            // That took its time already.
            Broken::Stalled => Span::ZERO,
            _ => Span(BACKOFF.0 << self.failures.min(DOUBLINGS)),
        };
        self.failures += 1;
        self.line = Line::Idle(now + wait);
    }
}

impl Open {
    /// Reads acknowledgements; whether there were any.
    fn hear(&mut self, queue: &mut Queue) -> Result<bool, Broken> {
        let mut buffer = [0; 512];
        let count = match self.stream.read(&mut buffer) {
            Ok(0) => return Err(Broken::Ended),
            Ok(count) => count,
            Err(error) if is_passing(&error) => return Ok(false),
            Err(error) => return Err(error.into()),
        };
        self.heard.extend_from_slice(&buffer[..count]);
        let whole = self.heard.len() / 8 * 8;
        for number in self.heard.drain(..whole).as_slice().as_chunks().0 {
            queue.acknowledge(u64::from_le_bytes(*number))?;
        }
        Ok(true)
    }
}
