//! Which lines of the service are switched off.

use pepperland_core::implementation::Setup;

/// The flaw of a node; none by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Planted {
    /// f_c clients are enough to propose a message, and to accept it.
    pub fewer_votes: bool,
    /// Votes count for a name, whatever is proposed under it.
    pub votes_by_name: bool,
    /// One server is believed.
    pub one_decision: bool,
}

impl Planted {
    /// That of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> Planted {
        Planted {
            fewer_votes: setup.flawed("starts-with-fewer-proposals"),
            votes_by_name: setup.flawed("votes-by-name"),
            one_decision: setup.flawed("one-decision-is-enough"),
        }
    }
}
