//! A node of the library as a program: what it reads and writes, in virtual and in real time.

use pepperland_core::contract::{Cx, Delivery, Network, Node, Protocol, Stack};
use pepperland_core::id::GroupId;
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use pepperland_process::node::{Part, Stopped, serve};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, PipeReader, PipeWriter, Write, pipe};
use std::path::Path;
use std::thread::JoinHandle;
use tempfile::TempDir;

/// Multicasts and delivers, counts its multicasts on its disk, and tells when a timer runs out.
struct Counting(Network<Message>);

const TICK: u32 = 1;

impl Protocol for Counting {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        let count: u32 = cx.load("count").unwrap_or_default();
        cx.store("count", &(count + 1));
        cx.set_timer(TICK, Span::millis(20));
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        assert_ne!(&*delivery.message.body.0, b"poison", "this is poison");
        cx.deliver(delivery);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, Message>) {
        cx.note("tick");
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, Message>) {
        let count: u32 = cx.load("count").unwrap_or_default();
        cx.note(format!("had multicast {count}"));
    }
}

fn build(_: &Setup<'_>) -> Box<dyn Node> {
    Stack::node(Counting(Network::payload()))
}

/// A node that is spoken to.
struct Talk {
    input: Option<PipeWriter>,
    output: BufReader<PipeReader>,
    node: JoinHandle<Result<(), Stopped>>,
}

impl Talk {
    #[expect(clippy::disallowed_methods, reason = "the node waits for its input")]
    fn begin(folder: &Path, init: Value) -> Talk {
        let ((child_input, input), (output, child_output)) = (pipe().unwrap(), pipe().unwrap());
        let folder = folder.to_owned();
        let node = std::thread::spawn(move || {
            serve(
                &Part { build: &build, flaw: None, views: false, registers: false },
                child_input,
                child_output,
                &folder,
            )
        });
        let mut talk = Talk { input: Some(input), output: BufReader::new(output), node };
        talk.say("c0", init);
        talk
    }

    fn say(&mut self, src: &str, body: Value) {
        let line = json!({"src": src, "dest": "n1", "time": 5_000, "body": body});
        self.raw(&line.to_string());
    }

    fn raw(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// The next line: to whom, and what.
    fn hear(&mut self) -> (String, Value) {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        let mut read: Value = serde_json::from_str(&line).unwrap_or_else(|_| panic!("{line:?}"));
        assert_eq!(read["src"], "n1");
        (read["dest"].as_str().unwrap().to_owned(), read["body"].take())
    }

    /// The next so many words to the harness.
    fn hear_words(&mut self, count: usize) -> Vec<String> {
        (0..count).map(|_| self.hear().1["type"].as_str().unwrap().to_owned()).collect()
    }

    fn end(mut self) -> Result<(), Stopped> {
        self.input = None;
        self.node.join().unwrap()
    }
}

fn init(incarnation: u32, features: &[&str]) -> Value {
    json!({"type": "init", "msg_id": 1, "node_id": "n1", "node_ids": ["n1", "n2"],
        "groups": {"g1": ["n1", "n2"]}, "incarnation": incarnation, "seed": "0x7",
        "max_latency": 1_000_000, "features": features})
}

fn multicast(number: u32, payload: &str) -> Value {
    json!({"type": "multicast", "msg_id": number + 1, "id": format!("n1:0:{number}"),
        "group": "g1", "payload": payload})
}

const ALL: [&str; 4] = ["invoke", "time", "timer", "storage"];

#[test]
fn in_virtual_time_everything_is_a_line_and_a_group_is_one() {
    let folder = TempDir::new().unwrap();
    let mut talk = Talk::begin(folder.path(), init(0, &ALL));
    let ok = json!({"type": "init_ok", "in_reply_to": 1, "features": ALL});
    assert_eq!(talk.hear(), ("c0".to_owned(), ok));
    assert_eq!(talk.hear_words(1), ["done"]);
    talk.say("harness", multicast(1, "hello"));
    assert_eq!(talk.hear_words(2), ["store", "set_timer"]);
    let (to, frame) = talk.hear();
    assert_eq!((&*to, &frame["type"]), ("g1", &json!("frame")));
    assert_eq!(talk.hear_words(2), ["multicast_ok", "done"]);
    talk.say("n1", frame);
    let delivered = json!({"type": "deliver", "id": "n1:0:1", "payload": "hello", "group": "g1"});
    assert_eq!(talk.hear(), ("harness".to_owned(), delivered));
    assert_eq!(talk.hear_words(1), ["done"]);
    assert!(std::fs::read_dir(folder.path()).unwrap().next().is_none(), "it has no files");
    talk.end().unwrap();
}

#[test]
fn in_real_time_it_has_its_own_timers_and_sends_to_each_member() {
    let folder = TempDir::new().unwrap();
    let mut talk = Talk::begin(folder.path(), init(0, &["invoke"]));
    assert_eq!(talk.hear().1["features"], json!(["invoke"]));
    talk.say("harness", multicast(1, "hello"));
    let receivers: Vec<String> = (0..2).map(|_| talk.hear().0).collect();
    assert_eq!(receivers, ["n1", "n2"]);
    assert_eq!(talk.hear_words(1), ["multicast_ok"]);
    assert_eq!(talk.hear().1, json!({"type": "note", "text": "tick"}));
    talk.end().unwrap();
}

#[test]
fn in_real_time_it_has_its_own_disk() {
    let folder = TempDir::new().unwrap();
    let mut talk = Talk::begin(folder.path(), init(0, &[]));
    talk.say("harness", multicast(1, "one"));
    talk.say("harness", multicast(2, "two"));
    talk.end().unwrap();
    let mut talk = Talk::begin(folder.path(), init(1, &[]));
    talk.hear();
    assert_eq!(talk.hear().1["text"], "had multicast 2");
    talk.end().unwrap();
    std::fs::write(folder.path().join("stable/notes.txt"), "mine").unwrap();
    let refused = Talk::begin(folder.path(), init(1, &[])).end().unwrap_err().to_string();
    assert!(refused.contains("notes.txt is not what a node has stored"), "{refused}");
}

#[test]
fn what_it_does_not_offer_it_refuses_and_what_makes_no_sense_it_says() {
    let folder = TempDir::new().unwrap();
    let mut talk = Talk::begin(folder.path(), init(0, &[]));
    talk.hear();
    let code = |(_, body): (String, Value)| body["code"].clone();
    talk.say("harness", json!({"type": "invoke", "msg_id": 2, "op_id": 7, "op": {"f": "read"}}));
    assert_eq!(code(talk.hear()), 10);
    talk.say("c1", json!({"type": "read", "msg_id": 3, "key": 1}));
    assert_eq!(code(talk.hear()), 10);
    talk.say("harness", json!({"type": "join", "msg_id": 4, "group": "everybody"}));
    assert_eq!(code(talk.hear()), 12);
    talk.raw("hello");
    assert_eq!(talk.hear().1["text"], "read a line that is no message");
    talk.say("n2", json!({"type": "frame", "message": "hello"}));
    assert_eq!(talk.hear().1["text"], "a frame from n2 was garbled");
    talk.end().unwrap();
}

#[test]
fn a_panic_is_noted_and_the_node_is_mute() {
    let folder = TempDir::new().unwrap();
    let mut talk = Talk::begin(folder.path(), init(0, &ALL));
    talk.hear_words(2);
    talk.say("harness", multicast(1, "poison"));
    assert_eq!(talk.hear_words(2), ["store", "set_timer"]);
    let (_, frame) = talk.hear();
    assert_eq!(talk.hear_words(2), ["multicast_ok", "done"]);
    talk.say("n2", frame.clone());
    let (_, note) = talk.hear();
    assert!(note["text"].as_str().unwrap().contains("this is poison"), "{note}");
    assert_eq!(talk.hear_words(1), ["done"]);
    talk.say("n2", frame);
    assert_eq!(talk.hear_words(1), ["done"]);
    talk.end().unwrap();
}

#[test]
fn a_first_line_that_is_no_init_is_refused() {
    let folder = TempDir::new().unwrap();
    let wrong = [json!({"type": "echo", "msg_id": 1}), json!({"type": "init"}), json!("hello")];
    for body in wrong {
        let refused = Talk::begin(folder.path(), body).end().unwrap_err();
        assert!(matches!(refused, Stopped::NotInit(_)), "{refused}");
    }
    let mut strange = init(0, &[]);
    strange["node_id"] = json!("n9");
    let refused = Talk::begin(folder.path(), strange).end().unwrap_err().to_string();
    assert!(refused.contains("\"n9\" is no node"), "{refused}");
}

#[test]
fn it_ends_when_its_input_does_and_when_nobody_reads() {
    let folder = TempDir::new().unwrap();
    let mut talk = Talk::begin(folder.path(), init(0, &ALL));
    talk.hear_words(2);
    let Talk { mut input, output, node } = talk;
    drop(output);
    let line = json!({"src": "harness", "dest": "n1", "time": 0, "body": multicast(1, "x")});
    writeln!(input.as_mut().unwrap(), "{line}").unwrap();
    node.join().unwrap().unwrap();
}
