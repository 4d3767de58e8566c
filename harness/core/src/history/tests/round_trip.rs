//! What is written is read, and what is read is written.

use super::by_hand::{FIFO, STALE, VIEWS};
use super::random::history;
use crate::history::{Event, History};
use crate::seed::Seed;
use proptest::prelude::*;
use serde_json::{Map, Value};

fn written(history: &History) -> String {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    String::from_utf8(bytes).unwrap()
}

/// The same objects with their keys in another order and white space between.
fn shuffled(text: &str, seed: u64) -> String {
    let mut stream = Seed(seed).stream("shuffle");
    let line = |line: &str| {
        let object: Map<String, Value> = serde_json::from_str(line).unwrap();
        let mut keys: Vec<(String, Value)> = object.into_iter().collect();
        for last in (1..keys.len()).rev() {
            keys.swap(last, stream.below(last as u64 + 1) as usize);
        }
        let keys =
            keys.iter().map(|(key, value)| format!(" {}\t: {value} ", Value::from(key.as_str())));
        format!(" {{{}}} \r\n", keys.collect::<Vec<_>>().join(","))
    };
    text.lines().map(line).collect()
}

/// The text with some of its bytes changed, cut out or doubled.
fn mutated(text: &str, seed: u64) -> Vec<u8> {
    let mut stream = Seed(seed).stream("mutate");
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..=stream.below(3) {
        let at = stream.below(bytes.len() as u64 + 1) as usize;
        let end = (at + stream.below(6) as usize).min(bytes.len());
        match stream.below(5) {
            0 => bytes.truncate(at),
            1 => drop(bytes.drain(at..end)),
            2 => bytes
                .splice(at..at, b"\"{[,:]}0-.eE\\\n\xc3".iter().copied().skip(end - at))
                .for_each(drop),
            3 => bytes.extend_from_within(at..end),
            _ => bytes[at..end].iter_mut().for_each(|byte| *byte ^= 1 << (at % 8)),
        }
    }
    bytes
}

/// Whatever the bytes are, they are read or refused at a place that there is; what is read can be
/// written and read again.
fn read_or_refused(bytes: &[u8]) {
    match History::read(bytes) {
        Ok(history) => {
            let text = written(&history);
            let again = History::read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}:\n{text}"));
            assert_eq!(written(&again), text);
        }
        Err(error) => {
            let lines: Vec<&[u8]> = bytes.split(|byte| *byte == b'\n').collect();
            let line = lines.get(error.line - 1).expect("the line exists");
            assert!(error.column <= line.len() + 1, "{error}");
        }
    }
}

#[test]
fn equality_is_of_the_written_bytes() {
    let read = |text: &str| History::read(text.as_bytes()).unwrap();
    assert!(read(FIFO) == read(&shuffled(FIFO, 1)));
    assert!(read(FIFO) != read(VIEWS));
    assert!(read(FIFO) != read(&FIFO.replace("\"t\":4", "\"t\":5")));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(history in history(), seed: u64) {
        prop_assert_eq!(history.check_rules(), Ok(()));
        let text = written(&history);
        let read = History::read(text.as_bytes());
        let read = read.map_err(|e| TestCaseError::fail(format!("{e} in\n{text}")))?;
        prop_assert_eq!(&written(&read), &text);
        let disordered = History::read(shuffled(&text, seed).as_bytes());
        let disordered = disordered.map_err(|e| TestCaseError::fail(format!("{e} in\n{text}")))?;
        prop_assert_eq!(written(&disordered), text);
    }

    #[test]
    fn columns_survive(history in history()) {
        let frame = |event: Event<'_>| event.transmission().map(|f| (f.peer, f.id, f.bytes));
        let read = History::read(written(&history).as_bytes()).unwrap();
        prop_assert_eq!(read.times(), history.times());
        prop_assert_eq!(read.nodes(), history.nodes());
        prop_assert_eq!(read.kinds(), history.kinds());
        for (a, b) in read.events().zip(history.events()) {
            prop_assert_eq!(a.message_name(), b.message_name());
            prop_assert_eq!(a.digest(), b.digest());
            prop_assert_eq!(a.causes(), b.causes());
            prop_assert_eq!(a.place(), b.place());
            prop_assert_eq!(a.view(), b.view());
            prop_assert_eq!(a.fields(), b.fields());
            prop_assert_eq!(frame(a), frame(b));
        }
    }

    #[test]
    fn no_bytes_make_it_panic(seed: u64, which in 0..3usize) {
        read_or_refused(&mutated([FIFO, VIEWS, STALE][which], seed));
    }

    #[test]
    fn no_mutation_makes_it_panic(history in history(), seed: u64) {
        read_or_refused(&mutated(&written(&history), seed));
    }

    #[test]
    fn no_garbage_makes_it_panic(bytes: Vec<u8>) {
        read_or_refused(&bytes);
    }
}

#[test]
fn every_kind_is_tried() {
    use crate::history::Kind;
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut met = std::collections::BTreeMap::<Kind, usize>::new();
    for _ in 0..100 {
        let history = history().new_tree(&mut runner).unwrap().current();
        history.kinds().iter().for_each(|kind| *met.entry(*kind).or_default() += 1);
    }
    let rare: Vec<_> =
        Kind::ALL.iter().filter(|kind| met.get(kind).is_none_or(|n| *n < 5)).collect();
    assert!(rare.is_empty(), "{rare:?} of {met:?}");
}
