//! Long valid histories of clients on registers.

use pepperland_core::history::{Clock, Header, History, Kind, Recorder};
use pepperland_core::seed::{Seed, Stream};
use pepperland_core::time::Time;
use serde_json::{Map, Value};

/// A linearizable history of so many operations, half of them writes, on a virtual clock: each
/// client has an operation open all the time, and no value is written twice. With several `keys`
/// the workload is `lin-kv`, else `register`.
///
/// # Panics
/// If there are no clients or no keys.
pub fn registers(clients: usize, operations: usize, keys: usize, seed: u64) -> History {
    assert!(clients > 0 && keys > 0, "registers need a client and a key");
    let mut header = Header::new(vec!["n1".to_owned()]);
    header.clock = Clock::Virtual;
    header.complete = true;
    header.workload = Some(if keys == 1 { "register" } else { "lin-kv" }.to_owned());
    let mut recorder = Recorder::new(header);
    recorder.reserve(2 * operations);
    let mut run = Run {
        recorder,
        stream: Seed(seed).stream("registers"),
        held: vec![Value::Null; keys],
        open: (0..clients).map(|_| None).collect(),
        left: operations,
        written: 0,
    };
    (0..clients).for_each(|client| run.invoke(client));
    while run.open.iter().any(Option::is_some) {
        run.step();
    }
    let end = Time(run.recorder.len() as u64);
    run.recorder.finish(end, true)
}

/// An operation that was called.
struct Open {
    key: usize,
    /// What it writes.
    write: Option<u64>,
    /// The answer, once it took effect.
    answer: Option<Value>,
}

struct Run {
    recorder: Recorder,
    stream: Stream,
    held: Vec<Value>,
    open: Vec<Option<Open>>,
    /// How many operations are still to be called.
    left: usize,
    written: u64,
}

impl Run {
    fn step(&mut self) {
        let client = self.stream.below(self.open.len() as u64) as usize;
        let Some(open) = &mut self.open[client] else { return };
        if let Some(answer) = open.answer.take() {
            self.open[client] = None;
            self.record(client, Kind::Response, [("result", answer), ("status", "ok".into())]);
            self.invoke(client);
            return;
        }
        let held = &mut self.held[open.key];
        open.answer = Some(match open.write {
            Some(value) => {
                *held = value.into();
                object([("f", "write_ok".into())])
            }
            None => object([("f", "read_ok".into()), ("value", held.clone())]),
        });
    }

    fn invoke(&mut self, client: usize) {
        if self.left == 0 {
            return;
        }
        self.left -= 1;
        let key = self.stream.below(self.held.len() as u64) as usize;
        let writes = self.stream.below(2) == 0;
        self.written += u64::from(writes);
        let write = writes.then_some(self.written);
        let mut op = vec![("f", Value::from(if writes { "write" } else { "read" }))];
        if self.held.len() > 1 {
            op.push(("key", key.into()));
        }
        op.extend(write.map(|value| ("value", value.into())));
        self.record(client, Kind::Invoke, [("op", object(op))]);
        self.open[client] = Some(Open { key, write, answer: None });
    }

    fn record<const N: usize>(
        &mut self,
        client: usize,
        kind: Kind,
        fields: [(&'static str, Value); N],
    ) {
        let mut all = Map::with_capacity(N + 1);
        all.insert("client".to_owned(), format!("c{}", client + 1).into());
        all.extend(fields.into_iter().map(|(key, value)| (key.to_owned(), value)));
        let at = Time(self.recorder.len() as u64);
        self.recorder.environment(at, kind, all);
    }
}

fn object(fields: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    fields.into_iter().map(|(key, value)| (key.to_owned(), value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::checker::Case;
    use pepperland_core::verdict::Outcome;

    #[test]
    fn registers_are_linearizable() {
        for keys in [1, 7] {
            let history = registers(5, 2_000, keys, 1);
            assert_eq!((history.len(), history.check_rules()), (4_000, Ok(())));
            let checker = crate::find("linearizability").expect("it exists");
            let verdict = (checker.check)(&Case::new(&history));
            assert_eq!(verdict.outcome, Outcome::Held);
            assert!(verdict.obligations > 500);
        }
    }
}
