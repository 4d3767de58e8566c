//! Transactions, read once out of a history.

use crate::linearizability::calls::{Outcome, outcome};
use crate::linearizability::values::{Datum, NOTHING};
use crate::transactions::txns::WORKLOADS;
use crate::transactions::txns::{Deed, Fate, LISTS, Model, Names, OPEN, Op, Seen, Txn, Txns};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{Clock, Event, History, Kind, NONE};
use serde_json::{Map as Fields, Value};

/// Reads the transactions of a history, or says why they cannot be judged.
pub fn read(history: &History) -> Result<(Txns, Names), String> {
    let header = &history.header;
    let workload = header.workload.as_deref().ok_or("the header names no workload")?;
    if !WORKLOADS.contains(&workload) {
        return Err(format!("workload {workload} is none of transactions"));
    }
    if header.initial.as_ref().is_some_and(|initial| !is_empty(initial)) {
        return Err("transactions begin with no value under any key".to_owned());
    }
    let model = if LISTS.contains(&workload) { Model::Lists } else { Model::Registers };
    let mut reader = Reader {
        history,
        txns: Txns::new(model),
        names: Names { values: Default::default(), keys: Vec::new() },
        keys: Map::default(),
        clients: Map::default(),
        numbers: 0,
    };
    history.events().try_for_each(|event| match event.kind() {
        Kind::Invoke => reader.invoke(event),
        Kind::Response => reader.response(event),
        _ => Ok(()),
    })?;
    reader.finish()
}

fn is_empty(initial: &Value) -> bool {
    initial.is_null() || initial.as_object().is_some_and(Fields::is_empty)
}

/// Where a client stands.
struct Client {
    number: u32,
    /// Its transaction that waits for an answer.
    open: Option<u32>,
}

struct Reader<'h> {
    history: &'h History,
    txns: Txns,
    names: Names,
    keys: Map<Datum, u32>,
    clients: Map<&'h str, Client>,
    /// How many clients there were.
    numbers: u32,
}

impl<'h> Reader<'h> {
    fn invoke(&mut self, event: Event<'h>) -> Result<(), String> {
        let asked = event.field("op").and_then(Value::as_object);
        let asked = asked.filter(|op| op.get("f").is_some_and(|f| f == "txn"));
        let ops = asked.and_then(|op| self.ops(op.get("txn")?.as_array()?));
        let ops = ops.ok_or_else(|| {
            format!("event {} asks for no transaction that the workload knows", event.id.0)
        })?;
        let void = self.is_void(event);
        let txn = Txn {
            client: self.client(event, void),
            invoke: event.id.0,
            response: NONE,
            fate: Fate::Unknown,
            begin: if void { 0 } else { 2 * self.instant(event) },
            end: OPEN,
        };
        self.txns.push(txn, &ops);
        Ok(())
    }

    /// The number of the client that asks.
    fn client(&mut self, event: Event<'h>, void: bool) -> u32 {
        let open = Some(self.txns.all.len() as u32);
        let known = self.clients.remove(name(event));
        let goes_on = known.filter(|client| client.open.is_none() && !void);
        let number = goes_on.map_or(self.numbers, |client| client.number);
        self.numbers = self.numbers.max(number + 1);
        if !void {
            self.clients.insert(name(event), Client { number, open });
        }
        number
    }

    fn ops(&mut self, asked: &[Value]) -> Option<Vec<Op>> {
        let mut ops = asked.iter().map(|op| self.op(op)).collect::<Option<Vec<Op>>>()?;
        let mut written = Set::default();
        for op in &mut ops {
            match &mut op.deed {
                Deed::Read { own, .. } => *own = written.contains(&op.key),
                Deed::Write { .. } => {
                    written.insert(op.key);
                }
            }
        }
        for op in ops.iter_mut().rev() {
            if let Deed::Write { last, .. } = &mut op.deed {
                *last = written.remove(&op.key);
            }
        }
        Some(ops)
    }

    fn op(&mut self, asked: &Value) -> Option<Op> {
        let [f, key, value] = asked.as_array()?.as_slice() else { return None };
        let writes = if self.txns.model == Model::Lists { "append" } else { "w" };
        let deed = match f.as_str()? {
            "r" => Deed::Read { seen: None, own: false },
            f if f == writes && !value.is_null() => {
                Deed::Write { value: self.names.values.number(value), last: false }
            }
            _ => return None,
        };
        Some(Op { key: self.key(key)?, deed })
    }

    fn key(&mut self, key: &Value) -> Option<u32> {
        if key.is_array() || key.is_object() {
            return None;
        }
        let (number, keys) = (self.names.values.number(key), &mut self.names.keys);
        Some(*self.keys.entry(number).or_insert_with(|| {
            keys.push(number);
            keys.len() as u32 - 1
        }))
    }

    fn response(&mut self, event: Event<'h>) -> Result<(), String> {
        let void = self.is_void(event);
        let error = self.history.header.clock_error.unwrap_or(0).min(LATEST);
        let end = 2 * (self.instant(event) + error) + 1;
        let Some(client) = self.clients.get_mut(name(event)) else { return Ok(()) };
        let Some(id) = client.open.take() else { return Ok(()) };
        let result = event.field("result").and_then(Value::as_object);
        let status = event.field("status").and_then(Value::as_str).unwrap_or("");
        match outcome(status, result) {
            Outcome::Done if !void => self.answer(id, result).ok_or_else(|| {
                format!("the answer in event {} cannot be understood", event.id.0)
            })?,
            Outcome::Failed if !void => self.txns.all[id as usize].fate = Fate::Failed,
            _ => {
                self.clients.remove(name(event));
                return Ok(());
            }
        }
        let txn = &mut self.txns.all[id as usize];
        (txn.response, txn.end) = (event.id.0, end.max(txn.begin + 1));
        Ok(())
    }

    /// Puts into a transaction what it read. The answer is the request with the reads filled in.
    fn answer(&mut self, id: u32, result: Option<&Fields<String, Value>>) -> Option<()> {
        let answers = result?.get("txn")?.as_array()?;
        if answers.len() != self.txns.ops(id).len() {
            return None;
        }
        for (i, answer) in answers.iter().enumerate() {
            let [f, key, value] = answer.as_array()?.as_slice() else { return None };
            let Op { key: asked, deed } = self.txns.ops(id)[i];
            let same_key = self.key(key)? == asked;
            match deed {
                Deed::Read { own, .. } if same_key && f == "r" => {
                    let seen = Some(self.seen(value)?);
                    self.txns.ops_mut(id)[i].deed = Deed::Read { seen, own };
                }
                Deed::Write { value: asked, .. }
                    if same_key && f != "r" && self.names.values.number(value) == asked => {}
                _ => return None,
            }
        }
        self.txns.all[id as usize].fate = Fate::Committed;
        Some(())
    }

    fn seen(&mut self, value: &Value) -> Option<Seen> {
        let values = &mut self.names.values;
        Some(match (self.txns.model, value) {
            (_, Value::Null) => self.txns.see([]),
            (Model::Lists, Value::Array(list)) => {
                self.txns.see(list.iter().map(|element| values.number(element)))
            }
            (Model::Lists, _) => return None,
            (Model::Registers, value) => {
                let value = values.number(value);
                self.txns.see(Some(value).filter(|value| *value != NOTHING))
            }
        })
    }

    /// The instant of an event: its place where the lines are one true order.
    fn instant(&self, event: Event<'_>) -> u64 {
        match self.history.header.clock {
            Clock::Virtual => u64::from(event.id.0),
            Clock::Real => event.time().0.min(LATEST),
        }
    }

    fn is_void(&self, event: Event<'_>) -> bool {
        let liars = &self.history.header.byzantine;
        event.node().is_some_and(|n| liars.iter().any(|l| l == self.history.node_name(n)))
    }

    fn finish(mut self) -> Result<(Txns, Names), String> {
        self.txns.keys = self.names.keys.len();
        let Err((key, value, both)) = self.txns.trace() else {
            return Ok((self.txns, self.names));
        };
        let (key, value) = (self.names.key(key), self.names.value(value));
        let [one, other] = both.map(|txn| self.txns.all[txn as usize].invoke);
        Err(format!(
            "what was read cannot be traced: events {one} and {other} both write {value} to {key}"
        ))
    }
}

/// Later times are all the same.
const LATEST: u64 = 1 << 60;

fn name(event: Event<'_>) -> &str {
    event.field("client").and_then(Value::as_str).unwrap_or("")
}
