//! Replication: primaries, replicas and what clients see.

mod at_most_once;
mod bounded_outages;
mod checkpoint_law;
mod convergence;
mod fenced_effects;
mod monotonic_reads;
mod monotonic_writes;
mod no_lost_update;
mod no_phantom;
mod output_commit;
mod primary_only_requests;
mod primary_order;
mod read_your_writes;
mod replica_determinism;
mod reply_agreement;
mod single_primary;
mod single_responder;
mod state_hash_agreement;
mod writes_follow_reads;

pub mod applied;
mod effects;
pub mod operations;
pub mod quiet;
mod sessions;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &single_primary::ENTRY,
    &fenced_effects::ENTRY,
    &primary_only_requests::ENTRY,
    &bounded_outages::ENTRY,
    &primary_order::ENTRY,
    &no_lost_update::ENTRY,
    &no_phantom::ENTRY,
    &at_most_once::ENTRY,
    &read_your_writes::ENTRY,
    &monotonic_reads::ENTRY,
    &monotonic_writes::ENTRY,
    &writes_follow_reads::ENTRY,
    &state_hash_agreement::ENTRY,
    &replica_determinism::ENTRY,
    &reply_agreement::ENTRY,
    &checkpoint_law::ENTRY,
    &output_commit::ENTRY,
    &convergence::ENTRY,
    &single_responder::ENTRY,
];

#[cfg(test)]
pub mod tests {
    use super::oracle::rule;
    use super::*;
    use crate::crosscheck::draft::garbage;
    use crate::crosscheck::{Family, family_tests};
    use pepperland_core::history::{History, Kind};
    use serde_json::{Map, Value, json};

    /// A history of four nodes on a virtual clock, with more keys for the header.
    pub fn history(header: &[&str], events: &[&str]) -> History {
        let start = r#""format":"pepperland.history","version":1,"nodes":["n1","n2","n3","n4"]"#;
        let keys: Vec<&str> =
            [start, r#""clock":"virtual""#].into_iter().chain(header.iter().copied()).collect();
        let file = format!("{{{}}}\n{}", keys.join(","), events.join("\n"));
        History::read(file.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
    }

    /// Operations one after the other: `CLIENT F KEY=VALUE… STATUS`. In a read all keys are of the
    /// answer; elsewhere only the version is.
    pub fn runs(header: &[&str], lines: &[&str]) -> History {
        let mut events = Vec::new();
        for (at, line) in lines.iter().enumerate() {
            let words: Vec<&str> = line.split(' ').collect();
            let [client, f, keys @ .., status] = words.as_slice() else { panic!("{line}") };
            let (mut op, mut result) = (Map::new(), Map::new());
            op.insert("f".to_owned(), json!(f));
            for (key, value) in keys.iter().filter_map(|word| word.split_once('=')) {
                let value: Value = serde_json::from_str(value).expect("a value");
                let into = if *f == "read" || key == "version" { &mut result } else { &mut op };
                into.insert(key.to_owned(), value);
            }
            let t = 2 * at;
            let invoke = json!({"t": t, "k": "invoke", "client": client, "op": op});
            let response = json!({"t": t + 1, "k": "response", "client": client,
                "result": result, "status": status});
            events.extend([invoke.to_string(), response.to_string()]);
        }
        let events: Vec<&str> = events.iter().map(String::as_str).collect();
        history(header, &events)
    }

    mod of_primaries {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&single_primary::ENTRY, &primary_only_requests::ENTRY],
            histories: small::primaries,
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    mod of_replicas {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &fenced_effects::ENTRY,
                &at_most_once::ENTRY,
                &state_hash_agreement::ENTRY,
                &replica_determinism::ENTRY,
                &reply_agreement::ENTRY,
                &checkpoint_law::ENTRY,
                &convergence::ENTRY,
                &single_responder::ENTRY,
            ],
            histories: small::replicas,
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    mod of_clients {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&bounded_outages::ENTRY, &no_lost_update::ENTRY, &no_phantom::ENTRY],
            histories: small::clients,
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    mod of_sessions {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[
                &read_your_writes::ENTRY,
                &monotonic_reads::ENTRY,
                &monotonic_writes::ENTRY,
                &writes_follow_reads::ENTRY,
            ],
            histories: small::sessions,
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    mod of_followers {
        use super::*;

        const FAMILY: Family = Family {
            checkers: &[&primary_order::ENTRY, &output_commit::ENTRY],
            histories: small::followers,
            oracle: rule,
        };

        family_tests!(FAMILY);
    }

    const KINDS: &[Kind] = &[
        Kind::Invoke,
        Kind::Response,
        Kind::Apply,
        Kind::StateSet,
        Kind::StateGet,
        Kind::Lead,
        Kind::Unlead,
        Kind::Crash,
        Kind::Recover,
        Kind::Deliver,
    ];

    const KEYS: &[&str] =
        &["client", "op", "result", "status", "slot", "hash", "epoch", "g", "id", "m", "x"];

    #[test]
    fn nothing_makes_a_checker_panic() {
        crate::crosscheck::judges_anything(ALL, || garbage(KINDS, KEYS));
    }
}
