//! Small random histories with views: a group that mostly keeps virtual synchrony, with a few
//! liberties, so that properties both hold and break.
//!
//! The play knows the views that were agreed, which node stands in which, and what was sent in
//! each. A change of views flushes, that is, those who move on together deliver what any of them
//! did; then each installs. A [`Slip`] leaves out or bends one of these steps.

mod play;

use crate::crosscheck::Small;
use play::Play;
use proptest::prelude::*;

/// How a history is set up.
#[derive(Clone, Debug, Default)]
pub struct Setup {
    pub nodes: usize,
    /// The first view has the first so many nodes; the others join later.
    pub founders: usize,
    /// There is a second group, without the first node.
    pub two_groups: bool,
    pub byzantine: bool,
    pub recovery: bool,
    pub logged: bool,
    pub complete: bool,
    pub real: bool,
    /// On a real clock: the file holds one node after the other.
    pub scattered: bool,
    pub partitionable: bool,
    pub open: bool,
    /// View ids name their creators.
    pub creators: bool,
    /// Installs tell the transitional set.
    pub transitional: bool,
    /// Changes begin with block and block_ok.
    pub blocks: bool,
    /// Who comes from elsewhere gets a snapshot.
    pub snapshots: bool,
    /// Deliveries tell their view.
    pub stated: bool,
    /// At the end every node that is up delivers what its view still owes it.
    pub settle: bool,
}

/// Who is to be in the next view.
#[derive(Copy, Clone, Debug)]
pub enum Change {
    /// The same members, without those that are down.
    Again,
    /// Without this node, which stays behind.
    Drop(usize),
    /// With this node and, if it is in a view with others, with them: a join or a merge.
    Admit(usize),
    /// Two views: one of the nodes in the mask, one of the others.
    Split(usize),
}

/// What goes wrong in a change of views.
#[derive(Copy, Clone, Debug)]
pub enum Slip {
    /// The node installs without the flush.
    NoFlush(usize),
    /// The node never installs the new view.
    Absent(usize),
    /// The node installs other members under the same id.
    Forge(usize),
    /// The node installs the view with itself left out.
    Selfless(usize),
    /// The node says that the view is primary though it is not, or the other way round.
    Flag(usize),
    /// The node is wrong about who came along.
    Along(usize),
    /// The node installs another view in between.
    Detour(usize),
    /// The node delivers what is left of the old view when it stands in the new one.
    Late(usize),
    /// Every new view is primary.
    Primaries,
    /// The new view has the number of the one before.
    Repeat,
    /// The new view leaves a number out.
    Jump,
}

/// One thing that happens. Nodes and messages are taken modulo those there are.
#[derive(Copy, Clone, Debug)]
pub enum Op {
    Broadcast(usize, usize),
    /// The call of the node's last broadcast returns.
    Return(usize),
    /// Delivers the next message of the node's view.
    Next(usize, usize),
    /// Delivers any message.
    Any(usize, usize),
    /// Delivers a message and says it was in an older view.
    Stated(usize, usize),
    /// Delivers a message that nobody broadcast.
    Stranger(usize),
    Safe(usize, usize),
    /// The view of the node changes.
    Change(usize, usize, Change, Option<Slip>),
    /// The node installs some view again.
    Stale(usize, usize),
    Snapshot(usize),
    Block(usize),
    Crash(usize),
    Recover(usize),
}

/// How often each thing happens.
#[derive(Copy, Clone, Debug)]
pub struct Weights {
    /// At most so many things happen.
    pub length: usize,
    pub broadcast: u32,
    pub deliver: u32,
    /// Deliveries out of turn.
    pub stray: u32,
    pub change: u32,
    /// One change out of so many slips.
    pub slip: u32,
    pub trouble: u32,
    /// Of 100 histories, how many have the view ids' creators, transitional sets, and so on.
    pub features: f64,
}

/// Many messages in few views.
pub const MESSAGES: Weights = Weights {
    length: 40,
    broadcast: 36,
    deliver: 50,
    stray: 3,
    change: 14,
    slip: 2,
    trouble: 2,
    features: 0.5,
};

/// Few messages in many views.
pub const VIEWS: Weights = Weights {
    length: 30,
    broadcast: 6,
    deliver: 6,
    stray: 1,
    change: 30,
    slip: 2,
    trouble: 4,
    features: 0.5,
};

fn setup(features: f64) -> impl Strategy<Value = Setup> {
    let rare = || prop::bool::weighted(0.1);
    let some = move || prop::bool::weighted(features);
    let often = || prop::bool::weighted(0.85);
    let nodes = (3..=4_usize, 0..2_usize, rare(), rare(), prop::bool::ANY, rare());
    let run = (often(), rare(), prop::bool::ANY, rare(), rare());
    let kept = (some(), some(), some(), some(), rare(), often());
    (nodes, run, kept).prop_map(
        |(
            (nodes, joiners, two_groups, byzantine, recovery, logged),
            (complete, real, scattered, partitionable, open),
            (creators, transitional, blocks, snapshots, stated, settle),
        )| Setup {
            nodes,
            founders: nodes - joiners,
            two_groups,
            byzantine,
            recovery,
            logged,
            complete,
            real,
            scattered,
            partitionable,
            open,
            creators,
            transitional,
            blocks,
            snapshots,
            stated,
            settle,
        },
    )
}

fn change() -> impl Strategy<Value = Change> {
    let node = || 0..4_usize;
    prop_oneof![
        2 => Just(Change::Again),
        5 => node().prop_map(Change::Drop),
        5 => node().prop_map(Change::Admit),
        4 => (0..16_usize).prop_map(Change::Split),
    ]
}

fn slip() -> impl Strategy<Value = Slip> {
    let node = || 0..4_usize;
    prop_oneof![
        12 => node().prop_map(Slip::NoFlush),
        3 => node().prop_map(Slip::Absent),
        1 => node().prop_map(Slip::Forge),
        1 => node().prop_map(Slip::Selfless),
        1 => node().prop_map(Slip::Flag),
        2 => node().prop_map(Slip::Along),
        2 => node().prop_map(Slip::Detour),
        5 => node().prop_map(Slip::Late),
        5 => Just(Slip::Primaries),
        1 => Just(Slip::Repeat),
        1 => Just(Slip::Jump),
    ]
}

fn op(weights: Weights) -> impl Strategy<Value = Op> {
    let node = || 0..4_usize;
    let group = || prop::bool::weighted(0.3).prop_map(usize::from);
    let slip = prop::option::weighted(1.0 / f64::from(weights.slip), slip());
    prop_oneof![
        weights.broadcast => (node(), group()).prop_map(|(n, g)| Op::Broadcast(n, g)),
        weights.broadcast.div_ceil(6) => node().prop_map(Op::Return),
        weights.deliver => (node(), group()).prop_map(|(n, g)| Op::Next(n, g)),
        weights.stray => (node(), 0..8_usize).prop_map(|(n, m)| Op::Any(n, m)),
        weights.stray.div_ceil(2) => (node(), 0..8_usize).prop_map(|(n, m)| Op::Stated(n, m)),
        weights.stray.div_ceil(3) => node().prop_map(Op::Stranger),
        weights.stray.div_ceil(3) => (node(), 0..8_usize).prop_map(|(n, m)| Op::Safe(n, m)),
        weights.change => (node(), group(), change(), slip)
            .prop_map(|(n, g, c, s)| Op::Change(n, g, c, s)),
        weights.change.div_ceil(30) => (node(), 0..8_usize).prop_map(|(n, v)| Op::Stale(n, v)),
        weights.trouble.div_ceil(3) => node().prop_map(Op::Snapshot),
        weights.trouble.div_ceil(3) => node().prop_map(Op::Block),
        weights.trouble => node().prop_map(Op::Crash),
        weights.trouble * 2 => node().prop_map(Op::Recover),
    ]
}

/// Any small history.
pub fn history(weights: Weights) -> BoxedStrategy<Small> {
    let ops = prop::collection::vec(op(weights), weights.length / 6..weights.length);
    let play = |(setup, ops): (Setup, Vec<Op>)| Small(Play::new(setup).play(&ops));
    (setup(weights.features), ops).prop_map(play).boxed()
}

/// Events with no sense in them: strange nodes, views and groups, everything in any order.
pub fn garbage() -> BoxedStrategy<Small> {
    let event = (0..10_usize, 0..6_u32, 0..6_u32, 0..4_u32);
    (setup(0.5), prop::collection::vec(event, 0..40))
        .prop_map(|(setup, events)| Small(play::nonsense(setup, &events)))
        .boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::on_each;
    use crate::views;

    #[test]
    fn keeps_the_rules_of_the_format() {
        for weights in [MESSAGES, VIEWS] {
            on_each(history(weights), |history| {
                history.check_rules().map_err(|breach| breach.to_string())
            });
        }
    }

    #[test]
    fn nothing_makes_a_checker_panic() {
        on_each(garbage(), |history| {
            for checker in views::ALL {
                (checker.check)(&pepperland_core::checker::Case::new(history));
            }
            Ok(())
        });
    }
}
