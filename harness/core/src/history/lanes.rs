//! Lane notation: histories as pictures, one lane a node, time from left to right.
//!
//! ```text
//! n1: !a     a   b
//! n2:    !b    b   a
//! ```
//! | sign | meaning |
//! |---|---|
//! | `!a` | the node broadcasts `a`; `!a/h` to the group `h` |
//! | `a` | the node delivers `a`; `a@3` at slot 3 |
//! | `#` | the node crashes |
//! | `^` | the node restarts |
//! | `{1,2}` | the node installs a view of the first and the second node |
//!
//! The column, counted from where the lane's line starts, is the instant; signs in one column
//! happen from top to bottom. A word for a message starts with a letter. Its message gets the next
//! number of the node that broadcasts it; a word that nobody broadcasts gets a number of the first
//! node that was never minted. The view of a set of members is numbered by when that set was first
//! installed.

use crate::history::{
    EventId, Header, History, Kind, NONE, Place, Recorder, ViewInstall, ViewName,
};
use crate::id::{GroupId, MessageId, NodeId};
use crate::message::Message;
use crate::time::Time;
use serde_json::Map as Fields;
use std::collections::BTreeMap;
use std::fmt;

/// The text is no picture of a history.
#[derive(Debug, Eq, PartialEq, thiserror::Error)]
pub enum NotLanes {
    /// A line does not start with the name of a node and a colon.
    #[error("lane {0}: expected \"NODE: signs\"")]
    NoNode(usize),
    /// A node has two lanes, or a lane that the header does not know.
    #[error("lane {0}: the node is not in the header, or has a lane already")]
    BadNode(usize),
    /// A word is none of the signs.
    #[error("lane {0}: \"{1}\" is no sign: !a, a, a@3, #, ^ or {{1,2}}")]
    BadSign(usize, String),
    /// A message is broadcast twice.
    #[error("lane {0}: \"{1}\" is broadcast twice")]
    Twice(usize, String),
}

/// The history in a picture: virtual clock, complete, a node for each lane.
///
/// # Panics
/// If the text is no picture. Meant for tests; [`parse`] returns the error.
pub fn lanes(picture: &str) -> History {
    let mut header = Header::new(Vec::new());
    header.clock = crate::history::Clock::Virtual;
    header.complete = true;
    parse(picture, header).unwrap_or_else(|e| panic!("{e}"))
}

/// The history in a picture under the given header. A header without nodes gets those of the lanes.
///
/// # Errors
/// The first place where the text is no picture.
pub fn parse(picture: &str, mut header: Header) -> Result<History, NotLanes> {
    let lanes = split(picture)?;
    if header.nodes.is_empty() {
        header.nodes = lanes.iter().map(|lane| lane.node.to_owned()).collect();
    }
    let mut signs = Vec::new();
    for (i, lane) in lanes.iter().enumerate() {
        let known = header.nodes.iter().position(|n| n == lane.node);
        let fresh = !lanes[..i].iter().any(|other| other.node == lane.node);
        let node = known.filter(|_| fresh).ok_or(NotLanes::BadNode(i + 1))?;
        signs.extend(lane.signs.iter().map(|(at, sign)| (*at, i, node, *sign)));
    }
    signs.sort_by_key(|(at, lane, ..)| (*at, *lane));
    let mut reading = Reading::new(header);
    reading.mint(&signs)?;
    for (at, lane, node, sign) in signs {
        let read = reading.sign(Time(at as u64), NodeId(node as u32), sign);
        read.ok_or_else(|| NotLanes::BadSign(lane + 1, sign.to_owned()))?;
    }
    Ok(reading.recorder.into_history())
}

/// One line of a picture: its node, and its signs with their columns.
struct Lane<'t> {
    node: &'t str,
    signs: Vec<(usize, &'t str)>,
}

fn split(picture: &str) -> Result<Vec<Lane<'_>>, NotLanes> {
    let lines = picture.lines().filter(|line| !line.trim().is_empty());
    lines.enumerate().map(|(i, line)| split_line(line).ok_or(NotLanes::NoNode(i + 1))).collect()
}

fn split_line(line: &str) -> Option<Lane<'_>> {
    let line = line.trim();
    let (node, rest) = line.split_once(": ").or_else(|| line.split_once(':'))?;
    let start = line.len() - rest.len();
    let column = |word: &str| start + (word.as_ptr() as usize - rest.as_ptr() as usize);
    let signs = rest.split_whitespace().map(|word| (column(word), word)).collect();
    Some(Lane { node: node.trim(), signs }).filter(|lane| !lane.node.is_empty())
}

struct Reading<'t> {
    recorder: Recorder,
    groups: Vec<String>,
    names: BTreeMap<&'t str, MessageId>,
    minted: BTreeMap<(usize, u32), u32>,
    incarnation: Vec<u32>,
    views: Vec<Vec<NodeId>>,
}

impl<'t> Reading<'t> {
    fn new(header: Header) -> Reading<'t> {
        let incarnation = vec![0; header.nodes.len()];
        let recorder = Recorder::new(header);
        let groups = recorder.groups().iter().map(|(name, _)| name.clone()).collect();
        Reading {
            recorder,
            groups,
            names: BTreeMap::new(),
            minted: BTreeMap::new(),
            incarnation,
            views: Vec::new(),
        }
    }

    /// Names every message that is broadcast, so that a delivery may stand before its broadcast.
    fn mint(&mut self, signs: &[(usize, usize, usize, &'t str)]) -> Result<(), NotLanes> {
        let mut incarnation = self.incarnation.clone();
        for (_, lane, node, sign) in signs {
            if *sign == "^" {
                incarnation[*node] += 1;
            }
            let Some(word) = sign.strip_prefix('!').map(|w| w.split('/').next().unwrap_or(w))
            else {
                continue;
            };
            let number = self.minted.entry((*node, incarnation[*node])).or_default();
            *number += 1;
            let id = MessageId {
                origin: NodeId(*node as u32),
                incarnation: incarnation[*node],
                number: *number,
            };
            if self.names.insert(word, id).is_some() {
                return Err(NotLanes::Twice(lane + 1, word.to_owned()));
            }
        }
        Ok(())
    }

    fn sign(&mut self, at: Time, node: NodeId, sign: &'t str) -> Option<EventId> {
        let event = match sign {
            "#" => self.recorder.event(at, node, Kind::Crash, Fields::new(), None),
            "^" => {
                self.incarnation[node.index()] += 1;
                self.recorder.event(at, node, Kind::Recover, Fields::new(), None)
            }
            _ if sign.starts_with('{') => self.view(at, node, sign)?,
            _ if sign.starts_with('!') => self.broadcast(at, node, &sign[1..])?,
            _ => self.deliver(at, node, sign)?,
        };
        Some(event)
    }

    fn broadcast(&mut self, at: Time, node: NodeId, sign: &'t str) -> Option<EventId> {
        let (word, group) = sign.split_once('/').unwrap_or((sign, ""));
        let group = match group {
            "" if !sign.ends_with('/') => 0,
            name => self.groups.iter().position(|g| g == name)?,
        };
        let id = self.names.get(word).copied().filter(|_| is_word(word))?;
        let message = Message { id, ..Message::default() };
        Some(self.recorder.broadcast(at, node, &message, GroupId(group as u32), None))
    }

    fn deliver(&mut self, at: Time, node: NodeId, sign: &'t str) -> Option<EventId> {
        let (word, slot) = match sign.split_once('@') {
            Some((word, slot)) => (word, Some(slot.parse().ok()?)),
            None => (sign, None),
        };
        let id = match self.names.get(word) {
            Some(id) => *id,
            None => self.unheard_of(word)?,
        };
        let message = Message { id, ..Message::default() };
        Some(self.recorder.deliver(at, node, &message, slot, None))
    }

    /// A name for a word that nobody broadcasts.
    fn unheard_of(&mut self, word: &'t str) -> Option<MessageId> {
        if !is_word(word) {
            return None;
        }
        let number = self.minted.entry((0, 0)).or_default();
        *number += 1;
        let id = MessageId { origin: NodeId(0), incarnation: 0, number: *number };
        self.names.insert(word, id);
        Some(id)
    }

    fn view(&mut self, at: Time, node: NodeId, sign: &str) -> Option<EventId> {
        let inner = sign.strip_prefix('{')?.strip_suffix('}')?;
        let member = |text: &str| text.parse::<u32>().ok()?.checked_sub(1).map(NodeId);
        let members: Vec<NodeId> = inner.split(',').map(member).collect::<Option<_>>()?;
        if members.iter().any(|m| m.index() >= self.incarnation.len()) {
            return None;
        }
        let known = self.views.iter().position(|v| *v == members);
        let number = known.unwrap_or_else(|| {
            self.views.push(members.clone());
            self.views.len() - 1
        });
        let view = ViewName { number: number as u64 + 1, creator: None };
        let install = ViewInstall { view, members, primary: true, transitional: None, group: None };
        Some(self.recorder.view(at, node, install, None))
    }
}

fn is_word(word: &str) -> bool {
    word.starts_with(char::is_alphabetic) && word.chars().all(char::is_alphanumeric)
}

/// Some events of a history as a picture. It shows broadcasts, deliveries, crashes, restarts and
/// views, and parses back to them.
pub struct Lanes<'h> {
    history: &'h History,
    events: Vec<EventId>,
}

impl History {
    /// These events as a picture; all of them if `events` is empty.
    pub fn lanes(&self, events: &[EventId]) -> Lanes<'_> {
        let mut events: Vec<EventId> = match events {
            [] => self.events().map(|e| e.id).collect(),
            _ => events.iter().copied().filter(|id| id.index() < self.len()).collect(),
        };
        events.sort_unstable();
        events.dedup();
        Lanes { history: self, events }
    }
}

/// Nodes up to this many all get a lane, also those at which nothing happened.
const SMALL: usize = 9;

impl fmt::Display for Lanes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let signs = self.signs();
        let width = |sign: &Option<(NodeId, String)>| sign.as_ref().map_or(0, |(_, s)| s.len() + 1);
        let small = self.history.node_count() <= SMALL;
        let here = |n: NodeId| signs.iter().flatten().any(|(m, _)| *m == n);
        let nodes = NodeId::first(self.history.node_count()).filter(|n| small || here(*n));
        let nodes: Vec<NodeId> = nodes.collect();
        let label = nodes.iter().map(|n| self.history.node_name(*n).len()).max().unwrap_or(0) + 1;
        for node in nodes {
            let mut line = format!("{:label$}", format!("{}:", self.history.node_name(node)));
            for sign in &signs {
                let shown = sign.as_ref().filter(|(n, _)| *n == node).map_or("", |(_, s)| s);
                line.push_str(&format!(" {shown:0$}", width(sign).saturating_sub(1)));
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Lanes<'_> {
    /// A sign for each event that has one, with its node.
    fn signs(&self) -> Vec<Option<(NodeId, String)>> {
        let mut words = BTreeMap::new();
        let sign = |id: &EventId| {
            let event = self.history.event(*id);
            let node = event.node()?;
            let text = match event.kind() {
                Kind::Broadcast => self.broadcast(event.message()?, &mut words),
                Kind::Deliver => {
                    let word = word_of(event.message()?, &mut words);
                    place(word, event.place())
                }
                Kind::Crash => "#".to_owned(),
                Kind::Recover => "^".to_owned(),
                Kind::View => members(&event.view()?.members),
                _ => return None,
            };
            Some((node, text))
        };
        self.events.iter().map(sign).filter(Option::is_some).collect()
    }

    fn broadcast(&self, row: u32, words: &mut BTreeMap<u32, String>) -> String {
        let word = word_of(row, words);
        let group = self.history.messages.group.get(row as usize).copied().unwrap_or(NONE);
        match self.history.groups().get(group as usize) {
            Some((name, _)) if group > 0 => format!("!{word}/{name}"),
            _ => format!("!{word}"),
        }
    }
}

/// The word of a message: a, b, … z, a1, b1, … in the order of their first signs.
fn word_of(row: u32, words: &mut BTreeMap<u32, String>) -> String {
    let (letter, round) = (words.len() % 26, words.len() / 26);
    let fresh = || {
        let letter = char::from(b'a' + letter as u8);
        if round == 0 { letter.to_string() } else { format!("{letter}{round}") }
    };
    words.entry(row).or_insert_with(fresh).clone()
}

fn place(word: String, place: Option<&Place>) -> String {
    match place.and_then(|p| p.slot) {
        Some(slot) => format!("{word}@{slot}"),
        None => word,
    }
}

fn members(nodes: &[NodeId]) -> String {
    let numbers: Vec<String> = nodes.iter().map(|n| (u64::from(n.0) + 1).to_string()).collect();
    format!("{{{}}}", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PICTURE: &str = "\
n1: {1,2} !a a    b  b
n2: {1,2}      !b   # ^ a
";

    fn told(history: &History) -> Vec<(Kind, Option<String>)> {
        history.events().map(|e| (e.kind(), e.message_name())).collect()
    }

    #[test]
    fn a_column_is_an_instant_and_a_lane_a_node() {
        let history = lanes(PICTURE);
        let names: Vec<_> = history.events().filter_map(|e| e.message_name()).collect();
        assert_eq!(names, ["n1:0:1", "n1:0:1", "n2:0:1", "n2:0:1", "n2:0:1", "n1:0:1"]);
        assert_eq!(history.times()[0], Time(4));
        assert_eq!(history.kinds()[0], Kind::View);
        assert!(history.times().is_sorted());
    }

    #[test]
    fn prints_what_it_parses() {
        let history = lanes(PICTURE);
        let printed = history.lanes(&[]).to_string();
        let again = lanes(&printed);
        assert_eq!(told(&again), told(&history));
        assert_eq!(again.lanes(&[]).to_string(), printed);
    }

    #[test]
    fn a_projection_names_its_messages_anew() {
        let history = lanes("n1: !x !y y\nn2:         y x");
        let some: Vec<EventId> = [1, 3].map(EventId).to_vec();
        assert_eq!(history.lanes(&some).to_string(), "n1: !a\nn2:    a\n");
    }

    #[test]
    fn slots_groups_and_strangers_can_be_said() {
        let mut header = Header::new(Vec::new());
        header.groups.insert("g".into(), vec!["n1".into(), "n2".into()]);
        header.groups.insert("h".into(), vec!["n2".into()]);
        header.nodes = vec!["n1".into(), "n2".into()];
        let history = parse("n1: !a/h   !b\nn2: a@7 z", header.clone()).unwrap();
        assert_eq!(history.message_table().groups()[0], 1);
        let stranger = history.events().nth(2).unwrap();
        assert_eq!(stranger.message_name().as_deref(), Some("n1:0:3"));
        let row = stranger.message().unwrap() as usize;
        assert_eq!(history.message_table().broadcasts()[row], NONE);
        let printed = history.lanes(&[]).to_string();
        assert_eq!(printed, "n1: !a/h       !c\nn2:      a@7 b\n");
        assert_eq!(parse(&printed, header).unwrap().lanes(&[]).to_string(), printed);
    }

    #[test]
    fn says_where_a_picture_is_none() {
        let error = |text: &str| parse(text, Header::new(Vec::new())).unwrap_err();
        assert_eq!(error("no lane"), NotLanes::NoNode(1));
        assert_eq!(error("n1: a\nn1: a"), NotLanes::BadNode(2));
        assert_eq!(error("n1: !a !a"), NotLanes::Twice(1, "a".into()));
        for sign in ["?", "{1,7}", "{1", "a@", "!", "!a/x", "{}"] {
            assert!(matches!(error(&format!("n1: {sign}")), NotLanes::BadSign(1, _)), "{sign}");
        }
    }
}
