//! How what is read of registers is told to histories: as operations of servers, so that the order
//! of writes can be judged.

use pepperland_core::contract::{Applied, Indication};
use pepperland_core::id::NodeId;
use pepperland_core::message::{Body, Message};
use std::collections::BTreeMap;
use std::fmt;

/// How many writes one server has read, of each writer and of all.
#[derive(Debug, Default)]
pub struct Reading {
    all: u64,
    of: BTreeMap<NodeId, u64>,
}

impl Reading {
    /// What is told of the next write: its number among the writer's makes its value one of a kind.
    pub fn next(&mut self, writer: NodeId, what: impl fmt::Display) -> Indication<Message> {
        let of = self.of.entry(writer).or_default();
        (*of, self.all) = (*of + 1, self.all + 1);
        let op = format!(r#"{{"f":"write","key":"{writer}","value":"{what}/{of}"}}"#);
        let op = Message { body: Body::new(op.as_bytes()), ..Message::default() };
        let (client, operation, result) = (writer, self.all, Message::default());
        Indication::Apply(Box::new(Applied { client, operation, op, result }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(indication: Indication<Message>) -> (NodeId, u64, String) {
        let Indication::Apply(applied) = indication else { panic!("an operation is told") };
        let op = String::from_utf8(applied.op.body.0.to_vec()).unwrap();
        (applied.client, applied.operation, op)
    }

    #[test]
    fn the_same_written_twice_is_two_values() {
        let (mut reading, [n3, n4]) = (Reading::default(), [NodeId(2), NodeId(3)]);
        let expected = |number, op: &str| (n3, number, op.to_owned());
        let first = r#"{"f":"write","key":"n3","value":"Accept/1"}"#;
        assert_eq!(told(reading.next(n3, "Accept")), expected(1, first));
        reading.next(n4, "Accept");
        let second = r#"{"f":"write","key":"n3","value":"Accept/2"}"#;
        assert_eq!(told(reading.next(n3, "Accept")), expected(3, second));
    }
}
