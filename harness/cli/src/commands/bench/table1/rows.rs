//! The rows of the table: what the paper says of each protocol, what follows from it as it is built
//! here, and why the two differ.

use super::resilience::Bound;

/// How many nodes there are, and what they are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Size {
    /// All of them.
    pub nodes: u32,
    /// Those of them that are clients; 0: every node is the same.
    pub clients: u32,
    /// How many servers, or nodes, may be faulty.
    pub f: u32,
}

impl Size {
    /// n.
    fn n(&self) -> f64 {
        f64::from(self.nodes)
    }

    /// n_c.
    fn n_c(&self) -> f64 {
        f64::from(self.clients)
    }

    /// n_s.
    fn n_s(&self) -> f64 {
        f64::from(self.nodes - self.clients)
    }

    /// f.
    fn f(&self) -> f64 {
        f64::from(self.f)
    }
}

/// One protocol.
#[derive(Clone, Copy)]
pub struct Row {
    /// The implementation's name.
    pub name: &'static str,
    /// What the paper calls it.
    pub paper: &'static str,
    /// What the paper's table says of it.
    pub said: Said,
    /// What follows from it as it is built here.
    pub ours: Ours,
    /// How it is asked for, and at which sizes.
    pub asked: Asked,
    /// Messages that do not count, by their labels: those that are sent whether anybody multicasts
    /// or not.
    pub quiet: &'static [&'static str],
    /// Why what is counted differs from what is said; empty if it does not.
    pub why: &'static str,
    /// How many faults it lives with, from both sides.
    pub bounds: &'static [Bound],
}

/// What the paper's table says.
#[derive(Clone, Copy)]
pub struct Said {
    /// How many nodes it takes for f faults.
    pub resilience: &'static str,
    /// The kind of the faults.
    pub faults: &'static str,
    /// Communication steps, if it says how many.
    pub steps: Option<u32>,
    /// Messages of one multicast.
    pub formula: &'static str,
    /// What that comes to.
    pub messages: fn(&Size) -> f64,
}

/// What follows from a protocol.
#[derive(Clone, Copy)]
pub struct Ours {
    /// Messages of one multicast, those to oneself left out.
    pub formula: &'static str,
    /// What that comes to, where an agreement took so many turns (0 where there are none).
    pub messages: fn(&Size, turns: f64) -> f64,
    /// Which messages these are.
    pub derived: &'static str,
}

/// How a protocol is asked to multicast, and at which sizes.
#[derive(Clone, Copy)]
pub struct Asked {
    /// How often.
    pub multicasts: u32,
    /// How far apart, in seconds: each is over before the next begins.
    pub seconds: u64,
    /// Of so many nodes, which size that makes.
    pub size: fn(nodes: u32) -> Option<Size>,
    /// Whether the first message of the sender does not reach the first server, so that it must ask
    /// all of them.
    pub is_unheard: bool,
}

/// One thing after the other.
const TEN: Asked = Asked { multicasts: 10, seconds: 1, size: |_| None, is_unheard: false };

/// The sizes of the table.
const NODES: std::ops::RangeInclusive<u32> = 4..=16;

impl Row {
    /// The sizes at which it is counted, from the smallest.
    pub fn sizes(&self) -> impl Iterator<Item = Size> + use<> {
        NODES.filter_map(self.asked.size)
    }
}

/// All nodes alike, fewer than a third of them faulty.
fn a_third(nodes: u32) -> Option<Size> {
    Some(Size { nodes, clients: 0, f: (nodes - 1) / 3 })
}

/// One client at least, and as many servers as go into the rest, so that more than half of them are
/// right.
fn half_of_the_servers(nodes: u32) -> Option<Size> {
    let servers = if nodes.is_multiple_of(2) { nodes - 1 } else { nodes - 2 };
    Some(Size { nodes, clients: nodes - servers, f: (servers - 1) / 2 })
}

/// The table, in the order of the paper.
pub const ROWS: &[Row] =
    &[RAMPART, CONSENSUS_SERVICE, CORREIA, PIERI, DIFATO_LITERAL, DIFATO, DIFATO_UNHEARD];

const RAMPART: Row = Row {
    name: "rampart",
    paper: "Rampart [Reiter 1994]",
    said: Said {
        resilience: "3f + 1",
        faults: "Byzantine",
        steps: Some(6),
        formula: "6n − 6",
        messages: |size| 6.0 * size.n() - 6.0,
    },
    ours: Ours {
        formula: "6n − 6",
        messages: |size, _| 6.0 * (size.n() - 1.0),
        derived: "an echo multicast of the message and one of its place by the sequencer, each with \
                  n − 1 of `Init`, n − 1 of `Echo` and n − 1 commits (labelled `Data` and `Order`, \
                  after what is in them)",
    },
    asked: Asked { size: a_third, ..TEN },
    quiet: &["Have"],
    why: "",
    bounds: &[Bound::liars(4, 1), Bound::liars(7, 2)],
};

const CONSENSUS_SERVICE: Row = Row {
    name: "consensus-service",
    paper: "Guerraoui and Schiper [2001]",
    said: Said {
        resilience: "–",
        faults: "crash",
        steps: Some(5),
        formula: "3n_c + 2n_s − 3",
        messages: |size| 3.0 * size.n_c() + 2.0 * size.n_s() - 3.0,
    },
    ours: Ours {
        formula: "3n_c + 2n_s − 3",
        messages: |size, _| 3.0 * size.n_c() + 2.0 * size.n_s() - 3.0,
        derived: "n_c − 1 of `Data`, n_c of `Propose`, n_s − 1 of `Estimate`, n_s − 1 of `Ack`, n_c \
                  of `Decide`",
    },
    asked: Asked {
        size: |nodes| (nodes > 4).then_some(Size { nodes, clients: nodes - 3, f: 2 }),
        ..TEN
    },
    quiet: &["Alive"],
    why: "",
    bounds: &[Bound::crashes(5, 2)],
};

const CORREIA: Row = Row {
    name: "correia",
    paper: "Correia and Veríssimo [2006]",
    said: Said {
        resilience: "3f + 1",
        faults: "Byzantine",
        steps: None,
        formula: "18n² + 13n + 1 + 16n²f + 10nf",
        messages: |size| {
            let (n, f) = (size.n(), size.f());
            18.0 * n * n + 13.0 * n + 1.0 + 16.0 * n * n * f + 10.0 * n * f
        },
    },
    ours: Ours {
        formula: "(2n + 1)(n − 1)(1 + n + 8n·m)",
        messages: |size, turns| {
            let n = size.n();
            (2.0 * n + 1.0) * (n - 1.0) * (1.0 + n + 8.0 * n * turns)
        },
        derived: "(2n + 1)(n − 1) for each reliable broadcast (labelled after what it is of), of \
                  which there are 1 for the message, n for the proposals of hashes and 8n for each \
                  of the m multivalued agreements that the run needed, 1 ≤ m ≤ f + 1: 2n of them \
                  for its two exchanges and 6n for two rounds of binary agreement of three steps",
    },
    asked: Asked { multicasts: 1, seconds: 30, size: a_third, is_unheard: false },
    quiet: &[],
    why: "The table counts broadcasts, each as one message, of f + 1 multivalued agreements: \
          (2n + 1) for the message, n(2n + 1) for the proposals of hashes, and 16n² + 10n for each \
          agreement. What is counted here are messages from one node to another, n − 1 for a \
          broadcast; of agreements there are as many as the run needs, which is one as long as all \
          nodes have the same messages. Steps are counted from the multicast to the last delivery; \
          the table leaves them out.",
    bounds: &[Bound::liars(4, 1), Bound::liars(7, 2)],
};

const PIERI: Row = Row {
    name: "pieri",
    paper: "Pieri et al. [2010]",
    said: Said {
        resilience: "3f_c + 1 + 2f_s + 1",
        faults: "Byzantine",
        steps: Some(5),
        formula: "2(n_s² + 3n_c − n_s − 1)",
        messages: |size| {
            let (n_c, n_s) = (size.n_c(), size.n_s());
            2.0 * (n_s * n_s + 3.0 * n_c - n_s - 1.0)
        },
    },
    ours: Ours {
        formula: "(n_c − 1) + n_c·n_s + (n_s − 1) + (n_s − 1)² + n_s·n_c",
        messages: |size, _| {
            let (n_c, n_s) = (size.n_c(), size.n_s());
            (n_c - 1.0) + 2.0 * n_c * n_s + (n_s - 1.0) + (n_s - 1.0) * (n_s - 1.0)
        },
        derived: "n_c − 1 of `Data`, a `Proposal` of every client to every server, n_s − 1 readers of \
                  `Propose`, n_s − 1 readers of `Accept` by each of n_s − 1 servers, and a \
                  `Decision` of every server to every client",
    },
    asked: Asked {
        size: |nodes| {
            let servers = if nodes < 12 { 3 } else { 5 };
            let size = Size { nodes, clients: nodes - servers, f: (servers - 1) / 2 };
            (nodes >= 7).then_some(size)
        },
        ..TEN
    },
    quiet: &[],
    why: "The table's formula is 2[(n_c − 1) + n_c + (n_s − 1) + (n_s − 1)² + n_c]: the same five \
          kinds of messages, with one server for the clients' proposals and one for the decisions, \
          and everything twice. Why twice neither the table nor the abstract says: each message from \
          the virtual machine to its host and on would do it. Here no message counts twice; but \
          clients propose to every server, and every server tells every client, so that a leader \
          that lies can leave out nobody.",
    bounds: &[Bound::liars(7, 2)],
};

const DIFATO: Row = Row {
    name: "difato",
    paper: "DifATo, mended",
    said: Said {
        resilience: "2f + 1",
        faults: "Byzantine",
        steps: Some(4),
        formula: "n_s² − n_s + n_c + 1",
        messages: |size| size.n_s() * size.n_s() - size.n_s() + size.n_c() + 1.0,
    },
    ours: Ours {
        formula: "n_s² − n_s + n_s·n_c + 1",
        messages: |size, _| size.n_s() * (size.n_s() - 1.0 + size.n_c()) + 1.0,
        derived: "one `Order`, n_s − 1 readers of `Propose`, n_s − 1 readers of `Accept` by each of \
                  n_s − 1 servers, and a `Result` of every server to every client",
    },
    asked: Asked { size: half_of_the_servers, ..TEN },
    quiet: &[],
    why: "In the paper the sequencer alone tells the clients, n_c messages, with the authenticators \
          of f + 1 servers. A sequencer that lies may leave clients out, and liars can complete such \
          a certificate after the fact; here every server tells every client, and a client believes \
          f + 1 of them: (n_s − 1)·n_c messages more.",
    bounds: &[Bound::liars(5, 1), Bound::liars(7, 2)],
};

const DIFATO_LITERAL: Row = Row {
    name: "difato-literal",
    paper: "DifATo",
    said: DIFATO.said,
    ours: Ours {
        formula: "n_s² − n_s + n_c + 1",
        messages: |size, _| size.n_s() * size.n_s() - size.n_s() + size.n_c() + 1.0,
        derived: "one `Order`, n_s − 1 readers of `Propose`, n_s − 1 readers of `Accept` by each of \
                  n_s − 1 servers, and a `Result` of the sequencer to every client",
    },
    asked: DIFATO.asked,
    quiet: &[],
    why: "",
    bounds: &[],
};

/// What the paper says of clients that are faulty.
const UNHEARD: Said = Said {
    steps: None,
    formula: "n_s² + n_c",
    messages: |size| size.n_s() * size.n_s() + size.n_c(),
    ..DIFATO.said
};

/// The client asks again as soon as it has waited long enough.
const ONCE: Asked = Asked { multicasts: 1, seconds: 30, is_unheard: true, ..DIFATO.asked };

const DIFATO_UNHEARD: Row = Row {
    paper: "DifATo, mended, a client asks again",
    said: UNHEARD,
    ours: Ours {
        formula: "n_s² + n_s·n_c + 1",
        messages: |size, _| size.n_s() * (size.n_s() + size.n_c()) + 1.0,
        derived: "one `Order` that is lost, and n_s of the second time; all else as above",
    },
    asked: ONCE,
    why: "Of faulty clients the paper says in a sentence that messages become n_s² + n_c, and not \
          what these clients do. It is what comes of an order that goes to all n_s servers instead \
          of the sequencer alone, n_s − 1 messages more, as when a client asks again. Here the order \
          that was lost is one message besides, and each server tells the clients. Of `difato-literal` \
          there is no such row: by section 4 a server that gets an order suspects the sequencer, \
          so that an order to all servers costs it its place, and many messages more.",
    bounds: &[],
    ..DIFATO
};
