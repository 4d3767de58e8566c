//! Planning: a scenario and a seed become a schedule. Pure.

mod budget;

use crate::fault::{Fault, Ground, Named, Profile};
use crate::history::{Channel, History};
use crate::id::{GroupId, NodeId};
use crate::implementation::Implementation;
use crate::scenario::Scenario;
use crate::schedule::{
    Ask, Controlled, Disturbance, FORMAT, Frame, InFlight, NetworkOptions, Schedule, Step, When,
};
use crate::seed::{PerMillion, Seed};
use crate::time::{Span, Time};
use crate::workload::{Layout, Stage, Workload};
use budget::Planned;

/// A scenario with its names resolved.
pub struct Plan<'a> {
    /// What to test.
    pub scenario: &'a Scenario,
    /// The implementation.
    pub implementation: &'a Implementation,
    /// The workload.
    pub workload: &'a Workload,
    /// The fault profiles, with what was chosen of each.
    pub faults: Vec<Named>,
    /// Every profile that the runtime can bring about, for those that combine others.
    pub profiles: Vec<&'static Profile>,
    /// What the runtime cannot bring about.
    pub lacks: &'static [Fault],
}

/// How long after the heal the rounds of probes begin.
const PROBES: [Span; 1] = [Span::ZERO];

/// Where groups have views, those of the parts come together first, or else nobody would multicast
/// in the last one: they have this long.
const PROBES_IN_VIEWS: [Span; 2] = [Span::ZERO, Span::seconds(3)];

/// How long after that the first probe is sent, and how far apart probes are.
const PROBE_SPACING: Span = Span::millis(5);

impl Plan<'_> {
    /// How many nodes a run has.
    pub fn nodes(&self) -> usize {
        self.scenario.nodes.unwrap_or(self.implementation.nodes)
    }

    /// Everything the environment will do in the run of this seed: chaos, heal, a probe multicast
    /// to each group by each of its members, and by outsiders if groups are open, and time to
    /// settle.
    pub fn schedule(&self, seed: Seed) -> Schedule {
        let heal_at = Time::millis(self.scenario.chaos_ms);
        let stage = self.stage(heal_at);
        let mut steps = (self.workload.plan)(&stage, &mut seed.stream("workload"));
        let changing = if self.workload.layout.is_changing() { &stage.groups[..] } else { &[] };
        let ground = self.ground(heal_at, changing, &steps);
        let mut stream = seed.stream("faults");
        let planned = self.faults.iter().map(|(profile, choice)| Planned {
            disturbances: (profile.plan)(&ground, choice, &mut stream),
            exceeds: (profile.exceeds)(choice),
        });
        let disturbances = self.within_budget(planned.collect());
        let asked = self.asked(&ground, seed, steps.len() as u32);
        steps.extend(asked);
        let asks = self.workload.last.asks(&stage);
        let header = self.header(seed, stage.groups, heal_at);
        let rounds = if self.implementation.model.views { &PROBES_IN_VIEWS[..] } else { &PROBES };
        for after in rounds {
            steps.extend(last(asks.as_deref(), &header, *after, steps.len() as u32));
        }
        Schedule { header, steps, disturbances }
    }

    /// What the workload fills with requests: all nodes, or those that are clients.
    fn stage(&self, heal_at: Time) -> Stage {
        let nodes = match self.implementation.clients(self.nodes()) {
            0 => self.nodes(),
            clients => clients,
        };
        let groups = self.workload.layout.groups(nodes);
        Stage { nodes, groups, broadcasts: self.scenario.broadcasts, until: heal_at }
    }

    fn within_budget(&self, planned: Vec<Planned>) -> Vec<Disturbance> {
        budget::keep(planned, &self.implementation.classes(self.nodes()), self.nodes())
    }

    /// What clients ask for because it is the fault that they do.
    fn asked(&self, ground: &Ground<'_>, seed: Seed, first_id: u32) -> Vec<Step> {
        let mut stream = seed.stream("asked");
        let asked = self.faults.iter().flat_map(|(p, choice)| (p.ask)(ground, choice, &mut stream));
        let step = |(id, (at, node, ask))| Step { id, when: When::At(at), node, ask };
        (first_id..).zip(asked).map(step).collect()
    }

    /// Whether some profile looks for its moments in a run of the schedule.
    pub fn foresees(&self) -> bool {
        self.faults.iter().any(|(profile, choice)| profile.foresight(choice).is_some())
    }

    /// The schedule with the disturbances for which its run, as this history has it, shows the
    /// moments. Up to the first of them both runs are the same.
    pub fn foreseen(&self, schedule: Schedule, history: &History, seed: Seed) -> Schedule {
        let ground = self.ground(schedule.header.heal_at, &[], &schedule.steps);
        let mut stream = seed.stream("foreseen");
        // What was planned has been held against the budget.
        let disturbances = schedule.disturbances.clone();
        let exceeds = self.faults.iter().any(|(profile, choice)| (profile.exceeds)(choice));
        let mut planned = vec![Planned { disturbances, exceeds }];
        planned.extend(self.faults.iter().filter_map(|(profile, choice)| {
            let foresee = profile.foresight(choice)?;
            let disturbances = foresee(&ground, choice, history, &mut stream);
            Some(Planned { disturbances, exceeds: (profile.exceeds)(choice) })
        }));
        let disturbances = self.within_budget(planned);
        Schedule { disturbances, ..schedule }
    }

    fn ground<'a>(
        &'a self,
        heal_at: Time,
        changing: &'a [Vec<NodeId>],
        requests: &'a [Step],
    ) -> Ground<'a> {
        Ground {
            nodes: self.nodes(),
            heal_at,
            changing,
            requests,
            implementation: self.implementation,
            profiles: &self.profiles,
            lacks: self.lacks,
        }
    }

    fn header(&self, seed: Seed, groups: Vec<Vec<NodeId>>, heal_at: Time) -> Frame {
        let (nodes, (min, max)) = (self.nodes(), self.scenario.latency_ms);
        let (clients, groups) = match (self.workload.layout, self.implementation.clients(nodes)) {
            (Layout::Everybody, 0) => (0, Vec::new()),
            (Layout::Everybody, clients) => (clients, roles(clients, nodes)),
            _ => (0, groups),
        };
        Frame {
            format: FORMAT.to_owned(),
            version: 1,
            implementation: self.scenario.implementation.clone(),
            flaw: self.scenario.flaw.clone(),
            nodes: nodes as u32,
            clients: clients as u32,
            groups,
            open: self.workload.layout.is_open(),
            changing: self.workload.layout.is_changing(),
            stops_within: self.stops_within(seed),
            seed: seed.child("network", 0),
            network: NetworkOptions {
                min_latency: Span::millis(min),
                max_latency: Span::millis(max),
                promised: None,
                per_kib: Span::ZERO,
                channel: self.channel(),
                in_flight: self.scenario.in_flight.unwrap_or_else(|| draw_in_flight(seed)),
            },
            controlled: self.controlled(),
            order: Default::default(),
            reseed: None,
            heal_at,
            end: heal_at + self.scenario.settle(),
        }
    }

    /// Where the latency of messages is one number, so is that of writes.
    fn controlled(&self) -> Option<Controlled> {
        let max_latency = self.implementation.model.controlled?;
        let (min, max) = self.scenario.latency_ms;
        let min_latency = if min == max { max_latency } else { max_latency.min(Span::millis(1)) };
        Some(Controlled { min_latency, max_latency })
    }

    /// Some applications stop at once, others take their time: what they multicast meanwhile
    /// belongs to the view that ends.
    fn stops_within(&self, seed: Seed) -> Span {
        match self.implementation.model.views {
            true => *seed.stream("stops").pick(&[Span::ZERO, Span::millis(5), Span::millis(50)]),
            false => Span::ZERO,
        }
    }

    fn channel(&self) -> Channel {
        self.implementation.model.channel
    }
}

/// The clients, and the servers.
fn roles(clients: usize, nodes: usize) -> Vec<Vec<NodeId>> {
    let (clients, servers) = NodeId::first(nodes).partition(|node| node.index() < clients);
    vec![clients, servers]
}

/// Both kinds of channel are tested: they give opposite verdicts on uniformity.
fn draw_in_flight(seed: Seed) -> InFlight {
    match seed.stream("in-flight").chance(PerMillion::percent(50)) {
        true => InFlight::Kept,
        false => InFlight::Lost,
    }
}

/// What is asked after the heal, so that liveness is never judged on nothing: one thing after the
/// other.
fn last(asks: Option<&[(NodeId, Ask)]>, header: &Frame, after: Span, first_id: u32) -> Vec<Step> {
    let asked = asks.map_or_else(|| probes(header).collect(), <[_]>::to_vec);
    let first = header.heal_at + after;
    let step = |(number, (node, ask))| {
        let after = Span(PROBE_SPACING.0 * (u64::from(number) + 1));
        Step { id: first_id + number, when: When::At(first + after), node, ask }
    };
    (0..).zip(asked).map(step).collect()
}

/// One multicast to each group by each node that may; where members come and go, by every node that
/// is one by then. Servers are no application's: only clients multicast, and to clients.
fn probes(header: &Frame) -> impl Iterator<Item = (NodeId, Ask)> {
    let (nodes, open) = (header.nodes as usize, header.open || header.changing);
    let groups = if header.clients > 0 { 1 } else { header.group_count() };
    let members = header.members().into_iter().take(groups);
    let senders = (0..).map(GroupId).zip(members).flat_map(move |(group, members)| {
        let may = move |node: &NodeId| open || members.contains(node);
        NodeId::first(nodes).filter(may).map(move |node| (group, node))
    });
    senders.map(|(group, node)| (node, Ask::Multicast { group, body: "probe".to_owned() }))
}
