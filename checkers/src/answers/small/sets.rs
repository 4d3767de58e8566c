//! Sets that grow: nodes that tell one another what was added.

use super::{Clients, Fate, fate, manner};
use crate::crosscheck::Small;
use crate::crosscheck::draft::{Setup, setup};
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Op {
    /// A client adds the next element, or one that was added before.
    Add(usize, usize, bool),
    /// A client reads.
    Read(usize, usize),
    /// It is answered.
    Answer(usize, Fate, Slip),
    /// One node tells another all that it has.
    Tell(usize, usize),
    Crash(usize),
    Recover(usize),
}

/// What goes wrong with an answer.
#[derive(Copy, Clone, Debug, PartialEq)]
enum Slip {
    None,
    /// A read leaves something out; an addition is forgotten.
    Forget,
    /// A read shows something twice.
    Twice,
    /// A read shows what nobody added.
    Strange,
}

fn op() -> impl Strategy<Value = Op> {
    let (client, node) = (|| 0..3_usize, || 0..4_usize);
    let slip = prop_oneof![
        60 => Just(Slip::None),
        6 => Just(Slip::Forget),
        60 => Just(Slip::Twice),
        14 => Just(Slip::Strange),
    ];
    prop_oneof![
        20 => (client(), node(), prop::bool::weighted(0.05)).prop_map(|(c, n, a)| Op::Add(c, n, a)),
        20 => (client(), node()).prop_map(|(c, n)| Op::Read(c, n)),
        45 => (client(), fate(), slip).prop_map(|(c, f, s)| Op::Answer(c, f, s)),
        10 => (node(), node()).prop_map(|(a, b)| Op::Tell(a, b)),
        1 => node().prop_map(Op::Crash),
        2 => node().prop_map(Op::Recover),
    ]
}

/// Any such history; in most of them nodes tell one another everything in the end, and are read.
pub fn sets() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 0..30);
    let settle = (prop::bool::weighted(0.8), 0..12_usize);
    (setup(), manner(), ops, settle).prop_map(play).boxed()
}

type Whole = (Setup, (bool, Option<u64>), Vec<Op>, (bool, usize));

fn play((setup, (told, heal), ops, (tells, slip)): Whole) -> Small {
    let nodes = setup.nodes;
    let is_broadcast = setup.error == 0;
    let workload = if is_broadcast { "broadcast" } else { "g-set" };
    let clients = Clients::new(setup, workload, told, heal);
    let state = vec![Vec::new(); nodes];
    let mut play = Play { clients, state, open: vec![None; 3], next: 0, is_broadcast };
    ops.iter().for_each(|op| play.op(op));
    (0..3).for_each(|client| play.op(&Op::Answer(client, Fate::Done, Slip::None)));
    for (from, to) in (0..nodes).chain(0..nodes).flat_map(|a| (0..nodes).map(move |b| (a, b))) {
        if tells {
            play.op(&Op::Tell(from, to));
        }
    }
    for node in 0..nodes {
        let slip = if slip == node { Slip::Forget } else { Slip::None };
        play.op(&Op::Read(node % 3, node));
        play.op(&Op::Answer(node % 3, Fate::Done, slip));
    }
    play.clients.record()
}

struct Play {
    clients: Clients,
    /// What each node has.
    state: Vec<Vec<u64>>,
    /// What each client waits for: at which node, and what it adds.
    open: Vec<Option<(usize, Option<u64>)>>,
    next: u64,
    is_broadcast: bool,
}

impl Play {
    fn op(&mut self, op: &Op) {
        let nodes = self.state.len();
        match *op {
            Op::Add(client, node, again) => {
                self.next += u64::from(!again);
                let element = self.next;
                let asked = match self.is_broadcast {
                    true => json!({"f": "broadcast", "message": element}),
                    false => json!({"f": "add", "element": element}),
                };
                if self.clients.ask(client, node, asked) {
                    self.open[client] = Some((node % nodes, Some(element)));
                }
            }
            Op::Read(client, node) => {
                if self.clients.ask(client, node, json!({"f": "read"})) {
                    self.open[client] = Some((node % nodes, None));
                }
            }
            Op::Answer(client, fate, slip) => self.answer(client, fate, slip),
            Op::Tell(from, to) => {
                let up = self.clients.draft.is_up(from) && self.clients.draft.is_up(to);
                let known = self.state[from % nodes].clone();
                let state = &mut self.state[to % nodes];
                let news = known.into_iter().filter(|_| up);
                let news: Vec<u64> = news.filter(|element| !state.contains(element)).collect();
                state.extend(news);
            }
            Op::Crash(node) => self.clients.draft.crash(node),
            Op::Recover(node) => {
                self.clients.draft.recover(node);
            }
        }
    }

    fn answer(&mut self, client: usize, fate: Fate, slip: Slip) {
        let Some((node, element)) = self.open[client].take() else { return };
        let state = &mut self.state[node];
        let is_done = matches!(fate, Fate::Done | Fate::Lost(true) | Fate::Error(13));
        match element {
            Some(element) if is_done && slip != Slip::Forget && !state.contains(&element) => {
                state.push(element);
            }
            _ => {}
        }
        let mut shown = state.clone();
        match slip {
            Slip::Forget => drop(shown.pop()),
            Slip::Twice => shown.extend(shown.first().copied()),
            Slip::Strange => shown.push(90),
            Slip::None => {}
        }
        let key = if self.is_broadcast { "messages" } else { "value" };
        let mut result: Value = json!({"f": "any_ok"});
        if element.is_none() {
            result[key] = json!(shown);
        }
        self.clients.answer(client, fate, result);
    }
}
