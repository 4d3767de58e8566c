//! Names in a file: of nodes, groups, messages and views.

use super::{Problem, clip, meant};
use crate::collections::Map;
use crate::history::{Header, History, MessageTable, Names, ViewName};
use crate::id::{MessageId, NodeId};

/// Where names lead.
pub(super) struct Directory {
    nodes: Map<String, NodeId>,
    groups: Map<String, u32>,
    /// The same in order, for messages.
    node_list: Vec<String>,
    group_list: Vec<String>,
    minted: bool,
}

impl Directory {
    pub fn new(header: &Header, groups: &[(String, Vec<NodeId>)]) -> Directory {
        let node_list = header.nodes.clone();
        let group_list: Vec<String> = groups.iter().map(|(name, _)| name.clone()).collect();
        Directory {
            nodes: node_list.iter().cloned().zip(NodeId::first(node_list.len())).collect(),
            groups: group_list.iter().cloned().zip(0..).collect(),
            node_list,
            group_list,
            minted: header.names == Names::Minted,
        }
    }

    pub fn node(&self, name: &str, at: usize) -> Result<NodeId, Problem> {
        let unknown = || Problem::at(at, unknown("node", name, &self.node_list));
        self.nodes.get(name).copied().ok_or_else(unknown)
    }

    pub fn group(&self, name: &str, at: usize) -> Result<u32, Problem> {
        let unknown = || Problem::at(at, unknown("group", name, &self.group_list));
        self.groups.get(name).copied().ok_or_else(unknown)
    }

    pub fn groups(&self) -> &[String] {
        &self.group_list
    }

    pub fn is_minted(&self) -> bool {
        self.minted
    }

    /// The row of a message name. A name that no harness minted has a row as well: that nobody
    /// broadcast it is for a checker to say.
    pub fn message(&self, name: &str, at: usize, table: &mut MessageTable) -> Result<u32, Problem> {
        if !self.minted {
            return Ok(table.opaque_row(name));
        }
        match minted_parts(name) {
            None => Err(Problem::at(at, no_message_name(name))),
            Some((origin, incarnation, number)) => {
                let (origin, incarnation, number) =
                    (self.nodes.get(origin), incarnation.try_into(), number.try_into());
                let (Some(origin), Ok(incarnation), Ok(number)) = (origin, incarnation, number)
                else {
                    return Ok(table.opaque_row(name));
                };
                Ok(table.row(MessageId { origin: *origin, incarnation, number }))
            }
        }
    }

    /// Whether the text can name a message of this history.
    pub fn check_message(&self, name: &str, at: usize) -> Result<(), Problem> {
        if !self.minted || minted_parts(name).is_some() {
            return Ok(());
        }
        Err(Problem::at(at, no_message_name(name)))
    }
}

/// The row of the message with this name, if the history names it.
pub(in crate::history) fn find_row(history: &History, name: &str) -> Option<u32> {
    let opaque = || history.messages.find_opaque(name);
    opaque().or_else(|| {
        let (origin, incarnation, number) = minted_parts(name)?;
        let origin = history.header.nodes.iter().position(|node| node == origin)?;
        let id = MessageId {
            origin: NodeId(origin as u32),
            incarnation: incarnation.try_into().ok()?,
            number: number.try_into().ok()?,
        };
        history.messages.find_minted(id)
    })
}

/// `origin:incarnation:number`, read from the right, since an origin may hold colons.
fn minted_parts(name: &str) -> Option<(&str, u64, u64)> {
    let (rest, number) = number_at_end(name)?;
    let (origin, incarnation) = number_at_end(rest)?;
    Some((origin, incarnation, number))
}

/// What stands before the last colon, and the number after it.
fn number_at_end(text: &str) -> Option<(&str, u64)> {
    let bytes = text.as_bytes();
    let digits = bytes.iter().rev().take(20).take_while(|b| b.is_ascii_digit()).count();
    let start = bytes.len() - digits;
    let before = start.checked_sub(1).filter(|colon| bytes[*colon] == b':')?;
    Some((&text[..before], whole(&bytes[start..])?))
}

/// A number as we write it: no sign, no zeros in front.
fn whole(digits: &[u8]) -> Option<u64> {
    let plain =
        !digits.is_empty() && digits.len() <= 19 && (digits[0] != b'0' || digits.len() == 1);
    plain.then(|| digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')))
}

fn no_message_name(name: &str) -> String {
    let name = clip(name);
    format!(
        "\"{name}\" is no message name; names are \"origin:incarnation:number\", as in \"n1:0:1\", \
         unless the header says \"names\":\"opaque\""
    )
}

/// The view id that a text stands for.
pub(super) fn view_name(text: &str, at: usize) -> Result<ViewName, Problem> {
    let (number, creator) = match text.split_once('.') {
        Some((number, creator)) => (number, Some(creator)),
        None => (text, None),
    };
    let digits = number.bytes().all(|b| b.is_ascii_digit());
    let number = if digits { whole(number.as_bytes()) } else { None };
    match (number, creator) {
        (None | Some(0), _) | (_, Some("")) => {
            let what = "is no view id; ids are \"7\" or \"7.creator\", and start from 1";
            Err(Problem::at(at, format!("\"{}\" {what}", clip(text))))
        }
        (Some(number), creator) => Ok(ViewName { number, creator: creator.map(Into::into) }),
    }
}

fn unknown(what: &str, name: &str, known: &[String]) -> String {
    let hint = meant(name, known.iter().map(String::as_str));
    let known = match known {
        few if few.len() <= 8 => clip(&few.join(", ")),
        many => format!("the {} of the header", many.len()),
    };
    format!("\"{}\" is not among the {what}s: {known}{hint}", clip(name))
}
