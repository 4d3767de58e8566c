//! Real sockets between the nodes of a run: a network namespace for each, and the switch that joins
//! them and has every fault of links in its hand.

use crate::kept::{Enclosure, Limits, Private};
use crate::live::json::Json;
use crate::live::rules::{latency, links, rule, struck};
use pepperland_core::history::Channel;
use pepperland_core::id::{NetworkId, NodeId};
use pepperland_core::schedule::{Links, Schedule, Trouble};
use pepperland_core::time::Time;
use pepperland_netns::{Handle, Namespace, Options, Report, Switch, address};
use std::collections::BTreeMap;
use std::io;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The sockets between the nodes of a run.
pub struct Fabric {
    switch: Switch,
    nodes: usize,
    channel: Channel,
    capture: PathBuf,
}

/// What is known of the frames of a run once it is over.
#[derive(Default)]
pub struct Frames {
    /// Why the run is unclean, if it is.
    pub complaint: Option<String>,
    /// All of them, as a file of packet captures.
    pub capture: Option<Arc<[u8]>>,
}

/// The network's own latency, as a disturbance that is none of the schedule's.
const LATENCY: u32 = u32::MAX;

/// A node in a network, with mounts, process numbers and a name of its own.
pub fn inside(network: Handle, node: NodeId, limits: Option<Limits>) -> Enclosure {
    let private = Some(Private::named(&node.to_string()));
    let enclosure = Enclosure { private, limits, ..Enclosure::none() };
    enclosure.placed(move |keeper| network.place(keeper))
}

impl Fabric {
    /// A namespace for each node of the schedule, joined, with the latencies of its network. Frames
    /// are kept in the folder as they come.
    ///
    /// # Errors
    /// What this machine lacks.
    pub fn new(schedule: &Schedule, folder: &Path) -> io::Result<Fabric> {
        let (frame, nodes) = (&schedule.header, schedule.header.nodes as usize);
        let capture = folder.join("frames.pcapng");
        let options = Options {
            capture: Some(capture.clone()),
            rewriter: Some(Box::new(Json)),
            ..Options::of(frame.seed.0)
        };
        let switch = Switch::start(Namespace::make_all(nodes)?, options)?;
        switch.begin(LATENCY, &links(&Links::all(), nodes), latency(&frame.network));
        let fabric = Fabric { switch, nodes, channel: frame.network.channel, capture };
        fabric.begin_at_the_start(schedule);
        Ok(fabric)
    }

    /// Messages that are struck from the first instant on may be those that nodes send as they
    /// start.
    fn begin_at_the_start(&self, schedule: &Schedule) {
        for (index, disturbance) in (0..).zip(&schedule.disturbances) {
            let strikes = matches!(disturbance.trouble, Trouble::Strike { .. });
            if strikes && disturbance.at == Time::ZERO {
                self.begin(index, &disturbance.trouble);
            }
        }
    }

    /// Where each node is.
    pub fn addresses(&self) -> BTreeMap<String, Ipv4Addr> {
        let named = |node: NodeId| (node.to_string(), address(node.index()));
        NodeId::first(self.nodes).map(named).collect()
    }

    /// Where a node's processes are to live: in its network namespace, with mounts, process
    /// numbers, a name and a control group of their own.
    pub fn enclosure(&self, node: NodeId, limits: Limits) -> Enclosure {
        inside(self.switch.handle(node.index()), node, Some(limits))
    }

    /// A disturbance begins, if it is one of links or of one message. Messages are counted as
    /// frames are: a datagram is one, and of a stream the fate falls on some frame.
    pub fn begin(&self, index: u32, trouble: &Trouble) {
        if let Trouble::Strike { from, to, network: NetworkId::PAYLOAD, number, fate } = trouble {
            let number = u64::from(number.saturating_sub(1));
            if let Some(rule) = struck(*fate, self.channel).filter(|_| from != to) {
                self.switch.strike(index, (from.index(), to.index()), number, rule);
            }
        }
        if let (Some(rule), Some(meant)) = (rule(trouble, self.channel), trouble.links()) {
            self.switch.begin(index, &links(meant, self.nodes), rule);
        }
    }

    /// It ends; how many frames it has touched.
    pub fn end(&self, index: u32) -> u64 {
        self.switch.end(index)
    }

    /// Nothing crosses any more.
    pub fn stop(self) -> Frames {
        let stopped = self.switch.stop();
        let complaint = match stopped {
            Ok(Report { cleanliness, .. }) => cleanliness.complaint(),
            Err(error) => Some(format!("the switch has failed: {error}")),
        };
        Frames { complaint, capture: std::fs::read(&self.capture).ok().map(Into::into) }
    }
}
