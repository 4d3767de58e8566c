//! What a server believes of all servers, itself included: a time to live for each, which its own
//! ticks count down and a confirmation sets back.
//!
//! ```text
//! On initialization:         TTL[p] := 0 for each server p                      (Disconnected)
//! On a tick:                 TTL[p] := TTL[p] - 1 for each p with TTL[p] > 0
//! On a confirmation of p:    TTL[p] := the whole                                (Active)
//! ```
//!
//! Without confirmations a server goes from Active to Awaiting confirmation, to Unresponsive, and
//! to Disconnected. Whoever is Unresponsive or worse may not answer for the group.

use pepperland_core::id::NodeId;
use std::collections::BTreeMap;
use std::fmt;

/// What is believed of a server, from the best to the worst.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum State {
    /// It has confirmed since the last tick.
    Active,
    /// It has not confirmed for some ticks, and may still answer.
    Awaiting,
    /// It has not confirmed for too long, and may not answer.
    Unresponsive,
    /// Nothing was ever heard of it, or nothing for very long.
    Disconnected,
}

impl State {
    /// Whether a server in this state may answer for the group.
    pub fn may_answer(self) -> bool {
        self < State::Unresponsive
    }
}

/// In words, as they are shown to people.
impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            State::Active => "active",
            State::Awaiting => "awaiting confirmation",
            State::Unresponsive => "unresponsive",
            State::Disconnected => "disconnected",
        })
    }
}

/// After how many ticks without a confirmation a server is in which state. Each is greater than
/// the one before.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Thresholds {
    /// From this many on: Awaiting confirmation.
    pub awaiting: u32,
    /// From this many on: Unresponsive.
    pub unresponsive: u32,
    /// From this many on: Disconnected.
    pub disconnected: u32,
}

impl Default for Thresholds {
    /// More than 2 ticks: unresponsive.
    fn default() -> Thresholds {
        Thresholds { awaiting: 1, unresponsive: 3, disconnected: 6 }
    }
}

/// A server is in another state than before.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Passage {
    /// Which server.
    pub server: NodeId,
    /// Its state before.
    pub from: State,
    /// Its state now.
    pub to: State,
}

/// The states of all servers, as one of them believes them to be.
#[derive(Clone, Debug)]
pub struct StateTable {
    thresholds: Thresholds,
    ttl: BTreeMap<NodeId, u32>,
}

impl StateTable {
    /// All of these servers are Disconnected.
    pub fn new(servers: impl IntoIterator<Item = NodeId>, thresholds: Thresholds) -> StateTable {
        StateTable { thresholds, ttl: servers.into_iter().map(|server| (server, 0)).collect() }
    }

    /// A confirmation of a server has come. How its state changed, if it did; strangers have none.
    pub fn confirm(&mut self, server: NodeId) -> Option<Passage> {
        let from = self.state(server);
        *self.ttl.get_mut(&server)? = self.thresholds.disconnected;
        self.passage(server, from)
    }

    /// One tick has passed. Whose state changed, in the order of their indices.
    pub fn tick(&mut self) -> Vec<Passage> {
        let before = self.clone();
        self.ttl.values_mut().for_each(|ttl| *ttl = ttl.saturating_sub(1));
        let servers = before.ttl.keys();
        servers.filter_map(|server| self.passage(*server, before.state(*server))).collect()
    }

    fn passage(&self, server: NodeId, from: State) -> Option<Passage> {
        let to = self.state(server);
        (from != to).then_some(Passage { server, from, to })
    }

    /// What is believed of a server; strangers are Disconnected.
    pub fn state(&self, server: NodeId) -> State {
        let ttl = self.ttl.get(&server).copied().unwrap_or(0);
        match self.thresholds.disconnected - ttl {
            ticks if ticks >= self.thresholds.disconnected => State::Disconnected,
            ticks if ticks >= self.thresholds.unresponsive => State::Unresponsive,
            ticks if ticks >= self.thresholds.awaiting => State::Awaiting,
            _ => State::Active,
        }
    }

    /// Every server with its state, in the order of their indices.
    pub fn states(&self) -> impl Iterator<Item = (NodeId, State)> + '_ {
        self.ttl.keys().map(|server| (*server, self.state(*server)))
    }

    /// The servers that may answer for the group, the lowest index first.
    pub fn able(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.states().filter(|(_, state)| state.may_answer()).map(|(server, _)| server)
    }
}

/// `n1 active, n2 disconnected`.
impl fmt::Display for StateTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all: Vec<String> = self.states().map(|(p, state)| format!("{p} {state}")).collect();
        f.write_str(&all.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const N1: NodeId = NodeId(0);
    const N2: NodeId = NodeId(1);

    fn table() -> StateTable {
        StateTable::new([N1, N2], Thresholds::default())
    }

    #[test]
    fn all_are_disconnected_until_they_confirm() {
        let mut table = table();
        assert_eq!(table.able().count(), 0);
        let passage = Passage { server: N2, from: State::Disconnected, to: State::Active };
        assert_eq!(table.confirm(N2), Some(passage));
        assert_eq!(table.confirm(N2), None);
        assert_eq!(table.to_string(), "n1 disconnected, n2 active");
        assert_eq!(table.able().collect::<Vec<_>>(), [N2]);
    }

    #[test]
    fn without_confirmations_a_server_goes_down_step_by_step() {
        let mut table = table();
        table.confirm(N1);
        let mut states = vec![table.state(N1)];
        for _ in 0..7 {
            table.tick();
            states.push(table.state(N1));
        }
        use State::*;
        let expected = [
            Active,
            Awaiting,
            Awaiting,
            Unresponsive,
            Unresponsive,
            Unresponsive,
            Disconnected,
            Disconnected,
        ];
        assert_eq!(states, expected);
    }

    #[test]
    fn a_confirmation_makes_active_whatever_was_before() {
        for ticks in 0..8 {
            let mut table = table();
            table.confirm(N1);
            (0..ticks).for_each(|_| drop(table.tick()));
            let before = table.state(N1);
            let passage = table.confirm(N1);
            assert_eq!(passage.map(|p| p.from), (ticks > 0).then_some(before));
            assert_eq!(table.state(N1), State::Active);
        }
    }

    #[test]
    fn only_the_unresponsive_and_the_disconnected_may_not_answer() {
        use State::*;
        assert_eq!(
            [Active, Awaiting, Unresponsive, Disconnected].map(State::may_answer),
            [true, true, false, false]
        );
    }

    #[test]
    fn a_tick_tells_of_those_whose_state_it_changed() {
        let mut table = table();
        table.confirm(N2);
        let passage = Passage { server: N2, from: State::Active, to: State::Awaiting };
        assert_eq!(table.tick(), [passage]);
        assert_eq!(table.tick(), []);
    }

    #[test]
    fn strangers_do_not_count() {
        let mut table = table();
        assert_eq!(table.confirm(NodeId(7)), None);
        assert_eq!(table.state(NodeId(7)), State::Disconnected);
        assert_eq!(table.states().count(), 2);
    }
}
