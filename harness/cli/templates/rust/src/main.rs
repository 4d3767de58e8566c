//! Reliable broadcast: whoever sees a message for the first time relays it, and then delivers it.
//!
//! Lines of JSON come in on standard input and go out on standard output; standard error is the log.

use serde_json::{Value, json};
use std::collections::HashSet;
use std::io::{self, BufRead, Write};

#[derive(Default)]
struct Node {
    me: String,
    nodes: Vec<String>,
    timed: bool,
    seen: HashSet<String>,
}

impl Node {
    fn hear(&mut self, packet: &Value, out: &mut impl Write) -> io::Result<()> {
        let (src, body) = (text(&packet["src"]), &packet["body"]);
        match body["type"].as_str() {
            Some("init") => {
                self.me = text(&body["node_id"]);
                self.nodes = body["node_ids"].as_array().into_iter().flatten().map(text).collect();
                // "time": nothing happens while a line is handled, so a run takes milliseconds.
                let offered = body["features"].as_array().into_iter().flatten();
                let features: Vec<&Value> = offered.filter(|name| *name == "time").collect();
                self.timed = !features.is_empty();
                let number = &body["msg_id"];
                let ok = json!({"type": "init_ok", "in_reply_to": number, "features": features});
                self.send(&src, ok, out)?;
            }
            Some("multicast") => {
                let ok = json!({"type": "multicast_ok", "in_reply_to": body["msg_id"]});
                self.send(&src, ok, out)?;
                self.see(&json!({"id": body["id"], "payload": body["payload"]}), out)?;
            }
            Some("relay") => self.see(&body["message"], out)?,
            _ => {}
        }
        if self.timed {
            self.send("harness", json!({"type": "done"}), out)?;
        }
        Ok(())
    }

    fn see(&mut self, message: &Value, out: &mut impl Write) -> io::Result<()> {
        if !self.seen.insert(text(&message["id"])) {
            return Ok(());
        }
        for node in self.nodes.iter().filter(|node| **node != self.me) {
            self.send(node, json!({"type": "relay", "message": message}), out)?;
        }
        let (id, payload) = (&message["id"], &message["payload"]);
        self.send("harness", json!({"type": "deliver", "id": id, "payload": payload}), out)
    }

    fn send(&self, dest: &str, body: Value, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{}", json!({"src": self.me, "dest": dest, "body": body}))
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn main() -> io::Result<()> {
    let (mut node, mut out) = (Node::default(), io::stdout().lock());
    for line in io::stdin().lock().lines() {
        node.hear(&serde_json::from_str(&line?)?, &mut out)?;
        out.flush()?;
    }
    Ok(())
}
