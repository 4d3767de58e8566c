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
        implementation: "perfect-link",
        shows: "sender-crashes",
        mended_by: "reliable",
    },
    Step {
        title: "Who corrects when the sender crashes?",
        implementation: "ack",
        shows: "sender-crashes",
        mended_by: "reliable",
    },
    Step {
        title: "A clock for each group",
        implementation: "lamport",
        shows: "groups-overlap",
        mended_by: "multi-group",
    },
];
