//! Tenures: how long a node held something: the lead, a resource, a token.
//!
//! A node holds a thing from the event that takes it to the one that gives it back, or to its
//! crash. A node that stands still goes on holding. Taking what one holds already, in the same
//! epoch, changes nothing; in another epoch it ends the one tenure and begins the next. What is
//! recorded at a Byzantine node is void.

use crate::scene::Scene;
use crate::scene::tally::Tally;
use pepperland_core::checker::Case;
use pepperland_core::history::{Event, Kind};
use serde_json::Value;
use std::collections::BTreeMap;

/// One node's hold on one thing.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Tenure {
    /// Who.
    pub node: u32,
    /// What.
    pub what: String,
    /// In which epoch, where stated.
    pub epoch: Option<u64>,
    /// The event that began it.
    pub begin: u32,
    /// The event that ended it, if it ended.
    pub end: Option<u32>,
}

/// What an event does to its node's hold on a thing.
pub enum Turn {
    /// The node takes it.
    Take(String, Option<u64>),
    /// The node gives it back, in this epoch if one is stated.
    Leave(String, Option<u64>),
}

/// The tenures of a history, in the order in which they began. O(n log n) in events.
pub fn tenures(case: &Case<'_>, turn: impl Fn(Event<'_>) -> Option<Turn>) -> Vec<Tenure> {
    let mut found: Vec<Tenure> = Vec::new();
    let mut open: BTreeMap<(u32, String), usize> = BTreeMap::new();
    for event in case.history.events() {
        let Some(node) = event.node().filter(|n| case.byzantine.get(n.index()) == Some(&false))
        else {
            continue;
        };
        let (node, id) = (node.0, event.id.0);
        if event.kind() == Kind::Crash {
            let here = (node, String::new())..(node + 1, String::new());
            let held: Vec<_> = open.range(here).map(|(key, _)| key.clone()).collect();
            for key in held {
                let place = open.remove(&key).unwrap_or_default();
                found[place].end = Some(id);
            }
            continue;
        }
        match turn(event) {
            Some(Turn::Take(what, epoch)) => {
                let key = (node, what);
                if let Some(place) = open.get(&key).copied() {
                    if found[place].epoch == epoch {
                        continue;
                    }
                    found[place].end = Some(id);
                }
                let what = key.1.clone();
                open.insert(key, found.len());
                found.push(Tenure { node, what, epoch, begin: id, end: None });
            }
            Some(Turn::Leave(what, epoch)) => {
                let key = (node, what);
                let Some(place) = open.get(&key).copied() else { continue };
                let held = found[place].epoch;
                if epoch.is_none() || held.is_none() || epoch == held {
                    found[place].end = Some(id);
                    open.remove(&key);
                }
            }
            None => {}
        }
    }
    found
}

/// The tenures of primaries or leaders, of each group by itself.
pub fn leads(case: &Case<'_>) -> Vec<Tenure> {
    tenures(case, |event| match event.kind() {
        Kind::Lead => Some(Turn::Take(word(event, "g"), number(event, "epoch"))),
        Kind::Unlead => Some(Turn::Leave(word(event, "g"), number(event, "epoch"))),
        _ => None,
    })
}

/// A key of an event as text; empty if it has none.
pub fn word(event: Event<'_>, key: &str) -> String {
    match event.field(key) {
        None => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

/// A key of an event as a number.
pub fn number(event: Event<'_>, key: &str) -> Option<u64> {
    event.field(key).and_then(Value::as_u64)
}

impl Scene<'_> {
    /// Where a tenure ends in time; later than everything if it does not.
    fn end_key(&self, tenure: &Tenure) -> u64 {
        tenure.end.map_or(u64::MAX, |end| self.key(end))
    }

    /// Counts each tenure as an obligation that stood as long as it did.
    pub fn count_tenures<'t>(
        &self,
        tally: &mut Tally,
        tenures: impl IntoIterator<Item = &'t Tenure>,
    ) {
        for tenure in tenures {
            let end = tenure.end.map_or(self.history.end(), |end| self.time(end));
            let begin = self.time(tenure.begin);
            tally.count(begin, end.max(begin));
        }
    }

    /// Two tenures of one class, at different nodes, that were certainly held at one instant; the
    /// one that began first comes first. On a real clock instants that differ by no more than the
    /// clock's error may be the same. O(n log n).
    pub fn clash<'t, K: Ord>(
        &self,
        tenures: &'t [Tenure],
        class: impl Fn(&'t Tenure) -> Option<K>,
    ) -> Option<[&'t Tenure; 2]> {
        let classed = tenures.iter().filter_map(|t| Some((class(t)?, self.key(t.begin), t)));
        let mut classed: Vec<(K, u64, &Tenure)> = classed.collect();
        classed.sort_by(|a, b| (&a.0, a.1, a.2.begin).cmp(&(&b.0, b.1, b.2.begin)));
        let mut clashes = classed.chunk_by(|a, b| a.0 == b.0).filter_map(|class| {
            let tenures: Vec<&Tenure> = class.iter().map(|(.., tenure)| *tenure).collect();
            self.clash_in(&tenures)
        });
        let [a, b] = clashes.next()?;
        Some(if a.begin <= b.begin { [a, b] } else { [b, a] })
    }

    /// Keeps the tenure that lasts longest, and the one that does so at any other node.
    fn keep<'t>(&self, best: &mut [Option<&'t Tenure>; 2], tenure: &'t Tenure) {
        let longer = |than: Option<&Tenure>| {
            than.is_none_or(|than| self.end_key(than) < self.end_key(tenure))
        };
        match best[0] {
            Some(first) if first.node != tenure.node && longer(Some(first)) => {
                *best = [Some(tenure), Some(first)];
            }
            Some(first) if first.node != tenure.node => {
                best[1] = if longer(best[1]) { Some(tenure) } else { best[1] };
            }
            first => best[0] = if longer(first) { Some(tenure) } else { first },
        }
    }

    /// The same among tenures of one class, in the order of their begins.
    fn clash_in<'t>(&self, tenures: &[&'t Tenure]) -> Option<[&'t Tenure; 2]> {
        let mut longest = Vec::with_capacity(tenures.len());
        let mut best: [Option<&'t Tenure>; 2] = [None; 2];
        for tenure in tenures {
            self.keep(&mut best, tenure);
            longest.push(best);
        }
        tenures.iter().find_map(|later| {
            let end = self.end_key(later);
            let begun = tenures.partition_point(|t| self.start_key(t.begin) < end);
            let candidates = longest.get(begun.checked_sub(1)?)?.iter().flatten();
            let lasts = |t: &&&Tenure| {
                t.node != later.node && self.start_key(later.begin) < self.end_key(t)
            };
            candidates.into_iter().find(lasts).map(|earlier| [*earlier, *later])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::History;

    fn of(events: &str) -> Vec<(u32, Option<u64>, u32, Option<u32>)> {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
            "byzantine":["n2"]}"#;
        let file = format!("{}\n{events}", header.replace('\n', " "));
        let history = History::read(file.as_bytes()).unwrap();
        let found = leads(&Case::new(&history));
        found.into_iter().map(|t| (t.node, t.epoch, t.begin, t.end)).collect()
    }

    #[test]
    fn a_new_epoch_a_farewell_and_a_crash_end_a_tenure() {
        let found = of(r#"{"t":1,"n":"n1","k":"lead","epoch":1}
{"t":2,"n":"n1","k":"lead","epoch":1}
{"t":3,"n":"n1","k":"lead","epoch":2}
{"t":4,"n":"n1","k":"unlead","epoch":1}
{"t":5,"n":"n1","k":"pause"}
{"t":6,"n":"n1","k":"unlead"}
{"t":7,"n":"n1","k":"lead","epoch":3}
{"t":8,"n":"n1","k":"crash"}
{"t":9,"n":"n2","k":"lead","epoch":3}"#);
        let expected =
            [(0, Some(1), 0, Some(2)), (0, Some(2), 2, Some(5)), (0, Some(3), 6, Some(7))];
        assert_eq!(found, expected);
    }
}
