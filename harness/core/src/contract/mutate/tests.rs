//! Every change is one, small, and named by a small draw.

use super::*;
use proptest::prelude::*;
use serde_json::json;
use std::collections::BTreeSet;

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-2..3i64).prop_map(Value::from),
        ".{0,3}".prop_map(Value::from),
    ];
    let key = prop::sample::select(vec!["type", "msg_id", "in_reply_to", "a", "b", "c"]);
    leaf.prop_recursive(4, 24, 4, move |inner| {
        let fields = prop::collection::vec((key.clone(), inner.clone()), 0..4);
        let object = |fields: Vec<(&str, Value)>| {
            fields.into_iter().map(|(key, field)| (key.to_owned(), field)).collect()
        };
        let items = prop::collection::vec(inner, 0..4);
        prop_oneof![items.prop_map(Value::Array), fields.prop_map(object)]
    })
}

/// Whether there is nothing in it that could be otherwise.
fn is_hollow(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => {
            let two = |one: &Value, other: &Value| is_alike(one, other) && one != other;
            let unlike = |one: &Value| fields.values().any(|other| two(one, other));
            fields.values().all(|field| is_hollow(field) && !unlike(field))
        }
        _ => false,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..Default::default() })]

    #[test]
    fn a_change_is_one_and_there_is_one_wherever_it_is_possible(value in json(), draw: u64) {
        let mut changed = value.clone();
        prop_assert_eq!(mutate(&mut changed, draw), !is_hollow(&value));
        prop_assert_eq!(changed != value, !is_hollow(&value));
    }

    #[test]
    fn what_is_changed_is_json_of_about_the_same_size(value in json(), draw: u64) {
        let mut changed = value.clone();
        mutate(&mut changed, draw);
        let text = changed.to_string();
        prop_assert!(text.len() <= 2 * value.to_string().len() + 24, "{value} → {text}");
        prop_assert_eq!(serde_json::from_str::<Value>(&text).ok(), Some(changed));
    }

    #[test]
    fn plumbing_stays_while_there_is_anything_else(value in json(), draw: u64) {
        let call = |list| json!({"type": "t", "msg_id": 1, "in_reply_to": 2, "list": list});
        let mut changed = call(json!([value]));
        mutate(&mut changed, draw);
        prop_assert_ne!(&changed["list"], &json!([value]));
        prop_assert_eq!(&changed, &call(changed["list"].clone()));
    }
}

/// Everything that small draws make of a value.
fn changes(value: &Value) -> BTreeSet<String> {
    let change = |draw| {
        let mut changed = value.clone();
        assert!(mutate(&mut changed, draw));
        changed.to_string()
    };
    (0..100).map(change).collect()
}

fn assert_changes<const N: usize>(value: Value, expected: [&str; N]) {
    assert_eq!(changes(&value), expected.map(str::to_owned).into(), "{value}");
}

#[test]
fn small_draws_name_every_change() {
    assert_changes(json!(4), ["5", "3", "0"]);
    assert_changes(json!(-1), ["-2", "0"]);
    assert_changes(json!(true), ["false"]);
    assert_changes(json!(null), ["0", "1"]);
    assert_changes(json!("n9"), ["\"o9\"", "\"n8\"", "\"\""]);
    assert_changes(json!({"a": {}, "b": [[]]}), [r#"{"a":{},"b":[]}"#, r#"{"a":{},"b":[[],[]]}"#]);
    assert_changes(json!([true]), ["[]", "[true,true]", "[false]"]);
    assert_changes(
        json!({"from": 1, "to": 2}),
        [
            r#"{"from":2,"to":2}"#,
            r#"{"from":0,"to":2}"#,
            r#"{"from":1,"to":3}"#,
            r#"{"from":1,"to":1}"#,
            r#"{"from":1,"to":0}"#,
        ],
    );
    let swapped = changes(&json!([1, 2]));
    assert!(swapped.contains("[2,1]") && swapped.contains("[1,1,2]") && swapped.contains("[2]"));
}

#[test]
fn plumbing_is_changed_where_there_is_nothing_else() {
    let read = json!({"type": "read", "msg_id": 1, "seen": []});
    let unchanged = read.to_string();
    assert!(changes(&read).iter().all(|changed| *changed != unchanged));
}
