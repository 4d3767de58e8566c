//! The checkers of this family against their definitions: each on histories on which it both holds
//! and is violated often.

use super::*;
use crate::crosscheck::{Family, family_tests, multicast};
use crate::order::oracle::rule;
use crate::order::small::{Taste, What, histories};

/// Orders in one group, on the common histories.
mod common {
    use super::*;

    const FAMILY: Family = Family {
        checkers: &[
            &fifo::ENTRY,
            &fifo_order::ENTRY,
            &uniform_fifo::ENTRY,
            &uniform_fifo_order::ENTRY,
            &fifo_correct_senders::ENTRY,
            &causal::ENTRY,
            &total_order::ENTRY,
            &uniform_total_order::ENTRY,
            &gap_free_total_order::ENTRY,
            &uniform_gap_free_total_order::ENTRY,
            &prefix_order::ENTRY,
            &fifo_total_order::ENTRY,
            &causal_total_order::ENTRY,
        ],
        histories: multicast::history,
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Slots.
mod slotted {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 10,
        recovery: 30,
        settle: 30,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[(What::Skip, 4), (What::Crash, 3), (What::Recover, 5), (What::Snapshot, 1)],
    };
    const FAMILY: Family = Family {
        checkers: &[&consecutive_slots::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Orders of time.
mod timed {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 20,
        recovery: 30,
        settle: 60,
        viewed: 0,
        real: 40,
        hoping: false,
        weights: &[
            (What::Skip, 20),
            (What::Any, 20),
            (What::Return, 40),
            (What::Crash, 3),
            (What::Recover, 5),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[&chronological_order::ENTRY, &linearizable_broadcast::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Senders that deliver, broadcast and crash.
mod contaminated {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 5,
        recovery: 30,
        settle: 90,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[(What::Skip, 20), (What::Any, 10), (What::Crash, 16), (What::Recover, 5)],
    };
    const FAMILY: Family = Family {
        checkers: &[&no_contamination::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Optimistic deliveries.
mod hopes {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 10,
        recovery: 30,
        settle: 60,
        viewed: 0,
        real: 20,
        hoping: true,
        weights: &[
            (What::Opt, 10),
            (What::Skip, 4),
            (What::Any, 2),
            (What::Crash, 2),
            (What::Recover, 5),
            (What::Snapshot, 2),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[
            &optimistic_before_final::ENTRY,
            &optimistic_order::ENTRY,
            &optimistic_termination::ENTRY,
        ],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Replicas that execute operations.
mod replicas {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 0,
        recovery: 30,
        settle: 0,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[(What::Apply, 200), (What::Crash, 3), (What::Recover, 8)],
    };
    const FAMILY: Family = Family {
        checkers: &[&generic_order::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Views.
mod views {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 5,
        recovery: 30,
        settle: 80,
        viewed: 90,
        real: 20,
        hoping: false,
        weights: &[
            (What::View, 2),
            (What::Flush, 4),
            (What::Skip, 8),
            (What::Any, 4),
            (What::Crash, 1),
            (What::Recover, 3),
            (What::Snapshot, 1),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[
            &total_order_within_views::ENTRY,
            &reliable_total_order::ENTRY,
            &view_total_order::ENTRY,
        ],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Messages to two groups.
mod groups {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 80,
        recovery: 30,
        settle: 50,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[
            (What::Skip, 4),
            (What::Any, 3),
            (What::Crash, 3),
            (What::Recover, 5),
            (What::Snapshot, 1),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[&fifo_across_groups::ENTRY, &causal_across_groups::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Causes in one group.
mod causes {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 20,
        recovery: 30,
        settle: 60,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[
            (What::Skip, 8),
            (What::Any, 8),
            (What::Crash, 3),
            (What::Recover, 5),
            (What::Snapshot, 1),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[
            &local_order::ENTRY,
            &uniform_local_order::ENTRY,
            &causal::ENTRY,
            &causal_order::ENTRY,
            &uniform_causal::ENTRY,
            &uniform_causal_order::ENTRY,
        ],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Clients, and nodes that take one another's snapshots.
mod clients {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 20,
        recovery: 60,
        settle: 60,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[
            (What::Skip, 6),
            (What::Any, 6),
            (What::Crash, 4),
            (What::Recover, 12),
            (What::Transfer, 15),
            (What::Invoke, 20),
            (What::Respond, 20),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[&causal_through_clients::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}

/// Nodes that restart.
mod restarts {
    use super::*;

    const TASTE: Taste = Taste {
        groups: 10,
        recovery: 90,
        settle: 20,
        viewed: 0,
        real: 20,
        hoping: false,
        weights: &[
            (What::Skip, 10),
            (What::Any, 6),
            (What::Crash, 12),
            (What::Recover, 30),
            (What::Snapshot, 1),
        ],
    };
    const FAMILY: Family = Family {
        checkers: &[&fifo_across_incarnations::ENTRY, &fifo_correct_senders::ENTRY],
        histories: || histories(&TASTE),
        oracle: rule,
    };

    family_tests!(FAMILY);
}
