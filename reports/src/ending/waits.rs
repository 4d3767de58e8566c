//! Who waits for what since when, and what became of it on its way.

use crate::text::ms;
use crate::words;
use pepperland_core::checker::Case;
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// Somebody who waits at the end of a run.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wait {
    /// Who.
    pub node: NodeId,
    /// For what.
    pub what: Awaited,
    /// Since when.
    pub since: Time,
}

/// What somebody waits for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Awaited {
    /// The delivery of a message, of which this is the last that was seen on its way there.
    Message(u32, Trace),
    /// The answer to a client.
    Answer,
    /// The view after the block.
    View,
    /// The decision of an instance.
    Decision(String),
}

/// The last of a message's way to a node.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Trace {
    /// Nobody has sent it there.
    Never,
    /// A frame with it set out and was lost.
    Lost(EventId),
    /// A frame with it set out, and has not arrived.
    Underway(EventId),
    /// It has arrived, and is held back.
    Here(EventId),
    /// Frames were not recorded.
    Unknown,
}

impl Wait {
    /// The wait in words.
    pub fn sentence(&self, history: &History) -> String {
        let who = words::nodes(history, &[self.node]);
        let since = ms(self.since);
        match &self.what {
            Awaited::Message(row, trace) => {
                let message = words::message(history, *row);
                let trace = trace.words(history, &who);
                format!("{who} waits for {message} since {since} ms{trace}")
            }
            Awaited::Answer => format!("a client waits for {who} to answer since {since} ms"),
            Awaited::View => format!("{who} is blocked and waits for a view since {since} ms"),
            Awaited::Decision(instance) => {
                format!("{who} waits for the decision of {instance} since {since} ms")
            }
        }
    }
}

impl Trace {
    fn words(self, history: &History, who: &str) -> String {
        let at = |event: EventId| ms(history.event(event).time());
        let sent = |event: EventId| {
            let node = history.event(event).node().unwrap_or_default();
            words::nodes(history, &[node])
        };
        match self {
            Trace::Never => format!(": nobody has sent it to {who}"),
            Trace::Lost(send) => {
                format!(": what {} sent it at {} ms was lost", sent(send), at(send))
            }
            Trace::Underway(send) => {
                format!(": what {} sent it at {} ms has not arrived", sent(send), at(send))
            }
            Trace::Here(receipt) => format!(": it is there since {} ms, held back", at(receipt)),
            Trace::Unknown => String::new(),
        }
    }
}

/// Who waits at the end of a run, of the correct nodes; for messages only those that the proof
/// speaks of, if it speaks of any. In the order of nodes.
pub fn waits(history: &History, proof: &[EventId]) -> Vec<Wait> {
    let correct = Case::new(history).correct;
    let mut waits = for_messages(history, proof);
    waits.extend(for_turns(history));
    waits.retain(|wait| correct.get(wait.node.index()) == Some(&true));
    waits.sort_by_key(|wait| (wait.node, wait.since));
    waits
}

fn for_messages(history: &History, proof: &[EventId]) -> Vec<Wait> {
    let known = |id: &&EventId| id.index() < history.len();
    let mut rows: Vec<u32> =
        proof.iter().filter(known).filter_map(|id| history.event(*id).message()).collect();
    rows.sort_unstable();
    rows.dedup();
    rows.into_iter().flat_map(|row| for_message(history, row)).collect()
}

/// Every node of the message's group that has not delivered it.
fn for_message(history: &History, row: u32) -> Vec<Wait> {
    let of_it = |event: &Event<'_>| event.message() == Some(row) && !event.kind().is_transmission();
    let told: Vec<Event<'_>> = history.events().filter(of_it).collect();
    let Some(first) = told.first() else { return Vec::new() };
    let has = |node: &NodeId| {
        let delivers = |e: &Event<'_>| e.kind() == Kind::Deliver && e.node() == Some(*node);
        told.iter().any(delivers)
    };
    let group = told.iter().find_map(Event::group_name);
    let named = |(name, _): &&(String, Vec<NodeId>)| group.is_none_or(|group| group == name);
    let members = history.groups().iter().find(named).map(|(_, members)| members.clone());
    let everybody = || NodeId::first(history.node_count()).collect();
    let waiting = members.unwrap_or_else(everybody).into_iter().filter(|node| !has(node));
    let since = first.time();
    let wait = |node| Wait { node, what: Awaited::Message(row, trace(history, row, node)), since };
    waiting.map(wait).collect()
}

/// The last of a message's way to a node.
fn trace(history: &History, row: u32, node: NodeId) -> Trace {
    if !history.kinds().iter().any(|kind| kind.is_transmission()) {
        return Trace::Unknown;
    }
    let carries =
        |event: &Event<'_>| event.transmission().is_some_and(|frame| frame.messages.contains(&row));
    let (mut last, mut trace) = (None, Trace::Never);
    for event in history.events().filter(carries) {
        let Some(frame) = event.transmission() else { continue };
        match event.kind() {
            Kind::Recv if event.node() == Some(node) => return Trace::Here(event.id),
            Kind::Send if frame.peer == node => {
                (last, trace) = (Some((frame.id, event.id)), Trace::Underway(event.id));
            }
            Kind::Drop => {
                if let Some((_, send)) = last.filter(|(id, _)| *id == frame.id) {
                    trace = Trace::Lost(send);
                }
            }
            _ => {}
        }
    }
    trace
}

/// Answers, views and decisions that have not come.
fn for_turns(history: &History) -> Vec<Wait> {
    let mut open: BTreeMap<(Kind, NodeId, String), Wait> = BTreeMap::new();
    for event in history.events() {
        let Some(node) = event.node() else { continue };
        let key = |name: &str| event.field(name).map(|value| value.to_string()).unwrap_or_default();
        let since = event.time();
        match event.kind() {
            Kind::Invoke => {
                let wait = Wait { node, what: Awaited::Answer, since };
                open.insert((Kind::Invoke, NodeId(0), key("client")), wait);
            }
            Kind::Response => drop(open.remove(&(Kind::Invoke, NodeId(0), key("client")))),
            Kind::Block => {
                let wait = Wait { node, what: Awaited::View, since };
                open.insert((Kind::Block, node, key("g")), wait);
            }
            Kind::View => {
                open.retain(|(kind, blocked, _), _| (*kind, *blocked) != (Kind::Block, node));
            }
            Kind::Propose => {
                let wait = Wait { node, what: Awaited::Decision(key("i")), since };
                open.insert((Kind::Propose, node, key("i")), wait);
            }
            Kind::Decide => drop(open.remove(&(Kind::Propose, node, key("i")))),
            _ => {}
        }
    }
    open.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::lanes::lanes;

    fn told(picture: &str) -> Vec<String> {
        let history = lanes(picture);
        let all: Vec<EventId> = history.events().map(|event| event.id).collect();
        waits(&history, &all).iter().map(|wait| wait.sentence(&history)).collect()
    }

    #[test]
    fn whoever_is_correct_and_lacks_a_message_waits_for_it() {
        let since = |node: &str| format!("{node} waits for n1:0:1 since 0 ms");
        assert_eq!(told("n1: !a a #\nn2:      a\nn3:"), [since("n3")]);
        assert_eq!(told("n1: !a\nn2:\nn3: #"), [since("n1"), since("n2")]);
        assert!(told("n1: !a a\nn2:   a").is_empty());
    }

    /// One message of n1: lost on its way to n2, held back at n3, never sent to n4.
    const TRACED: &str = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3","n4"]}
{"t":0,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":0,"n":"n1","k":"deliver","m":"n1:0:1"}
{"t":0,"n":"n1","k":"send","to":"n2","x":1,"ms":["n1:0:1"]}
{"t":0,"n":"n1","k":"send","to":"n3","x":2,"ms":["n1:0:1"]}
{"t":1000000,"n":"n2","k":"drop","from":"n1","x":1,"ms":["n1:0:1"],"why":"cut"}
{"t":2000000,"n":"n3","k":"recv","from":"n1","x":2,"ms":["n1:0:1"]}
{"t":3000000,"n":"n4","k":"propose","i":1,"value":"x"}
"#;

    #[test]
    fn it_is_said_what_became_of_the_message_on_its_way() {
        let history = History::read(TRACED.as_bytes()).expect("it is a history");
        let told: Vec<String> =
            waits(&history, &[EventId(0)]).iter().map(|wait| wait.sentence(&history)).collect();
        assert_eq!(
            told,
            [
                "n2 waits for n1:0:1 since 0 ms: what n1 sent it at 0 ms was lost",
                "n3 waits for n1:0:1 since 0 ms: it is there since 2 ms, held back",
                "n4 waits for n1:0:1 since 0 ms: nobody has sent it to n4",
                "n4 waits for the decision of 1 since 3 ms",
            ]
        );
    }
}
