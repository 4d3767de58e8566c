//! State transfer: what a joiner gets, and what it does next.

mod donor_consistency;
mod no_lost_update_in_merge;
mod rejoin_replaces_state;
mod state_exchange_liveness;
mod state_transfer;
mod state_transfer_completion;
mod state_transfer_gap;

mod donors;
mod snapshot;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &state_transfer::ENTRY,
    &state_transfer_gap::ENTRY,
    &donor_consistency::ENTRY,
    &state_transfer_completion::ENTRY,
    &rejoin_replaces_state::ENTRY,
    &no_lost_update_in_merge::ENTRY,
    &state_exchange_liveness::ENTRY,
];

#[cfg(test)]
mod joins {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: &[
            &super::state_transfer::ENTRY,
            &super::state_transfer_gap::ENTRY,
            &super::donor_consistency::ENTRY,
        ],
        histories: super::small::joins,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}

#[cfg(test)]
mod returns {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: &[
            &super::state_transfer_completion::ENTRY,
            &super::rejoin_replaces_state::ENTRY,
            &super::state_exchange_liveness::ENTRY,
        ],
        histories: super::small::returns,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}

#[cfg(test)]
mod merges {
    use crate::crosscheck::{Family, family_tests};

    const FAMILY: Family = Family {
        checkers: &[&super::no_lost_update_in_merge::ENTRY],
        histories: super::small::merges,
        oracle: super::oracle::rule,
    };

    family_tests!(FAMILY);
}

#[cfg(test)]
mod garbage {
    use crate::crosscheck::Small;
    use pepperland_core::checker::Case;
    use pepperland_core::history::{Header, Kind, Recorder, ViewInstall, ViewName};
    use pepperland_core::id::NodeId;
    use pepperland_core::time::Time;
    use proptest::prelude::*;
    use serde_json::{Map, Value, json};

    const KINDS: &[Kind] = &[
        Kind::StateGet,
        Kind::StateSet,
        Kind::Apply,
        Kind::Block,
        Kind::BlockOk,
        Kind::Join,
        Kind::Exclude,
        Kind::Invoke,
        Kind::Response,
        Kind::Crash,
        Kind::Recover,
        Kind::Pause,
    ];

    const KEYS: &[&str] =
        &["slot", "set", "from", "view", "hash", "g", "target", "op", "client", "status"];

    fn value(what: usize) -> Value {
        let most = u64::MAX;
        [json!(most), json!("n1"), json!(["n1:0:1", 7]), json!(null), json!("ok"), json!("2.x")]
            [what % 6]
            .clone()
    }

    /// Any keys with any values, strange nodes and members, views in any order.
    fn history(events: &[(usize, u32, Vec<usize>, u64)]) -> Small {
        let mut header = Header::new(["n1", "n2", "n3"].map(str::to_owned).to_vec());
        header.complete = true;
        header.about.insert("bounds".into(), json!({"settling": 1, "blocking": u64::MAX}));
        let mut recorder = Recorder::new(header);
        for (at, (kind, node, values, number)) in events.iter().enumerate() {
            let at = Time(at as u64);
            if let Some(kind) = KINDS.get(*kind) {
                let keys = KEYS.iter().zip(values);
                let fields: Map<String, Value> =
                    keys.map(|(key, what)| ((*key).to_owned(), value(*what))).collect();
                recorder.event(at, NodeId(*node), *kind, fields, None);
                continue;
            }
            let view = ViewName { number: *number, creator: None };
            let members = values.iter().map(|m| NodeId(*m as u32)).collect();
            let group = (*number == 3).then_some(7);
            let install = ViewInstall { view, members, primary: true, transitional: None, group };
            recorder.view(at, NodeId(*node), install, None);
        }
        Small(recorder.into_history())
    }

    proptest! {
        #[test]
        fn makes_no_checker_of_views_panic(
            events in prop::collection::vec(
                (0..18_usize, 0..4_u32, prop::collection::vec(0..6_usize, 10), 1..4_u64),
                0..25,
            )
        ) {
            let small = history(&events);
            let families = [super::ALL, crate::safe::ALL, crate::membership::ALL];
            for checker in families.into_iter().flatten() {
                (checker.check)(&Case::new(&small.0));
            }
        }
    }
}
