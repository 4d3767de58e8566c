//! The slow oracle: all total orders of all that may happen, each from its beginning, with real
//! nodes and nothing left out. A node may crash at any time, and a frame be lost at any.

use crate::scopes::Small;
use crate::told::{Outcome, outcome};
use pepperland_core::contract::{Effect, Host, Indication, Node};
use pepperland_core::history::{Header, History, Kind, Recorder};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::runtime::seed_of;
use pepperland_core::schedule::{Ask, Frame, Schedule, Step, When};
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// All that there is to know of a scope.
#[derive(Default)]
pub struct Total {
    /// What each node has handled, for each beginning of a run.
    pub prefixes: BTreeSet<Vec<Vec<String>>>,
    pub outcomes: BTreeSet<Outcome>,
    /// Complete runs.
    pub orders: u128,
}

/// What may happen next.
#[derive(Copy, Clone)]
enum Choice {
    /// After so many effects the node crashes.
    Ask(NodeId, Option<usize>),
    Arrive(usize, Option<usize>),
    Crash(NodeId),
    Lose(usize),
}

/// A frame on its way: sender, receiver and bytes.
type Flight = (NodeId, NodeId, Vec<u8>);

struct World {
    nodes: Vec<Option<(Box<dyn Node>, Host)>>,
    minted: Vec<u32>,
    flights: Vec<Flight>,
    handled: Vec<Vec<String>>,
    recorder: Recorder,
    events: u64,
    left: Small,
    /// The receivers of lost frames.
    lost: Vec<NodeId>,
}

pub fn all_orders(implementation: &Implementation, header: &Frame, small: Small) -> Total {
    let mut total = Total::default();
    go(&mut total, (implementation, header, small), &mut Vec::new());
    total
}

fn go(total: &mut Total, of: (&Implementation, &Frame, Small), path: &mut Vec<Choice>) {
    let mut world = World::new(of);
    path.iter().for_each(|choice| world.take(*choice));
    total.prefixes.insert(world.handled.clone());
    let choices = world.choices();
    if world.flights.is_empty() {
        total.orders += 1;
        let (history, lost) = world.end();
        total.outcomes.insert(outcome(&history, lost));
    }
    for (choice, effects) in choices {
        let cuts: Vec<Choice> = match choice {
            Choice::Ask(node, _) => (0..=effects).map(|k| Choice::Ask(node, Some(k))).collect(),
            Choice::Arrive(at, _) => (0..=effects).map(|k| Choice::Arrive(at, Some(k))).collect(),
            _ => Vec::new(),
        };
        let may_crash = of.2.2 as usize > path.iter().filter(crashes).count();
        for choice in [choice].into_iter().chain(cuts.into_iter().filter(|_| may_crash)) {
            path.push(choice);
            go(total, of, path);
            path.pop();
        }
    }
}

fn crashes(choice: &&Choice) -> bool {
    matches!(choice, Choice::Crash(_) | Choice::Ask(_, Some(_)) | Choice::Arrive(_, Some(_)))
}

impl World {
    fn new((implementation, header, small): (&Implementation, &Frame, Small)) -> World {
        let everybody: Vec<NodeId> = NodeId::first(header.nodes as usize).collect();
        let groups: Rc<[Rc<[NodeId]>]> = [Rc::from(&everybody[..])].into();
        let max_latency = header.network.max_latency;
        let node = |node: &NodeId| {
            let (nodes, flaw) = (header.nodes as usize, header.flaw.as_deref());
            let register_latency = Setup::REGISTER_LATENCY;
            let setup = Setup { node: *node, nodes, flaw, max_latency, register_latency };
            let stream = seed_of(header.seed, *node, 0).stream("");
            Some(((implementation.build)(&setup), Host::new(*node, groups.clone(), stream)))
        };
        let schedule =
            Schedule { header: header.clone(), steps: Vec::new(), disturbances: Vec::new() };
        World {
            nodes: everybody.iter().map(node).collect(),
            minted: vec![0; everybody.len()],
            flights: Vec::new(),
            handled: vec![Vec::new(); everybody.len()],
            recorder: Recorder::new(Header::of_run("oracle", &schedule, implementation)),
            events: 0,
            left: small,
            lost: Vec::new(),
        }
    }

    fn now(&mut self) -> Time {
        self.events += 1;
        Time::millis(self.events)
    }

    /// What may happen next, each with how many effects it would have: as many as a crash may
    /// fall between.
    fn choices(&mut self) -> Vec<(Choice, usize)> {
        let up: Vec<NodeId> = NodeId::first(self.nodes.len())
            .filter(|node| self.nodes[node.index()].is_some())
            .collect();
        let Small(_, multicasts, crashes, losses) = self.left;
        let mut choices = Vec::new();
        if multicasts > 0 {
            choices.extend(up.iter().map(|node| (Choice::Ask(*node, None), MOST_EFFECTS)));
        }
        if crashes > 0 {
            choices.extend(up.iter().map(|node| (Choice::Crash(*node), 0)));
        }
        for (at, (from, to, _)) in self.flights.iter().enumerate() {
            let own = |flight: &&Flight| flight.0 == flight.1 && flight.1 == *to;
            let waits = from == to && self.flights[..at].iter().any(|flight| own(&flight));
            if !waits {
                choices.push((Choice::Arrive(at, None), MOST_EFFECTS));
            }
            if losses > 0 && from != to {
                choices.push((Choice::Lose(at), 0));
            }
        }
        choices
    }

    fn take(&mut self, choice: Choice) {
        match choice {
            Choice::Crash(node) => self.crash(node),
            Choice::Lose(at) => {
                let (_, to, _) = self.flights.remove(at);
                self.left.3 -= 1;
                self.lost.push(to);
            }
            Choice::Ask(node, cut) => self.ask(node, cut),
            Choice::Arrive(at, cut) => {
                let (from, to, bytes) = self.flights.remove(at);
                self.handled[to.index()].push(format!("{from} {bytes:?}"));
                let (node, host) = self.nodes[to.index()].as_mut().expect("it is up");
                assert!(node.receive(from, &bytes, host).is_ok());
                self.perform(to, cut);
            }
        }
    }

    fn ask(&mut self, node: NodeId, cut: Option<usize>) {
        self.left.1 -= 1;
        self.minted[node.index()] += 1;
        let number = self.minted[node.index()];
        let id = MessageId { origin: node, incarnation: 0, number };
        let ask = Ask::Multicast { group: GroupId::ALL, body: format!("{number} of {node}") };
        let step = Step { id: 0, when: When::At(Time::ZERO), node, ask };
        let at = self.now();
        let (request, _) = self.recorder.request(at, &step, id, None);
        self.handled[node.index()].push("asked".to_owned());
        let (machine, host) = self.nodes[node.index()].as_mut().expect("it is up");
        machine.request(request, host);
        self.perform(node, cut);
    }

    fn perform(&mut self, node: NodeId, cut: Option<usize>) {
        let (_, host) = self.nodes[node.index()].as_mut().expect("it is up");
        let effects = std::mem::take(&mut host.effects.list);
        let bytes = std::mem::take(&mut host.effects.bytes);
        assert!(effects.len() <= MOST_EFFECTS);
        for effect in effects.into_iter().take(cut.unwrap_or(usize::MAX)) {
            match effect {
                Effect::Send { to, frame, .. } => {
                    let frame = &bytes[frame.start as usize..frame.end as usize];
                    if self.nodes[to.index()].is_some() {
                        self.flights.push((node, to, frame.to_vec()));
                    }
                }
                Effect::Indicate(Indication::Deliver(delivery)) => {
                    let at = self.now();
                    self.recorder.delivery(at, node, &delivery, None);
                }
                other => panic!("the oracle knows no {other:?}"),
            }
        }
        if cut.is_some() {
            self.crash(node);
        }
    }

    fn crash(&mut self, node: NodeId) {
        self.left.2 -= 1;
        self.nodes[node.index()] = None;
        self.flights.retain(|(_, to, _)| *to != node);
        let at = self.now();
        self.recorder.befell(at, node, Kind::Crash);
        self.handled[node.index()].push("crashed".to_owned());
    }

    /// The history, and whether anything was lost on its way to whoever lives.
    fn end(self) -> (History, bool) {
        let lost = self.lost.iter().any(|to| self.nodes[to.index()].is_some());
        (self.recorder.finish(Time::millis(self.events + 1), true), lost)
    }
}

/// More than any handler of the protocols has in scopes as small as these.
const MOST_EFFECTS: usize = 5;

/// The outcomes of the simulator's runs of these schedules.
pub fn outcomes_of<'a>(
    schedules: impl Iterator<Item = &'a Schedule>,
    implementation: &Implementation,
) -> BTreeMap<Outcome, usize> {
    use pepperland_core::runtime::{Detail, Runtime};
    let mut outcomes = BTreeMap::new();
    for schedule in schedules {
        let ran = pepperland_sim::Simulator.run(schedule, implementation, Detail::Application);
        let lost = schedule.to_text().contains("\"lose\"");
        *outcomes.entry(outcome(&ran.expect("it runs"), lost)).or_default() += 1;
    }
    outcomes
}
