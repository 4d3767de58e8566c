//! Which lines of DifATo are switched off.

use crate::byzantine::log::LogPlanted;
use pepperland_core::implementation::Setup;

/// The flaw of a node; none by default.
#[derive(Clone, Copy, Debug, Default)]
pub struct Planted {
    /// What is read off the registers is read wrongly.
    pub log: LogPlanted,
    /// f − 1 acceptances of others, and not the sequencer, are enough.
    pub stores_early: bool,
    /// Every proposal counts as verified.
    pub skips_macs: bool,
    /// What was decided before is ordered like anything else.
    pub skips_timestamps: bool,
    /// Orders are taken in the order of their timestamps.
    pub open_loop: bool,
    /// One server is believed.
    pub one_result: bool,
    /// A result goes to the client whose message it is.
    pub result_to_origin: bool,
}

impl Planted {
    /// What the server at this place reads wrongly.
    pub fn of_log(&self, place: usize) -> LogPlanted {
        LogPlanted { counts_others: self.stores_early.then_some(place), ..self.log }
    }

    /// That of the node that is being built.
    pub fn of(setup: &Setup<'_>) -> Planted {
        let log = LogPlanted {
            counts_repeats: setup.flawed("counts-accepts"),
            accepts_f: setup.flawed("accepts-f"),
            changes_by_f: setup.flawed("change-quorum-f"),
            keeps_changes: setup.flawed("change-without-epoch"),
            leaves_holes: setup.flawed("leaves-a-hole"),
            rotates_from_one: setup.flawed("rotation-off-by-one"),
            ..LogPlanted::default()
        };
        Planted {
            log,
            stores_early: setup.flawed("stores-at-f-minus-one"),
            skips_macs: setup.flawed("skips-macs"),
            skips_timestamps: setup.flawed("skips-timestamps"),
            open_loop: setup.flawed("open-loop-timestamps"),
            one_result: setup.flawed("one-result-is-enough"),
            result_to_origin: setup.flawed("result-to-origin-only"),
        }
    }
}
