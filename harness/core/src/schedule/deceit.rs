//! How liars lie: in which way, to whom, and in which of their messages.

use crate::id::NodeId;
use crate::schedule::named;
use crate::time::Span;
use serde::{Deserialize, Serialize};

/// How a liar lies.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Deceit {
    /// In which way.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub way: Way,
    /// To whom; absent: to everybody.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "named::nodes")]
    pub to: Option<Vec<NodeId>>,
    /// In messages of one kind alone: the how-manieth that the liar uses, from 1. Absent: of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<u32>,
    /// In messages with this label alone. Absent: in any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// How late it is at most, where it is late: by whole milliseconds, at least one.
    #[serde(default, skip_serializing_if = "named::is_default")]
    pub most: Span,
}

impl Deceit {
    /// In this way, to everybody, in every message.
    pub fn plain(way: Way) -> Deceit {
        Deceit { way, ..Deceit::default() }
    }

    /// Whether it concerns messages to this node.
    pub fn concerns(&self, to: NodeId) -> bool {
        self.to.as_ref().is_none_or(|some| some.contains(&to))
    }
}

/// In which way a liar lies.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// One place of a message is changed a little, each receiver's copy by itself.
    #[default]
    SmallScope,
    /// One field of a message takes the value that it had in an earlier one.
    Earlier,
    /// An earlier message to the same receiver comes again.
    Replay,
    /// An earlier message comes that was meant for another receiver.
    Readdress,
    /// All receivers are told the same lie, as long as the truth is the same.
    Equivocate,
    /// A message is not sent.
    Silent,
    /// A message is sent later.
    Late,
    /// Some of a message's authenticators, one for each node, are spoilt.
    PartialMac,
    /// Its time-outs come too soon, all of them; what it sends, its own code sends.
    Hasty,
}

impl Way {
    /// Every way, in the order of their words.
    pub const ALL: [Way; 9] = [
        Way::SmallScope,
        Way::Earlier,
        Way::Replay,
        Way::Readdress,
        Way::Equivocate,
        Way::Silent,
        Way::Late,
        Way::PartialMac,
        Way::Hasty,
    ];

    /// The words, as in a schedule file.
    pub const WORDS: [&str; 9] = [
        "small-scope",
        "earlier",
        "replay",
        "readdress",
        "equivocate",
        "silent",
        "late",
        "partial-mac",
        "hasty",
    ];

    /// The word for it.
    pub fn word(self) -> &'static str {
        Way::WORDS[self as usize]
    }

    /// Whether it comes back to what was said before.
    pub fn needs_the_past(self) -> bool {
        matches!(self, Way::Earlier | Way::Replay | Way::Readdress)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_file() {
        for way in Way::ALL {
            assert_eq!(serde_json::to_value(way).unwrap(), way.word());
        }
    }
}
