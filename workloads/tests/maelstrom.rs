//! What Maelstrom's workloads ask: the requests of its own clients, with its values, on keys that
//! come and go.

use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use pepperland_core::workload::{Stage, Workload};
use pepperland_workloads::maelstrom::{
    ALL, broadcast, counters, echo, g_set, kafka, lin_kv, transactions, unique_ids,
};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

fn stage(nodes: usize, broadcasts: usize) -> Stage {
    let groups = vec![NodeId::first(nodes).collect()];
    Stage { nodes, groups, broadcasts, until: Time::millis(200) }
}

fn steps(workload: &Workload, nodes: usize, broadcasts: usize, seed: u64) -> Vec<Step> {
    (workload.plan)(&stage(nodes, broadcasts), &mut Seed(seed).stream("workload"))
}

fn op(step: &Step) -> Value {
    let Ask::Invoke { body } = &step.ask else { panic!("{step:?} is no operation") };
    serde_json::from_str(body).expect("an operation is JSON")
}

/// The operations of long plans for five nodes.
fn ops(workload: &Workload) -> Vec<Value> {
    (0..5).flat_map(|seed| steps(workload, 5, 400, seed)).map(|step| op(&step)).collect()
}

fn last(workload: &Workload, broadcasts: usize) -> Vec<Value> {
    let bodies = workload.last.operations(&stage(5, broadcasts)).expect("operations");
    bodies.iter().map(|body| serde_json::from_str(body).expect("an operation is JSON")).collect()
}

/// How many operations of each kind, by `f`.
fn kinds(ops: &[Value]) -> BTreeMap<&str, usize> {
    let mut kinds = BTreeMap::new();
    for op in ops {
        *kinds.entry(op["f"].as_str().expect("f is a string")).or_default() += 1;
    }
    kinds
}

/// The keys of an operation, in order: `f,key,value`.
fn shape(op: &Value) -> String {
    let keys: Vec<&str> = op.as_object().expect("an object").keys().map(String::as_str).collect();
    keys.join(",")
}

fn shapes(ops: &[Value], f: &str) -> BTreeSet<String> {
    ops.iter().filter(|op| op["f"] == f).map(shape).collect()
}

fn one(shape: &str) -> BTreeSet<String> {
    BTreeSet::from([shape.to_owned()])
}

#[test]
fn requests_have_the_fields_that_maelstrom_gives_them() {
    let fields: &[(&Workload, &[(&str, &str)])] = &[
        (&echo::ENTRY, &[("echo", "f,echo")]),
        (&unique_ids::ENTRY, &[("generate", "f")]),
        (
            &broadcast::ENTRY,
            &[("broadcast", "f,message"), ("read", "f"), ("topology", "f,topology")],
        ),
        (&g_set::ENTRY, &[("add", "f,element"), ("read", "f")]),
        (&counters::GROWING, &[("add", "f,delta"), ("read", "f")]),
        (&counters::BOTH_WAYS, &[("add", "f,delta"), ("read", "f")]),
        (&lin_kv::ENTRY, &[("cas", "f,key,from,to"), ("read", "f,key"), ("write", "f,key,value")]),
        (&transactions::LIST_APPEND, &[("txn", "f,txn")]),
        (&transactions::RW_REGISTER, &[("txn", "f,txn")]),
        (
            &kafka::ENTRY,
            &[
                ("commit_offsets", "f"),
                ("list_committed_offsets", "f,keys"),
                ("poll", "f,keys"),
                ("send", "f,key,msg"),
            ],
        ),
    ];
    assert_eq!(fields.len(), ALL.len());
    for (workload, expected) in fields {
        let ops = ops(workload);
        let asked: Vec<&str> = kinds(&ops).into_keys().collect();
        let names: Vec<&str> = expected.iter().map(|(f, _)| *f).collect();
        assert_eq!(asked, names, "{}", workload.name);
        for (f, fields) in *expected {
            assert_eq!(shapes(&ops, f), one(fields), "{} {f}", workload.name);
        }
    }
}

#[test]
fn every_node_is_told_the_grid_before_all_else() {
    let expected = json!({
        "n1": ["n2", "n4"], "n2": ["n1", "n3", "n5"], "n3": ["n2"],
        "n4": ["n1", "n5"], "n5": ["n4", "n2"],
    });
    let steps = steps(&broadcast::ENTRY, 5, 20, 3);
    for (node, step) in NodeId::first(5).zip(&steps) {
        assert_eq!((step.node, step.when), (node, When::At(Time::ZERO)));
        let told = op(step);
        assert_eq!(told["f"], "topology");
        for (node, neighbours) in told["topology"].as_object().expect("an object") {
            let set = |value: &Value| -> BTreeSet<String> {
                let names = value.as_array().expect("a list").iter();
                names.map(|name| name.as_str().expect("a name").to_owned()).collect()
            };
            assert_eq!(set(neighbours), set(&expected[node]), "{node}");
        }
    }
    assert!(steps[5..].iter().all(|step| op(step)["f"] != "topology"));
}

#[test]
fn grids_of_every_size_join_all_nodes_both_ways() {
    for nodes in 1..=30 {
        let told = op(&steps(&broadcast::ENTRY, nodes, 0, 0)[0]);
        let neighbours: BTreeMap<&str, Vec<&str>> = told["topology"]
            .as_object()
            .expect("an object")
            .iter()
            .map(|(node, list)| {
                let list = list.as_array().expect("a list").iter();
                (node.as_str(), list.filter_map(Value::as_str).collect())
            })
            .collect();
        assert_eq!(neighbours.len(), nodes);
        for (node, list) in &neighbours {
            assert!(list.len() <= 4 && list.iter().all(|near| neighbours[near].contains(node)));
        }
        let (mut reached, mut open) = (BTreeSet::from(["n1"]), vec!["n1"]);
        while let Some(node) = open.pop() {
            open.extend(neighbours[node].iter().filter(|near| reached.insert(**near)));
        }
        assert_eq!(reached.len(), nodes);
    }
}

#[test]
fn what_is_told_added_or_sent_is_so_once() {
    for (workload, f, field) in [
        (&broadcast::ENTRY, "broadcast", "message"),
        (&g_set::ENTRY, "add", "element"),
        (&kafka::ENTRY, "send", "msg"),
    ] {
        let ops: Vec<Value> = steps(workload, 5, 400, 1).iter().map(op).collect();
        let values: Vec<u64> =
            ops.iter().filter(|op| op["f"] == f).filter_map(|op| op[field].as_u64()).collect();
        assert!(values.len() > 100);
        assert_eq!(values.iter().collect::<BTreeSet<_>>().len(), values.len(), "{f}");
    }
}

#[test]
fn only_one_counter_shrinks() {
    let deltas = |workload| -> BTreeSet<i64> {
        ops(workload).iter().filter_map(|op| op.get("delta")?.as_i64()).collect()
    };
    assert_eq!(deltas(&counters::GROWING), (0..=4).collect());
    assert_eq!(deltas(&counters::BOTH_WAYS), (-5..=4).collect());
}

/// The parts of a plan's transactions: which, kind, key, and what is written.
fn parts(workload: &Workload, seed: u64) -> Vec<(usize, String, u64, Value)> {
    let part = |(which, step): (usize, Step)| {
        let parts: Vec<Value> = op(&step)["txn"].as_array().expect("a list").clone();
        parts.into_iter().map(move |part| {
            let kind = part[0].as_str().expect("a kind").to_owned();
            (which, kind, part[1].as_u64().expect("a key"), part[2].clone())
        })
    };
    steps(workload, 5, 400, seed).into_iter().enumerate().flat_map(part).collect()
}

#[test]
fn transactions_write_each_value_once_and_no_key_for_long() {
    let both = [(&transactions::LIST_APPEND, "append"), (&transactions::RW_REGISTER, "w")];
    for ((workload, write), seed) in both.into_iter().flat_map(|pair| [(pair, 0), (pair, 1)]) {
        let parts = parts(workload, seed);
        let mut written = BTreeMap::<u64, BTreeSet<u64>>::new();
        let mut sizes = BTreeMap::<usize, usize>::new();
        let mut values = BTreeSet::new();
        for (which, kind, key, value) in &parts {
            *sizes.entry(*which).or_default() += 1;
            match kind.as_str() {
                "r" => assert_eq!(*value, Value::Null),
                kind => {
                    assert_eq!(kind, write);
                    let value = value.as_u64().expect("a number");
                    assert!(values.insert(value), "{value} is written twice");
                    written.entry(*key).or_default().insert(value);
                }
            }
        }
        assert!(sizes.len() == 400 && sizes.values().all(|size| (1..=6).contains(size)));
        assert!(written.len() > 20, "keys come and go");
        assert!(written.values().all(|values| values.len() <= 50), "{written:?}");
    }
}

#[test]
fn transactions_meet() {
    for workload in [&transactions::LIST_APPEND, &transactions::RW_REGISTER] {
        let mut writers = BTreeMap::<u64, BTreeSet<usize>>::new();
        let mut pairs = 0;
        let parts = parts(workload, 2);
        for (which, kind, key, _) in &parts {
            if kind != "r" {
                writers.entry(*key).or_default().insert(*which);
                let reads = |part: &&(usize, String, u64, Value)| {
                    part.0 == *which && part.1 == "r" && part.2 == *key
                };
                pairs += parts.iter().filter(reads).count();
            }
        }
        assert!(writers.values().filter(|writers| writers.len() >= 3).count() > 20);
        assert!(pairs > 100, "a transaction reads what it writes");
    }
}

/// The keys of these operations, as text, wherever they stand.
fn keys(ops: &[Value]) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for op in ops {
        keys.extend(op.get("key").map(Value::to_string));
        keys.extend(op["keys"].as_array().into_iter().flatten().map(Value::to_string));
        keys.extend(op["txn"].as_array().into_iter().flatten().map(|part| part[1].to_string()));
    }
    keys
}

#[test]
fn in_the_end_every_key_that_was_used_is_read() {
    use transactions::{LIST_APPEND, RW_REGISTER};
    for workload in [&lin_kv::ENTRY, &LIST_APPEND, &RW_REGISTER, &kafka::ENTRY] {
        for broadcasts in [1, 10, 50, 200] {
            let (used, read) = (
                steps(workload, 5, broadcasts, 4).iter().map(op).collect::<Vec<_>>(),
                last(workload, broadcasts),
            );
            let reads = ["read", "txn", "poll"];
            assert!(read.iter().all(|op| reads.contains(&op["f"].as_str().unwrap())));
            assert!(keys(&read).is_superset(&keys(&used)), "{} {broadcasts}", workload.name);
        }
        assert!(last(workload, 100_000).len() <= 20, "{}", workload.name);
    }
}

#[test]
fn logs_are_named_by_digits_and_read_from_the_start_in_the_end() {
    let ops = ops(&kafka::ENTRY);
    for key in keys(&ops) {
        let name: String = serde_json::from_str(&key).expect("a key is a string");
        assert!(name.parse::<u64>().is_ok(), "{name}");
    }
    let kinds = kinds(&ops);
    assert!(kinds["send"] > 800 && kinds["poll"] > 500, "{kinds:?}");
    let expected = json!([{"f": "poll", "from": "start", "keys": ["0", "1", "2", "3", "4"]}]);
    assert_eq!(Value::from(last(&kafka::ENTRY, 40)), expected);
}

#[test]
fn each_is_judged_by_properties_of_its_own() {
    for workload in pepperland_workloads::all() {
        let is_of_maelstrom = ALL.iter().any(|w| w.name == workload.name);
        let own = is_of_maelstrom || workload.name == "register-network";
        assert_eq!(!workload.judged.is_empty(), own, "{}", workload.name);
        let names: BTreeSet<&str> = workload.judged.iter().copied().collect();
        assert_eq!(names.len(), workload.judged.len(), "{}", workload.name);
    }
}
