//! The rules of an agreed log.

use crate::order::log_messages::Quorum;
use pepperland_core::implementation::Setup;

/// How members agree, and the planted flaws of it.
#[derive(Copy, Clone)]
pub struct Rules {
    pub(super) quorum: Quorum,
    pub(super) no_epoch: bool,
    pub(super) restarts_at_own_next: bool,
}

impl Rules {
    /// The rules, with the flaws that are on.
    pub fn of(quorum: Quorum, setup: &Setup<'_>) -> Rules {
        let excuses = setup.flawed("excuses-the-suspected");
        Rules {
            quorum: if excuses { Quorum::AllTrusted } else { quorum },
            no_epoch: setup.flawed("no-epoch"),
            restarts_at_own_next: setup.flawed("restarts-at-own-next"),
        }
    }
}
