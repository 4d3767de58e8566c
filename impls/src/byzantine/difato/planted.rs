//! Which lines of DifATo are switched off.

use crate::byzantine::difato::messages::Ordered;
use crate::byzantine::keys::Digest;
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
    /// Of a register the last value is read.
    pub reads_last: bool,
    /// Authenticators are over all but what the message says.
    pub header_macs: bool,
    /// An order that is sent again has a new timestamp.
    pub resend_is_new: bool,
    /// Of a hash few bits are looked at.
    pub short_hash: bool,
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
            counts_slots: setup.flawed("accepts-by-number"),
            takes_second: setup.flawed("accepts-twice"),
            renumbers: setup.flawed("renumbers"),
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
            reads_last: setup.flawed("reads-last-value"),
            header_macs: setup.flawed("mac-of-the-header"),
            resend_is_new: setup.flawed("resend-is-new"),
            short_hash: setup.flawed("short-hash"),
        }
    }

    /// By what an order is accepted.
    pub fn hash(&self, what: &Ordered) -> Digest {
        if self.short_hash { what.hash().shortened() } else { what.hash() }
    }

    /// What a client's authenticators of an order with this hash are over.
    pub fn authenticated(&self, what: &Ordered, h: &Digest) -> Digest {
        if self.header_macs { what.header() } else { *h }
    }
}
