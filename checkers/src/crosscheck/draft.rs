//! Drafts of small histories of any kinds of events, for the families that are not about
//! multicasts.

use crate::crosscheck::Small;
use pepperland_core::history::{
    Clock, DeliveryContract, EventId, FailureModel, Header, History, Kind, NONE, Recorder,
};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use pepperland_core::verdict::Ruling;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// How a history is set up.
#[derive(Clone, Debug)]
pub struct Setup {
    pub nodes: usize,
    pub byzantine: bool,
    pub recovery: bool,
    pub logged: bool,
    pub complete: bool,
    pub real: bool,
    /// On a real clock: how far instants of different nodes may be off.
    pub error: u64,
    /// On a real clock: the file holds one node after the other.
    pub scattered: bool,
}

/// Any setup.
pub fn setup() -> impl Strategy<Value = Setup> {
    let rare = || prop::bool::weighted(0.2);
    let often = prop::bool::weighted(0.8);
    (3..=4_usize, rare(), any::<bool>(), rare(), often, (rare(), 0..3_u64, any::<bool>())).prop_map(
        |(nodes, byzantine, recovery, logged, complete, (real, error, scattered))| Setup {
            nodes,
            byzantine,
            recovery,
            logged,
            complete,
            real,
            error,
            scattered,
        },
    )
}

/// A history in the making. Nodes that are down say nothing.
pub struct Draft {
    pub header: Header,
    pub setup: Setup,
    pub up: Vec<bool>,
    facts: Vec<(u32, Kind, Value)>,
}

impl Draft {
    /// Nothing yet.
    pub fn new(setup: Setup) -> Draft {
        let names: Vec<String> = (1..=setup.nodes).map(|n| format!("n{n}")).collect();
        let mut header = Header::new(names.clone());
        if setup.byzantine {
            header.byzantine = names.last().cloned().into_iter().collect();
        }
        if setup.recovery {
            header.failure_model = FailureModel::CrashRecovery;
        }
        if setup.logged {
            header.contract.delivery = DeliveryContract::Logged;
        }
        header.complete = setup.complete;
        if setup.real {
            (header.clock, header.clock_error) = (Clock::Real, Some(setup.error));
        } else {
            header.clock = Clock::Virtual;
        }
        Draft { header, up: vec![true; setup.nodes], setup, facts: Vec::new() }
    }

    /// States bounds in the header.
    pub fn bounds(&mut self, bounds: Value) {
        self.header.about.insert("bounds".to_owned(), bounds);
    }

    /// Whether the node is up; nodes are taken modulo those there are.
    pub fn is_up(&self, node: usize) -> bool {
        self.up[node % self.up.len()]
    }

    /// Something happens at a node, if it is up.
    pub fn say(&mut self, node: usize, kind: Kind, fields: Value) {
        let node = node % self.up.len();
        if self.up[node] {
            self.facts.push((node as u32, kind, fields));
        }
    }

    /// Something happens at no node.
    pub fn client(&mut self, kind: Kind, fields: Value) {
        self.facts.push((NONE, kind, fields));
    }

    /// A node stops.
    pub fn crash(&mut self, node: usize) {
        self.say(node, Kind::Crash, json!({}));
        let nodes = self.up.len();
        self.up[node % nodes] = false;
    }

    /// A node restarts, where nodes do. Whether it did.
    pub fn recover(&mut self, node: usize) -> bool {
        let node = node % self.up.len();
        if !self.setup.recovery || self.up[node] {
            return false;
        }
        self.up[node] = true;
        self.say(node, Kind::Recover, json!({}));
        true
    }

    /// Writes it down.
    pub fn record(self) -> Small {
        let mut recorder = Recorder::new(self.header);
        let mut facts: Vec<_> = self.facts.into_iter().enumerate().collect();
        if self.setup.real && self.setup.scattered {
            let asked = |kind| matches!(kind, Kind::Invoke | Kind::Response);
            let place = |node, kind| if asked(kind) { NONE } else { node };
            facts.sort_by_key(|(_, (node, kind, _))| std::cmp::Reverse(place(*node, *kind)));
        }
        for (at, (node, kind, fields)) in facts {
            let fields = match fields {
                Value::Object(fields) => fields,
                _ => Map::new(),
            };
            recorder.event(Time(at as u64 / 2), NodeId(node), kind, fields, None);
        }
        Small(recorder.into_history())
    }
}

/// Events of these kinds with no sense in them: any node, any key with any value.
pub fn garbage(kinds: &'static [Kind], keys: &'static [&'static str]) -> BoxedStrategy<Small> {
    let value = prop_oneof![
        Just(json!(null)),
        Just(json!({"f": "read", "key": [1]})),
        Just(json!({"f": "add", "element": {"x": 1}, "id": 2, "client": "c1"})),
        Just(json!({"f": "add", "delta": u64::MAX})),
        Just(json!({"f": 3})),
        Just(json!({"value": [1, [2]]})),
        Just(json!({"value": -1, "version": -3})),
        Just(json!("ok")),
        Just(json!("c1")),
        Just(json!(i64::MIN)),
        Just(json!(u64::MAX)),
        Just(json!(1.5)),
        (0..3_u64).prop_map(|n| json!(n)),
    ];
    let fields = prop::collection::vec((0..keys.len(), value), 0..4);
    let event = (0..6_u32, 0..kinds.len(), 0..5_u64, fields);
    (setup(), prop::collection::vec(event, 0..30))
        .prop_map(|(setup, events)| {
            let mut draft = Draft::new(setup);
            let all = [
                "deadline",
                "takeover",
                "precision",
                "accuracy",
                "rate",
                "outage",
                "outages",
                "replicas",
            ];
            draft.bounds(all.iter().map(|name| ((*name).to_owned(), json!(1))).collect());
            draft.header.workload = Some("any".to_owned());
            let mut recorder = Recorder::new(draft.header);
            for (node, kind, at, fields) in events {
                let node = NodeId(if node == 5 { NONE } else { node });
                let fields = fields.into_iter().map(|(k, v)| (keys[k].to_owned(), v)).collect();
                recorder.event(Time(at), node, kinds[kind], fields, None);
            }
            Small(recorder.into_history())
        })
        .boxed()
}

/// Whether event `a` comes before event `b` for certain.
pub fn certainly_before(history: &History, a: usize, b: usize) -> bool {
    if history.header.clock == Clock::Virtual {
        return a < b;
    }
    history.times()[a].0 + history.header.clock_error.unwrap_or(0) < history.times()[b].0
}

/// Every event of a kind at a node that does not lie, or at none.
pub fn honest(history: &History, kind: Kind) -> Vec<usize> {
    let lies = |e: usize| {
        let name = history.header.nodes.get(history.nodes()[e] as usize);
        name.is_some_and(|name| history.header.byzantine.contains(name))
    };
    (0..history.len()).filter(|e| history.kinds()[*e] == kind && !lies(*e)).collect()
}

/// A key of an event.
pub fn field<'h>(history: &'h History, event: usize, key: &str) -> Option<&'h Value> {
    history.event(EventId(event as u32)).field(key)
}

/// The ruling on obligations of which each was met or not.
pub fn ruling(met: &[bool]) -> Ruling {
    match met {
        [] => Ruling::Undecided,
        met if met.contains(&false) => Ruling::Violated,
        _ => Ruling::Held,
    }
}

/// How long a node held something.
#[derive(Clone, Debug)]
pub struct Hold {
    pub node: usize,
    pub what: String,
    pub epoch: Option<u64>,
    pub begin: usize,
    pub end: Option<usize>,
}

/// Every hold, where `turn` says whether an event takes or leaves what is named in a key.
pub fn holds(
    history: &History,
    key: &str,
    turn: impl Fn(Kind, Option<&Value>) -> Option<bool>,
) -> Vec<Hold> {
    let mut holds: Vec<Hold> = Vec::new();
    let kinds = history.kinds();
    for event in Kind::ALL.iter().flat_map(|kind| honest(history, *kind)).collect::<BTreeSet<_>>() {
        let node = history.nodes()[event] as usize;
        let what = field(history, event, key).map_or(String::new(), |w| match w.as_str() {
            Some(text) => text.to_owned(),
            None => w.to_string(),
        });
        let epoch = field(history, event, "epoch").and_then(Value::as_u64);
        let crash = kinds[event] == Kind::Crash;
        let takes = turn(kinds[event], field(history, event, "what"));
        let mine = |h: &&mut Hold| h.node == node && h.end.is_none() && (crash || h.what == what);
        let mut goes_on = false;
        for hold in holds.iter_mut().filter(mine) {
            let left = epoch.is_none() || hold.epoch.is_none() || hold.epoch == epoch;
            if crash || takes == Some(false) && left {
                hold.end = Some(event);
            } else if takes == Some(true) {
                goes_on = hold.epoch == epoch;
                hold.end = if goes_on { None } else { Some(event) };
            }
        }
        if takes == Some(true) && !goes_on && !crash {
            holds.push(Hold { node, what, epoch, begin: event, end: None });
        }
    }
    holds
}

/// Whether two holds were held at one instant for certain.
pub fn overlap(history: &History, a: &Hold, b: &Hold) -> bool {
    let before = |begin: usize, end: Option<usize>| {
        end.is_none_or(|end| certainly_before(history, begin, end))
    };
    before(a.begin, b.end) && before(b.begin, a.end)
}

/// Whether some two holds at different nodes, of one class, were held at once.
pub fn any_overlap<K: PartialEq>(
    history: &History,
    holds: &[Hold],
    class: impl Fn(&Hold) -> K,
) -> bool {
    let clash =
        |a: &Hold, b: &Hold| a.node != b.node && class(a) == class(b) && overlap(history, a, b);
    holds.iter().any(|a| holds.iter().any(|b| clash(a, b)))
}
