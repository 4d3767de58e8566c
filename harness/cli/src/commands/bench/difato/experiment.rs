//! One experiment: a protocol, a load and a network. What it measures is how long each request
//! takes from the client's multicast to the client's own delivery.

use crate::exit::Failure;
use pepperland_core::fault::Ground;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{
    Ask, Controlled, Disturbance, Frame, NetworkOptions, Schedule, Step, When,
};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use std::collections::BTreeMap;

/// How long requests and answers are.
#[derive(Debug)]
pub struct Load {
    /// As the paper calls it: KiB of a request, KiB of an answer.
    pub name: &'static str,
    /// Bytes of a request.
    request: usize,
    /// Bytes of an answer: what a server says to a client when the request has its place. The
    /// request is in it.
    answer: usize,
}

const KIB_4: usize = 4096;

/// The loads of the paper.
pub const LOADS: [Load; 3] = [
    Load { name: "0/0", request: 0, answer: 0 },
    Load { name: "0/4", request: 0, answer: KIB_4 },
    Load { name: "4/4", request: KIB_4, answer: KIB_4 },
];

impl Load {
    /// What the client multicasts. What an answer is longer than its request, it asks for.
    fn body(&self) -> String {
        match self.answer.saturating_sub(self.request) {
            0 => "x".repeat(self.request),
            more => format!("{{\"answer\":{more}}}"),
        }
    }
}

/// Two clients, one of which makes requests: what the other is told counts as traffic alone.
const CLIENTS: u32 = 2;

/// The client that makes requests.
const CLIENT: NodeId = NodeId(0);

/// 1 Gb/s Ethernet, and what the operating systems at both ends add.
const LATENCY: (Span, Span) = (Span::micros(90), Span::micros(110));

/// How long 1024 bytes take at 1 Gb/s, rounded.
const PER_KIB: Span = Span::micros(8);

/// What nodes are told to expect, from which their time-outs follow.
const PROMISED: Span = Span::millis(1);

/// The profile of faults under which one order in ten is wrong.
const WRONG_ORDERS: &str = "wrong-orders";

/// No experiment takes as long.
const END: Time = Time::millis(1_000_000);

/// One experiment.
pub struct Experiment {
    /// Of what.
    pub implementation: &'static Implementation,
    /// With requests and answers of this length.
    pub load: &'static Load,
    /// How many servers there are.
    pub servers: u32,
    /// Whether one order in ten is wrong.
    pub wrong_orders: bool,
    /// How many requests are made.
    pub requests: u32,
}

impl Experiment {
    /// What comes of it on a runtime.
    ///
    /// # Errors
    /// What the runtime refuses.
    pub fn figures(&self, runtime: &dyn Runtime) -> Result<Figures, Failure> {
        let schedule = self.schedule(self.network(), END)?;
        let history = runtime.run(&schedule, self.implementation, Detail::Application)?;
        Ok(Figures::of(&history))
    }

    /// The simulated network.
    fn network(&self) -> NetworkOptions {
        NetworkOptions {
            promised: Some(PROMISED),
            per_kib: PER_KIB,
            channel: self.implementation.model.channel,
            ..NetworkOptions::perfect(LATENCY.0, LATENCY.1)
        }
    }

    /// The run on this network up to an instant, for so long orders may be wrong: each request is
    /// made once the one before is delivered.
    ///
    /// # Errors
    /// There is no such profile of faults.
    pub fn schedule(&self, network: NetworkOptions, end: Time) -> Result<Schedule, Failure> {
        let nodes = CLIENTS + self.servers;
        let (min_latency, max_latency) = (network.min_latency, network.max_latency);
        let (clients, servers) = NodeId::first(nodes as usize).partition(|node| node.0 < CLIENTS);
        let header = Frame {
            seed: Seed(1),
            clients: CLIENTS,
            groups: vec![clients, servers],
            controlled: Some(Controlled { min_latency, max_latency }),
            heal_at: end,
            end,
            ..Frame::of(self.implementation.name, nodes, network)
        };
        let steps = self.steps();
        let disturbances = if self.wrong_orders { self.wrong(&steps, end)? } else { Vec::new() };
        Ok(Schedule { header, steps, disturbances })
    }

    fn steps(&self) -> Vec<Step> {
        let body = self.load.body();
        let step = |id: u32| Step {
            id,
            when: match id.checked_sub(1) {
                None => When::At(Time::millis(1)),
                Some(of) => When::Upon { of, after: Span::ZERO },
            },
            node: CLIENT,
            ask: Ask::Multicast { group: GroupId::ALL, body: body.clone() },
        };
        (0..self.requests).map(step).collect()
    }

    fn wrong(&self, requests: &[Step], heal_at: Time) -> Result<Vec<Disturbance>, Failure> {
        let resolved = pepperland_faults::resolve(WRONG_ORDERS);
        let faults = resolved.map_err(|error| Failure::Harness(error.to_string()))?;
        let ground = Ground {
            nodes: (CLIENTS + self.servers) as usize,
            heal_at,
            changing: &[],
            requests,
            implementation: self.implementation,
            profiles: &[],
            lacks: &[],
        };
        let mut stream = Seed(1).stream("faults");
        let plan = |(profile, choice)| -> Vec<Disturbance> {
            let profile: &pepperland_core::fault::Profile = profile;
            (profile.plan)(&ground, &choice, &mut stream)
        };
        Ok(faults.into_iter().flat_map(plan).collect())
    }
}

/// What an experiment measured: times in µs.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Figures {
    /// How many requests were delivered to the client that made them.
    pub delivered: usize,
    /// The mean of their times.
    pub mean: f64,
    /// Half of them took no longer.
    pub median: f64,
    /// 99 in 100 of them took no longer.
    pub p99: f64,
    /// The standard deviation.
    pub deviation: f64,
    /// How often another server began to lead.
    pub changes: usize,
}

impl Figures {
    /// Those of a run.
    pub fn of(history: &History) -> Figures {
        let leads = history.kinds().iter().filter(|kind| **kind == Kind::Lead).count();
        let changes = leads.saturating_sub(1);
        let mut times = latencies(history);
        times.sort_unstable();
        let delivered = times.len();
        if delivered == 0 {
            return Figures { changes, ..Figures::default() };
        }
        let micros = |ns: u64| ns as f64 / 1e3;
        let mean = micros(times.iter().sum()) / delivered as f64;
        let squares = times.iter().map(|ns| (micros(*ns) - mean).powi(2)).sum::<f64>();
        let at = |percent: usize| micros(times[(delivered * percent).div_ceil(100) - 1]);
        let deviation = (squares / delivered as f64).sqrt();
        Figures { delivered, mean, median: at(50), p99: at(99), deviation, changes }
    }
}

/// How long each request took at its client, in ns.
fn latencies(history: &History) -> Vec<u64> {
    let mut asked = BTreeMap::new();
    let mut times = Vec::new();
    for event in history.events().filter(|event| event.node() == Some(CLIENT)) {
        match event.kind() {
            Kind::Broadcast => drop(asked.insert(event.message(), event.time())),
            Kind::Deliver => {
                let since = asked.remove(&event.message());
                times.extend(since.map(|since| event.time().since(since).0));
            }
            _ => {}
        }
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_impls::byzantine::difato::ENTRY;
    use pepperland_sim::Simulator;

    fn experiment(load: usize, wrong_orders: bool) -> Experiment {
        let load = &LOADS[load];
        Experiment { implementation: &ENTRY, load, servers: 3, wrong_orders, requests: 40 }
    }

    #[test]
    fn each_request_waits_for_the_one_before() {
        let figures = experiment(0, false).figures(&Simulator).unwrap();
        assert_eq!((figures.delivered, figures.changes), (40, 0));
        let four_steps = 4.0 * LATENCY.0.0 as f64 / 1e3..=4.2 * LATENCY.1.0 as f64 / 1e3;
        assert!(four_steps.contains(&figures.mean), "{figures:?}");
    }

    #[test]
    fn long_requests_and_answers_take_longer() {
        let means = [0, 1, 2].map(|load| experiment(load, false).figures(&Simulator).unwrap().mean);
        assert!(means[0] < means[1] && means[1] < means[2], "{means:?}");
    }

    #[test]
    fn wrong_orders_make_others_lead() {
        let figures = experiment(0, true).figures(&Simulator).unwrap();
        assert_eq!(figures.delivered, 40);
        assert!(figures.changes > 0, "{figures:?}");
    }

    #[test]
    fn the_same_experiment_gives_the_same_figures() {
        let twice = [0, 1].map(|_| experiment(2, true).figures(&Simulator).unwrap());
        assert_eq!(twice[0], twice[1]);
    }
}
