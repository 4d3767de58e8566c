//! Small scopes, whole: every run of a few nodes, multicasts, crashes and losses, up to
//! equivalence, without time.
//!
//! # What is explored
//! Each node may multicast whenever it likes, as long as there are multicasts left; each frame
//! arrives at any moment, in any order, but for those to oneself, which keep theirs; a node may
//! crash between any two effects of a handler, and what it had sent arrives all the same; a frame
//! may be lost. Runs with less of all that are explored as well. Time does not pass: a protocol
//! that sets a timer is followed up to there, and the exploration says that it is not exhaustive.
//!
//! # Why so few states are enough
//! 1. *Handlers at different nodes commute.* A handler reads and changes its own node alone, and
//!    frames are distinct. So runs in which every node handles the same in the same order are
//!    equivalent, and prefixes of them lead to the same state: states are met once.
//! 2. *A node is an automaton.* Its next state and its effects are a function of its state and its
//!    input. They are worked out once, by the real node, and looked up from then on; a state of
//!    the whole is a row of numbers.
//! 3. *Equal memories go on alike.* Two prefixes that leave a node with the same memory, stable
//!    storage and random stream, having told its application the same in the same order, lead to
//!    the same continuations, and to the same verdicts on whatever is judged by what nodes tell.
//!    A protocol that does not tell its memory
//!    ([`recall`](pepperland_core::contract::Protocol::recall)) is taken to remember all it
//!    handled.
//! 4. *Nobody sees a silence begin.* A node that crashes after a handler is one that handles no
//!    more; a lost frame is one that does not arrive. Neither is a step: whoever looks at a state
//!    takes some nodes for crashed and some frames for lost, and asks whether all the rest has
//!    come to rest. Only a crash that cuts a handler short is a step of its own.
//! 5. *The same end, told once.* Complete runs in which every node tells the same and the same
//!    nodes crash get the same verdicts: the first met, which has the fewest steps, stands for all.
//!    So does the first of all beginnings in which every node has told the same, where what must
//!    never happen is looked for as soon as it does.
//!
//! States and ends are compared by hashes of 128 bits (xxh3): that two of n differ and are taken
//! for one has a chance of about n²/2¹²⁹, which for 10⁸ states is 10⁻²³.
//!
//! # What is not explored
//! Runs that never come to rest are met, but not judged: liveness is judged at rest alone.

mod automaton;
mod event;
mod frames;
mod graph;
mod moves;
mod realize;
mod state;

pub use realize::TICK;

use automaton::Automata;
use graph::Graph;
use pepperland_core::history::DeliveryContract;
use pepperland_core::id::{MessageId, NodeId};
use pepperland_core::runtime::Build;
use pepperland_core::schedule::{Frame, Schedule};
use std::ops::ControlFlow;

/// What is explored: every run of these nodes with at most so much of everything.
#[derive(Clone)]
pub struct Scope<'a> {
    /// The nodes and the network; latencies mean nothing here.
    pub header: &'a Frame,
    /// What runs on the nodes.
    pub build: Build<'a>,
    /// Whether deliveries are logged: then no crash falls between a write and its delivery.
    pub delivery: DeliveryContract,
    /// How many multicasts, over all nodes.
    pub broadcasts: u32,
    /// How many nodes crash.
    pub crashes: u32,
    /// How many frames are lost.
    pub losses: u32,
    /// Whether beginnings of runs are shown as well.
    pub beginnings: bool,
    /// After how many states to give up.
    pub states: u32,
}

/// The shortest run in which the nodes tell what they tell.
#[derive(Clone, Debug)]
pub struct Told {
    /// How many multicasts and arrivals it has.
    pub steps: u32,
    /// Whether nothing happens after these steps; else it is the beginning of a run.
    pub is_complete: bool,
    /// The same run as a schedule for the simulator. A beginning goes on in some way there.
    pub schedule: Schedule,
    /// What each node delivers in these steps, in order: what the simulator must come to as well.
    pub delivered: Vec<Vec<MessageId>>,
}

/// How far an exploration came.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Explored {
    /// States of the whole.
    pub states: u64,
    /// Steps from one to another.
    pub moves: u64,
    /// States of single nodes, together.
    pub locals: u64,
    /// Complete runs that differ in what nodes tell or in who crashes.
    pub ends: u64,
    /// Complete interleavings of steps for which they stand, at least. At most 2¹²⁸ - 1.
    pub interleavings: u128,
    /// The most steps of a run.
    pub depth: u32,
    /// Why it is not exhaustive, if it is not.
    pub cut: Option<Cut>,
}

/// Why an exploration is not exhaustive.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Cut {
    /// There are more states than asked for.
    States,
    /// A node sets a timer, and nothing is said of when it runs out.
    Timer(NodeId),
    /// Whoever looked at the ends had enough.
    Enough,
}

/// Explores the scope. `visit` is shown the runs by their number of steps, all of one number at
/// once, and now and then none; each time it may stop the exploration.
pub fn explore(scope: &Scope<'_>, visit: &mut dyn FnMut(Vec<Told>) -> ControlFlow<()>) -> Explored {
    Graph::new(scope, Automata::new(scope)).explore(visit)
}
