//! The smallest node: it answers `echo`, the first of Maelstrom's workloads.
//!
//! `cargo build --example line_protocol_node`, and then
//! `pepperland run --bin target/debug/examples/line_protocol_node --workload echo --runs 5`.

use serde_json::{Value, json};

fn answer(request: &Value) -> Value {
    let (body, number) = (&request["body"], &request["body"]["msg_id"]);
    let answer = match body["type"].as_str() {
        Some("init") => json!({"type": "init_ok", "in_reply_to": number}),
        Some("echo") => json!({"type": "echo_ok", "in_reply_to": number, "echo": body["echo"]}),
        _ => json!({"type": "error", "in_reply_to": number, "code": 10, "text": "only echo"}),
    };
    json!({"src": request["dest"], "dest": request["src"], "body": answer})
}

fn main() -> std::io::Result<()> {
    for line in std::io::stdin().lines() {
        println!("{}", answer(&serde_json::from_str(&line?)?));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(body: Value) -> Value {
        let answer = answer(&json!({"src": "c1", "dest": "n1", "body": body}));
        assert_eq!((&answer["src"], &answer["dest"]), (&json!("n1"), &json!("c1")));
        answer["body"].clone()
    }

    #[test]
    fn an_echo_comes_back() {
        let echo = answered(json!({"type": "echo", "msg_id": 7, "echo": [1, "two"]}));
        assert_eq!(echo, json!({"type": "echo_ok", "in_reply_to": 7, "echo": [1, "two"]}));
        let init = answered(json!({"type": "init", "msg_id": 1, "node_id": "n1"}));
        assert_eq!(init, json!({"type": "init_ok", "in_reply_to": 1}));
        assert_eq!(answered(json!({"type": "read", "msg_id": 2}))["code"], 10);
    }
}
