//! Counters.

use super::{Clients, Fate, fate, manner};
use crate::crosscheck::Small;
use crate::crosscheck::draft::setup;
use proptest::prelude::*;
use serde_json::json;

/// Additions, and reads that show what was done, mostly; in the end every node is read.
pub fn counters() -> BoxedStrategy<Small> {
    let add = (0..3_usize, 0..4_usize, fate(), -4..6_i64, prop::bool::weighted(0.1));
    let slip = prop_oneof![4 => Just(0), 1 => -3..4_i64];
    let last = prop::collection::vec((0..4_usize, slip), 0..4);
    (setup(), manner(), prop::collection::vec(add, 0..8), last, any::<bool>())
        .prop_map(|(setup, (told, heal), adds, last, crash)| {
            let mut clients = Clients::new(setup, "pn-counter", told, heal);
            let mut sum = 0;
            for (client, node, fate, delta, open) in adds {
                if !clients.ask(client, node, json!({"f": "add", "delta": delta})) {
                    continue;
                }
                let is_done = matches!(fate, Fate::Done | Fate::Lost(true) | Fate::Error(0 | 13));
                sum += if is_done { delta } else { 0 };
                if !open {
                    clients.answer(client, fate, json!({"f": "add_ok"}));
                }
                if crash && delta == 0 {
                    clients.draft.crash(node);
                }
                clients.draft.recover(node + 1);
            }
            for (node, slip) in last {
                let read = json!({"f": "read_ok", "value": sum + slip});
                clients.at_once(node % 3, node, Fate::Done, json!({"f": "read"}), read);
            }
            clients.record()
        })
        .boxed()
}
