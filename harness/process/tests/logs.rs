//! Clients of a right log, which shows a few messages at a time: each reads every message once and
//! in order, and from the start every message whatever it has read before.

use pepperland_process::clients::{Client, Operation, answer_of, body_of};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Logs by key; the message at offset i of a log is its i-th, gaps are None.
#[derive(Default)]
struct Server {
    logs: BTreeMap<String, Vec<Option<u64>>>,
    committed: Map<String, Value>,
    /// So many messages of a key are shown at a time.
    at_once: usize,
}

impl Server {
    fn answer(&mut self, body: &Operation) -> Value {
        match body["type"].as_str().unwrap() {
            "poll" => {
                let asked = body["offsets"].as_object().unwrap().iter();
                let msgs: Map<String, Value> =
                    asked.map(|(key, from)| (key.clone(), self.shown(key, from))).collect();
                json!({"type": "poll_ok", "in_reply_to": body["msg_id"], "msgs": msgs})
            }
            "commit_offsets" => {
                self.committed.extend(body["offsets"].as_object().unwrap().clone());
                json!({"type": "commit_offsets_ok", "in_reply_to": body["msg_id"]})
            }
            _ => json!({"type": "list_committed_offsets_ok", "offsets": self.committed}),
        }
    }

    fn shown(&self, key: &str, from: &Value) -> Value {
        let log = self.logs.get(key).into_iter().flatten().enumerate();
        let from = from.as_u64().unwrap() as usize;
        let present = log.filter_map(|(offset, message)| Some((offset, (*message)?)));
        let shown = present.filter(|(offset, _)| *offset >= from).take(self.at_once);
        shown.map(|(offset, message)| json!([offset, message])).collect()
    }
}

/// Asks for a planned operation; what a poll shows of key "7".
fn ask(client: &mut Client, server: &mut Server, planned: &Value) -> Vec<u64> {
    let op = client.request(planned.as_object().unwrap());
    let body = body_of(&op, client.next_request());
    let answer = answer_of(&op, &server.answer(&body));
    assert_eq!(answer.complaint, None);
    client.answered(&op, &answer.result);
    let shown = answer.result.get("msgs").and_then(|msgs| msgs.get("7")?.as_array());
    shown.into_iter().flatten().filter_map(|pair| pair[1].as_u64()).collect()
}

fn poll() -> Value {
    json!({"f": "poll", "keys": ["7", "8"]})
}

fn poll_from_start() -> Value {
    json!({"f": "poll", "from": "start", "keys": ["7"]})
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_message_is_read_once_and_from_the_start_again(
        batches in vec(vec(any::<bool>(), 0..6), 1..6),
        at_once in 1..4usize,
    ) {
        let (mut client, mut server) = (Client::new(1), Server { at_once, ..Server::default() });
        let (mut sent, mut read) = (Vec::new(), Vec::new());
        for (batch, present) in (0..).zip(&batches) {
            for (place, present) in (0..).zip(present) {
                let message = present.then_some(batch * 10 + place);
                server.logs.entry("7".to_owned()).or_default().push(message);
                sent.extend(message);
            }
            read.extend(ask(&mut client, &mut server, &poll()));
            prop_assert!(sent.starts_with(&read), "{read:?} of {sent:?}");
        }
        for _ in 0..2 {
            let rounds = sent.len().div_ceil(at_once);
            let polls = (0..=rounds).map(|_| ask(&mut client, &mut server, &poll_from_start()));
            let again: Vec<u64> = polls.flatten().collect();
            prop_assert_eq!(&again, &sent);
        }
        for _ in 0..sent.len() {
            read.extend(ask(&mut client, &mut server, &poll()));
        }
        prop_assert_eq!(&read, &sent);
    }

    #[test]
    fn what_one_has_committed_another_reads_on_from(
        messages in 0..8u64, polls in 0..4usize, at_once in 1..4usize,
    ) {
        let mut server = Server { at_once, ..Server::default() };
        server.logs.insert("7".to_owned(), (0..messages).map(Some).collect());
        let (mut first, mut second) = (Client::new(1), Client::new(2));
        let mut read: Vec<u64> =
            (0..polls).flat_map(|_| ask(&mut first, &mut server, &poll())).collect();
        ask(&mut first, &mut server, &json!({"f": "commit_offsets"}));
        ask(&mut second, &mut server, &json!({"f": "list_committed_offsets", "keys": ["7"]}));
        for _ in 0..messages {
            read.extend(ask(&mut second, &mut server, &poll()));
        }
        prop_assert_eq!(read, (0..messages).collect::<Vec<_>>());
    }
}
