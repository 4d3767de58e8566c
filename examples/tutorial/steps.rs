//! The steps of the tutorial, from what is simplest to what costs most.

/// One step: a protocol, what it does not keep, and what does.
pub struct Step {
    /// What the page is called.
    pub title: &'static str,
    /// The protocol.
    pub implementation: &'static str,
    /// Its expected break.
    pub shows: &'static str,
    /// The protocol that keeps the property in the same run; empty where none does.
    pub mended_by: &'static str,
}

/// Breaks whose shrunk runs are those of another step: what is left is what fails most easily.
const BY_HAND: &[&str] = &["half-a-certificate"];

impl Step {
    /// Whether the hand-written run is shown, though the search finds some.
    pub fn is_by_hand(&self) -> bool {
        BY_HAND.contains(&self.shows)
    }
}

/// Every step.
pub const STEPS: &[Step] = &[
    Step {
        title: "A datagram is lost",
        implementation: "ip-multicast",
        shows: "lost",
        mended_by: "perfect-link",
    },
    Step {
        title: "A datagram comes twice",
        implementation: "ip-multicast",
        shows: "doubled",
        mended_by: "perfect-link",
    },
    Step {
        title: "A datagram overtakes another",
        implementation: "ip-multicast",
        shows: "overtaken",
        mended_by: "fifo-link",
    },
    Step {
        title: "Only one source is heard",
        implementation: "ip-multicast-ssm",
        shows: "other-source",
        mended_by: "ip-multicast",
    },
    Step {
        title: "A sender crashes between two of its sends",
        implementation: "basic",
        shows: "sender-crashes",
        mended_by: "reliable",
    },
    Step {
        title: "The same over links that repeat",
        implementation: "perfect-link",
        shows: "sender-crashes",
        mended_by: "reliable",
    },
    Step {
        title: "Who corrects when the sender crashes?",
        implementation: "ack",
        shows: "sender-crashes",
        mended_by: "nack",
    },
    Step {
        title: "Nobody speaks after the last message",
        implementation: "reliable-ip",
        shows: "silence-after-the-last",
        mended_by: "nack",
    },
    Step {
        title: "The same with messages that carry earlier ones",
        implementation: "fifo-piggyback",
        shows: "silence",
        mended_by: "nack",
    },
    Step {
        title: "A crashed member blocks stability",
        implementation: "nack",
        shows: "crashed-member-blocks-stability",
        mended_by: "",
    },
    Step {
        title: "Somebody is left susceptible",
        implementation: "epidemic",
        shows: "left-susceptible",
        mended_by: "reliable",
    },
    Step {
        title: "Somebody is left susceptible by half",
        implementation: "epidemic-half",
        shows: "left-susceptible",
        mended_by: "reliable",
    },
    Step {
        title: "What is delivered dies with its deliverer",
        implementation: "reliable",
        shows: "sends-die-with-the-sender",
        mended_by: "uniform",
    },
    Step {
        title: "Delivered before it is relayed",
        implementation: "reliable-lazy",
        shows: "delivers-before-it-relays",
        mended_by: "uniform",
    },
    Step {
        title: "Delivered by the crashed alone",
        implementation: "reliable-ip",
        shows: "delivered-by-the-crashed-alone",
        mended_by: "reliable-logged",
    },
    Step {
        title: "Delivered by the crashed alone, and never asked for",
        implementation: "nack",
        shows: "delivered-by-the-crashed-alone",
        mended_by: "reliable-logged",
    },
    Step {
        title: "A detector that errs",
        implementation: "keepalive-detector",
        shows: "late-keepalives",
        mended_by: "",
    },
    Step {
        title: "Who is excused need not be dead",
        implementation: "uniform-all-ack",
        shows: "excuses-the-suspected",
        mended_by: "uniform",
    },
    Step {
        title: "Who comes back has forgotten",
        implementation: "uniform",
        shows: "restarts-forget",
        mended_by: "reliable-logged",
    },
    Step {
        title: "The second message before the first",
        implementation: "reliable",
        shows: "overtaken",
        mended_by: "fifo",
    },
    Step {
        title: "An answer before its question",
        implementation: "fifo",
        shows: "answer-before-its-question",
        mended_by: "causal",
    },
    Step {
        title: "A cause that nobody has",
        implementation: "causal-basic",
        shows: "cause-lost",
        mended_by: "causal",
    },
    Step {
        title: "Two readers, two orders",
        implementation: "causal",
        shows: "two-orders",
        mended_by: "sequencer",
    },
    Step {
        title: "The sequencer crashes",
        implementation: "sequencer",
        shows: "sequencer-crashes",
        mended_by: "sequencer-failover",
    },
    Step {
        title: "The relaying sequencer crashes",
        implementation: "sequencer-relay",
        shows: "sequencer-crashes",
        mended_by: "sequencer-failover",
    },
    Step {
        title: "The coordinator crashes",
        implementation: "sequencer-isis",
        shows: "coordinator-crashes",
        mended_by: "sequencer-failover",
    },
    Step {
        title: "Two sequencers",
        implementation: "sequencer-failover",
        shows: "two-sequencers",
        mended_by: "sequencer-majority",
    },
    Step {
        title: "Two tokens",
        implementation: "moving-sequencer",
        shows: "two-tokens",
        mended_by: "token-ring",
    },
    Step {
        title: "The token dies with its holder",
        implementation: "token-ring",
        shows: "holder-crash",
        mended_by: "token-ring-regenerating",
    },
    Step {
        title: "What the token numbered and nobody has",
        implementation: "token-ring-regenerating",
        shows: "lost-in-flight",
        mended_by: "token-ring",
    },
    Step {
        title: "A crashed member is never heard from",
        implementation: "lamport",
        shows: "crashed-kept",
        mended_by: "clock-order",
    },
    Step {
        title: "A clock for each group",
        implementation: "lamport",
        shows: "groups-overlap",
        mended_by: "multi-group",
    },
    Step {
        title: "A message later than the bound",
        implementation: "clock-order",
        shows: "late-message",
        mended_by: "lamport",
    },
    Step {
        title: "A node that stood still",
        implementation: "clock-order",
        shows: "pause",
        mended_by: "lamport",
    },
    Step {
        title: "A clock that is ahead",
        implementation: "clock-order",
        shows: "clock-skew",
        mended_by: "",
    },
    Step {
        title: "The origin crashes between two finals",
        implementation: "agreed-order",
        shows: "origin-crash",
        mended_by: "voted-order",
    },
    Step {
        title: "A receiver crashes before it proposes",
        implementation: "agreed-order",
        shows: "receiver-crash",
        mended_by: "token-ring-regenerating",
    },
    Step {
        title: "Votes that split",
        implementation: "voted-order",
        shows: "split-votes",
        mended_by: "token-ring-regenerating",
    },
    Step {
        title: "A member that is only slow",
        implementation: "anycast",
        shows: "false-suspicion",
        mended_by: "",
    },
    Step {
        title: "A server that ticks slowly",
        implementation: "heartbeat",
        shows: "slow-monitor",
        mended_by: "",
    },
    Step {
        title: "An old copy of a confirmation",
        implementation: "heartbeat",
        shows: "old-copies",
        mended_by: "",
    },
    Step {
        title: "A detector that learns by mistakes",
        implementation: "keepalive-detector-adaptive",
        shows: "learns-by-mistakes",
        mended_by: "",
    },
    Step {
        title: "Answers that are later than assumed",
        implementation: "timeout-detector",
        shows: "late-answers",
        mended_by: "",
    },
    Step {
        title: "An old copy keeps a crashed server active",
        implementation: "arithmetic",
        shows: "old-confirmation",
        mended_by: "",
    },
    Step {
        title: "The membership service crashes",
        implementation: "membership-service",
        shows: "service-crashes",
        mended_by: "membership",
    },
    Step {
        title: "A view comes while a message is on its way",
        implementation: "membership-service",
        shows: "no-flush",
        mended_by: "virtual-synchrony",
    },
    Step {
        title: "Sent in one view, ordered in the next",
        implementation: "ordered-membership",
        shows: "ordered-after-include",
        mended_by: "virtual-synchrony",
    },
    Step {
        title: "Ignored, though it never crashed",
        implementation: "ordered-membership",
        shows: "late-message-ignored",
        mended_by: "virtual-synchrony",
    },
    Step {
        title: "Delivered by its sender alone",
        implementation: "virtual-synchrony",
        shows: "delivered-by-the-sender-alone",
        mended_by: "virtual-synchrony-stable",
    },
    Step {
        title: "A majority crashes",
        implementation: "consensus",
        shows: "majority-crashes",
        mended_by: "",
    },
    Step {
        title: "The last messenger is caught",
        implementation: "coordinated-attack",
        shows: "last-messenger",
        mended_by: "",
    },
    Step {
        title: "Armies that wait for ever",
        implementation: "coordinated-attack",
        shows: "patient-armies",
        mended_by: "",
    },
    Step {
        title: "Armies that never attack",
        implementation: "coordinated-attack",
        shows: "nobody-attacks",
        mended_by: "",
    },
    Step {
        title: "Two coordinators at once",
        implementation: "consensus-service",
        shows: "late-heartbeat",
        mended_by: "",
    },
    Step {
        title: "More liars than can be outvoted",
        implementation: "difato",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "More liars than a quorum bears",
        implementation: "rampart",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "Two of four tell another story",
        implementation: "correia-reliable",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "Two of four outvote the others",
        implementation: "correia-binary",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "What two liars propose is decided",
        implementation: "correia-consensus",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "Two of four propose nothing",
        implementation: "correia-vector",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "Two of four leave one out",
        implementation: "correia",
        shows: "too-many-liars",
        mended_by: "",
    },
    Step {
        title: "More servers lie than can be outvoted",
        implementation: "pieri",
        shows: "too-many-servers-lie",
        mended_by: "",
    },
    Step {
        title: "More clients lie than can be outvoted",
        implementation: "pieri",
        shows: "too-many-clients-lie",
        mended_by: "",
    },
    Step {
        title: "One order overtakes another, and is dropped",
        implementation: "difato-literal",
        shows: "overtaken-requests",
        mended_by: "difato",
    },
    Step {
        title: "A client is left out of the result",
        implementation: "difato-literal",
        shows: "client-left-out",
        mended_by: "difato",
    },
    Step {
        title: "Two servers look at one register",
        implementation: "difato-literal",
        shows: "last-value-only",
        mended_by: "difato",
    },
    Step {
        title: "Deposed by what was said before",
        implementation: "difato-literal",
        shows: "stale-changes",
        mended_by: "difato",
    },
    Step {
        title: "Every sequencer is deposed",
        implementation: "difato-literal",
        shows: "changes-without-end",
        mended_by: "difato",
    },
    Step {
        title: "Given up by one, stored by the others",
        implementation: "difato-literal",
        shows: "half-a-certificate",
        mended_by: "difato",
    },
    Step {
        title: "A client that lies",
        implementation: "difato",
        shows: "client-lies",
        mended_by: "",
    },
    Step {
        title: "Registers that are late",
        implementation: "difato",
        shows: "late-registers",
        mended_by: "",
    },
];
