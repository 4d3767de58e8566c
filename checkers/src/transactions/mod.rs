//! Transactions: which anomalies show in what they read, and whether there is an order of them that
//! explains it.
//!
//! Judged are clients' transactions over lists that are read and appended to, and over registers
//! that are read and written, where no value is written to a key twice. A transaction whose answer
//! is unknown or missing counts if somebody read what it wrote; if it failed after all, that read
//! is an anomaly too, of another name.

mod duplicate_elements;
mod g0;
mod g1a;
mod g1b;
mod g1c;
mod g2;
mod g_single;
mod incompatible_order;
mod internal;
mod lost_update;
mod serializability;
mod strict_serializability;

mod cycles;
mod graph;
mod judged;
mod lists;
mod orders;
mod reach;
mod read;
mod realtime;
mod recency;
mod registers;
mod tell;
mod txns;
mod verdict;

#[cfg(test)]
mod oracle;
#[cfg(test)]
mod pictures;
#[cfg(test)]
mod small;
#[cfg(test)]
mod stores;

use pepperland_core::checker::Checker;

/// The properties of this family, in the order of the catalogue.
pub const ALL: &[&Checker] = &[
    &g0::ENTRY,
    &g1a::ENTRY,
    &g1b::ENTRY,
    &g1c::ENTRY,
    &g_single::ENTRY,
    &g2::ENTRY,
    &lost_update::ENTRY,
    &internal::ENTRY,
    &incompatible_order::ENTRY,
    &duplicate_elements::ENTRY,
    &serializability::ENTRY,
    &strict_serializability::ENTRY,
];

#[cfg(test)]
mod tests {
    use super::{
        duplicate_elements, g_single, g0, g1a, g1b, g1c, g2, incompatible_order, internal,
        lost_update, serializability, strict_serializability,
    };
    use pepperland_core::checker::Checker;

    const LISTS: &[&Checker] = &[
        &g0::ENTRY,
        &g1a::ENTRY,
        &g1b::ENTRY,
        &g1c::ENTRY,
        &g_single::ENTRY,
        &g2::ENTRY,
        &internal::ENTRY,
        &incompatible_order::ENTRY,
        &duplicate_elements::ENTRY,
        &serializability::ENTRY,
        &strict_serializability::ENTRY,
    ];

    const REGISTERS: &[&Checker] = &[
        &g_single::ENTRY,
        &internal::ENTRY,
        &serializability::ENTRY,
        &strict_serializability::ENTRY,
    ];

    macro_rules! store_tests {
        ($store:ident, $checkers:expr) => {
            mod $store {
                use super::*;
                use crate::crosscheck::{Family, family_tests};
                use crate::transactions::{oracle, small};

                const FAMILY: Family =
                    Family { checkers: $checkers, histories: small::$store, oracle: oracle::rule };

                family_tests!(FAMILY);
            }
        };
    }

    store_tests!(lists, LISTS);
    store_tests!(careless, &[&lost_update::ENTRY]);
    store_tests!(registers, REGISTERS);
    store_tests!(skewed_registers, &[&g2::ENTRY]);
    store_tests!(careless_registers, &[&lost_update::ENTRY]);
    store_tests!(crossed_registers, &[&g1a::ENTRY, &g1b::ENTRY, &g1c::ENTRY]);
}
