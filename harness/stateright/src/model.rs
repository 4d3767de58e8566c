//! The scope as a model: its first state, the steps from each, and agreement.

use crate::world::{Frame, Node, World};
use stateright::{Model, Property};

/// The name of the property.
pub const AGREEMENT: &str = "agreement";

/// How much there is of everything.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Scope {
    /// How many nodes.
    pub nodes: u8,
    /// How many multicasts, over all nodes.
    pub broadcasts: u32,
    /// How many nodes crash.
    pub crashes: u32,
    /// Whether what is received is not relayed.
    pub no_relay: bool,
}

/// What happens next, and after how many effects its handler is cut short, if it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Action {
    /// What happens.
    pub what: What,
    /// After how many effects the node crashes.
    pub cut: Option<u8>,
}

/// What happens next.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum What {
    /// A node multicasts.
    Multicast(u8),
    /// A frame arrives.
    Arrive(Frame),
}

impl Model for Scope {
    type State = World;
    type Action = Action;

    fn init_states(&self) -> Vec<World> {
        vec![World::new(self.nodes)]
    }

    fn actions(&self, world: &World, actions: &mut Vec<Action>) {
        let may_crash = world.crashed().count_ones() < self.crashes;
        let n = self.nodes;
        if world.asked < self.broadcasts {
            for node in (0..n).filter(|node| world.nodes[*node as usize].is_up) {
                let cuts = if may_crash { 0..n } else { 0..0 };
                let whole = std::iter::once(None).chain(cuts.map(Some));
                actions.extend(whole.map(|cut| Action { what: What::Multicast(node), cut }));
            }
        }
        for frame in world.arrivals() {
            let relays = world.nodes[frame.to as usize].is_new(&frame)
                && frame.message.origin != frame.to
                && !self.no_relay;
            let cuts = if may_crash && relays { 1..n + 1 } else { 0..0 };
            let whole = std::iter::once(None).chain(cuts.map(Some));
            actions.extend(whole.map(|cut| Action { what: What::Arrive(frame), cut }));
        }
    }

    fn next_state(&self, last: &World, action: Action) -> Option<World> {
        let mut world = last.clone();
        match action.what {
            What::Multicast(node) => world.multicast(node, action.cut),
            What::Arrive(frame) => world.arrive(frame, action.cut, !self.no_relay),
        }
        Some(world)
    }

    fn properties(&self) -> Vec<Property<Scope>> {
        vec![Property::always(AGREEMENT, agrees)]
    }
}

/// Whichever nodes are taken for crashed: if all the rest has come to rest, the others have
/// delivered the same.
fn agrees(scope: &Scope, world: &World) -> bool {
    let taken = (0..1_u32 << scope.nodes).filter(|crashed| {
        crashed & world.crashed() == world.crashed() && crashed.count_ones() <= scope.crashes
    });
    let mut at_rest = taken.filter(|crashed| world.rests(*crashed));
    at_rest.all(|crashed| {
        let correct = (0..scope.nodes).filter(|node| crashed & 1 << node == 0);
        let mut received = correct.map(|node| &world.nodes[node as usize]).map(Node::delivered);
        let first = received.next();
        received.all(|other| Some(other) == first)
    })
}
