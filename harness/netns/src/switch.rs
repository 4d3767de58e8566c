//! The switch: it joins the networks of the nodes, frame by frame, in one thread of its own.

mod address;
mod alarm;
mod change;
mod cleanliness;
mod counters;
mod crossing;
mod engine;
mod on_the_way;
mod port;
mod recording;

pub use cleanliness::{Cleanliness, Lateness};
pub use counters::{Counters, LinkCounters};

use crate::awake::Awake;
use crate::decide::{Links, Rule};
use crate::frame::Rewriter;
use crate::{Handle, Namespace};
use engine::Engine;
use std::fmt;
use std::io;
use std::os::fd::OwnedFd;
use std::panic::resume_unwind;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// What a switch is started with.
pub struct Options {
    /// All that is random hangs on it.
    pub seed: u64,
    /// A file to record all frames in, for Wireshark; none records none.
    pub capture: Option<PathBuf>,
    /// What [`Corruption::Structured`](crate::Corruption::Structured) asks for a payload. It runs
    /// in the thread of the switch, and must not panic.
    pub rewriter: Option<Box<dyn Rewriter>>,
    /// How late a delayed frame may arrive before the run is called unclean; 20 ms.
    pub lateness_bound: Duration,
}

impl Options {
    /// The usual ones, with this seed.
    pub fn of(seed: u64) -> Options {
        let lateness_bound = Duration::from_millis(20);
        Options { seed, capture: None, rewriter: None, lateness_bound }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options").field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// What there is to say of a switch that has stopped.
#[derive(Debug)]
pub struct Report {
    /// What has become of the frames.
    pub counters: Counters,
    /// How many frames were still on their way.
    pub undelivered: usize,
    /// Whether all was as decided.
    pub cleanliness: Cleanliness,
    /// Where the capture is, if one was wanted, or why it ends too early.
    pub capture: Option<io::Result<PathBuf>>,
}

/// Something for the thread of the switch to do, between two frames.
type Order = Box<dyn FnOnce(&mut Engine) + Send>;

/// A running switch. Dropped, it stops.
///
/// # Panics
/// Its functions do, if there is no such node, or if the thread of the switch has panicked or
/// failed.
#[derive(Debug)]
pub struct Switch {
    handles: Vec<Handle>,
    orders: Sender<Order>,
    bell: Arc<OwnedFd>,
    thread: Option<JoinHandle<io::Result<Report>>>,
    _awake: Awake,
}

impl Switch {
    /// Joins the networks of some nodes: from now on frames cross, and none is disturbed.
    ///
    /// # Errors
    /// If the capture cannot be made; or of the system: too many open files, or threads.
    pub fn start(namespaces: Vec<Namespace>, options: Options) -> io::Result<Switch> {
        let handles = namespaces.iter().map(Namespace::handle).collect();
        let engine = Engine::new(namespaces, options)?;
        let bell = Arc::clone(&engine.bell);
        let (orders, received): (_, Receiver<Order>) = channel();
        let run = move || engine.run(&received);
        let thread = std::thread::Builder::new().name("switch".to_owned()).spawn(run)?;
        Ok(Switch { handles, orders, bell, thread: Some(thread), _awake: Awake::keep() })
    }

    /// Has a rule apply to links, on behalf of a disturbance, which may have several: to all frames
    /// that the switch takes after this has returned, and perhaps to some that were sent before.
    /// Rules of other disturbances stay.
    pub fn begin(&self, id: u32, links: &Links, rule: Rule) {
        let links = links.clone();
        self.ask(move |engine| engine.crossing.disturbances.begin(id, &links, rule));
    }

    /// Has a rule apply to one frame of a link, on behalf of a disturbance: the one of this number,
    /// from 0, since the switch was started. ARP, IGMP and what is not IPv4 are not counted.
    pub fn strike(&self, id: u32, link: (usize, usize), number: u64, rule: Rule) {
        self.ask(move |engine| engine.crossing.disturbances.strike(id, link, number, rule));
    }

    /// Lifts the rules of a disturbance, and no others. How many frames it has touched; those that
    /// it has delayed come in their time.
    pub fn end(&self, id: u32) -> u64 {
        self.ask(move |engine| engine.crossing.disturbances.end(id))
    }

    /// How many frames a disturbance has touched so far, or until it ended.
    pub fn touched(&self, id: u32) -> u64 {
        self.ask(move |engine| engine.crossing.disturbances.touched(id))
    }

    /// Plugs the cable of a node in, or pulls it: nothing crosses from then on, and within a second
    /// the node sees that its card has no carrier.
    ///
    /// # Errors
    /// Of the system; none is known.
    pub fn set_carrier(&self, node: usize, plugged: bool) -> io::Result<()> {
        assert!(node < self.nodes(), "there is no n{} to set the carrier of", node + 1);
        self.ask(move |engine| engine.crossing.ports[node].set_carrier(plugged))
    }

    /// What has become of the frames so far.
    pub fn counters(&self) -> Counters {
        self.ask(|engine| engine.crossing.counters.clone())
    }

    /// A hold on the network of a node, for its processes.
    pub fn handle(&self, node: usize) -> Handle {
        self.handles[node].clone()
    }

    /// How many nodes it joins.
    pub fn nodes(&self) -> usize {
        self.handles.len()
    }

    /// Stops: the cards of all nodes lose their carrier, and what was on its way is lost.
    ///
    /// # Errors
    /// If the switch has failed meanwhile.
    pub fn stop(mut self) -> io::Result<Report> {
        self.end_thread().expect("it has not been stopped before")
    }

    /// Does something in the thread of the switch, and waits for it.
    fn ask<T: Send + 'static>(&self, f: impl FnOnce(&mut Engine) -> T + Send + 'static) -> T {
        let (reply, answer) = sync_channel(1);
        let order = move |engine: &mut Engine| {
            let _ = reply.send(f(engine));
        };
        self.give(Box::new(order));
        answer.recv().expect("the switch runs until it is stopped")
    }

    /// A switch that has failed takes no order, and its end will tell why.
    fn give(&self, order: Order) {
        let _ = self.orders.send(order);
        let _ = rustix::io::write(&*self.bell, &1_u64.to_ne_bytes());
    }

    fn end_thread(&mut self) -> Option<io::Result<Report>> {
        let thread = self.thread.take()?;
        self.give(Box::new(|engine| engine.over = true));
        Some(thread.join().unwrap_or_else(|panic| resume_unwind(panic)))
    }
}

impl Drop for Switch {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            self.give(Box::new(|engine| engine.over = true));
            let _ = thread.join();
        }
    }
}
