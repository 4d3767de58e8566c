//! The disturbances of a schedule as rules of the switch.

use pepperland_core::history::Channel;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{self, Fate, Trouble};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::Span;
use pepperland_netns::{Chance, Corruption, Links, Pace, Rule};
use std::time::Duration;

/// Of a slow link, so many frames wait before it; more than a run ever sends at once.
const QUEUE: u32 = 100_000;

/// What the switch does for a disturbance of links; nothing for others.
pub fn rule(trouble: &Trouble, channel: Channel) -> Option<Rule> {
    Some(match trouble {
        Trouble::Cut { .. } => Rule::Cut,
        Trouble::Lose { rate, .. } => Rule::Lose { rate: chance(*rate) },
        Trouble::Omit { rate, degree, .. } => Rule::Omit { rate: chance(*rate), degree: *degree },
        Trouble::Delay { least, most, rate, .. } => {
            Rule::Delay { least: time(*least), most: time(*most), rate: chance(*rate) }
        }
        Trouble::Duplicate { rate, most, .. } => {
            Rule::Duplicate { rate: chance(*rate), most: time(*most) }
        }
        Trouble::Corrupt { rate, .. } => {
            Rule::Corrupt { rate: chance(*rate), what: corruption(channel) }
        }
        Trouble::Garble { rate, .. } => Rule::Garble { rate: chance(*rate) },
        Trouble::Throttle { every, .. } => {
            Rule::Throttle { pace: Pace::Every(time(*every)), queue: QUEUE }
        }
        _ => return None,
    })
}

/// What the switch does to the one message of a strike; nothing for what only its sender could do.
pub fn struck(fate: Fate, channel: Channel) -> Option<Rule> {
    let rate = Chance::ALWAYS;
    Some(match fate {
        Fate::Lose => Rule::Lose { rate },
        Fate::Delay { by } => Rule::Delay { least: time(by), most: time(by), rate },
        Fate::Duplicate { by } => Rule::Duplicate { rate, most: time(by) },
        Fate::Corrupt => Rule::Corrupt { rate, what: corruption(channel) },
        Fate::Garble => Rule::Garble { rate },
        _ => return None,
    })
}

/// On a datagram what is corrupted comes with the right checksum, so that the node meets it: JSON
/// with one thing in it changed, and anything else with one bit. On a
/// stream it comes with the wrong one: a channel of which the contract says that it changes nothing
/// is one that notices.
fn corruption(channel: Channel) -> Corruption {
    match channel {
        Channel::Perfect => Corruption::AnyBit,
        _ => Corruption::Structured,
    }
}

/// The latencies of a network as a rule.
pub fn latency(network: &schedule::NetworkOptions) -> Rule {
    let (least, most) = (time(network.min_latency), time(network.max_latency));
    Rule::Delay { least, most, rate: Chance::ALWAYS }
}

/// The links, one by one.
pub fn links(links: &schedule::Links, nodes: usize) -> Links {
    Links::that(nodes, |from, to| links.contain(NodeId(from as u32), NodeId(to as u32)))
}

fn chance(rate: PerMillion) -> Chance {
    Chance::per_million(rate.0)
}

fn time(span: Span) -> Duration {
    Duration::from_nanos(span.0)
}
