//! Small random histories of consensus and its neighbours: mostly orderly, with a few liberties.

use crate::crosscheck::Small;
use crate::crosscheck::script::{Fact, Script, Setup, setup};
use pepperland_core::history::{DeliveryContract, FailureModel, Header, History, Kind};
use pepperland_core::id::{MessageId, NodeId};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Which problem the history is of.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Problem {
    Consensus,
    /// Of one value that all want.
    OneMind,
    Vectors,
    Commitment,
    Broadcast,
    Order,
}

/// One thing that happens. Nodes and instances are taken modulo those there are.
#[derive(Clone, Debug)]
enum Op {
    Propose(usize, usize, usize),
    Decide(usize, usize, usize),
    /// Decides something else than what is due.
    Odd(usize, usize, usize),
    /// Decides once more.
    Again(usize, usize),
    Crash(usize),
    Recover(usize),
    /// For the reduction: delivers the next message, or the next but one.
    Deliver(usize, bool),
}

const INSTANCES: usize = 2;

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    let instance = || 0..INSTANCES;
    prop_oneof![
        20 => (node(), instance(), 0..3_usize).prop_map(|(n, i, v)| Op::Propose(n, i, v)),
        20 => (node(), instance(), 0..16_usize).prop_map(|(n, i, v)| Op::Decide(n, i, v)),
        3 => (node(), instance(), 0..16_usize).prop_map(|(n, i, v)| Op::Odd(n, i, v)),
        1 => (node(), instance()).prop_map(|(n, i)| Op::Again(n, i)),
        3 => node().prop_map(Op::Crash),
        6 => node().prop_map(Op::Recover),
        14 => (node(), prop::bool::weighted(0.1)).prop_map(|(n, skip)| Op::Deliver(n, skip)),
    ]
}

fn histories(problems: &'static [Problem], liars: bool) -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..25);
    (setup(), ops, prop::sample::select(problems))
        .prop_map(move |(mut setup, ops, problem)| {
            if liars {
                setup.byzantine = !setup.whim(0, 2);
                setup.recovery = false;
            }
            Small(play(setup, &ops, problem, liars))
        })
        .boxed()
}

/// Consensus among nodes that seldom lie.
pub fn plain() -> BoxedStrategy<Small> {
    histories(&[Problem::Consensus], false)
}

/// Consensus on what all want.
pub fn of_one_mind() -> BoxedStrategy<Small> {
    histories(&[Problem::OneMind], false)
}

/// Consensus on values and on vectors among nodes that lie.
pub fn among_liars() -> BoxedStrategy<Small> {
    histories(&[Problem::Consensus, Problem::Vectors, Problem::Vectors], true)
}

/// Atomic commitment.
pub fn commitment() -> BoxedStrategy<Small> {
    histories(&[Problem::Commitment], false)
}

/// Terminating broadcast.
pub fn broadcast() -> BoxedStrategy<Small> {
    histories(&[Problem::Broadcast], false)
}

/// The reduction of atomic broadcast to consensus.
pub fn reduction() -> BoxedStrategy<Small> {
    histories(&[Problem::Order], false)
}

struct Play {
    setup: Setup,
    problem: Problem,
    script: Script,
    up: Vec<bool>,
    incarnation: Vec<u32>,
    /// For each instance, what each node proposed first.
    proposed: Vec<Vec<Option<Value>>>,
    /// For each instance, what is to be decided.
    chosen: Vec<Option<Value>>,
    /// For each instance, which nodes decided.
    decided: Vec<Vec<bool>>,
    broadcast: Vec<MessageId>,
    /// How many messages each node delivered.
    delivered: Vec<usize>,
    late: Vec<bool>,
}

fn play(setup: Setup, ops: &[Op], problem: Problem, liars: bool) -> History {
    let one_mind = problem == Problem::OneMind;
    let (nodes, all) = (setup.nodes, one_mind || setup.whim(4, 1));
    let unanimous = one_mind || setup.whim(6, 1);
    let mut play = Play::new(setup, problem);
    for (node, instance) in (0..nodes).flat_map(|n| (0..INSTANCES).map(move |i| (n, i))) {
        if all {
            play.propose(node, instance, if unanimous { 0 } else { node });
        }
    }
    if problem == Problem::Broadcast && play.setup.whim(16, 1) {
        play.op(&Op::Crash(0));
    }
    for op in ops {
        play.script.now += 1;
        play.op(op);
    }
    if play.setup.settle {
        play.settle();
    }
    let header = play.header(liars);
    let Play { script, setup, .. } = play;
    script.record(header, &setup)
}

impl Play {
    fn new(setup: Setup, problem: Problem) -> Play {
        let nodes = setup.nodes;
        Play {
            setup,
            problem,
            script: Script::default(),
            up: vec![true; nodes],
            incarnation: vec![0; nodes],
            proposed: vec![vec![None; nodes]; INSTANCES],
            chosen: vec![None; INSTANCES],
            decided: vec![vec![false; nodes]; INSTANCES],
            broadcast: Vec::new(),
            delivered: vec![0; nodes],
            late: vec![false; nodes],
        }
    }

    fn header(&self, liars: bool) -> Header {
        let mut header = self.setup.header();
        if liars {
            header.failure_model = FailureModel::Byzantine;
        }
        if self.setup.whim(8, 2) {
            header.contract.delivery = DeliveryContract::Logged;
        }
        if self.setup.whim(10, 3) {
            let names = header.nodes.clone();
            header.groups.insert("g".into(), names[..2].to_vec());
            header.groups.insert("h".into(), names[1..].to_vec());
        }
        let k = 1 + u64::from(self.setup.whim(13, 1));
        let faults = u64::from(!self.setup.whim(14, 2));
        header.about.insert("bounds".into(), json!({"k": k, "faults": faults}));
        header
    }

    fn op(&mut self, op: &Op) {
        let (Op::Propose(node, ..)
        | Op::Decide(node, ..)
        | Op::Odd(node, ..)
        | Op::Again(node, _)
        | Op::Crash(node)
        | Op::Recover(node)
        | Op::Deliver(node, _)) = op;
        let node = node % self.setup.nodes;
        if self.up[node] == matches!(op, Op::Recover(_)) {
            return;
        }
        match op {
            Op::Propose(_, i, v) => self.propose(node, *i, *v),
            Op::Decide(_, i, whim) if !self.decided[*i][node] => self.decide(node, *i, *whim),
            Op::Decide(..) => {}
            Op::Again(_, i) => self.decide(node, *i, 0),
            Op::Odd(_, i, v) => self.odd(node, *i, *v),
            Op::Crash(_) if self.setup.calm => {}
            Op::Crash(_) => {
                self.up[node] = false;
                self.script.plain(node, Kind::Crash);
            }
            Op::Recover(_) if self.setup.recovery => {
                self.up[node] = true;
                self.late[node] = true;
                self.incarnation[node] += 1;
                self.script.plain(node, Kind::Recover);
                self.decided.iter_mut().for_each(|d| d[node] = false);
            }
            Op::Recover(_) => {}
            Op::Deliver(_, skip) => self.deliver(node, *skip),
        }
    }

    fn settle(&mut self) {
        for node in (0..self.setup.nodes).filter(|n| self.up[*n]).collect::<Vec<_>>() {
            for instance in 0..INSTANCES {
                if !self.decided[instance][node] {
                    self.decide(node, instance, 0);
                }
            }
        }
    }

    fn say(&mut self, node: usize, kind: Kind, instance: usize, value: &Value) {
        let keys = match self.setup.whim(10, 3) {
            true => json!({"i": instance + 1, "value": value, "g": "h"}),
            false => json!({"i": instance + 1, "value": value}),
        };
        self.script.say(node, kind, keys);
    }

    fn propose(&mut self, node: usize, instance: usize, v: usize) {
        let letter = |v: usize| ["a", "b", "c", "d"][v];
        let value = match self.problem {
            Problem::OneMind if v == 2 && self.setup.whim(18, 2) => json!("b"),
            Problem::OneMind => json!("a"),
            Problem::Consensus | Problem::Vectors => json!(letter(v)),
            Problem::Commitment => {
                json!(if v == 2 && self.setup.whim(18, 1) { "no" } else { "yes" })
            }
            Problem::Broadcast if node == instance => json!(letter(v)),
            Problem::Broadcast => return,
            Problem::Order => return self.broadcast(node),
        };
        if self.proposed[instance][node].is_none() || v == 2 {
            self.say(node, Kind::Propose, instance, &value);
            self.proposed[instance][node].get_or_insert(value);
        }
    }

    fn broadcast(&mut self, node: usize) {
        let origin = NodeId(node as u32);
        let incarnation = self.incarnation[node];
        let same = |id: &&MessageId| id.origin == origin && id.incarnation == incarnation;
        let number = self.broadcast.iter().filter(same).count() as u32 + 1;
        let id = MessageId { origin, incarnation, number };
        self.broadcast.push(id);
        self.script.add(node, Fact::Broadcast(id, 0));
    }

    /// Decides what is due, if something is.
    fn decide(&mut self, node: usize, instance: usize, whim: usize) {
        if self.chosen[instance].is_none() {
            self.chosen[instance] = self.choice(instance, whim);
        }
        if let Some(value) = self.chosen[instance].clone() {
            self.decided[instance][node] = true;
            self.say(node, Kind::Decide, instance, &value);
        }
    }

    fn choice(&self, instance: usize, whim: usize) -> Option<Value> {
        let proposed = &self.proposed[instance];
        let first = || proposed.iter().flatten().next().cloned();
        match self.problem {
            Problem::Consensus | Problem::OneMind => first(),
            Problem::Vectors => {
                let entry = |(n, v): (usize, &Option<Value>)| match whim >> n & 1 {
                    0 => v.clone().unwrap_or(Value::Null),
                    _ => Value::Null,
                };
                first().map(|_| proposed.iter().enumerate().map(entry).collect())
            }
            Problem::Commitment => {
                let all = proposed.iter().all(|v| *v == Some(json!("yes")));
                let crashed = self.up.contains(&false);
                let against = proposed.contains(&Some(json!("no")));
                all.then(|| json!("commit")).or((crashed || against).then(|| json!("abort")))
            }
            Problem::Broadcast if self.up[instance] => first(),
            Problem::Broadcast => Some(Value::Null),
            Problem::Order if instance > 0 && self.chosen[0].is_none() => None,
            Problem::Order => {
                let taken = self.order();
                let names = self.broadcast.iter().map(name);
                let rest: Vec<Value> =
                    names.filter(|n| !taken.contains(n)).map(Value::from).collect();
                (!rest.is_empty()).then(|| Value::from(rest))
            }
        }
    }

    fn odd(&mut self, node: usize, instance: usize, v: usize) {
        let value = match self.problem {
            Problem::Consensus | Problem::OneMind => json!(["a", "b", "c", "d"][v % 4]),
            Problem::Vectors if v == 0 => json!(["a"]),
            Problem::Vectors => {
                let entry = |n: usize| if v >> n & 1 == 0 { json!("a") } else { Value::Null };
                (0..self.setup.nodes).map(entry).collect()
            }
            Problem::Commitment => json!(["commit", "Abort"][v % 2]),
            Problem::Broadcast => [Value::Null, json!("a")][v % 2].clone(),
            Problem::Order => {
                let some = self.broadcast.get(v / 2).map(name);
                some.map_or(json!({"v": v}), |name| {
                    [json!(name), json!([name, "x"])][v % 2].clone()
                })
            }
        };
        self.say(node, Kind::Decide, instance, &value);
    }

    /// The names in the order of the decisions.
    fn order(&self) -> Vec<String> {
        let lists = self.chosen.iter().flatten().filter_map(Value::as_array);
        lists.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }

    fn deliver(&mut self, node: usize, skip: bool) {
        let order = self.order();
        let next = self.delivered[node] + usize::from(skip);
        let due = order.get(next).and_then(|due| self.broadcast.iter().find(|id| name(id) == *due));
        let next_id = due.or_else(|| self.broadcast.get(next).filter(|_| skip)).copied();
        if let Some(id) = next_id {
            self.delivered[node] = next + 1;
            self.script.add(node, Fact::Deliver(id, 0, None));
        }
    }
}

fn name(id: &MessageId) -> String {
    format!("n{}:{}:{}", id.origin.0 + 1, id.incarnation, id.number)
}
