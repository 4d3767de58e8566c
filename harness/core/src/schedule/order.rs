//! In which order the network lets frames arrive. Whatever is chosen, a frame takes no less than
//! the least and no more than the greatest latency of the schedule, and frames to oneself do not
//! overtake each other: an order changes how likely a run is, never whether it is possible.

use crate::names::did_you_mean;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How the network chooses, within its latencies, when a frame arrives.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Order {
    /// Each frame's latency is drawn by itself, all being equally likely.
    #[default]
    Uniform,
    /// Each link has one latency of its own for the whole run; most have the least or the greatest.
    Steady,
    /// All frames take the least latency, but for a few that take the greatest.
    Fifo {
        /// How many are delayed.
        delays: u32,
        /// Among how many first frames of the run they are drawn.
        among: u32,
    },
    /// Each frame takes the least latency, or by chance the greatest.
    Lag {
        /// So many …
        few: u32,
        /// … of so many lag, each by itself.
        of: u32,
    },
    /// Frames that race to a node with the one that has just arrived are drawn anew.
    Pos,
    /// Chains of frames, each the cause of the next, have priorities; at a few frames of the run
    /// the chain that they are in falls behind all others.
    Pctcp {
        /// One more than the changes of priority: how many ordered frames a bug may need.
        depth: u32,
        /// Among how many first frames of the run the changes are drawn.
        among: u32,
    },
    /// Rounds: all that is sent in one arrives together at its end, in random order.
    Rounds,
}

/// The words for the orders, as files and the command line write them.
const WORDS: [&str; 7] =
    ["uniform", "steady", "fifo(2/400)", "lag(1/20)", "pos", "pctcp(3/400)", "rounds"];

impl Order {
    /// Whether it is the usual one, which every runtime can bring about.
    pub fn is_uniform(&self) -> bool {
        *self == Order::Uniform
    }
}

impl fmt::Display for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Order::Uniform => f.write_str("uniform"),
            Order::Steady => f.write_str("steady"),
            Order::Fifo { delays, among } => write!(f, "fifo({delays}/{among})"),
            Order::Lag { few, of } => write!(f, "lag({few}/{of})"),
            Order::Pos => f.write_str("pos"),
            Order::Pctcp { depth, among } => write!(f, "pctcp({depth}/{among})"),
            Order::Rounds => f.write_str("rounds"),
        }
    }
}

/// The text is no order.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("\"{text}\" is no order of arrival{}", hint(.text))]
pub struct NotAnOrder {
    /// The beginning of the text.
    pub text: String,
}

/// Among so many frames at most changes are drawn: they are kept one by one.
const MOST: u32 = 1_000_000;

/// What may have been meant.
fn hint(text: &str) -> String {
    match text.split_once('(') {
        Some((word @ ("fifo" | "lag" | "pctcp"), _)) => {
            let least = if word == "pctcp" { 1 } else { 0 };
            format!("; {word}(k/n) takes whole numbers, n from 1 to {MOST} and k from {least} to n")
        }
        _ => did_you_mean(text, WORDS),
    }
}

impl FromStr for Order {
    type Err = NotAnOrder;

    fn from_str(text: &str) -> Result<Order, NotAnOrder> {
        let wrong = || NotAnOrder { text: text.chars().take(60).collect() };
        let numbers = |text: &str| {
            let (few, many) = text.strip_suffix(')')?.split_once('/')?;
            let (few, many) = (few.parse::<u32>().ok()?, many.parse::<u32>().ok()?);
            (few <= many && (1..=MOST).contains(&many)).then_some((few, many))
        };
        let order = match (text, text.split_once('(')) {
            ("uniform", _) => Some(Order::Uniform),
            ("steady", _) => Some(Order::Steady),
            ("pos", _) => Some(Order::Pos),
            ("rounds", _) => Some(Order::Rounds),
            (_, Some(("fifo", rest))) => {
                numbers(rest).map(|(delays, among)| Order::Fifo { delays, among })
            }
            (_, Some(("lag", rest))) => numbers(rest).map(|(few, of)| Order::Lag { few, of }),
            (_, Some(("pctcp", rest))) => numbers(rest)
                .filter(|(depth, _)| *depth > 0)
                .map(|(depth, among)| Order::Pctcp { depth, among }),
            _ => None,
        };
        order.ok_or_else(wrong)
    }
}

impl From<Order> for String {
    fn from(order: Order) -> String {
        order.to_string()
    }
}

impl TryFrom<String> for Order {
    type Error = NotAnOrder;

    fn try_from(text: String) -> Result<Order, NotAnOrder> {
        text.parse()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        for word in WORDS {
            assert_eq!(word.parse::<Order>().expect(word).to_string(), word);
        }
    }

    #[test]
    fn a_wrong_one_names_the_nearest() {
        let error = |text: &str| text.parse::<Order>().expect_err(text).to_string();
        assert_eq!(error("stedy"), "\"stedy\" is no order of arrival; did you mean \"steady\"?");
        for wrong in ["fifo(2)", "fifo(2/0)", "pctcp(0/10)", "pctcp(1/9", "fifo(-1/9)", ""] {
            assert!(error(wrong).contains("is no order of arrival"), "{wrong}");
        }
        assert_eq!(
            error("pctcp(5/3)"),
            "\"pctcp(5/3)\" is no order of arrival; pctcp(k/n) takes whole numbers, n from 1 to \
             1000000 and k from 1 to n"
        );
        assert!(error("fifo(1/4000000000)").contains("n from 1 to 1000000"));
        assert!(error("lag(2/1)").contains("k from 0 to n"));
    }
}
