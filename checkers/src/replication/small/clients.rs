//! Clients that read and update a set, a counter and a register.

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, Setup, setup};
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

#[derive(Clone, Debug)]
enum Op {
    /// A client asks for something of an object.
    Ask(usize, usize, What),
    /// It is answered.
    Answer(usize, How),
}

#[derive(Copy, Clone, Debug, PartialEq)]
enum What {
    Read,
    Update,
    /// An update whose value was written before.
    Repeat,
    /// Something that may explain whatever is missing.
    Remove,
}

#[derive(Copy, Clone, Debug, PartialEq)]
enum How {
    Well,
    /// As well, but an update is forgotten, and a read sees an older state.
    Badly,
    /// As well, but a read sees what nobody wrote, and an update gets an old version.
    Wildly,
    Refused,
    /// Refused, though it was done.
    Falsely,
    /// Not at all, and it was done or not.
    Lost(bool),
}

/// On a register only, as sessions of few clients, or on any object.
fn op(sessions: bool) -> impl Strategy<Value = Op> {
    let what = prop_oneof![
        50 => Just(What::Read),
        50 => Just(What::Update),
        6 => Just(What::Repeat),
        1 => Just(What::Remove),
    ];
    let how = prop_oneof![
        60 => Just(How::Well),
        14 => Just(How::Badly),
        8 => Just(How::Wildly),
        4 => Just(How::Refused),
        1 => Just(How::Falsely),
        6 => any::<bool>().prop_map(How::Lost),
    ];
    let others = if sessions { 1 } else { 20 };
    let object = prop_oneof![others => Just(0), others => Just(1), 50 => Just(2_usize)];
    let clients: usize = if sessions { 2 } else { 3 };
    prop_oneof![
        (0..clients, object, what).prop_map(|(c, o, w)| Op::Ask(c, o, w)),
        (0..clients, how).prop_map(|(c, h)| Op::Answer(c, h)),
    ]
}

/// What the history states besides.
#[derive(Clone, Debug)]
struct Manner {
    versions: bool,
    workload: Option<&'static str>,
    outages: u64,
    outage: u64,
    settle: u64,
}

fn manner() -> impl Strategy<Value = Manner> {
    let workload = prop_oneof![8 => Just(Some("set")), 2 => Just(Some("g-set")), 1 => Just(None)];
    (prop::bool::weighted(0.7), workload, 0..3_u64, 0..6_u64, 0..3_u64).prop_map(
        |(versions, workload, outages, outage, settle)| Manner {
            versions,
            workload,
            outages,
            outage,
            settle,
        },
    )
}

/// Any such history.
pub fn clients() -> BoxedStrategy<Small> {
    histories(false)
}

/// Those in which few clients do much with one register.
pub fn sessions() -> BoxedStrategy<Small> {
    histories(true)
}

fn histories(sessions: bool) -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(sessions), 0..60);
    (setup(), manner(), ops).prop_map(|(setup, manner, ops)| play(setup, manner, &ops)).boxed()
}

/// Requests that get no answer are few: an oracle tries all their subsets.
const LOST: usize = 4;

struct Play {
    manner: Manner,
    draft: Draft,
    /// What each client is waiting for: the object, what, and the value.
    open: Vec<Option<(usize, What, u64)>>,
    /// How often each client got no answer and took another name.
    names: Vec<usize>,
    /// The values of each object, in their order.
    values: [Vec<u64>; 3],
    next: u64,
}

fn play(setup: Setup, manner: Manner, ops: &[Op]) -> Small {
    let mut draft = Draft::new(setup);
    let (outages, outage) = (manner.outages, manner.outage);
    draft.bounds(json!({"outages": outages, "outage": outage, "settle": manner.settle}));
    draft.header.workload = manner.workload.map(str::to_owned);
    let (open, names, values) = (vec![None; 3], vec![0; 3], Default::default());
    let mut play = Play { manner, draft, open, names, values, next: 0 };
    ops.iter().for_each(|op| play.op(op));
    play.draft.record()
}

impl Play {
    fn op(&mut self, op: &Op) {
        match op {
            Op::Ask(client, object, what) if self.open[*client].is_none() => {
                self.ask(*client, *object, *what);
            }
            Op::Answer(client, how) => {
                let lost = self.names.iter().sum::<usize>();
                let how = match how {
                    How::Lost(_) if lost >= LOST => How::Well,
                    how => *how,
                };
                if let Some((object, what, value)) = self.open[*client].take() {
                    self.answer(*client, object, what, value, how);
                }
            }
            Op::Ask(..) => {}
        }
    }

    fn name(&self, client: usize) -> String {
        format!("c{client}{}", "'".repeat(self.names[client]))
    }

    fn ask(&mut self, client: usize, object: usize, what: What) {
        self.next += 1;
        let value = match (what, object) {
            (What::Repeat, 2) => self.values[2].last().copied().unwrap_or(0),
            (_, 1) => self.next % 3 + 1,
            _ => self.next,
        };
        let key = ["s", "c", "r"][object];
        let op = match (what, object) {
            (What::Read, _) => json!({"f": "read", "key": key}),
            (What::Remove, _) => json!({"f": "remove", "key": key}),
            (_, 0) => json!({"f": "add", "key": key, "element": value}),
            (_, 1) => json!({"f": "add", "key": key, "delta": value}),
            _ if value % 4 == 0 => json!({"f": "cas", "key": key, "from": 0, "to": value}),
            _ => json!({"f": "write", "key": key, "value": value}),
        };
        self.open[client] = Some((object, what, value));
        self.draft.client(Kind::Invoke, json!({"client": self.name(client), "op": op}));
    }

    fn answer(&mut self, client: usize, object: usize, what: What, value: u64, how: How) {
        let is_update = !matches!(what, What::Read | What::Remove);
        if is_update && matches!(how, How::Well | How::Wildly | How::Falsely | How::Lost(true)) {
            self.values[object].push(value);
        }
        let (status, mut result) = match how {
            How::Refused | How::Falsely => ("fail", json!({})),
            How::Lost(_) => ("unknown", json!({})),
            _ if is_update => ("ok", json!({})),
            _ => ("ok", self.shown(object, how)),
        };
        if object == 2 && self.manner.versions && status == "ok" {
            let newest = self.values[2].len() as u64;
            let old = how == How::Badly || is_update && how == How::Wildly;
            result["version"] = json!(if old { newest.saturating_sub(2) } else { newest });
        }
        let answer = json!({"client": self.name(client), "result": result, "status": status});
        self.draft.client(Kind::Response, answer);
        self.names[client] += usize::from(status == "unknown");
    }

    fn shown(&self, object: usize, how: How) -> Value {
        let mut values = self.values[object].clone();
        match how {
            How::Badly => {
                values.pop();
            }
            How::Wildly => values.push(99),
            _ => {}
        }
        let value = match object {
            0 => json!(values),
            1 => json!(values.iter().sum::<u64>()),
            _ => values.last().map_or(Value::Null, |last| json!(last)),
        };
        json!({"value": value})
    }
}
