//! Small random histories of transactions, served by stores of every isolation and of none.

use crate::crosscheck::Small;
use pepperland_core::history::{Clock, Header, History, Kind, Recorder};
use pepperland_core::time::Time;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// How a store isolates transactions.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Store {
    /// Each takes effect at one instant.
    Serial,
    /// Each reads a snapshot, and fails if what it wrote has changed since.
    Snapshot,
    /// Each reads a snapshot and overwrites what it wrote.
    Careless,
    /// Each operation reads what was committed; writes take effect together at the end.
    ReadCommitted,
    /// Each operation takes effect at once.
    Dirty,
}

/// A transaction that is to be asked for.
#[derive(Clone, Debug)]
struct Plan {
    /// Keys, and whether to write.
    ops: Vec<(u8, bool)>,
    fate: Fate,
    /// What is done to the answer.
    forged: Option<u8>,
}

#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Fate {
    Answered,
    /// Nobody knows; whether it took effect.
    Lost(bool),
    /// It failed; whether what it did is left there, by a store that does things at once.
    Failed(bool),
}

#[derive(Clone, Debug)]
struct Setup {
    workload: &'static str,
    store: Store,
    real: bool,
    liar: bool,
    /// Whether all keys are read in the end.
    last: bool,
}

/// Lists in any store, with answers that are forged now and then.
pub fn lists() -> BoxedStrategy<Small> {
    let dirty = [Store::Dirty; 5];
    let stores = [&dirty[..], &[Store::Serial, Store::Snapshot, Store::ReadCommitted]].concat();
    histories("list-append", &stores, true, (4, 0.8))
}

/// Lists of which updates are lost.
pub fn careless() -> BoxedStrategy<Small> {
    histories("list-append", &[Store::Careless], true, (1, 0.5))
}

/// Registers in which transactions read each other's writes.
pub fn crossed_registers() -> BoxedStrategy<Small> {
    histories("rw-register", &[Store::Dirty, Store::Dirty, Store::Serial], true, (14, 0.8))
}

/// Registers in which transactions read what others overwrite.
pub fn registers() -> BoxedStrategy<Small> {
    histories("rw-register", &[Store::ReadCommitted, Store::Dirty], true, (1, 0.8))
}

/// Registers in which transactions do not see each other's writes.
pub fn skewed_registers() -> BoxedStrategy<Small> {
    histories("rw-register", &[Store::Careless], true, (2, 0.2))
}

/// Registers of which updates are lost.
pub fn careless_registers() -> BoxedStrategy<Small> {
    histories("rw-register", &[Store::Careless], true, (1, 0.5))
}

/// What one store makes of lists or registers.
pub fn honest(workload: &'static str, store: Store) -> BoxedStrategy<Small> {
    histories(workload, &[store], false, (4, 0.8))
}

/// Transactions; so many in some of them write one key and read the other, and this part of those
/// writes first.
fn histories(
    workload: &'static str,
    stores: &[Store],
    forges: bool,
    (crossings, eager): (u32, f64),
) -> BoxedStrategy<Small> {
    let fate = prop_oneof![
        12 => Just(Fate::Answered),
        1 => prop::bool::ANY.prop_map(Fate::Lost),
        1 => prop::bool::ANY.prop_map(Fate::Failed),
    ];
    let op = (0..2_u8, prop::bool::weighted(0.55));
    let forged = prop::option::weighted(0.15, 0..7_u8);
    let forged = forged.prop_map(move |way| way.filter(|_| forges));
    let crossing = (0..2_u8, prop::bool::weighted(eager));
    let crossing = crossing.prop_map(|(key, first)| vec![(key, first), (1 - key, !first)]);
    let both = (0..2_u8, prop::bool::ANY);
    let both = both.prop_map(|(key, writes)| vec![(key, writes), (1 - key, writes)]);
    let twice = (0..2_u8).prop_map(|key| vec![(key, true), (key, true)]);
    let replace = (0..2_u8).prop_map(|key| vec![(key, false), (key, true)]);
    let ops = prop_oneof![
        2 => twice,
        2 => replace,
        3 => prop::collection::vec(op, 1..5),
        crossings => crossing,
        4 => both,
    ];
    let plan = (ops, fate, forged);
    let plan = plan.prop_map(|(ops, fate, forged)| Plan { ops, fate, forged });
    let plans = prop::collection::vec(plan, 4..7);
    let setup = (
        prop::sample::select(stores.to_vec()),
        prop::bool::ANY,
        prop::bool::weighted(0.1),
        prop::bool::weighted(0.6),
    );
    let setup = setup.prop_map(move |(store, real, liar, last)| Setup {
        workload,
        store,
        real,
        liar,
        last,
    });
    let moves = prop::collection::vec((0..3_usize, 0..3_u64), 24..48);
    (setup, plans, moves)
        .prop_map(|(setup, plans, moves)| Small(play(&setup, &plans, &moves)))
        .boxed()
}

type State = BTreeMap<u8, Vec<u64>>;

/// A transaction on its way.
struct Live {
    plan: Plan,
    asked: Vec<Value>,
    /// What it did so far.
    done: Vec<Value>,
    snapshot: State,
    /// What it wrote.
    written: Vec<(u8, u64)>,
}

struct Play {
    setup: Setup,
    recorder: Recorder,
    now: u64,
    state: State,
    /// The clients' transactions, and how often each has taken a new name.
    clients: Vec<(Option<Live>, usize)>,
    values: u64,
}

fn play(setup: &Setup, plans: &[Plan], moves: &[(usize, u64)]) -> History {
    let mut header = Header::new(vec!["n1".to_owned(), "n2".to_owned()]);
    header.workload = Some(setup.workload.to_owned());
    header.clock = if setup.real { Clock::Real } else { Clock::Virtual };
    if setup.liar {
        header.byzantine = vec!["n2".to_owned()];
    }
    let mut play = Play {
        setup: setup.clone(),
        recorder: Recorder::new(header),
        now: 0,
        state: State::new(),
        clients: (0..4).map(|_| (None, 0)).collect(),
        values: 0,
    };
    let mut plans = plans.iter();
    for (client, wait) in moves {
        play.now += wait;
        match play.clients[*client].0.take() {
            Some(live) => play.go_on(*client, live),
            None => plans.next().into_iter().for_each(|plan| play.begin(*client, plan)),
        }
    }
    if setup.last {
        play.now += 1;
        let ops = vec![(0, false), (1, false)];
        play.begin(3, &Plan { ops, fate: Fate::Answered, forged: None });
        while let Some(live) = play.clients[3].0.take() {
            play.go_on(3, live);
        }
    }
    play.recorder.into_history()
}

impl Play {
    fn lists(&self) -> bool {
        self.setup.workload == "list-append"
    }

    fn begin(&mut self, client: usize, plan: &Plan) {
        let write = if self.lists() { "append" } else { "w" };
        let mut op = |(key, writes): &(u8, bool)| match writes {
            true => {
                self.values += 1;
                json!([write, key, self.values])
            }
            false => json!(["r", key, null]),
        };
        let asked: Vec<Value> = plan.ops.iter().map(&mut op).collect();
        self.record(client, Kind::Invoke, json!({"op": {"f": "txn", "txn": asked}}));
        let (snapshot, plan) = (self.state.clone(), plan.clone());
        let live = Live { plan, asked, done: Vec::new(), snapshot, written: Vec::new() };
        self.clients[client].0 = Some(live);
    }

    fn go_on(&mut self, client: usize, mut live: Live) {
        if self.setup.store == Store::Serial {
            live.snapshot = self.state.clone();
            while live.done.len() < live.asked.len() {
                self.operate(&mut live);
            }
        } else if live.done.len() < live.asked.len() {
            self.operate(&mut live);
            self.clients[client].0 = Some(live);
            return;
        }
        self.end(client, live);
    }

    fn operate(&mut self, live: &mut Live) {
        let at_once = matches!(self.setup.store, Store::Dirty);
        let (key, writes) = live.plan.ops[live.done.len()];
        let mut op = live.asked[live.done.len()].clone();
        if writes {
            let value = op[2].as_u64().unwrap_or(0);
            live.written.push((key, value));
            if at_once {
                self.state.entry(key).or_default().push(value);
            }
        } else {
            let now = matches!(self.setup.store, Store::Dirty | Store::ReadCommitted);
            let base = if now { &self.state } else { &live.snapshot };
            let mut list = base.get(&key).cloned().unwrap_or_default();
            let own = live.written.iter().filter(|(k, _)| *k == key && !at_once);
            list.extend(own.map(|(_, value)| value));
            if let Some(way) = live.plan.forged.take() {
                forge(&mut list, way);
            }
            op[2] = match self.lists() {
                true => json!(list),
                false => json!(list.last()),
            };
        }
        live.done.push(op);
    }

    fn end(&mut self, client: usize, mut live: Live) {
        let changed = |(key, _): &(u8, u64)| live.snapshot.get(key) != self.state.get(key);
        if self.setup.store == Store::Snapshot && live.written.iter().any(changed) {
            live.plan.fate = Fate::Failed(false);
        }
        match live.plan.fate {
            Fate::Lost(false) | Fate::Failed(false) => self.undo(&live),
            Fate::Failed(true) => {}
            Fate::Answered | Fate::Lost(true) => self.commit(&live),
        }
        match live.plan.fate {
            Fate::Answered => {
                let result = json!({"f": "txn_ok", "txn": live.done});
                self.record(client, Kind::Response, json!({"result": result, "status": "ok"}));
            }
            Fate::Failed(_) => {
                let result = json!({"f": "error", "code": 30});
                self.record(client, Kind::Response, json!({"result": result, "status": "fail"}));
            }
            Fate::Lost(_) => {
                self.record(client, Kind::Response, json!({"status": "unknown"}));
                self.clients[client].1 += 1;
            }
        }
    }

    fn undo(&mut self, live: &Live) {
        for (key, value) in &live.written {
            self.state.entry(*key).or_default().retain(|held| held != value);
        }
    }

    fn commit(&mut self, live: &Live) {
        if self.setup.store == Store::Dirty {
            return;
        }
        if self.setup.store == Store::Careless {
            for (key, _) in &live.written {
                let old = live.snapshot.get(key).cloned().unwrap_or_default();
                self.state.insert(*key, old);
            }
        }
        for (key, value) in &live.written {
            self.state.entry(*key).or_default().push(*value);
        }
    }

    fn record(&mut self, client: usize, kind: Kind, body: Value) {
        let Value::Object(mut fields) = body else { return };
        let name = format!("c{client}{}", "x".repeat(self.clients[client].1));
        fields.insert("client".to_owned(), json!(name));
        if self.setup.liar && client == 1 {
            let node = pepperland_core::id::NodeId(1);
            self.recorder.event(Time(self.now), node, kind, fields, None);
        } else {
            self.recorder.environment(Time(self.now), kind, fields);
        }
    }
}

/// Makes an answer wrong in some way.
fn forge(list: &mut Vec<u64>, way: u8) {
    match way {
        0 => list.clear(),
        1 => drop(list.pop()),
        2 => list.reverse(),
        3 => list.push(77),
        _ => list.extend(list.first().copied()),
    }
}
