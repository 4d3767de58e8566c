//! Eager reliable multicast as a model for Stateright 0.31, in the very scope that
//! `pepperland explore` has: any node multicasts while there are multicasts left, frames arrive in
//! any order but for those to oneself, and a crash falls between any two effects of a handler.
//!
//! States are those of the exploration, one for one, so that the two counts check each other. The
//! protocol is written for [`Model`], not as actors: those know no crash within a handler.

mod model;
mod world;

pub use model::Scope;

use stateright::{Checker, Model};

/// What a search came to.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Searched {
    /// Different states.
    pub states: u64,
    /// States generated, those met again included.
    pub generated: u64,
    /// Whether agreement holds.
    pub holds: bool,
}

/// Searches the whole scope breadth first with so many threads.
pub fn search(scope: Scope, threads: usize) -> Searched {
    let checker = scope.checker().threads(threads).spawn_bfs().join();
    Searched {
        states: checker.unique_state_count() as u64,
        generated: checker.state_count() as u64,
        holds: checker.discovery(model::AGREEMENT).is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn searched(crashes: u32, no_relay: bool) -> Searched {
        search(Scope { nodes: 3, broadcasts: 1, crashes, no_relay }, 1)
    }

    #[test]
    fn relays_make_the_difference_once_somebody_crashes() {
        assert!(searched(0, false).holds && searched(1, false).holds);
        assert!(searched(0, true).holds && !searched(1, true).holds);
    }

    #[test]
    fn the_states_are_those_of_the_exploration() {
        // The same numbers stand in the tests of the exploration.
        assert_eq!((searched(0, false).states, searched(1, false).states), (823, 1_238));
    }
}
