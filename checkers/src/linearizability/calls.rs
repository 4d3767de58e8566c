//! Clients' operations, read once out of a history.
//!
//! An operation that failed did not happen. One without an answer, or with the answer that nothing
//! is known, is open for ever: if it only looks it says nothing, and if it changes something it may
//! have happened at any time after it began, or never. An operation recorded at a Byzantine node is
//! void, but may have changed something at any time.

use crate::linearizability::models::{Initial, Model, answer, request};
use crate::linearizability::values::{Datum, NOTHING, Values};
use pepperland_core::collections::Map;
use pepperland_core::history::{Clock, Event, EventId, History, Kind, NONE};
use serde_json::{Map as Fields, Value};

/// What an operation did.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Action {
    /// Read the value.
    Read(Datum),
    /// Wrote the value.
    Write(Datum),
    /// Found the one value and put the other in its place.
    Cas {
        /// What it found.
        from: Datum,
        /// What it put there.
        to: Datum,
        /// Whether it may have found nothing instead.
        creates: bool,
    },
    /// Added so much.
    Count(i64),
    /// Read the sum.
    Sum(i64),
    /// Added the element.
    Insert(Datum),
    /// Read the members: a list of the calls'.
    Members(u32),
    /// Enqueued or pushed the item.
    Put(Datum),
    /// Dequeued or popped.
    Take(Taken),
    /// Nothing that could be known.
    Void,
}

/// What was taken from a queue or a stack.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Taken {
    /// This item.
    Item(Datum),
    /// Nothing: it was empty.
    Empty,
    /// Whatever was there, if anything was.
    Unknown,
}

impl Action {
    /// Whether it changes something whatever the answer is.
    pub fn changes_blindly(self) -> bool {
        use Action::{Cas, Count, Insert, Put, Write};
        matches!(self, Write(_) | Cas { .. } | Count(_) | Insert(_) | Put(_))
    }

    /// Whether its answer tells something of the state.
    pub fn tells(self) -> bool {
        use Action::{Cas, Members, Read, Sum, Take};
        matches!(self, Read(_) | Cas { .. } | Sum(_) | Members(_) | Take(_))
    }
}

/// One operation.
#[derive(Copy, Clone, Debug)]
pub struct Call {
    /// Who called: a client between two operations without an answer.
    pub client: u32,
    /// Which register.
    pub key: u32,
    /// What happened.
    pub action: Action,
    /// When it began. It came after an operation that ended before that.
    pub begin: u64,
    /// When it ended; [`OPEN`] if it never did.
    pub end: u64,
    /// The events.
    pub invoke: u32,
    /// [`NONE`] if there is no answer that counts.
    pub response: u32,
}

/// The end of what has none.
pub const OPEN: u64 = u64::MAX;
/// Before every beginning.
pub const BEFORE: u64 = 1;
/// Beginnings are even and ends are odd, so that at one instant beginnings come first.
const FIRST: u64 = 2;
/// Later times are all the same.
const LATEST: u64 = 1 << 61;

impl Call {
    /// Whether it certainly happened.
    pub fn is_done(&self) -> bool {
        self.end != OPEN
    }
}

/// One register.
#[derive(Copy, Clone, Debug)]
pub struct Key {
    /// Its name; [`NOTHING`] if there is only one, without a name.
    pub name: Datum,
    /// What it holds at first.
    pub initial: Datum,
}

/// The operations of a history.
pub struct Calls {
    /// What they are held against.
    pub model: Model,
    /// The operations that count, in the order of their beginnings in the file.
    pub all: Vec<Call>,
    /// The registers.
    pub keys: Vec<Key>,
    /// The state at first.
    pub initial: Initial,
    /// What was read of sets.
    pub lists: Vec<Vec<Datum>>,
    /// The values.
    pub values: Values,
    /// How many clients there are, counted anew after each operation without an answer.
    pub clients: u32,
    /// Whether some operation of a client ended, by the clock, after the client's next began.
    pub ties: bool,
    /// The place in the protocol's own order, by answer, where it is told.
    pub slots: Map<u32, u64>,
}

impl Calls {
    /// Reads the operations that these events tell of, or says why they cannot be judged.
    pub fn read(history: &History, events: Option<&[EventId]>) -> Result<Calls, String> {
        let header = &history.header;
        let workload = header.workload.as_deref().ok_or("the header names no workload")?;
        let model = Model::of(workload);
        let model = model.ok_or(format!("no sequential object stands for workload {workload}"))?;
        let mut values = Values::default();
        let initial = Initial::of(header, model, &mut values)?;
        let mut reader = Reader {
            history,
            calls: Calls {
                model,
                all: Vec::with_capacity(events.map_or(history.len() / 2, <[_]>::len)),
                keys: Vec::new(),
                initial,
                lists: Vec::new(),
                values,
                clients: 0,
                ties: false,
                slots: Map::default(),
            },
            clients: Map::default(),
            keys: Map::default(),
            applies: history.has(Kind::Apply),
            error: header.clock_error.unwrap_or(0),
        };
        match events {
            Some(events) => events.iter().try_for_each(|event| reader.event(event.0))?,
            None => (0..history.len() as u32).try_for_each(|event| reader.event(event))?,
        }
        Ok(reader.finish())
    }

    /// The operations without real time: only each client's own order is left.
    pub fn forget_time(&mut self) {
        for call in &mut self.all {
            call.begin = FIRST;
            call.end = if call.is_done() { OPEN - 1 } else { OPEN };
        }
        self.ties = true;
    }
}

/// Where a client stands.
struct Client {
    /// Its number.
    number: u32,
    /// Its operation that waits for an answer.
    open: Option<u32>,
    /// The end of its last operation.
    last: u64,
}

/// What an answer says.
enum Outcome {
    Done,
    Failed,
    Unknown,
}

struct Reader<'h> {
    history: &'h History,
    calls: Calls,
    clients: Map<&'h str, Client>,
    keys: Map<Datum, u32>,
    /// Whether replicas tell what they apply.
    applies: bool,
    /// The error of the clock.
    error: u64,
}

impl<'h> Reader<'h> {
    #[inline]
    fn event(&mut self, event: u32) -> Result<(), String> {
        match self.history.kinds().get(event as usize) {
            Some(Kind::Invoke) => self.invoke(self.history.event(EventId(event))),
            Some(Kind::Response) => self.response(self.history.event(EventId(event))),
            _ => Ok(()),
        }
    }

    fn invoke(&mut self, event: Event<'h>) -> Result<(), String> {
        let (mut name, mut op) = ("", None);
        for (key, value) in event.fields().into_iter().flatten() {
            match key.as_str() {
                "client" => name = value.as_str().unwrap_or(""),
                "op" => op = value.as_object(),
                _ => {}
            }
        }
        let asked = op.and_then(|op| request(self.calls.model, op, &mut self.calls.values));
        let Some((key, action)) = asked else {
            return Err(format!("event {} asks for nothing that the workload knows", event.id.0));
        };
        let void = self.is_void(event);
        let begin = if void { FIRST } else { FIRST + 2 * self.instant(event).min(LATEST) };
        let call = Call {
            client: self.client(name, begin, void),
            key: self.key(key),
            action,
            begin,
            end: OPEN,
            invoke: event.id.0,
            response: NONE,
        };
        self.calls.all.push(call);
        Ok(())
    }

    /// The number of the client whose next operation begins.
    fn client(&mut self, name: &'h str, begin: u64, void: bool) -> u32 {
        let calls = &mut self.calls;
        let mut fresh = || {
            calls.clients += 1;
            calls.clients - 1
        };
        let open = Some(calls.all.len() as u32);
        if void {
            self.clients.remove(name);
            return fresh();
        }
        let client = self.clients.entry(name).or_insert_with(|| Client {
            number: fresh(),
            open: None,
            last: 0,
        });
        if client.open.is_some() {
            *client = Client { number: fresh(), open: None, last: 0 };
        }
        calls.ties |= client.last > begin;
        client.open = open;
        client.number
    }

    fn key(&mut self, name: Option<&Value>) -> u32 {
        let calls = &mut self.calls;
        let number = name.map_or(NOTHING, |name| calls.values.number(name));
        let fresh = || {
            let initial = calls.initial.of_key(name, &mut calls.values);
            calls.keys.push(Key { name: number, initial });
            calls.keys.len() as u32 - 1
        };
        *self.keys.entry(number).or_insert_with(fresh)
    }

    fn response(&mut self, event: Event<'h>) -> Result<(), String> {
        let (mut name, mut result, mut status, mut slot) = ("", None, "", None);
        for (key, value) in event.fields().into_iter().flatten() {
            match key.as_str() {
                "client" => name = value.as_str().unwrap_or(""),
                "result" => result = value.as_object(),
                "status" => status = value.as_str().unwrap_or(""),
                "slot" => slot = value.as_u64(),
                _ => {}
            }
        }
        let void = self.is_void(event);
        let end = self.instant(event).saturating_add(self.error).min(LATEST);
        let Some(client) = self.clients.get_mut(name) else { return Ok(()) };
        let Some(number) = client.open.take() else { return Ok(()) };
        let calls = &mut self.calls;
        let call = &mut calls.all[number as usize];
        match outcome(status, result) {
            Outcome::Done if !void => {}
            Outcome::Failed if !void => {
                call.action = Action::Void;
                return Ok(());
            }
            _ => {
                self.clients.remove(name);
                return Ok(());
            }
        }
        if answer(&mut call.action, result, &mut calls.values, &mut calls.lists).is_none() {
            return Err(format!("the answer in event {} cannot be understood", event.id.0));
        }
        call.end = (FIRST + 1 + 2 * end).max(call.begin + 1).max(client.last);
        call.response = event.id.0;
        client.last = call.end;
        let applied = || if self.applies { applied(self.history, event) } else { None };
        if let Some(slot) = slot.or_else(applied) {
            calls.slots.insert(event.id.0, slot);
        }
        Ok(())
    }

    /// The instant of an event: its place where the lines are one true order.
    fn instant(&self, event: Event<'_>) -> u64 {
        match self.history.header.clock {
            Clock::Virtual => u64::from(event.id.0),
            Clock::Real => event.time().0,
        }
    }

    fn is_void(&self, event: Event<'_>) -> bool {
        let liars = &self.history.header.byzantine;
        let name = |node| self.history.node_name(node);
        !liars.is_empty() && event.node().is_some_and(|n| liars.iter().any(|l| l == name(n)))
    }

    /// What has no answer and changes nothing says nothing.
    fn finish(mut self) -> Calls {
        let says = |call: &Call| match call.action {
            Action::Void => false,
            Action::Take(_) => true,
            action => call.is_done() || action.changes_blindly(),
        };
        self.calls.all.retain(says);
        self.calls
    }
}

/// Errors after which the operation has not happened and will not (Maelstrom).
const DEFINITE: [i64; 9] = [1, 10, 11, 12, 14, 20, 21, 22, 30];

/// Whether an error with this code says that the operation has not happened and will not.
pub fn is_definite(code: i64) -> bool {
    DEFINITE.contains(&code)
}

fn outcome(status: &str, result: Option<&Fields<String, Value>>) -> Outcome {
    let error = || {
        let result = result.filter(|result| result.get("f").is_some_and(|f| f == "error"))?;
        Some(result.get("code").and_then(Value::as_i64).unwrap_or(0))
    };
    match status {
        "ok" => match error() {
            None => Outcome::Done,
            Some(code) if is_definite(code) => Outcome::Failed,
            Some(_) => Outcome::Unknown,
        },
        "fail" => Outcome::Failed,
        _ => Outcome::Unknown,
    }
}

/// The slot of the execution that an answer names among its causes.
fn applied(history: &History, response: Event<'_>) -> Option<u64> {
    response.causes().iter().find_map(|cause| {
        let cause = history.event(*cause);
        let slot = || cause.field("slot").and_then(Value::as_u64);
        if cause.kind() == Kind::Apply { slot() } else { None }
    })
}
