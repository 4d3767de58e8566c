//! What a line of a schedule may hold. The types alone cannot refuse a key that they do not know,
//! for they are flattened into one object; a misspelt key that is ignored would be a fault that
//! never happens.

use crate::id::{GroupId, NodeId};
use crate::names::did_you_mean;
use crate::schedule::places::{Place, places};
use crate::schedule::{Frame, Way};
use serde_json::Value;

/// What is wrong with a line, and at which byte; none where the whole line is meant.
pub(super) type Problem = (Option<usize>, String);

/// What a value must be.
#[derive(Copy, Clone)]
enum Shape {
    /// A whole number up to this.
    Number(u64),
    /// A whole number, perhaps below zero, of at most this size.
    Signed(u64),
    /// A how-manieth, from 1.
    Ordinal,
    Flag,
    Text,
    Node,
    Nodes,
    Group,
    Way,
}

use Shape::{Flag, Group, Node, Nodes, Number, Ordinal, Signed, Text};

struct KeyOfForm {
    key: &'static str,
    shape: Shape,
    required: bool,
}

const fn must(key: &'static str, shape: Shape) -> KeyOfForm {
    KeyOfForm { key, shape, required: true }
}

const fn may(key: &'static str, shape: Shape) -> KeyOfForm {
    KeyOfForm { key, shape, required: false }
}

/// A word after `do`, `fault`, `fate`, `how` or `of`, and the keys it brings along.
struct Form {
    word: &'static str,
    keys: &'static [KeyOfForm],
}

const ANY: Shape = Number(u64::MAX);
const U32: Shape = Number(u32::MAX as u64);
const RATE: Shape = Number(1_000_000);

const STEP: &[KeyOfForm] = &[
    must("id", U32),
    may("at", ANY),
    may("on", U32),
    may("after", ANY),
    must("n", Node),
    must("do", Text),
];

const ASKS: &[Form] = &[
    Form { word: "multicast", keys: &[may("group", Group), must("body", Text)] },
    Form { word: "join", keys: &[must("group", Group)] },
    Form { word: "leave", keys: &[must("group", Group)] },
    Form { word: "propose", keys: &[must("instance", ANY), must("body", Text)] },
    Form { word: "invoke", keys: &[must("body", Text)] },
];

const DISTURBANCE: &[KeyOfForm] = &[must("at", ANY), may("until", ANY), must("fault", Text)];

const FROM: KeyOfForm = may("from", Nodes);
const TO: KeyOfForm = may("to", Nodes);
const BOTH: KeyOfForm = may("both_ways", Flag);

const FAULTS: &[Form] = &[
    Form { word: "cut", keys: &[FROM, TO, BOTH] },
    Form { word: "lose", keys: &[FROM, TO, BOTH, must("rate", RATE)] },
    Form {
        word: "delay",
        keys: &[FROM, TO, BOTH, must("least", ANY), must("most", ANY), must("rate", RATE)],
    },
    Form { word: "duplicate", keys: &[FROM, TO, BOTH, must("rate", RATE), must("most", ANY)] },
    Form { word: "corrupt", keys: &[FROM, TO, BOTH, must("rate", RATE)] },
    Form {
        word: "strike",
        keys: &[
            must("from", Node),
            must("to", Node),
            may("network", Number(1)),
            must("number", Ordinal),
            must("fate", Text),
        ],
    },
    Form { word: "crash", keys: &[must("n", Node), may("effects", U32)] },
    Form { word: "pause", keys: &[must("n", Node)] },
    Form {
        word: "skew",
        keys: &[
            must("n", Node),
            must("jump", Signed(i64::MAX as u64)),
            must("drift", Signed(i32::MAX as u64)),
        ],
    },
    Form {
        word: "lie",
        keys: &[
            must("n", Node),
            must("rate", RATE),
            may("way", Shape::Way),
            TO,
            may("kind", Ordinal),
            may("label", Text),
            may("most", ANY),
        ],
    },
    Form { word: "twin", keys: &[must("n", Node), may("first", Nodes), may("second", Nodes)] },
    Form { word: "omit", keys: &[FROM, TO, BOTH, must("rate", RATE), must("degree", Ordinal)] },
    Form { word: "garble", keys: &[FROM, TO, BOTH, must("rate", RATE)] },
    Form { word: "throttle", keys: &[FROM, TO, BOTH, must("every", ANY)] },
    Form { word: "disk", keys: &[must("n", Node), must("how", Text)] },
    Form { word: "starve", keys: &[must("n", Node), must("of", Text)] },
];

const RATIONS: &[Form] = &[
    Form { word: "processor", keys: &[must("share", RATE)] },
    Form { word: "memory", keys: &[must("bytes", ANY)] },
    Form { word: "disk", keys: &[must("bytes", ANY)] },
    Form { word: "read-only-disk", keys: &[] },
];

const FAILINGS: &[Form] = &[
    Form { word: "lost", keys: &[must("unsynced", ANY)] },
    Form { word: "torn", keys: &[must("keep", RATE)] },
    Form { word: "lying", keys: &[] },
];

const MEANT_FOR: KeyOfForm = must("meant_for", Node);
const EARLIER: KeyOfForm = must("earlier", Ordinal);

const FATES: &[Form] = &[
    Form { word: "lose", keys: &[] },
    Form { word: "delay", keys: &[must("by", ANY)] },
    Form { word: "duplicate", keys: &[must("by", ANY)] },
    Form { word: "corrupt", keys: &[] },
    Form { word: "garble", keys: &[] },
    Form { word: "lie", keys: &[must("draw", U32)] },
    Form { word: "earlier", keys: &[MEANT_FOR, EARLIER, must("draw", U32)] },
    Form { word: "replay", keys: &[MEANT_FOR, EARLIER, may("besides", Flag)] },
    Form { word: "withhold", keys: &[] },
    Form { word: "stall", keys: &[must("by", ANY)] },
    Form { word: "spoil", keys: &[must("entries", U32)] },
];

/// Whether a line is a step or a disturbance.
pub(super) enum LineKind {
    Step,
    Disturbance,
}

/// One line, for which every key and value has been looked at.
pub(super) struct Line {
    object: Value,
    places: Vec<Place>,
}

impl Line {
    pub fn parse(text: &str) -> Result<Line, Problem> {
        let object: Value = serde_json::from_str(text).map_err(|error| {
            let full = error.to_string();
            let problem = full.split(" at line ").next().unwrap_or(&full).to_owned();
            (Some(error.column().saturating_sub(1)), problem)
        })?;
        if !object.is_object() {
            return Err((None, "a line is a JSON object".to_owned()));
        }
        Ok(Line { object, places: places(text) })
    }

    /// Where the value of a key stands.
    pub fn at(&self, key: &str) -> Option<usize> {
        self.places.iter().find(|place| place.key == key).map(|place| place.value)
    }

    /// Looks at every key and value, in a schedule with this header.
    pub fn check(&self, header: &Frame) -> Result<LineKind, Problem> {
        let (kind, common, tag, forms) = if self.object.get("fault").is_some() {
            (LineKind::Disturbance, DISTURBANCE, "fault", FAULTS)
        } else if self.object.get("do").is_some() {
            (LineKind::Step, STEP, "do", ASKS)
        } else {
            let what = "a line is a step with \"do\" or a disturbance with \"fault\"";
            return Err((None, what.to_owned()));
        };
        let form = self.form(tag, forms)?;
        let mut keys: Vec<&KeyOfForm> = common.iter().chain(form.keys).collect();
        match form.word {
            "strike" => keys.extend(self.form("fate", FATES)?.keys),
            "disk" => keys.extend(self.form("how", FAILINGS)?.keys),
            "starve" => keys.extend(self.form("of", RATIONS)?.keys),
            _ => {}
        }
        self.check_known(form.word, &keys)?;
        for wanted in keys {
            self.check_value(form.word, wanted, header)?;
        }
        Ok(kind)
    }

    fn form(&self, tag: &str, forms: &'static [Form]) -> Result<&'static Form, Problem> {
        let word = self.object.get(tag).and_then(Value::as_str);
        let words = || forms.iter().map(|form| form.word);
        let problem = match word {
            Some(word) => match forms.iter().find(|form| form.word == word) {
                Some(form) => return Ok(form),
                None => format!("there is no {tag} {}{}", quoted(word), hint(word, words())),
            },
            None => {
                let all: Vec<&str> = words().collect();
                format!("\"{tag}\" must be one of {}", all.join(", "))
            }
        };
        Err((self.at(tag), problem))
    }

    fn check_known(&self, word: &str, keys: &[&KeyOfForm]) -> Result<(), Problem> {
        for (i, place) in self.places.iter().enumerate() {
            if self.places[..i].iter().any(|earlier| earlier.key == place.key) {
                let problem = format!("{} stands twice in this line", quoted(&place.key));
                return Err((Some(place.start), problem));
            }
            if !keys.iter().any(|known| known.key == place.key) {
                let hint = hint(&place.key, keys.iter().map(|known| known.key));
                let problem = format!("{} is no key of {word}{hint}", quoted(&place.key));
                return Err((Some(place.start), problem));
            }
        }
        Ok(())
    }

    fn check_value(&self, word: &str, wanted: &KeyOfForm, header: &Frame) -> Result<(), Problem> {
        let (nodes, groups) = (header.nodes, header.group_count() as u32);
        let Some(value) = self.object.get(wanted.key) else {
            let problem = format!("{word} needs \"{}\"", wanted.key);
            return if wanted.required { Err((None, problem)) } else { Ok(()) };
        };
        let must_be = |what: String| {
            let shown = quoted_value(value);
            Err((self.at(wanted.key), format!("\"{}\" is {shown}; it must be {what}", wanted.key)))
        };
        match wanted.shape {
            Number(most) if value.as_u64().is_none_or(|number| number > most) => {
                let most = if most == u64::MAX { String::new() } else { format!(" to {most}") };
                must_be(format!("a whole number from 0{most}"))
            }
            Signed(most) if value.as_i64().is_none_or(|number| number.unsigned_abs() > most) => {
                must_be(format!("a whole number from -{most} to {most}"))
            }
            Ordinal if !value.as_u64().is_some_and(|n| (1..=u64::from(u32::MAX)).contains(&n)) => {
                must_be(format!("a whole number from 1 to {}", u32::MAX))
            }
            Flag if !value.is_boolean() => must_be("true or false".to_owned()),
            Text if !value.is_string() => must_be("text".to_owned()),
            Node if !is_node(value, nodes) => must_be(node_list(nodes)),
            Shape::Way if !value.as_str().is_some_and(|word| Way::WORDS.contains(&word)) => {
                must_be(format!("one of {}", Way::WORDS.join(", ")))
            }
            Group if !is_group(value, groups) => must_be(group_list(groups)),
            Nodes => match value.as_array() {
                Some(list) if list.iter().all(|node| is_node(node, nodes)) => Ok(()),
                _ => must_be(format!("a list of nodes, each {}", node_list(nodes))),
            },
            _ => Ok(()),
        }
    }
}

/// Whether the value names one of the nodes, in the one way in which names are written.
fn is_node(value: &Value, nodes: u32) -> bool {
    let name = value.as_str().unwrap_or_default();
    let node: Option<NodeId> = name.parse().ok();
    node.is_some_and(|node| node.0 < nodes && node.to_string() == name)
}

fn is_group(value: &Value, groups: u32) -> bool {
    let group: Option<GroupId> = value.as_str().and_then(|name| name.parse().ok());
    group.is_some_and(|group| group.0 < groups)
}

fn group_list(groups: u32) -> String {
    match groups {
        1 => "g1, the only group".to_owned(),
        2 => "g1 or g2".to_owned(),
        more => format!("one of g1 to g{more}"),
    }
}

pub(super) fn node_list(nodes: u32) -> String {
    match nodes {
        1 => "n1, the only node".to_owned(),
        2 => "n1 or n2".to_owned(),
        more => format!("one of n1 to n{more}"),
    }
}

fn quoted(word: &str) -> String {
    quoted_value(&Value::from(word))
}

fn quoted_value(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn hint<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    if word.len() > 100 { String::new() } else { did_you_mean(word, candidates) }
}
