//! How fast the switch is, beside what it replaces: the kernel's own bridge with `veth` devices,
//! measured in turns within one run, so that both meet the same machine.
//!
//! The bridge is made by `ip`, of the package iproute2; the switch itself needs no program.

mod latency;
mod packets;
mod pair;
mod receiver;
mod tcp;
mod veth;

pub use latency::Latency;
pub use packets::Packets;

use crate::awake::Awake;
use crate::{Namespace, Options as SwitchOptions, Switch, clock};
use pair::Pair;
use std::io;
use std::time::Duration;

/// How much is measured.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Options {
    /// How often each is measured, in turns; the best rate and all latencies count.
    pub rounds: u32,
    /// How many datagrams the latencies of a round come from.
    pub datagrams: u32,
    /// How long one rate is tried, and TCP.
    pub spell: Duration,
    /// For so many nodes the time to make and join them is measured.
    pub nodes: Vec<usize>,
}

impl Default for Options {
    /// About half a minute.
    fn default() -> Options {
        let spell = Duration::from_millis(500);
        Options { rounds: 3, datagrams: 3000, spell, nodes: vec![5, 50] }
    }
}

/// What was measured.
#[derive(Clone, Debug, PartialEq)]
pub struct Figures {
    /// Two nodes joined by the switch.
    pub switch: Wire,
    /// Two namespaces joined by `veth` and a bridge, or why they could not be.
    pub veth: Result<Wire, String>,
    /// Making and joining the networks of so many nodes took so long, at best.
    pub set_up: Vec<(usize, Duration)>,
}

/// How good a way between two nodes is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Wire {
    /// One way, from before sending to after receiving.
    pub latency: Latency,
    /// Datagrams without loss.
    pub packets: Packets,
    /// One connection of TCP, bits per second.
    pub tcp: f64,
}

/// Measures the switch, and `veth` with a bridge beside it.
///
/// # Errors
/// If there can be no switch: [`crate::probe::network`] tells how to mend it.
pub fn beside_veth(options: &Options) -> io::Result<Figures> {
    // The switch asks for this: both ways are to have it.
    let _awake = Awake::keep();
    let mut figures =
        Figures { switch: Wire::default(), veth: Ok(Wire::default()), set_up: Vec::new() };
    for _ in 0..options.rounds {
        figures.switch.improve(options, &Pair::by_switch()?)?;
        figures.veth = figures.veth.and_then(|mut wire| {
            let pair = veth::pair().map_err(|error| error.to_string())?;
            wire.improve(options, &pair).map_err(|error| error.to_string())?;
            Ok(wire)
        });
    }
    for nodes in &options.nodes {
        let times: io::Result<Vec<Duration>> =
            (0..options.rounds).map(|_| set_up(*nodes)).collect();
        figures.set_up.extend(times?.into_iter().min().map(|best| (*nodes, best)));
    }
    Ok(figures)
}

impl Wire {
    /// Measures once more.
    fn improve(&mut self, options: &Options, pair: &Pair) -> io::Result<()> {
        pair.wait_until_joined()?;
        self.latency.add(latency::of(pair, options.datagrams)?);
        self.packets = self.packets.max(packets::of(pair, options.spell)?);
        self.tcp = self.tcp.max(tcp::of(pair, options.spell)?);
        Ok(())
    }
}

fn set_up(nodes: usize) -> io::Result<Duration> {
    let begin = clock::now();
    let switch = Switch::start(Namespace::make_all(nodes)?, SwitchOptions::of(0))?;
    let taken = Duration::from_nanos(clock::now() - begin);
    drop(switch);
    Ok(taken)
}
