//! What each service promises, and that a weak one is as weak as it may be.

use super::oracle::{Sessions, Store, act, is_sequentially_consistent};
use super::{Op, Seen, Services, op};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

const NOW: Time = Time::ZERO;
const CLIENTS: [&str; 3] = ["n1", "n2", "n3"];

/// What clients do one after the other becomes what each did and saw.
fn sessions(services: &mut Services, service: &str, ops: &[(usize, Op)]) -> Sessions {
    let mut sessions = vec![Vec::new(); CLIENTS.len()];
    for (client, op) in ops {
        let seen = services.ask(service, CLIENTS[*client], NOW, op);
        sessions[*client].push((op.clone(), seen));
    }
    sessions
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn lin_kv_is_one_map(ops in vec(op(), 0..40), seed: u64) {
        let (mut services, mut store) = (Services::new(Seed(seed)), Store::new());
        for op in &ops {
            prop_assert_eq!(services.ask("lin-kv", "n1", NOW, op), act(&mut store, op), "{:?}", op);
        }
    }

    #[test]
    fn seq_kv_is_sequentially_consistent(ops in vec((0..3usize, op()), 0..14), seed: u64) {
        let sessions = sessions(&mut Services::new(Seed(seed)), "seq-kv", &ops);
        prop_assert!(is_sequentially_consistent(&sessions), "{sessions:?}");
    }

    #[test]
    fn seq_kv_is_one_map_to_somebody_alone(ops in vec(op(), 0..80), seed: u64) {
        let (mut services, mut store) = (Services::new(Seed(seed)), Store::new());
        for op in &ops {
            prop_assert_eq!(services.ask("seq-kv", "n1", NOW, op), act(&mut store, op), "{:?}", op);
        }
    }

    #[test]
    fn lww_kv_comes_to_one_value_that_somebody_wrote(
        writes in vec((0..3u8, 0..20u64), 1..12), seed: u64,
    ) {
        let mut services = Services::new(Seed(seed));
        let mut now = NOW;
        for (value, after) in &writes {
            now += Span::millis(*after);
            prop_assert_eq!(services.ask("lww-kv", "n1", now, &Op::Write(0, *value)), Seen::Done);
        }
        now += Span::seconds(10);
        let reads = (0..50).map(|_| services.ask("lww-kv", "n1", now, &Op::Read(0)));
        let reads: Vec<Seen> = reads.collect();
        prop_assert!(reads.iter().all(|seen| *seen == reads[0]), "{reads:?}");
        prop_assert!(writes.iter().any(|(value, _)| reads[0] == Seen::Value(*value)));
    }

    #[test]
    fn equal_seeds_answer_alike(ops in vec((0..3usize, op()), 0..30), seed: u64) {
        for service in ["seq-kv", "lww-kv"] {
            let run = || format!("{:?}", sessions(&mut Services::new(Seed(seed)), service, &ops));
            prop_assert_eq!(run(), run());
        }
    }
}

/// Whether some seed makes a service answer the last of these operations like this.
fn some_seed(service: &str, ops: &[(&str, Op)], wanted: &Seen) -> bool {
    (0..200).any(|seed| {
        let mut services = Services::new(Seed(seed));
        let answers = ops.iter().map(|(client, op)| services.ask(service, client, NOW, op));
        answers.last().as_ref() == Some(wanted)
    })
}

#[test]
fn seq_kv_shows_past_states_and_the_newest() {
    let ops = [("n1", Op::Write(0, 1)), ("n1", Op::Write(0, 2)), ("n2", Op::Read(0))];
    for seen in [Seen::Missing, Seen::Value(1), Seen::Value(2)] {
        assert!(some_seed("seq-kv", &ops, &seen), "{seen:?}");
    }
}

#[test]
fn seq_kv_lets_a_write_of_what_was_there_happen_in_the_past() {
    let swap = Op::Cas { key: 0, from: 1, to: 2, creates: false };
    let ops = [("n1", Op::Write(0, 1)), ("n2", swap), ("n1", Op::Write(0, 1)), ("n3", Op::Read(0))];
    let kept = |seed| {
        let mut services = Services::new(Seed(seed));
        let seen: Vec<Seen> =
            ops.iter().map(|(client, op)| services.ask("seq-kv", client, NOW, op)).collect();
        let newest = services.ask("seq-kv", "n2", NOW, &Op::Write(1, 1)) == Seen::Done
            && services.ask("seq-kv", "n2", NOW, &Op::Read(0)) == Seen::Value(2);
        seen[1] == Seen::Done && newest
    };
    assert!((0..200).any(kept), "the second write of 1 never came before the swap");
}

#[test]
fn seq_kv_forgets_the_far_past() {
    for seed in 0..50 {
        let mut services = Services::new(Seed(seed));
        for value in 0..200 {
            services.ask("seq-kv", "n1", NOW, &Op::Write(0, value));
        }
        let seen = services.ask("seq-kv", "n2", NOW, &Op::Read(0));
        assert!(matches!(seen, Seen::Value(168..200)), "{seen:?}");
    }
}

#[test]
fn lww_kv_forgets_and_loses_what_was_written() {
    let ops = [("n1", Op::Write(0, 1)), ("n1", Op::Read(0))];
    assert!(some_seed("lww-kv", &ops, &Seen::Missing), "one's own write is not seen");
    let loses = |seed| {
        let mut services = Services::new(Seed(seed));
        let mut write = |value, at| services.ask("lww-kv", "n1", at, &Op::Write(0, value));
        (1..=3).for_each(|value| assert_eq!(write(value, NOW), Seen::Done));
        services.ask("lww-kv", "n1", Time::millis(10_000), &Op::Read(0)) != Seen::Value(3)
    };
    assert!((0..200).any(loses), "the last write always wins");
}

#[test]
fn lww_kv_spreads_without_requests() {
    let mut services = Services::new(Seed(7));
    services.ask("lww-kv", "n1", NOW, &Op::Write(0, 1));
    let later = Time::millis(3_600_000);
    let seen: Vec<Seen> =
        (0..20).map(|_| services.ask("lww-kv", "n2", later, &Op::Read(0))).collect();
    assert_eq!(seen, vec![Seen::Value(1); 20]);
}

#[test]
fn stores_are_apart_from_each_other() {
    let mut services = Services::new(Seed(1));
    services.ask("lin-kv", "n1", NOW, &Op::Write(0, 1));
    for service in ["seq-kv", "lww-kv"] {
        assert_eq!(services.ask(service, "n1", NOW, &Op::Read(0)), Seen::Missing, "{service}");
    }
}

#[test]
fn timestamps_grow_from_nought() {
    let mut services = Services::new(Seed(1));
    let mut next = |client| services.raw("lin-tso", client, NOW, json!({"type": "ts"}));
    let answers: Vec<_> = CLIENTS.iter().cycle().take(5).map(|client| next(client)).collect();
    assert_eq!(answers[0], json!({"type": "ts_ok", "ts": 0}));
    let stamps: BTreeSet<u64> = answers.iter().filter_map(|answer| answer["ts"].as_u64()).collect();
    assert_eq!(stamps, (0..5).collect());
    assert!(answers.is_sorted_by_key(|answer| answer["ts"].as_u64()));
}
