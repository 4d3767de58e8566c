//! Echoes and ids.

use super::{Clients, Fate, fate, manner};
use crate::crosscheck::Small;
use crate::crosscheck::draft::setup;
use proptest::prelude::*;
use serde_json::{Value, json};

fn value() -> impl Strategy<Value = Value> {
    let all = [json!(1), json!("1"), json!(null), json!([1]), json!({"a": 1, "b": 2}), json!(-1.5)];
    prop::sample::select(all.to_vec())
}

/// Echoes, a few of something else.
pub fn echoes() -> BoxedStrategy<Small> {
    let other = prop_oneof![40 => Just(None), 1 => value().prop_map(Some)];
    let echo = (0..3_usize, 0..4_usize, fate(), value(), other);
    (setup(), manner(), prop::collection::vec(echo, 0..12))
        .prop_map(|(setup, (told, heal), echoes)| {
            let mut clients = Clients::new(setup, "echo", told, heal);
            for (client, node, fate, value, other) in echoes {
                let back = json!({"f": "echo_ok", "echo": other.unwrap_or(value.clone())});
                clients.at_once(client, node, fate, json!({"f": "echo", "echo": value}), back);
            }
            clients.record()
        })
        .boxed()
}

/// Ids out of a few.
pub fn ids() -> BoxedStrategy<Small> {
    let id = prop_oneof![8 => (2..100_u64).prop_map(|id| json!(id)), 1 => value()];
    let request = (0..3_usize, 0..4_usize, fate(), id);
    (setup(), manner(), prop::collection::vec(request, 0..10))
        .prop_map(|(setup, (told, heal), requests)| {
            let mut clients = Clients::new(setup, "unique-ids", told, heal);
            for (client, node, fate, id) in requests {
                let given = match fate {
                    Fate::Done => json!({"f": "generate_ok", "id": id}),
                    _ => json!({}),
                };
                clients.at_once(client, node, fate, json!({"f": "generate"}), given);
            }
            clients.record()
        })
        .boxed()
}
