//! Disturbances: the closed set of things that go wrong. Fault profiles compile to these, and
//! runtimes implement these alone.

use crate::fault::Fault;
use crate::id::{NetworkId, NodeId};
use crate::schedule::{Deceit, Failing, Fate, Links, Ration, Way, named};
use crate::seed::PerMillion;
use crate::time::{Span, Time};
use serde::{Deserialize, Serialize};

/// Something that goes wrong, from an instant on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Disturbance {
    /// When it begins.
    pub at: Time,
    /// When it ends: the links heal, the node restarts or goes on. Absent: links heal and paused
    /// nodes go on at `heal_at`; a crash is for good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Time>,
    /// What it is.
    #[serde(flatten)]
    pub trouble: Trouble,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "lowercase")]
pub enum Trouble {
    /// The links carry nothing. A perfect channel holds messages until they heal; any other
    /// loses what is sent or would arrive while the cut lasts.
    Cut {
        /// Which links.
        #[serde(flatten)]
        links: Links,
    },
    /// Each message is lost with this chance.
    Lose {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// The chance.
        rate: PerMillion,
    },
    /// Each message takes longer by a span between these two.
    Delay {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// At least this much longer.
        least: Span,
        /// At most this much longer.
        most: Span,
        /// How many of the messages.
        rate: PerMillion,
    },
    /// Each message arrives twice with this chance.
    Duplicate {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// The chance.
        rate: PerMillion,
        /// The second copy comes at most this much later.
        most: Span,
    },
    /// Each message arrives with one bit changed with this chance.
    Corrupt {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// The chance.
        rate: PerMillion,
    },
    /// Each message is lost with this chance, but never more of them than the degree one after
    /// the other, over all of these links together.
    Omit {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// The chance.
        rate: PerMillion,
        /// At most so many in a row.
        degree: u32,
    },
    /// Each message loses its end with this chance, so that it cannot be decoded.
    Garble {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// The chance.
        rate: PerMillion,
    },
    /// Each link takes one message in so long; those that come sooner queue.
    Throttle {
        /// Which links.
        #[serde(flatten)]
        links: Links,
        /// How far apart two messages of one link set out at least.
        every: Span,
    },
    /// One message suffers this fate.
    Strike {
        /// The sender.
        #[serde(with = "named::node")]
        from: NodeId,
        /// The receiver.
        #[serde(with = "named::node")]
        to: NodeId,
        /// Over which network. On the controlled one, a write is a message to the writer itself,
        /// and a fate of it befalls the write before it fans out; a message to another is one
        /// reader's copy, which can be late, and all that come after it there are no sooner.
        #[serde(default, skip_serializing_if = "named::is_default")]
        network: NetworkId,
        /// The how-manieth message on that link since the start of the run, from 1.
        number: u32,
        /// What happens to it.
        #[serde(flatten)]
        fate: Fate,
    },
    /// The node stops.
    Crash {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
        /// Absent: at that instant. Present: within the first handler from then on that has more
        /// effects than this, after this many of them.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        effects: Option<u32>,
    },
    /// The node stands still: it handles nothing, and everything waits for it.
    Pause {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
    },
    /// The node's clock jumps and then runs at another rate.
    Skew {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
        /// The jump, ns.
        jump: i64,
        /// Parts per million faster than true time.
        drift: i32,
    },
    /// The node lies, in each message that it sends to another with this chance. It is Byzantine
    /// for the whole run.
    Lie {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
        /// The chance.
        rate: PerMillion,
        /// In which way, and to whom.
        #[serde(flatten)]
        how: Deceit,
    },
    /// A second copy of the node runs under its name (Bano et al., *Twins: BFT Systems Made
    /// Robust*, 2021), from the beginning of the first of these to the end of the last. What is
    /// sent to the node reaches both copies, and what both send has the one name, but for those
    /// that a copy does not talk with meanwhile. The node is Byzantine for the whole run.
    Twin {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
        /// Whom the first copy talks with; absent: with everybody. Where either is named, the two
        /// copies do not talk with each other.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "named::nodes")]
        first: Option<Vec<NodeId>>,
        /// Whom the second copy talks with.
        #[serde(default, skip_serializing_if = "Option::is_none", with = "named::nodes")]
        second: Option<Vec<NodeId>>,
    },
    /// The node gets no more than this of its machine.
    Starve {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
        /// No more than this.
        #[serde(flatten)]
        ration: Ration,
    },
    /// The node's disk fails: a crash while it does takes with it some of what was written. The
    /// node cannot tell before it restarts.
    Disk {
        /// The node.
        #[serde(rename = "n", with = "named::node")]
        node: NodeId,
        /// What a crash takes with it.
        #[serde(flatten)]
        how: Failing,
    },
}

impl Trouble {
    /// A fate of one message on the network that carries the application's messages.
    pub fn strike(from: NodeId, to: NodeId, number: u32, fate: Fate) -> Trouble {
        Trouble::Strike { from, to, network: NetworkId::PAYLOAD, number, fate }
    }

    /// By how much it may make a message late.
    pub fn delays_by(&self) -> Span {
        match self {
            Trouble::Delay { most, .. } | Trouble::Duplicate { most, .. } => *most,
            Trouble::Lie { how, .. } => how.most,
            Trouble::Strike { fate: Fate::Delay { by } | Fate::Duplicate { by }, .. } => *by,
            _ => Span::ZERO,
        }
    }

    /// The word for it, as in a schedule file.
    pub fn word(&self) -> &'static str {
        match self {
            Trouble::Cut { .. } => "cut",
            Trouble::Lose { .. } => "lose",
            Trouble::Delay { .. } => "delay",
            Trouble::Duplicate { .. } => "duplicate",
            Trouble::Corrupt { .. } => "corrupt",
            Trouble::Strike { .. } => "strike",
            Trouble::Crash { .. } => "crash",
            Trouble::Pause { .. } => "pause",
            Trouble::Skew { .. } => "skew",
            Trouble::Lie { .. } => "lie",
            Trouble::Twin { .. } => "twin",
            Trouble::Omit { .. } => "omit",
            Trouble::Garble { .. } => "garble",
            Trouble::Throttle { .. } => "throttle",
            Trouble::Disk { .. } => "disk",
            Trouble::Starve { .. } => "starve",
        }
    }

    /// The faults of which a model must allow at least one for this to be within it.
    pub fn faults(&self, ends: bool) -> &'static [Fault] {
        const LATE: &[Fault] = &[Fault::Delay, Fault::Reorder];
        match self {
            Trouble::Cut { .. } => &[Fault::Partition],
            Trouble::Lose { .. }
            | Trouble::Omit { .. }
            | Trouble::Strike { fate: Fate::Lose, .. } => &[Fault::Loss],
            Trouble::Delay { .. } | Trouble::Throttle { .. } => LATE,
            // One late message is within what any asynchronous network does by itself.
            Trouble::Strike { fate: Fate::Delay { .. }, .. } => &[],
            Trouble::Duplicate { .. } | Trouble::Strike { fate: Fate::Duplicate { .. }, .. } => {
                &[Fault::Duplication]
            }
            Trouble::Corrupt { .. }
            | Trouble::Garble { .. }
            | Trouble::Strike { fate: Fate::Corrupt | Fate::Garble, .. } => &[Fault::Corruption],
            Trouble::Disk { .. } => &[Fault::Disk],
            Trouble::Starve { ration: Ration::Processor { .. }, .. } => &[Fault::Starvation],
            Trouble::Starve { .. } => &[Fault::Crash],
            Trouble::Crash { .. } if ends => &[Fault::Recovery],
            Trouble::Crash { .. } => &[Fault::Crash],
            Trouble::Pause { .. } => &[Fault::Pause],
            Trouble::Skew { .. } => &[Fault::Clock],
            Trouble::Lie { .. } | Trouble::Twin { .. } | Trouble::Strike { .. } => {
                &[Fault::Byzantine]
            }
        }
    }

    /// The node that it makes Byzantine, if it makes one.
    pub fn liar(&self) -> Option<NodeId> {
        match self {
            Trouble::Lie { node, .. } | Trouble::Twin { node, .. } => Some(*node),
            Trouble::Strike { from, fate, .. } if fate.is_a_lie() => Some(*from),
            _ => None,
        }
    }

    /// Whether it has the node's time-outs come too soon.
    pub fn hastens(&self, whom: NodeId) -> bool {
        matches!(self, Trouble::Lie { node, how, .. } if *node == whom && how.way == Way::Hasty)
    }

    /// The links it disturbs, if it disturbs links.
    pub fn links(&self) -> Option<&Links> {
        match self {
            Trouble::Cut { links }
            | Trouble::Lose { links, .. }
            | Trouble::Delay { links, .. }
            | Trouble::Duplicate { links, .. }
            | Trouble::Corrupt { links, .. }
            | Trouble::Omit { links, .. }
            | Trouble::Garble { links, .. }
            | Trouble::Throttle { links, .. } => Some(links),
            _ => None,
        }
    }
}

impl Disturbance {
    /// A disturbance from one instant to another.
    pub fn during(at: Time, until: Time, trouble: Trouble) -> Disturbance {
        Disturbance { at, until: Some(until), trouble }
    }

    /// A disturbance that is over only when the faults end, or never.
    pub fn from(at: Time, trouble: Trouble) -> Disturbance {
        Disturbance { at, until: None, trouble }
    }
}

impl Disturbance {
    /// When it begins and, if ever, ends in a run with this header. Disturbances of links and
    /// pauses end at `heal_at` at the latest, unless they begin after it; a strike waits for its
    /// message however long it takes.
    pub fn window(&self, header: &crate::schedule::Frame) -> (Time, Option<Time>) {
        let until = match (&self.trouble, self.until) {
            (Trouble::Strike { .. }, until) => return (self.at, until),
            (Trouble::Crash { .. }, until) => until,
            (_, Some(until)) => Some(until),
            (_, None) => Some(header.heal_at.max(self.at)),
        };
        let latest = if self.at < header.heal_at { header.heal_at } else { Time::NEVER };
        (self.at, until.map(|until| until.min(latest).max(self.at)))
    }
}
