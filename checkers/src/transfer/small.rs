//! Small random histories in which nodes join, come back, and get the state of the others: mostly
//! orderly, with a few liberties.

use crate::crosscheck::Small;
use crate::membership::small::{header, history, read};
use pepperland_core::history::History;
use proptest::prelude::*;
use serde_json::{Value, json};

/// n1 delivers a message, at position 0, and n2 joins it in view 2; then this happens.
pub fn join(lines: &[&str]) -> History {
    let before = [
        r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1"]}"#,
        r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1"}"#,
        r#"{"t":3,"n":"n1","k":"deliver","m":"n1:0:1","slot":0}"#,
        r#"{"t":4,"n":"n1","k":"view","view":"2","members":["n1","n2"]}"#,
        r#"{"t":5,"n":"n2","k":"view","view":"2","members":["n1","n2"]}"#,
    ];
    history(2, &[&before, lines].concat())
}

/// n1 executes an acknowledged operation at position 0 in view 2, and merges with n2 into view 4,
/// with a snapshot of so many positions; then this happens.
pub fn merge(covered: u64, lines: &[&str]) -> History {
    let set = format!(r#"{{"t":8,"n":"n1","k":"state_set","from":"n2","slot":{covered}}}"#);
    let before = [
        r#"{"t":1,"n":"n1","k":"view","view":"2","members":["n1"]}"#,
        r#"{"t":1,"n":"n2","k":"view","view":"3","members":["n2"],"primary":false}"#,
        r#"{"t":2,"k":"invoke","client":"c","op":{"f":"inc"}}"#,
        r#"{"t":3,"n":"n1","k":"apply","slot":0,"op":{"f":"inc"}}"#,
        r#"{"t":4,"k":"response","client":"c","result":{},"status":"ok"}"#,
        r#"{"t":5,"n":"n1","k":"view","view":"4","members":["n1","n2"]}"#,
        r#"{"t":6,"n":"n2","k":"view","view":"4","members":["n1","n2"]}"#,
        &set,
    ];
    history(2, &[&before, lines].concat())
}

/// How a history is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    complete: bool,
    real: bool,
    byzantine: bool,
    logged: bool,
    partitionable: bool,
    /// Positions are stated, and counted from here.
    slots: Option<u64>,
    lists: bool,
    applies: bool,
    donors: bool,
    /// In the end everybody that is up is in one view.
    settle: bool,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Op {
    Send(usize),
    Deliver(usize),
    Everybody,
    /// A view of these nodes, with a state transfer of this manner to who joins.
    Change(usize, usize),
    Crash(usize),
    Recover(usize),
}

fn setup() -> impl Strategy<Value = Setup> {
    let is = prop::bool::weighted;
    let one = (is(0.9), is(0.15), is(0.07), is(0.15), is(0.15), is(0.8));
    let two = (prop::option::weighted(0.8, 0..2_u64), is(0.7), is(0.6), is(0.8));
    (one, two).prop_map(
        |(
            (complete, real, byzantine, logged, partitionable, settle),
            (slots, lists, applies, donors),
        )| {
            Setup {
                complete,
                real,
                byzantine,
                logged,
                partitionable,
                slots,
                lists,
                applies,
                donors,
                settle,
            }
        },
    )
}

fn op(manner: BoxedStrategy<usize>) -> impl Strategy<Value = Op> {
    let node = || 0..3_usize;
    prop_oneof![
        10 => node().prop_map(Op::Send),
        8 => node().prop_map(Op::Deliver),
        8 => Just(Op::Everybody),
        9 => (1..8_usize, manner).prop_map(|(m, t)| Op::Change(m, t)),
        1 => node().prop_map(Op::Crash),
        3 => node().prop_map(Op::Recover),
    ]
}

/// Histories in which nodes join, and their snapshots are wrong in many ways.
pub fn joins() -> BoxedStrategy<Small> {
    histories(prop_oneof![7 => Just(0_usize), 9 => 1..9_usize, 5 => Just(9)].boxed())
}

/// Histories in which nodes join and return, and get a snapshot or none.
pub fn returns() -> BoxedStrategy<Small> {
    histories(prop_oneof![5 => Just(0_usize), 1 => Just(7), 3 => Just(8)].boxed())
}

fn histories(manner: BoxedStrategy<usize>) -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(manner.clone()), 0..24);
    (setup(), ops, manner)
        .prop_map(|(setup, ops, last)| Small(World::play(setup, &ops, last)))
        .boxed()
}

#[derive(Clone, Debug, Default)]
struct Node {
    down: bool,
    incarnation: u32,
    sent: u32,
    view: usize,
    /// How much of the common sequence it has.
    at: usize,
}

struct World {
    setup: Setup,
    now: u64,
    lines: Vec<(usize, String)>,
    nodes: Vec<Node>,
    messages: Vec<String>,
    views: usize,
}

impl World {
    fn play(setup: Setup, ops: &[Op], last: usize) -> History {
        let mut world = World {
            setup,
            now: 0,
            lines: Vec::new(),
            nodes: vec![Node::default(); 3],
            messages: Vec::new(),
            views: 0,
        };
        world.change(0b011, 0);
        ops.iter().for_each(|op| world.op(op));
        if world.setup.settle {
            world.change(0b111, last);
            world.op(&Op::Send(0));
            world.op(&Op::Everybody);
        }
        world.finish()
    }

    fn event(&mut self, node: usize, kind: &str, rest: Value) {
        self.now += 1;
        let mut line = json!({"t": self.now, "n": format!("n{}", node + 1), "k": kind});
        rest.as_object().into_iter().flatten().for_each(|(k, v)| line[k] = v.clone());
        self.lines.push((node, line.to_string()));
    }

    fn op(&mut self, op: &Op) {
        match op {
            Op::Send(n) if !self.nodes[*n].down && self.messages.len() < 7 => {
                let node = &mut self.nodes[*n];
                node.sent += 1;
                let name = format!("n{}:{}:{}", n + 1, node.incarnation, node.sent);
                self.event(*n, "broadcast", json!({"m": name}));
                self.messages.push(name);
            }
            Op::Deliver(n) => drop(self.deliver(*n)),
            Op::Everybody => {
                for n in 0..3 {
                    while self.nodes[n].view == self.views && self.deliver(n) {}
                }
            }
            Op::Change(mask, manner) => self.change(*mask, *manner),
            Op::Crash(n) if !self.nodes[*n].down => {
                self.nodes[*n].down = true;
                self.event(*n, "crash", json!({}));
            }
            Op::Recover(n) if self.nodes[*n].down => {
                let incarnation = self.nodes[*n].incarnation + 1;
                let at = if self.setup.logged { self.nodes[*n].at } else { 0 };
                self.nodes[*n] = Node { incarnation, at, ..Node::default() };
                self.event(*n, "recover", json!({}));
            }
            _ => {}
        }
    }

    fn deliver(&mut self, n: usize) -> bool {
        let node = &self.nodes[n];
        if node.down || node.view == 0 || node.at >= self.messages.len() {
            return false;
        }
        let at = node.at;
        let slot = self.setup.slots.map(|base| at as u64 + base);
        self.nodes[n].at += 1;
        let mut act = json!({"m": self.messages[at]});
        slot.into_iter().for_each(|slot| act["slot"] = slot.into());
        self.event(n, "deliver", act);
        if let Some(slot) = slot.filter(|_| self.setup.applies) {
            self.event(n, "apply", json!({"slot": slot, "hash": format!("h{}", at + 1)}));
        }
        true
    }

    /// A view of these, as far as they are up; those who were not in the last one join.
    fn change(&mut self, mask: usize, manner: usize) {
        let members: Vec<usize> =
            (0..3).filter(|n| mask >> n & 1 == 1 && !self.nodes[*n].down).collect();
        let (olds, news): (Vec<usize>, Vec<usize>) =
            members.iter().partition(|n| self.nodes[**n].view == self.views && self.views > 0);
        if members.is_empty() || olds.is_empty() && self.views > 0 {
            return;
        }
        let most = olds.iter().map(|n| self.nodes[*n].at).max().unwrap_or(0);
        for n in &olds {
            while self.nodes[*n].at < most && self.deliver(*n) {}
        }
        self.views += 1;
        let names: Vec<String> = members.iter().map(|m| format!("n{}", m + 1)).collect();
        for n in &members {
            self.nodes[*n].view = self.views;
            self.event(*n, "view", json!({"view": self.views.to_string(), "members": names}));
        }
        if let Some(donor) = olds.first().copied() {
            news.iter().for_each(|joiner| self.transfer(donor, *joiner, manner));
        }
    }

    fn snapshot(&self, covered: usize, hash: usize) -> Value {
        let mut told = json!({"hash": format!("h{hash}"), "view": self.views.to_string()});
        if self.setup.slots.is_some() {
            told["slot"] = covered.into();
        }
        if self.setup.lists {
            told["set"] = json!(self.messages[..covered.min(self.messages.len())]);
        }
        told
    }

    /// State transfer in one of several manners, of which the first is right.
    fn transfer(&mut self, donor: usize, joiner: usize, manner: usize) {
        let at = self.nodes[donor].at;
        let covered = if manner == 1 { at.saturating_sub(1) } else { at };
        let mut get = self.snapshot(covered, covered);
        let mut set = get.clone();
        match manner {
            2 | 3 if self.setup.lists => {
                let torn = &mut if manner == 2 { &mut get } else { &mut set }["set"];
                if let Some(list) = torn.as_array_mut().filter(|list| list.len() > 1) {
                    list.remove(0);
                }
            }
            4 => get["hash"] = "other".into(),
            5 => set["hash"] = "other".into(),
            6 => get = self.snapshot(covered + 2, covered),
            _ => {}
        }
        if self.setup.donors {
            set["from"] = format!("n{}", donor + 1).into();
        }
        if manner != 7 {
            self.event(donor, "state_get", get);
        }
        if manner != 7 && manner != 8 {
            self.event(joiner, "state_set", set);
        }
        self.nodes[joiner].at = match manner {
            9 if at.is_multiple_of(2) => (at + 1).min(self.messages.len()),
            9 => at - 1,
            7 | 8 => at.max(self.nodes[joiner].at),
            _ => covered,
        };
    }

    fn finish(mut self) -> History {
        let setup = self.setup;
        let mut header = header(3);
        header["complete"] = setup.complete.into();
        header["failure_model"] = "crash-recovery".into();
        let delivery = if setup.logged { "logged" } else { "volatile" };
        let partition = if setup.partitionable { "partitionable" } else { "primary" };
        header["contract"] = json!({"delivery": delivery, "partition": partition});
        if setup.real {
            header["clock"] = "real".into();
            self.lines.sort_by_key(|(node, _)| std::cmp::Reverse(*node));
        }
        if setup.byzantine {
            header["byzantine"] = json!(["n3"]);
        }
        let lines: Vec<String> = self.lines.into_iter().map(|(_, line)| line).collect();
        read(&header, &lines)
    }
}

/// Histories in which two partitions merge: n1 and n2 come from view 2, n3 from 3, into view 4.
pub fn merges() -> BoxedStrategy<Small> {
    let is = prop::bool::weighted;
    let one = (is(0.85), is(0.9), is(0.9), 0..2_u64, is(0.2));
    let acts = prop::collection::vec((0..4_u64, is(0.8), 0..2_usize), 0..4);
    let sets = prop::collection::vec((0..3_usize, 0..5_u64), 0..3);
    let late = prop::collection::vec((0..3_usize, 0..4_u64), 0..3);
    (one, acts, sets, late)
        .prop_map(|((complete, primary, merged, base, next), acts, sets, late)| {
            let mut lines: Vec<Value> = Vec::new();
            let view = |n: usize, view: u64, members: &[&str], primary: bool| {
                json!({"n": format!("n{n}"), "k": "view", "view": view.to_string(),
                       "members": members, "primary": primary})
            };
            lines.extend([1, 2].map(|n| view(n, 2, &["n1", "n2"], primary)));
            lines.extend(merged.then(|| view(3, 3, &["n3"], false)));
            for (i, (op, ok, node)) in acts.iter().enumerate() {
                let status = if *ok { "ok" } else { "unknown" };
                let (client, op) = (format!("c{i}"), json!({"f": "add", "value": op}));
                lines.push(json!({"k": "invoke", "client": client, "op": op}));
                for n in [*node, 1] {
                    let node = format!("n{}", n + 1);
                    lines.push(json!({"n": node, "k": "apply", "slot": i as u64 + base, "op": op}));
                }
                lines.push(
                    json!({"k": "response", "client": client, "result": {}, "status": status}),
                );
            }
            lines.extend([1, 2, 3].map(|n| view(n, 4, &["n1", "n2", "n3"], true)));
            for (node, slot) in &sets {
                let node = format!("n{}", node + 1);
                lines.push(json!({"n": node, "k": "state_set", "from": "n1", "slot": slot}));
            }
            for (node, op) in &late {
                let op = json!({"f": "add", "value": op});
                lines.push(
                    json!({"n": format!("n{}", node + 1), "k": "apply", "slot": 9, "op": op}),
                );
            }
            lines.extend(next.then(|| view(1, 5, &["n1"], true)));
            let lines: Vec<String> = lines
                .into_iter()
                .enumerate()
                .map(|(t, mut line)| {
                    line["t"] = t.into();
                    line.to_string()
                })
                .collect();
            let mut header = header(3);
            header["complete"] = complete.into();
            Small(read(&header, &lines))
        })
        .boxed()
}
