//! Exclusion: who may enter, who holds the token, who is elected.

mod election_liveness;
mod election_safety;
mod fencing;
mod mutual_exclusion;
mod mutual_exclusion_liveness;
mod token_conservation;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &mutual_exclusion::ENTRY,
    &mutual_exclusion_liveness::ENTRY,
    &token_conservation::ENTRY,
    &fencing::ENTRY,
    &election_safety::ENTRY,
    &election_liveness::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::draft::garbage;
    use crate::crosscheck::{Family, family_tests};
    use pepperland_core::history::Kind;

    const FAMILY: Family =
        Family { checkers: ALL, histories: small::history, oracle: oracle::rule };

    family_tests!(FAMILY);

    const KINDS: &[Kind] = &[
        Kind::Enter,
        Kind::Exit,
        Kind::Token,
        Kind::Lead,
        Kind::Unlead,
        Kind::Crash,
        Kind::Recover,
        Kind::Invoke,
        Kind::Response,
    ];

    const KEYS: &[&str] = &["res", "epoch", "what", "g", "client", "op", "status"];

    #[test]
    fn nothing_makes_a_checker_panic() {
        crate::crosscheck::judges_anything(ALL, || garbage(KINDS, KEYS));
    }
}
