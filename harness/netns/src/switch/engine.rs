//! The loop of the switch: one thread that takes frames as they come, in turns.

use super::alarm::Alarm;
use super::crossing::Crossing;
use super::port::{LONGEST, Port};
use super::{Options, Order, Report};
use crate::Namespace;
use crate::errors::at;
use rustix::buffer::spare_capacity;
use rustix::event::{EventfdFlags, epoll, eventfd};
use rustix::io::Errno;
use rustix::time::Timespec;
use std::io;
use std::mem::take;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// How many frames of one node are taken before the others have their turn.
const TURN: usize = 64;

/// After so long without a frame, what has been recorded is written.
const LULL: Timespec = Timespec { tv_sec: 0, tv_nsec: 200_000_000 };

/// What has happened, where it is not the number of a port.
const ORDERS: u64 = u64::MAX;
const ALARM: u64 = u64::MAX - 1;

/// The switch, as its thread has it.
pub struct Engine {
    epoll: OwnedFd,
    pub(super) bell: Arc<OwnedFd>,
    alarm: Alarm,
    pub(super) crossing: Crossing,
    /// Where a frame lies while it is decided about.
    buffer: Vec<u8>,
    pub(super) over: bool,
}

impl Engine {
    pub fn new(namespaces: Vec<Namespace>, options: Options) -> io::Result<Engine> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let bell = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        let alarm = Alarm::new()?;
        let ports: Vec<Port> = namespaces.into_iter().map(Port::of).collect();
        let watch = |file: BorrowedFd<'_>, number| {
            epoll::add(&epoll, file, epoll::EventData::new_u64(number), epoll::EventFlags::IN)
        };
        watch(bell.as_fd(), ORDERS)?;
        watch(alarm.timer.as_fd(), ALARM)?;
        for (port, number) in ports.iter().zip(0..) {
            watch(port.tap.as_fd(), number)?;
        }
        Ok(Engine {
            epoll,
            bell: Arc::new(bell),
            alarm,
            crossing: Crossing::new(ports, options)?,
            buffer: vec![0; LONGEST],
            over: false,
        })
    }

    /// Runs until an order says that it is over.
    pub fn run(mut self, orders: &Receiver<Order>) -> io::Result<Report> {
        let mut events = Vec::with_capacity(self.crossing.ports.len() + 2);
        while !self.over {
            events.clear();
            let patience = self.crossing.recording.is_on().then_some(&LULL);
            match epoll::wait(&self.epoll, spare_capacity(&mut events), patience) {
                Ok(0) => self.crossing.recording.flush(),
                Ok(_) | Err(Errno::INTR) => {}
                Err(error) => return Err(at("waiting for frames", error)),
            }
            for event in &events {
                match event.data.u64() {
                    ORDERS => self.obey(orders),
                    ALARM => self.alarm.has_rung(),
                    port => self.serve(port as usize)?,
                }
                self.crossing.hand_over_what_has_arrived();
            }
            self.alarm.set(self.crossing.next_arrival())?;
        }
        Ok(self.crossing.report())
    }

    fn obey(&mut self, orders: &Receiver<Order>) {
        let _ = rustix::io::read(&*self.bell, &mut [0; 8]);
        while let Ok(order) = orders.try_recv() {
            order(self);
        }
    }

    /// Takes what a node has sent, but not more than is fair.
    fn serve(&mut self, from: usize) -> io::Result<()> {
        let mut buffer = take(&mut self.buffer);
        for _ in 0..TURN {
            let Some(length) = self.crossing.ports[from].take(&mut buffer) else { break };
            self.crossing.route(from, &buffer[..length]);
        }
        self.buffer = buffer;
        if self.crossing.ports[from].lost {
            epoll::delete(&self.epoll, &self.crossing.ports[from].tap)?;
        }
        Ok(())
    }
}
