//! Instances: what was proposed to each and decided in it, by nodes that do not lie.
//!
//! An instance is a number `i`; with several groups, of one group. Values are equal if they are
//! the same JSON, whatever the order of an object's keys. An event without `i` or `value` says
//! nothing.

use crate::scene::{Bound, Scene};
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind, NONE};
use pepperland_core::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;

/// A proposal or a decision.
#[derive(Copy, Clone, Debug)]
pub struct Act {
    /// The event.
    pub event: u32,
    /// The node.
    pub node: u32,
    /// The node's life.
    pub life: u32,
    /// How often the node had restarted.
    pub incarnation: u32,
    /// The value, as a place in [`Instances`].
    pub value: u32,
}

impl Act {
    /// The event as a place in the history.
    pub fn id(&self) -> EventId {
        EventId(self.event)
    }
}

/// What happened in one instance, in the order of the file.
#[derive(Default)]
pub struct Instance {
    /// What was proposed.
    pub proposals: Vec<Act>,
    /// What was decided.
    pub decisions: Vec<Act>,
}

/// An instance's group, [`NONE`] if it cannot be known, and number.
pub type Name = (u32, u64);

/// Every instance of a history.
pub struct Instances<'s, 'a> {
    /// The scene.
    pub scene: &'s Scene<'a>,
    /// By group and number.
    pub all: BTreeMap<Name, Instance>,
    /// The values, each once.
    pub values: Vec<&'a Value>,
    texts: Vec<String>,
    /// Which lives of correct nodes have not forgotten.
    surviving: Vec<bool>,
    /// The last crash of each node.
    crash: Vec<u32>,
    /// The key of the last late start of each node.
    late: Vec<Option<u64>>,
}

impl<'s, 'a> Instances<'s, 'a> {
    /// Reads the events. O(events · log instances).
    pub fn of(scene: &'s Scene<'a>) -> Instances<'s, 'a> {
        let nodes = scene.history.node_count();
        let mut late = vec![None; nodes];
        for start in &scene.lives.starts {
            let node = scene.node(start.life) as usize;
            late[node] = Some(scene.start_key(start.event)).max(late[node]);
        }
        let mut instances = Instances {
            scene,
            all: BTreeMap::new(),
            values: Vec::new(),
            texts: Vec::new(),
            surviving: scene.bound(Bound::Surviving),
            crash: vec![NONE; nodes],
            late,
        };
        instances.read();
        instances
    }

    fn read(&mut self) {
        let mut now = self.scene.lives.follow(self.scene.case);
        let mut incarnation = vec![0; self.crash.len()];
        let mut known = Map::default();
        for event in self.scene.history.events() {
            let Some(node) = event.node().filter(|n| n.index() < self.crash.len()) else {
                continue;
            };
            match event.kind() {
                Kind::Crash => self.crash[node.index()] = event.id.0,
                Kind::Recover => {
                    now.recover(node.0);
                    incarnation[node.index()] += 1;
                }
                Kind::Propose | Kind::Decide if now.life(node.0) != NONE => {
                    let (life, incarnation) = (now.life(node.0), incarnation[node.index()]);
                    let act =
                        |value| Act { event: event.id.0, node: node.0, life, incarnation, value };
                    self.take(event, &mut known, act);
                }
                _ => {}
            }
        }
    }

    fn take(
        &mut self,
        event: Event<'a>,
        known: &mut Map<String, u32>,
        act: impl FnOnce(u32) -> Act,
    ) {
        let number = event.field("i").and_then(Value::as_u64);
        let (Some(number), Some(value)) = (number, event.field("value")) else { return };
        let text = canonical(value);
        let value = *known.entry(text).or_insert_with_key(|text| {
            self.values.push(value);
            self.texts.push(text.clone());
            self.texts.len() as u32 - 1
        });
        let name = (self.group(event), number);
        let instance = self.all.entry(name).or_default();
        match event.kind() {
            Kind::Propose => instance.proposals.push(act(value)),
            _ => instance.decisions.push(act(value)),
        }
    }

    fn group(&self, event: Event<'_>) -> u32 {
        let groups = self.scene.history.groups();
        if groups.len() == 1 {
            return 0;
        }
        let named = event.field("g").and_then(Value::as_str);
        let place = named.and_then(|g| groups.iter().position(|(name, _)| name == g));
        place.map_or(NONE, |group| group as u32)
    }

    /// Whether the act is of a correct node that has not forgotten it.
    pub fn is_correct(&self, act: &Act) -> bool {
        self.surviving[act.life as usize]
    }

    /// Whether the act's node is correct and did not crash after it, so that it stands.
    pub fn stands(&self, act: &Act) -> bool {
        let crash = self.crash[act.node as usize];
        self.scene.case.correct[act.node as usize] && (crash == NONE || crash < act.event)
    }

    /// Whether the node ever crashed.
    pub fn ever_crashed(&self, node: u32) -> bool {
        self.crash[node as usize] != NONE
    }

    /// The nodes that take part in an instance; every node if its group cannot be known.
    pub fn members(&self, name: Name) -> impl Iterator<Item = u32> + '_ {
        let nodes = 0..self.scene.history.node_count() as u32;
        nodes.filter(move |node| name.0 == NONE || self.scene.is_member(name.0, *node))
    }

    /// The correct nodes that must decide the instance, if somebody acted on it at `event`. A node
    /// whose last life started late after that need not.
    pub fn debtors(&self, name: Name, event: u32) -> impl Iterator<Item = u32> + '_ {
        let key = self.scene.key(event);
        let members = self.members(name).filter(move |_| name.0 != NONE);
        members.filter(move |node| {
            let excused = self.late[*node as usize].is_some_and(|start| key <= start);
            self.scene.case.correct[*node as usize] && !excused
        })
    }

    /// The value of an act.
    pub fn value(&self, act: &Act) -> &'a Value {
        self.values[act.value as usize]
    }

    /// The value of an act in words.
    pub fn told(&self, act: &Act) -> String {
        const LONG: usize = 60;
        let text = match self.value(act) {
            Value::String(text) => text,
            _ => &self.texts[act.value as usize],
        };
        match text.char_indices().nth(LONG) {
            Some((end, _)) => format!("{}…", &text[..end]),
            None => text.clone(),
        }
    }

    /// The name of the node that acted.
    pub fn who(&self, act: &Act) -> &str {
        self.scene.node_name(act.node)
    }

    /// `n1 decided a in instance 3`.
    pub fn decided(&self, name: Name, act: &Act) -> String {
        format!("{} decided {} in {}", self.who(act), self.told(act), self.say(name))
    }

    /// `n1 proposed a to instance 3`.
    pub fn proposed(&self, name: Name, act: &Act) -> String {
        format!("{} proposed {} to {}", self.who(act), self.told(act), self.say(name))
    }

    /// The name of an instance.
    pub fn say(&self, (group, number): Name) -> String {
        match self.scene.history.groups() {
            [_] => format!("instance {number}"),
            groups => match groups.get(group as usize) {
                Some((group, _)) => format!("instance {number} of {group}"),
                None => format!("instance {number} of no known group"),
            },
        }
    }

    /// The time of an act.
    pub fn time(&self, act: &Act) -> Time {
        self.scene.time(act.event)
    }
}

/// The text of a value, whatever the order of keys.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| (key.clone(), canonical(value));
            let fields: BTreeMap<String, String> = fields.iter().map(field).collect();
            let told = |(key, value): (String, String)| format!("{}:{value}", Value::from(key));
            let fields: Vec<String> = fields.into_iter().map(told).collect();
            format!("{{{}}}", fields.join(","))
        }
        plain => plain.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_order_of_keys_makes_no_difference() {
        let (one, other) = (json!({"a": [1, "x"], "b": null}), json!({"b": null, "a": [1, "x"]}));
        assert_eq!(canonical(&one), canonical(&other));
        assert_ne!(canonical(&json!("1")), canonical(&json!(1)));
    }
}
