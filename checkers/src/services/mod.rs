//! Services: whether clients are answered, by whom, and with the truth.

pub mod expressions;
mod responders;
mod response_correctness;
mod servers;
mod timely_answer;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod small;

pub use responders::{Answered, Responders, responders};

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[&timely_answer::ENTRY, &response_correctness::ENTRY];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crosscheck::draft::garbage;
    use crate::crosscheck::{Family, family_tests};
    use pepperland_core::history::Kind;

    const FAMILY: Family =
        Family { checkers: ALL, histories: small::services, oracle: oracle::rule };

    family_tests!(FAMILY);

    const KINDS: &[Kind] =
        &[Kind::Invoke, Kind::Response, Kind::Apply, Kind::Crash, Kind::Recover, Kind::Pause];

    const KEYS: &[&str] = &["client", "op", "result", "status", "id", "expression", "value"];

    #[test]
    fn nothing_makes_a_checker_panic() {
        crate::crosscheck::judges_anything(ALL, || garbage(KINDS, KEYS));
    }
}
