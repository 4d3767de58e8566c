//! How many servers answer a request, in figures: one in quiet times; none or several for a while
//! after a fault, until the servers have learnt of it.

use crate::replication::applied::{applied, identity};
use crate::replication::quiet::Quiet;
use pepperland_core::checker::{Case, bound};
use pepperland_core::history::{Event, History, Kind};
use pepperland_core::time::Span;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

/// How many requests were executed by no server, by one, and by several.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Responders {
    /// By none.
    pub none: u64,
    /// By one.
    pub one: u64,
    /// By several.
    pub several: u64,
}

impl Responders {
    /// How many requests there were.
    pub fn requests(&self) -> u64 {
        self.none + self.one + self.several
    }

    fn count(&mut self, servers: usize) {
        match servers {
            0 => self.none += 1,
            1 => self.one += 1,
            _ => self.several += 1,
        }
    }
}

impl AddAssign for Responders {
    fn add_assign(&mut self, more: Responders) {
        self.none += more.none;
        self.one += more.one;
        self.several += more.several;
    }
}

/// The figures of one history.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub struct Answered {
    /// Of the requests made in quiet times, and those that followed.
    pub quiet: Responders,
    /// Of those with a fault in the `about.bounds.takeover` nanoseconds before or after them.
    pub detecting: Responders,
}

/// Counts the servers that executed each request; none if the history does not state how long a
/// takeover lasts. O(n log n) in events.
pub fn responders(history: &History) -> Option<Answered> {
    let takeover = Span(bound(history, "takeover")?);
    let case = Case::new(history);
    let quiet = Quiet::of(&case, takeover);
    let mut served: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for apply in applied(&case).iter() {
        if let Some(name) = identity(apply.of(history)) {
            served.entry(name).or_default().insert(apply.node);
        }
    }
    let (mut answered, mut asked) = (Answered::default(), BTreeMap::new());
    for invoke in history.events().filter(|event| event.kind() == Kind::Invoke) {
        let Some(name) = name_of(invoke, &mut asked) else { continue };
        let from = invoke.time();
        let figures = match quiet.lasts(from, from + takeover) {
            true => &mut answered.quiet,
            false => &mut answered.detecting,
        };
        figures.count(served.get(&name).map_or(0, BTreeSet::len));
    }
    Some(answered)
}

/// The name of a request: as it says, or its client and its number among those of the client.
fn name_of(invoke: Event<'_>, asked: &mut BTreeMap<String, u64>) -> Option<String> {
    let client = invoke.field("client")?.as_str()?;
    let number = asked.entry(client.to_owned()).or_default();
    *number += 1;
    let counted = format!("{client} #{number}");
    Some(identity(invoke).unwrap_or(counted))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replication::tests::history;

    #[test]
    fn servers_are_counted_by_request_in_and_out_of_quiet_times() {
        let asked = |client: &str, at: u64| {
            format!(r#"{{"t":{at},"k":"invoke","client":"{client}","op":{{"f":"evaluate"}}}}"#)
        };
        let done = |node: &str, client: &str, at: u64| {
            let op = format!(r#"{{"f":"evaluate","client":"{client}","id":1}}"#);
            format!(r#"{{"t":{at},"n":"{node}","k":"apply","op":{op},"result":{{}}}}"#)
        };
        let events = [
            asked("a", 1),
            done("n1", "a", 2),
            done("n2", "a", 2),
            asked("b", 10),
            done("n1", "b", 11),
            done("n1", "b", 12),
            r#"{"t":30,"n":"n1","k":"crash"}"#.to_owned(),
            asked("c", 31),
            asked("d", 40),
        ];
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        let bounds = r#""about":{"bounds":{"takeover":5}}"#;
        let quiet = Responders { none: 1, one: 1, several: 0 };
        let detecting = Responders { none: 1, one: 0, several: 1 };
        assert_eq!(responders(&history(&[bounds], &events)), Some(Answered { quiet, detecting }));
        assert_eq!((quiet.requests(), responders(&history(&[], &events))), (2, None));
    }
}
