//! Small random histories of a group with views: mostly orderly, with a few liberties.

use crate::crosscheck::Small;
use pepperland_core::history::History;
use proptest::prelude::*;
use serde_json::{Value, json};

/// A complete history on a virtual clock, of nodes n1 to n`nodes`, with these lines as its events.
pub fn history(nodes: usize, lines: &[&str]) -> History {
    read(&header(nodes), &lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
}

/// The same, whose header says that a flush takes `blocking` ns at most.
pub fn bounded(nodes: usize, blocking: u64, lines: &[&str]) -> History {
    let mut header = header(nodes);
    header["about"] = json!({"bounds": {"blocking": blocking}});
    read(&header, &lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>())
}

/// The header of a complete history on a virtual clock.
pub fn header(nodes: usize) -> Value {
    let nodes: Vec<String> = (1..=nodes).map(|n| format!("n{n}")).collect();
    json!({"format": "pepperland.history", "version": 1, "nodes": nodes, "complete": true,
           "clock": "virtual"})
}

/// A history out of its lines.
pub fn read(header: &Value, lines: &[String]) -> History {
    let file = format!("{header}\n{}\n", lines.join("\n"));
    History::read(file.as_bytes()).unwrap_or_else(|e| panic!("{e}\n{file}"))
}

/// How a history is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    nodes: usize,
    complete: bool,
    real: bool,
    byzantine: bool,
    recovery: bool,
    partitionable: bool,
    /// At the end there is a view of all that are connected, who do all that they owe.
    settle: bool,
    /// All but this node, that is.
    except: usize,
    bounds: Option<(u64, u64)>,
    /// The run goes on for so long after its last event, if the header says when it ended.
    end: Option<u64>,
}

/// One thing that happens.
#[derive(Clone, Debug)]
pub enum Op {
    Send(usize),
    Deliver(usize),
    /// Delivers the next message but one, as if the next had been overlooked.
    Skip(usize),
    /// Everybody delivers two messages, and this node overlooks one.
    Round(usize),
    /// A delivery that states a view.
    Stated(usize, u64),
    /// An indication for a message that is safe, or for any.
    Safe(usize, bool),
    /// A view of these nodes, after a flush or without.
    Change(usize, bool),
    /// One node installs a view of these alone.
    Alone(usize, usize),
    Block(usize, bool),
    Crash(usize),
    Recover(usize),
    Pause(usize, bool),
    /// Cuts these from the others, or heals the last cut.
    Cut(usize, bool),
    Heal,
    Ask(usize, usize),
    Snapshot(usize),
    Wait(u64),
}

fn setup() -> impl Strategy<Value = Setup> {
    let is = prop::bool::weighted;
    let one = (3..=4_usize, is(0.85), is(0.2), is(0.06), is(0.5), is(0.4), is(0.65));
    let bounds = prop::option::weighted(0.9, (0..25_u64, 1..16_u64));
    (one, 0..9_usize, bounds, prop::option::of(0..30_u64)).prop_map(
        |(
            (nodes, complete, real, byzantine, recovery, partitionable, settle),
            except,
            bounds,
            end,
        )| {
            Setup {
                nodes,
                complete,
                real,
                byzantine,
                recovery,
                partitionable,
                settle,
                except,
                bounds,
                end,
            }
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    prop_oneof![
        20 => node().prop_map(Op::Send),
        40 => node().prop_map(Op::Deliver),
        4 => node().prop_map(Op::Skip),
        1 => (node(), 1..4_u64).prop_map(|(n, v)| Op::Stated(n, v)),
        12 => node().prop_map(|n| Op::Safe(n, true)),
        4 => node().prop_map(|n| Op::Safe(n, false)),
        6 => (1..16_usize, prop::bool::weighted(0.6)).prop_map(|(m, f)| Op::Change(m, f)),
        1 => (node(), 1..16_usize).prop_map(|(n, m)| Op::Alone(n, m)),
        2 => (node(), any::<bool>()).prop_map(|(n, ok)| Op::Block(n, ok)),
        3 => node().prop_map(Op::Crash),
        4 => node().prop_map(Op::Recover),
        1 => (node(), prop::bool::weighted(0.3)).prop_map(|(n, on)| Op::Pause(n, on)),
        1 => (1..15_usize, any::<bool>()).prop_map(|(m, b)| Op::Cut(m, b)),
        2 => Just(Op::Heal),
        1 => (node(), 0..6_usize).prop_map(|(n, what)| Op::Ask(n, what)),
        1 => node().prop_map(Op::Snapshot),
        3 => (1..8_u64).prop_map(Op::Wait),
    ]
}

/// Histories in which mostly messages come and go, and many are told to be safe.
pub fn of_messages() -> BoxedStrategy<Small> {
    let node = || 0..4_usize;
    let op = prop_oneof![
        25 => node().prop_map(Op::Send),
        15 => node().prop_map(Op::Deliver),
        2 => node().prop_map(Op::Skip),
        12 => node().prop_map(Op::Round),
        14 => node().prop_map(|n| Op::Safe(n, true)),
        5 => node().prop_map(|n| Op::Safe(n, false)),
        9 => (11..16_usize, prop::bool::weighted(0.2)).prop_map(|(m, f)| Op::Change(m, f)),
        2 => node().prop_map(Op::Crash),
        2 => node().prop_map(Op::Recover),
        1 => (1..15_usize, any::<bool>()).prop_map(|(m, b)| Op::Cut(m, b)),
        2 => Just(Op::Heal),
        1 => (node(), 0..6_usize).prop_map(|(n, what)| Op::Ask(n, what)),
        1 => node().prop_map(Op::Snapshot),
    ];
    let ops = prop::collection::vec(op, 0..30);
    (setup(), ops).prop_map(|(setup, ops)| Small(World::play(setup, &ops))).boxed()
}

/// Histories in which everything happens.
pub fn histories() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..30);
    (setup(), ops).prop_map(|(setup, ops)| Small(World::play(setup, &ops))).boxed()
}

#[derive(Clone, Debug, Default)]
struct Node {
    down: bool,
    incarnation: u32,
    sent: u32,
    view: Option<usize>,
    delivered: Vec<usize>,
    safe: Vec<usize>,
}

struct World {
    setup: Setup,
    now: u64,
    lines: Vec<(usize, String)>,
    nodes: Vec<Node>,
    /// Names and members.
    views: Vec<(String, Vec<usize>)>,
    /// Names and views.
    messages: Vec<(String, usize)>,
    cuts: Vec<(u64, usize)>,
    disturbances: u64,
}

impl World {
    fn play(setup: Setup, ops: &[Op]) -> History {
        let mut world = World {
            now: 0,
            lines: Vec::new(),
            nodes: vec![Node::default(); setup.nodes],
            views: Vec::new(),
            messages: Vec::new(),
            cuts: Vec::new(),
            disturbances: 0,
            setup,
        };
        world.change((0..world.nodes.len()).collect(), false);
        ops.iter().for_each(|op| world.op(op));
        if world.setup.settle {
            world.settle();
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
        let (Op::Send(n)
        | Op::Deliver(n)
        | Op::Skip(n)
        | Op::Round(n)
        | Op::Stated(n, _)
        | Op::Safe(n, _)
        | Op::Change(n, _)
        | Op::Alone(n, _)
        | Op::Block(n, _)
        | Op::Crash(n)
        | Op::Recover(n)
        | Op::Pause(n, _)
        | Op::Cut(n, _)
        | Op::Ask(n, _)
        | Op::Snapshot(n)) = op
        else {
            match op {
                Op::Heal => self.heal(),
                Op::Wait(ns) => self.now += ns,
                _ => {}
            }
            return;
        };
        match op {
            Op::Change(mask, flush) => {
                let these = (0..self.nodes.len()).filter(|n| mask >> n & 1 == 1);
                let members: Vec<usize> = these.filter(|n| !self.nodes[*n].down).collect();
                self.change(members, *flush);
            }
            Op::Cut(mask, both) => self.cut(*mask, *both),
            _ => self.at_node(op, n % self.nodes.len()),
        }
    }

    fn at_node(&mut self, op: &Op, n: usize) {
        if self.nodes[n].down != matches!(op, Op::Recover(_)) {
            return;
        }
        match op {
            Op::Send(_) => self.send(n),
            Op::Deliver(_) => drop(self.deliver(n, 0)),
            Op::Round(_) => {
                for q in (0..self.nodes.len()).chain(0..self.nodes.len()) {
                    if !self.nodes[q].down {
                        self.deliver(q, usize::from(q == n));
                    }
                }
            }
            Op::Skip(_) => drop(self.deliver(n, 1)),
            Op::Stated(_, view) => {
                if let Some((name, _)) = self.messages.last().cloned() {
                    self.event(n, "deliver", json!({"m": name, "view": view.to_string()}));
                }
            }
            Op::Safe(_, orderly) => drop(self.safe(n, *orderly)),
            Op::Alone(_, mask) => {
                let members = (0..self.nodes.len()).filter(|q| mask >> q & 1 == 1 || *q == n);
                let number = self.views.len() + 1;
                let name = format!("{number}.n{}", n + 1);
                self.views.push((name, members.collect()));
                self.install(n, number - 1);
            }
            Op::Block(_, ok) => {
                self.event(n, "block", json!({}));
                if *ok {
                    self.event(n, "block_ok", json!({}));
                }
            }
            Op::Crash(_) => {
                self.nodes[n].down = true;
                self.event(n, "crash", json!({}));
            }
            Op::Recover(_) if self.setup.recovery => {
                let incarnation = self.nodes[n].incarnation + 1;
                self.nodes[n] = Node { incarnation, ..Node::default() };
                self.event(n, "recover", json!({}));
            }
            Op::Pause(_, on) => self.event(n, if *on { "pause" } else { "resume" }, json!({})),
            Op::Ask(_, what) => {
                let kind = ["join", "join", "leave", "exclude"][what % 4];
                let target = format!("n{}", what % 3 + 1);
                let rest = if kind == "leave" { json!({}) } else { json!({"target": target}) };
                self.event(n, kind, rest);
            }
            Op::Snapshot(_) => self.event(n, "state_set", json!({})),
            _ => {}
        }
    }

    fn send(&mut self, n: usize) {
        let Some(view) = self.nodes[n].view.filter(|_| self.messages.len() < 8) else { return };
        self.nodes[n].sent += 1;
        let name = format!("n{}:{}:{}", n + 1, self.nodes[n].incarnation, self.nodes[n].sent);
        self.event(n, "broadcast", json!({"m": name}));
        self.messages.push((name, view));
    }

    /// Delivers what the node lacks of its view's messages, leaving out the first `skip`.
    fn deliver(&mut self, n: usize, skip: usize) -> bool {
        let node = &self.nodes[n];
        let lacks =
            |m: &usize| Some(self.messages[*m].1) == node.view && !node.delivered.contains(m);
        let Some(m) = (0..self.messages.len()).filter(lacks).nth(skip) else { return false };
        self.nodes[n].delivered.push(m);
        self.event(n, "deliver", json!({"m": self.messages[m].0}));
        true
    }

    fn safe(&mut self, n: usize, orderly: bool) -> bool {
        let node = &self.nodes[n];
        let fits = |m: &&usize| {
            let view = self.messages[**m].1;
            let all = self.views[view].1.iter().all(|q| self.nodes[*q].delivered.contains(m));
            !node.safe.contains(m) && (all && Some(view) == node.view || !orderly)
        };
        let Some(m) = node.delivered.iter().rev().find(fits).copied() else { return false };
        self.nodes[n].safe.push(m);
        self.event(n, "safe", json!({"m": self.messages[m].0}));
        true
    }

    /// A new view of these; with a flush they first deliver what they lack.
    fn change(&mut self, members: Vec<usize>, flush: bool) {
        let number = self.views.len() + 1;
        for n in &members {
            if flush && self.nodes[*n].view.is_some() {
                self.event(*n, "block", json!({}));
                self.event(*n, "block_ok", json!({}));
            }
        }
        for n in members.iter().filter(|_| flush) {
            while self.deliver(*n, 0) {}
        }
        self.views.push((number.to_string(), members.clone()));
        members.iter().for_each(|n| self.install(*n, number - 1));
    }

    fn install(&mut self, n: usize, view: usize) {
        let (name, members) = self.views[view].clone();
        let members: Vec<String> = members.iter().map(|m| format!("n{}", m + 1)).collect();
        self.nodes[n].view = Some(view);
        self.event(n, "view", json!({"view": name, "members": members}));
    }

    fn cut(&mut self, mask: usize, both_ways: bool) {
        let side = |inside: bool| {
            let here = (0..self.nodes.len()).filter(|n| (mask >> n & 1 == 1) == inside);
            here.map(|n| format!("n{}", n + 1)).collect::<Vec<_>>()
        };
        self.disturbances += 1;
        let mut line = json!({"t": self.now, "k": "cut", "id": self.disturbances,
            "from": side(true), "to": side(false), "both_ways": both_ways});
        if self.disturbances == 3 {
            line["k"] = "lose".into();
        }
        self.cuts.push((self.disturbances, if both_ways { mask } else { 0 }));
        self.lines.push((9, line.to_string()));
    }

    fn heal(&mut self) {
        if let Some((id, _)) = self.cuts.pop() {
            self.lines.push((9, json!({"t": self.now, "k": "heal", "id": id}).to_string()));
        }
    }

    fn settle(&mut self) {
        let up: Vec<usize> = (0..self.nodes.len()).filter(|n| !self.nodes[*n].down).collect();
        let side = |n: &usize| -> Vec<bool> {
            self.cuts.iter().map(|(_, mask)| mask >> n & 1 == 1).collect()
        };
        let sides: std::collections::BTreeSet<Vec<bool>> = up.iter().map(side).collect();
        let parts: Vec<Vec<usize>> = sides
            .iter()
            .map(|part| up.iter().copied().filter(|n| side(n) == *part).collect())
            .collect();
        for part in parts {
            self.change(part, true);
        }
        for n in up.iter().filter(|n| *n % 2 == 0) {
            self.send(*n);
        }
        let except = self.setup.except;
        for n in up.iter().filter(|n| **n != except) {
            while self.deliver(*n, 0) {}
        }
        for n in up.iter().filter(|n| **n + 4 != except) {
            while self.safe(*n, true) {}
        }
    }

    fn finish(mut self) -> History {
        let setup = self.setup;
        let mut header = header(setup.nodes);
        header["complete"] = setup.complete.into();
        if setup.real {
            header["clock"] = "real".into();
            header["clock_error"] = (setup.except % 3).into();
            self.lines.sort_by_key(|(node, _)| std::cmp::Reverse(*node));
        }
        if setup.byzantine {
            header["byzantine"] = json!(["n3"]);
        }
        if setup.recovery {
            header["failure_model"] = "crash-recovery".into();
        }
        if setup.partitionable {
            header["contract"] = json!({"partition": "partitionable"});
        }
        if let Some((settling, blocking)) = setup.bounds {
            header["about"] = json!({"bounds": {"settling": settling, "blocking": blocking}});
        }
        if let Some(ns) = setup.end {
            header["end"] = (self.now + ns).into();
        }
        let lines: Vec<String> = self.lines.into_iter().map(|(_, line)| line).collect();
        read(&header, &lines)
    }
}
