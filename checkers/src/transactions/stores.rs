//! What stores of known isolation show, and what they never show.

use crate::crosscheck::{Small, cases, on_some};
use crate::transactions::small::{self, Store, honest};
use crate::transactions::{ALL, oracle, serializability, strict_serializability};
use pepperland_core::verdict::Ruling;
use proptest::strategy::BoxedStrategy;
use std::cell::RefCell;
use std::collections::BTreeSet;

/// The anomalies that show in histories of this kind.
fn shown(histories: BoxedStrategy<Small>) -> BTreeSet<&'static str> {
    let shown = RefCell::new(BTreeSet::new());
    on_some(cases() / 4, histories, |history| {
        for checker in ALL {
            if crate::cases::ruling(checker, history) == Ruling::Violated {
                shown.borrow_mut().insert(checker.property);
            }
        }
        Ok(())
    });
    shown.into_inner()
}

fn shows(workload: &'static str, store: Store, anomalies: &[&str]) {
    let wanted: BTreeSet<&str> = anomalies.iter().copied().collect();
    assert_eq!(shown(honest(workload, store)), wanted, "{workload} of {store:?}");
}

#[test]
fn a_serial_store_shows_nothing() {
    shows("list-append", Store::Serial, &[]);
    shows("rw-register", Store::Serial, &[]);
}

#[test]
fn snapshots_show_write_skew_alone() {
    let skew = ["g2", "serializability", "strict-serializability"];
    shows("list-append", Store::Snapshot, &skew);
    shows("rw-register", Store::Snapshot, &skew);
}

#[test]
fn what_is_committed_is_neither_dirty_nor_aborted() {
    let between = ["g-single", "g2", "internal", "lost-update"];
    let all = [&between[..], &["serializability", "strict-serializability"]].concat();
    shows("rw-register", Store::ReadCommitted, &all);
    shows("list-append", Store::ReadCommitted, &all);
}

#[test]
fn careless_writers_lose_updates() {
    let shown = shown(honest("list-append", Store::Careless));
    assert!(shown.contains("lost-update"), "{shown:?}");
    let clean = ["g1a", "g1b", "internal", "duplicate-elements"];
    assert!(clean.iter().all(|anomaly| !shown.contains(anomaly)), "{shown:?}");
}

#[test]
fn what_takes_effect_at_once_is_dirty() {
    for workload in ["list-append", "rw-register"] {
        let shown = shown(honest(workload, Store::Dirty));
        assert!(shown.is_superset(&BTreeSet::from(["g1a", "g1b", "g1c"])), "{shown:?}");
    }
    assert!(shown(honest("list-append", Store::Dirty)).contains("g0"));
}

/// What can be known of registers is less than all, but where an order explains every read nobody
/// is accused.
#[test]
fn no_order_of_registers_is_accused() {
    let accused = RefCell::new(0);
    on_some(cases(), small::registers(), |history| {
        for (checker, timed) in
            [(&serializability::ENTRY, false), (&strict_serializability::ENTRY, true)]
        {
            let violated = crate::cases::ruling(checker, history) == Ruling::Violated;
            *accused.borrow_mut() += u32::from(violated);
            if violated && oracle::has_order(history, timed) {
                return Err(format!("{} accused, but there is an order", checker.property));
            }
        }
        Ok(())
    });
    assert!(accused.into_inner() > cases() / 20);
}
