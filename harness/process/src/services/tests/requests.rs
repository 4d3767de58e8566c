//! Requests as real programs and careless ones make them.

use super::Services;
use crate::services::NAMES;
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use serde_json::{Value, json};

const STORES: [&str; 3] = ["lin-kv", "seq-kv", "lww-kv"];

fn ask(services: &mut Services, service: &str, body: Value) -> Value {
    services.raw(service, "n1", Time::ZERO, body)
}

fn code(service: &str, body: Value) -> Value {
    let answer = ask(&mut Services::new(Seed(1)), service, body);
    assert_eq!(answer["type"], "error", "{answer}");
    assert!(answer["text"].as_str().is_some_and(|text| !text.is_empty()), "{answer}");
    answer["code"].clone()
}

#[test]
fn what_is_not_known_is_error_10_and_what_lacks_something_error_12() {
    for store in STORES {
        assert_eq!(code(store, json!({"type": "delete", "key": 1})), 10);
        assert_eq!(code(store, json!({"type": "ts"})), 10);
        for body in [
            json!({}),
            json!({"type": 7, "key": 1}),
            json!({"type": "read"}),
            json!({"type": "write", "key": 1}),
            json!({"type": "write", "value": 1}),
            json!({"type": "cas", "key": 1, "from": 1}),
            json!({"type": "cas", "key": 1, "to": 1, "create_if_not_exists": "yes"}),
        ] {
            assert_eq!(code(store, body.clone()), 12, "{body}");
        }
    }
    assert_eq!(code("lin-tso", json!({"type": "read", "key": 1})), 10);
    assert_eq!(code("lin-tso", json!({"ts": 1})), 12);
}

#[test]
fn keys_that_are_missing_are_error_20_and_values_that_differ_error_22() {
    for store in STORES {
        assert_eq!(code(store, json!({"type": "read", "key": "x"})), 20);
        assert_eq!(code(store, json!({"type": "cas", "key": "x", "from": 1, "to": 2})), 20);
    }
    let mut services = Services::new(Seed(1));
    ask(&mut services, "lin-kv", json!({"type": "write", "key": "x", "value": {"a": [1]}}));
    let swap = |from: Value| {
        let creates = true;
        json!({"type": "cas", "key": "x", "from": from, "to": 3, "create_if_not_exists": creates})
    };
    let refused = ask(&mut services, "lin-kv", swap(json!(1)));
    assert_eq!(refused["code"], 22);
    assert_eq!(refused["text"], r#"the value is {"a":[1]}, not 1"#);
    let swapped = ask(&mut services, "lin-kv", swap(json!({"a": [1]})));
    assert_eq!(swapped, json!({"type": "cas_ok"}));
}

#[test]
fn a_swap_that_creates_needs_no_expectation() {
    for store in STORES {
        let mut services = Services::new(Seed(1));
        let body = json!({"type": "cas", "key": "x", "to": 3, "create_if_not_exists": true});
        assert_eq!(ask(&mut services, store, body), json!({"type": "cas_ok"}), "{store}");
    }
}

#[test]
fn keys_and_values_are_any_json() {
    let mut services = Services::new(Seed(1));
    let keys = [
        json!(1),
        json!("1"),
        json!(1.5),
        json!(null),
        json!([1]),
        json!({"a": 1, "b": 2}),
        json!(u64::MAX),
    ];
    for (value, key) in keys.iter().enumerate() {
        ask(&mut services, "lin-kv", json!({"type": "write", "key": key, "value": value}));
    }
    for (value, key) in keys.iter().enumerate() {
        let read = ask(&mut services, "lin-kv", json!({"type": "read", "key": key}));
        assert_eq!(read, json!({"type": "read_ok", "value": value}), "{key}");
    }
    let turned = json!({"type": "read", "key": {"b": 2, "a": 1}});
    assert_eq!(ask(&mut services, "lin-kv", turned)["value"], 5);
    let null = json!({"type": "write", "key": "n", "value": null});
    ask(&mut services, "lin-kv", null);
    let read = ask(&mut services, "lin-kv", json!({"type": "read", "key": "n"}));
    assert_eq!(read, json!({"type": "read_ok", "value": null}));
}

#[test]
fn the_services_are_those_that_are_named() {
    for service in NAMES {
        assert_eq!(code(service, json!({"type": "x"})), 10, "{service}");
    }
    for other in ["n2", "lin_kv", ""] {
        assert_eq!(code(other, json!({"type": "read", "key": 1})), 1, "{other}");
    }
}
