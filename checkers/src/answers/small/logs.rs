//! Logs: one list for each key, which clients read through.

use super::{Clients, Fate, fate, manner};
use crate::crosscheck::Small;
use crate::crosscheck::draft::{Setup, setup};
use proptest::prelude::*;
use serde_json::{Map, json};

#[derive(Clone, Debug)]
enum Op {
    /// A client sends the next message, or the last one again, to a key.
    Send(usize, usize, bool),
    /// A client polls both keys from where it is, from the start, or from further on.
    Poll(usize, Asks),
    /// It is answered, by so many messages.
    Answer(usize, Fate, Slip, usize),
    /// A client asks where to start with a key.
    List(usize, usize),
    /// A message goes from the log.
    Lose(usize, usize),
    Crash(usize),
}

#[derive(Copy, Clone, Debug, PartialEq)]
enum Asks {
    On,
    Again,
    Ahead,
    /// Without an offset.
    Blindly,
}

/// What goes wrong with an answer.
#[derive(Copy, Clone, Debug, PartialEq)]
enum Slip {
    None,
    /// A send gets an offset again; a poll leaves out its second message.
    Skip,
    /// A send gets an earlier offset; a poll shows the last message twice.
    Back,
    /// A send is acknowledged and forgotten; a poll shows another message.
    Wrong,
    /// A poll shows nothing.
    Nothing,
}

fn op() -> impl Strategy<Value = Op> {
    let client = || 0..3_usize;
    let asks = prop_oneof![
        12 => Just(Asks::On),
        2 => Just(Asks::Again),
        1 => Just(Asks::Ahead),
        2 => Just(Asks::Blindly),
    ];
    let slip = prop_oneof![
        40 => Just(Slip::None),
        3 => Just(Slip::Skip),
        1 => Just(Slip::Back),
        4 => Just(Slip::Wrong),
        1 => Just(Slip::Nothing),
    ];
    let again = prop::bool::weighted(0.06);
    let send = (client(), 0..2_usize, again).prop_map(|(c, k, a)| Op::Send(c, k, a));
    prop_oneof![
        20 => send,
        14 => (client(), asks).prop_map(|(c, a)| Op::Poll(c, a)),
        40 => (client(), fate(), slip, 1..4_usize).prop_map(|(c, f, s, n)| Op::Answer(c, f, s, n)),
        2 => (client(), 0..2_usize).prop_map(|(c, k)| Op::List(c, k)),
        5 => (0..2_usize, 0..5_usize).prop_map(|(k, i)| Op::Lose(k, i)),
        1 => (0..4_usize).prop_map(Op::Crash),
    ]
}

/// Any such history; in most of them clients read on in the end.
pub fn logs() -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(), 6..50);
    let end = (prop::bool::weighted(0.85), prop::bool::weighted(0.3), 0..8_usize);
    (setup(), manner(), ops, end).prop_map(play).boxed()
}

type Whole = (Setup, (bool, Option<u64>), Vec<Op>, (bool, bool, usize));

fn play((setup, (told, heal), ops, (reads_on, hides, size)): Whole) -> Small {
    let clients = Clients::new(setup, "kafka", told, heal);
    let mut play =
        Play { clients, logs: Default::default(), open: vec![], at: [[0; 2]; 3], next: 0 };
    play.open = vec![None; 3];
    ops.iter().for_each(|op| play.op(op));
    for client in 0..3 {
        play.op(&Op::Answer(client, Fate::Done, Slip::None, 9));
    }
    for client in 0..6 {
        let slip = if hides { Slip::Nothing } else { Slip::None };
        if reads_on && client % 3 != size {
            play.op(&Op::Poll(client % 3, Asks::On));
            play.op(&Op::Answer(client % 3, Fate::Done, slip, 9));
        }
    }
    play.clients.record()
}

#[derive(Clone, Debug)]
enum Waiting {
    Send(usize, u64),
    Poll([Option<i64>; 2]),
    List,
}

struct Play {
    clients: Clients,
    logs: [Vec<(i64, u64)>; 2],
    open: Vec<Option<Waiting>>,
    /// How far each client has read.
    at: [[i64; 2]; 3],
    next: u64,
}

const KEYS: [&str; 2] = ["a", "b"];

impl Play {
    fn op(&mut self, op: &Op) {
        match *op {
            Op::Send(client, key, again) => {
                self.next += u64::from(!again);
                let asked = json!({"f": "send", "key": KEYS[key], "msg": self.next});
                if self.clients.ask(client, client, asked) {
                    self.open[client] = Some(Waiting::Send(key, self.next));
                }
            }
            Op::Poll(client, asks) => self.poll(client, asks),
            Op::List(client, key) => {
                let asked = json!({"f": "list_committed_offsets", "keys": [KEYS[key]]});
                if self.clients.ask(client, client, asked) {
                    self.open[client] = Some(Waiting::List);
                }
            }
            Op::Answer(client, fate, slip, size) => match self.open[client].take() {
                Some(Waiting::Send(key, value)) => self.sent(client, key, value, fate, slip),
                Some(Waiting::Poll(from)) => self.polled(client, from, fate, slip, size),
                Some(Waiting::List) => {
                    self.clients.answer(client, fate, json!({"f": "any_ok", "offsets": {}}));
                }
                None => {}
            },
            Op::Lose(key, place) if place < self.logs[key].len() => {
                self.logs[key].remove(place);
            }
            Op::Lose(..) => {}
            Op::Crash(node) => self.clients.draft.crash(node + 1),
        }
    }

    fn poll(&mut self, client: usize, asks: Asks) {
        let from = self.at[client].map(|at| match asks {
            Asks::On => Some(at),
            Asks::Again => Some(0),
            Asks::Ahead => Some(at + 2),
            Asks::Blindly => None,
        });
        let mut op = json!({"f": "poll"});
        if asks != Asks::Blindly {
            op["offsets"] = json!({"a": from[0], "b": from[1]});
        }
        if self.clients.ask(client, client, op) {
            self.open[client] = Some(Waiting::Poll(from));
        }
    }

    fn sent(&mut self, client: usize, key: usize, value: u64, fate: Fate, slip: Slip) {
        let log = &mut self.logs[key];
        let last = log.last().map_or(-1, |(offset, _)| *offset);
        let offset = match slip {
            Slip::Skip => last.max(0),
            Slip::Back => (last - 1).max(0),
            _ => last + 1 + i64::from(value.is_multiple_of(3)),
        };
        let is_done = matches!(fate, Fate::Done | Fate::Lost(true) | Fate::Error(13));
        if is_done && slip != Slip::Wrong {
            let place = log.partition_point(|(other, _)| *other <= offset);
            log.insert(place, (offset, value));
        }
        self.clients.answer(client, fate, json!({"f": "send_ok", "offset": offset}));
    }

    fn polled(
        &mut self,
        client: usize,
        from: [Option<i64>; 2],
        fate: Fate,
        slip: Slip,
        size: usize,
    ) {
        let mut msgs = Map::new();
        for key in 0..2 {
            let start = from[key].unwrap_or(self.at[client][key]);
            let all = self.logs[key].iter().filter(|(offset, _)| *offset >= start);
            let mut shown: Vec<(i64, u64)> = all.take(size).copied().collect();
            match slip {
                Slip::Skip if shown.len() > 1 => drop(shown.remove(shown.len() - 2)),
                Slip::Back => shown.extend(shown.last().copied()),
                Slip::Wrong => shown.iter_mut().take(1).for_each(|(_, value)| *value += 50),
                Slip::Nothing => shown.clear(),
                _ => {}
            }
            if fate == Fate::Done {
                let next = shown.iter().map(|(offset, _)| *offset + 1).max();
                self.at[client][key] = next.unwrap_or(start);
            }
            if !shown.is_empty() || size.is_multiple_of(2) {
                msgs.insert(KEYS[key].to_owned(), json!(shown));
            }
        }
        self.clients.answer(client, fate, json!({"f": "poll_ok", "msgs": msgs}));
    }
}
