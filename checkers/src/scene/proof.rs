//! Putting a violation into words and events.

use pepperland_core::history::EventId;
use pepperland_core::verdict::{Clause, Witness};

/// The clauses of a definition with one run's values; becomes a [`Witness`].
#[derive(Default)]
pub struct Proof {
    clauses: Vec<Clause>,
}

impl Proof {
    /// A clause that is true of this run.
    pub fn yes(self, says: impl Into<String>, events: impl IntoIterator<Item = EventId>) -> Proof {
        self.clause(says.into(), events, true)
    }

    /// A clause that is not.
    pub fn no(self, says: impl Into<String>, events: impl IntoIterator<Item = EventId>) -> Proof {
        self.clause(says.into(), events, false)
    }

    fn clause(
        mut self,
        says: String,
        events: impl IntoIterator<Item = EventId>,
        holds: bool,
    ) -> Proof {
        self.clauses.push(Clause { says, events: events.into_iter().collect(), holds });
        self
    }

    /// The witness: the events of every clause, in the order of the history.
    pub fn because(self, because: impl Into<String>) -> Witness {
        let mut events: Vec<EventId> =
            self.clauses.iter().flat_map(|c| c.events.iter().copied()).collect();
        events.sort_unstable();
        events.dedup();
        Witness { events, because: because.into(), clauses: self.clauses }
    }
}
