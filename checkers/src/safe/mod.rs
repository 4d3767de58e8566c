//! Safe indications: what it means to be told that a message is stable.

mod safe_delivery;
mod safe_indication;
mod safe_liveness;
mod safe_prefix;
mod safe_reliable_prefix;

mod had_before;
mod indications;

#[cfg(test)]
mod oracle;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &safe_prefix::ENTRY,
    &safe_indication::ENTRY,
    &safe_reliable_prefix::ENTRY,
    &safe_delivery::ENTRY,
    &safe_liveness::ENTRY,
];

#[cfg(test)]
mod tests {
    use crate::crosscheck::{Family, family_tests};
    use crate::membership::small;

    const FAMILY: Family =
        Family { checkers: super::ALL, histories: small::of_messages, oracle: super::oracle::rule };

    family_tests!(FAMILY);
}
