//! Transactions and cycles in words.

use crate::linearizability::values::Datum;
use crate::transactions::cycles::Cycle;
use crate::transactions::graph::{EITHER, Edge, RECENT, RW, TIME, WR, WW};
use crate::transactions::judged::View;
use crate::transactions::txns::{Fate, Model};
use crate::transactions::verdict::Found;
use pepperland_core::history::EventId;
use serde_json::Value;

impl View<'_> {
    /// A transaction in words.
    pub fn who(&self, txn: u32) -> String {
        format!("{}'s transaction at {} ms", self.client(txn), self.when(txn))
    }

    fn client(&self, txn: u32) -> &str {
        let event = self.history.event(EventId(self.judged.txns.all[txn as usize].invoke));
        event.field("client").and_then(Value::as_str).unwrap_or("?")
    }

    fn when(&self, txn: u32) -> String {
        let event = EventId(self.judged.txns.all[txn as usize].invoke);
        self.history.event(event).time().to_string()
    }

    /// "appended" or "wrote".
    pub fn wrote(&self) -> &'static str {
        if self.judged.txns.model == Model::Lists { "appended" } else { "wrote" }
    }

    /// What was read, in words.
    pub fn list(&self, seen: &[Datum]) -> String {
        match (self.judged.txns.model, seen) {
            (_, []) => "nothing".to_owned(),
            (Model::Registers, seen) => self.names.value(seen[0]),
            (Model::Lists, seen) => {
                let values: Vec<String> = seen.iter().map(|v| self.names.value(*v)).collect();
                format!("[{}]", values.join(" "))
            }
        }
    }

    /// A cycle as an anomaly.
    pub fn cycle(&self, cycle: &Cycle) -> Found {
        let telling = Telling { view: self, steps: steps(cycle, self.judged.graph.txns) };
        let mut txns = Vec::new();
        for step in &telling.steps {
            txns.push(step.from);
            txns.extend(self.shown_by(step));
        }
        let clauses = telling.steps.iter().map(|s| (telling.step(s), vec![s.from, s.to]));
        Found {
            clauses: clauses.collect(),
            txns,
            must: "the transactions can be put in an order".to_owned(),
            because: telling.because(),
        }
    }

    /// Who has read what shows that one step of a cycle leads to the next.
    fn shown_by(&self, step: &Edge) -> Vec<u32> {
        let txns = &self.judged.txns;
        let is_unknown = |txn: &u32| txns.fate(*txn) == Fate::Unknown;
        let unknown = [step.from, step.to].into_iter().filter(is_unknown);
        let mut readers: Vec<u32> = unknown.filter_map(|txn| txns.witness(txn)).collect();
        if step.why & (WW | RW | EITHER | RECENT) == 0 {
            return readers;
        }
        match (txns.model, step.before) {
            (Model::Lists, _) => readers.extend(self.judged.orders.keys[step.key as usize].reader),
            (_, Some(before)) => readers.extend(txns.writer(step.key, before).map(|w| w.txn)),
            (_, None) if step.why == RECENT => readers.extend(self.last_reader(step)),
            (_, None) => {}
        }
        readers
    }

    /// Who of those that read a register's version began last.
    fn last_reader(&self, step: &Edge) -> Option<u32> {
        let txns = &self.judged.txns;
        let sees = |(key, seen): (u32, &[Datum])| key == step.key && seen == [step.value];
        let readers = txns.committed().filter(|txn| txns.foreign_reads(*txn).any(sees));
        readers.max_by_key(|txn| txns.all[*txn as usize].begin)
    }
}

/// The steps of a cycle from transaction to transaction. It begins with the first of them.
fn steps(cycle: &Cycle, txns: u32) -> Vec<Edge> {
    let mut steps: Vec<Edge> = Vec::new();
    for edge in cycle {
        match steps.last_mut().filter(|_| edge.from >= txns) {
            Some(step) => (step.to, step.value) = (edge.to, edge.value),
            None => steps.push(*edge),
        }
    }
    let first = (0..steps.len()).min_by_key(|i| steps[*i].from).unwrap_or(0);
    steps.rotate_left(first);
    steps
}

struct Telling<'t> {
    view: &'t View<'t>,
    steps: Vec<Edge>,
}

impl Telling<'_> {
    /// "T1 (c1 at 3 ms) -wr-> T2 (c2 at 4 ms) -rw-> T1", and why.
    fn because(&self) -> String {
        let view = self.view;
        let mut chain = String::new();
        for step in &self.steps {
            let (label, arrow) = (self.label(step.from), arrow(step));
            let (client, when) = (view.client(step.from), view.when(step.from));
            chain += &format!("{label} ({client} at {when} ms) {arrow} ");
        }
        let why: Vec<String> = self.steps.iter().map(|step| self.step(step)).collect();
        format!("{chain}T1: {}", why.join("; "))
    }

    fn label(&self, txn: u32) -> String {
        let place = self.steps.iter().position(|step| step.from == txn).unwrap_or(0);
        format!("T{}", place + 1)
    }

    fn step(&self, step: &Edge) -> String {
        let [from, to] = [step.from, step.to].map(|txn| self.label(txn));
        let (view, names) = (self.view, self.view.names);
        if step.why == TIME {
            let all = &view.judged.txns.all;
            let [one, other] = [step.from, step.to].map(|txn| all[txn as usize].client);
            return match one == other {
                true => format!("{to} followed {from} at its client"),
                false => format!("{from} had ended before {to} began"),
            };
        }
        let (key, value) = (names.key(step.key), names.value(step.value));
        let before = step.before.map_or("nothing".to_owned(), |before| names.value(before));
        let lists = view.judged.txns.model == Model::Lists;
        match (step.why, lists) {
            (WW, true) => format!("{to} appended {value} to {key} after {from}'s {before}"),
            (WW, false) => format!("{to} read {from}'s {before} of {key} and wrote {value}"),
            (WR, _) => format!("{to} read {value} of {key}, which {from} {}", view.wrote()),
            (RECENT, _) if step.before.is_none() => {
                format!("{to}'s {value} was read of {key} after {from} had written it")
            }
            (_, true) => format!("{from} read {key} without {value}, which {to} appended"),
            (_, false) => {
                format!("{from} read {before} of {key}, which is older than {to}'s {value}")
            }
        }
    }
}

fn arrow(step: &Edge) -> &'static str {
    match step.why {
        WW => "-ww->",
        WR => "-wr->",
        RECENT if step.before.is_none() => "-ww->",
        RW | RECENT => "-rw->",
        EITHER => "-rw or ww->",
        _ => "-rt->",
    }
}
