//! Nodes that are spoken to by lines, and speak to one another over sockets.

use pepperland_core::contract::{Cx, Delivery, Network, Node, Protocol, Stack};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use pepperland_process::node::{PORT, Part, Stopped, serve};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, PipeWriter, Write, pipe};
use std::net::Ipv4Addr;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{JoinHandle, spawn};
use std::time::Duration;
use tempfile::TempDir;

/// Multicasts to the group, or sends to the node that the payload begins with, and delivers.
struct Passing(Network<Message>);

impl Protocol for Passing {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        let text = String::from_utf8_lossy(&m.body.0).into_owned();
        match text.split(' ').next().and_then(|word| word.parse::<NodeId>().ok()) {
            Some(to) => self.send_below(to, m, cx),
            None => self.multicast_below(group, m, cx),
        }
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.deliver(delivery);
    }
}

fn build(_: &Setup<'_>) -> Box<dyn Node> {
    Stack::node(Passing(Network::payload()))
}

/// Addresses that no other test has, on the loopback interface.
pub struct Addresses(u32);

impl Addresses {
    pub fn new() -> Addresses {
        static TAKEN: AtomicU32 = AtomicU32::new(0);
        let turn = TAKEN.fetch_add(1, Ordering::Relaxed);
        Addresses((std::process::id().wrapping_mul(16) + turn) % 60_000 + 256)
    }

    /// The address of the node of this name, from `n1`.
    pub fn of(&self, name: &str) -> Ipv4Addr {
        let [_, _, high, low] = self.0.to_be_bytes();
        let number = name[1..].parse().expect("a node's name");
        Ipv4Addr::new(127, high, low, number)
    }

    /// Where it has its sockets.
    pub fn socket(&self, name: &str) -> (Ipv4Addr, u16) {
        (self.of(name), PORT)
    }
}

/// What a node is told of itself and of two others.
pub fn init(me: &str, channel: &str, addresses: &Addresses) -> Value {
    json!({"type": "init", "msg_id": 1, "node_id": me, "node_ids": ["n1", "n2", "n3"],
        "groups": {"g1": ["n1", "n2", "n3"], "g2": ["n2", "n3"]}, "open": true, "seed": "0x7",
        "channel": channel, "addresses": {"n1": addresses.of("n1"), "n2": addresses.of("n2"),
        "n3": addresses.of("n3")}})
}

/// One node.
pub struct Talk {
    name: String,
    input: Option<PipeWriter>,
    output: Receiver<Value>,
    node: JoinHandle<Result<(), Stopped>>,
    said: u32,
    incarnation: u32,
    _folder: TempDir,
}

#[expect(clippy::disallowed_methods, reason = "nodes live side by side")]
impl Talk {
    /// Starts a node, which need not become ready.
    pub fn begin(init: &Value) -> Talk {
        let ((its_input, input), (output, its_output)) = (pipe().unwrap(), pipe().unwrap());
        let folder = TempDir::new().unwrap();
        let path = folder.path().to_owned();
        let part = || Part { build: &build, flaw: None, views: false, registers: false };
        let node = spawn(move || serve(&part(), its_input, its_output, &path));
        let (sender, lines) = channel();
        spawn(move || {
            let read = |line: Result<String, _>| serde_json::from_str(&line.unwrap()).unwrap();
            let lines = BufReader::new(output).lines().map(read);
            lines.take_while(|line: &Value| sender.send(line.clone()).is_ok()).count()
        });
        let name = init["node_id"].as_str().unwrap().to_owned();
        let incarnation = init["incarnation"].as_u64().unwrap_or_default() as u32;
        let mut talk = Talk {
            name,
            input: Some(input),
            output: lines,
            node,
            said: 0,
            incarnation,
            _folder: folder,
        };
        talk.say("c0", init.clone());
        talk
    }

    /// Starts a node and waits until it is ready.
    pub fn ready(init: &Value) -> Talk {
        let mut talk = Talk::begin(init);
        assert_eq!(talk.hear()["type"], "init_ok");
        talk
    }

    fn say(&mut self, src: &str, body: Value) {
        let line = json!({"src": src, "dest": self.name, "body": body});
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Asks it to multicast, or to send to whomever the payload begins with.
    pub fn multicast(&mut self, group: &str, payload: &str) {
        self.said += 1;
        let id = format!("{}:{}:{}", self.name, self.incarnation, self.said);
        self.say(
            "harness",
            json!({"type": "multicast", "msg_id": self.said + 1, "id": id, "group": group,
                "payload": payload}),
        );
    }

    /// The body of the next line.
    fn hear(&mut self) -> Value {
        let line = self.output.recv_timeout(Duration::from_secs(20));
        line.unwrap_or_else(|_| panic!("{} says nothing", self.name))["body"].take()
    }

    /// What it delivers next.
    pub fn delivers(&mut self) -> String {
        self.next("deliver", "payload")
    }

    /// What it notes next. Group sends of other tests on this machine are strangers' to it.
    pub fn notes(&mut self) -> String {
        self.next("note", "text")
    }

    fn next(&mut self, kind: &str, key: &str) -> String {
        loop {
            let body = self.hear();
            if body["type"] == kind {
                return body[key].as_str().unwrap().to_owned();
            }
            assert!(body["type"] != "frame", "a frame came as a line: {body}");
        }
    }

    /// Ends it, and waits until it has ended.
    pub fn end(mut self) -> Result<(), Stopped> {
        self.input = None;
        self.node.join().unwrap()
    }
}

/// Three nodes on this channel.
pub fn cluster(channel: &str) -> (Addresses, [Talk; 3]) {
    let addresses = Addresses::new();
    let nodes = ["n1", "n2", "n3"].map(|name| Talk::ready(&init(name, channel, &addresses)));
    (addresses, nodes)
}
