//! Requests and answers with no sense in them.

use crate::crosscheck::Small;
use crate::crosscheck::draft::{Draft, setup};
use pepperland_core::history::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

fn ops() -> Vec<Value> {
    vec![
        json!(null),
        json!({"f": 3}),
        json!({"f": "echo"}),
        json!({"f": "generate", "id": 1}),
        json!({"f": "read"}),
        json!({"f": "add"}),
        json!({"f": "add", "delta": u64::MAX}),
        json!({"f": "add", "delta": i64::MIN}),
        json!({"f": "add", "delta": "1"}),
        json!({"f": "add", "element": [1.5, {}]}),
        json!({"f": "broadcast", "message": null}),
        json!({"f": "send", "key": 1, "msg": {"b": 1, "a": 2}}),
        json!({"f": "send", "key": ["a"], "msg": 1}),
        json!({"f": "send", "key": "a"}),
        json!({"f": "poll"}),
        json!({"f": "poll", "offsets": [1]}),
        json!({"f": "poll", "offsets": {"a": i64::MIN, "1": i64::MAX, "": 1.5}}),
        json!({"f": "list_committed_offsets", "keys": ["a", 1, null]}),
        json!({"f": "list_committed_offsets", "keys": {}}),
    ]
}

fn results() -> Vec<Value> {
    vec![
        json!(null),
        json!([1]),
        json!({"f": "error"}),
        json!({"f": "error", "code": "11"}),
        json!({"f": "error", "code": u64::MAX}),
        json!({"echo": {"x": [null]}}),
        json!({"id": [1.0]}),
        json!({"value": 1e300}),
        json!({"value": u64::MAX}),
        json!({"value": [1, [1.5, {}], null, null]}),
        json!({"messages": {"a": 1}}),
        json!({"offset": i64::MAX}),
        json!({"offset": i64::MIN}),
        json!({"offset": u64::MAX}),
        json!({"msgs": [[1, 2]]}),
        json!({"msgs": {"a": [[i64::MAX, 1], [i64::MIN, 1], [3], 4, ["x", 1]], "1": 7}}),
        json!({"msgs": {"1": [[0, {"a": 2.0, "b": 1}], [0, null]], "b": []}}),
    ]
}

/// Any request, any answer, in any order, under any workload.
pub fn garbage() -> BoxedStrategy<Small> {
    let workloads = ["echo", "kafka", "lin-kv", "g-set", "broadcast", "pn-counter", "none"];
    let status = prop::sample::select(vec!["ok", "ok", "ok", "fail", "unknown", "odd"]);
    let (op, result) = (prop::sample::select(ops()), prop::sample::select(results()));
    let event = (0..3_u8, 0..6_usize, any::<bool>(), op, result, status);
    let workload = prop::sample::select(workloads.to_vec());
    (setup(), workload, prop::collection::vec(event, 0..40))
        .prop_map(|(setup, workload, events)| {
            let mut draft = Draft::new(setup);
            draft.header.workload = Some(workload.to_owned());
            for (client, node, invokes, op, result, status) in events {
                let client = format!("c{client}");
                let (kind, fields) = match invokes {
                    true => (Kind::Invoke, json!({"client": client, "op": op})),
                    false => {
                        let answer = json!({"client": client, "result": result, "status": status});
                        (Kind::Response, answer)
                    }
                };
                match node {
                    5 => draft.crash(0),
                    4 => draft.client(kind, fields),
                    node => draft.say(node, kind, fields),
                }
                draft.recover(0);
            }
            draft.record()
        })
        .boxed()
}
