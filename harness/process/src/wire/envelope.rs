//! One line: who it is from, who it is for, and a body that only they understand.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use std::borrow::Cow;

/// A line as it came; its body is not looked into.
#[derive(Debug, Deserialize, Serialize)]
pub struct Envelope<'a> {
    /// Who wrote it.
    #[serde(borrow)]
    pub src: Cow<'a, str>,
    /// Who is to read it.
    #[serde(borrow)]
    pub dest: Cow<'a, str>,
    /// What it says.
    #[serde(borrow)]
    pub body: &'a RawValue,
}

/// The reserved keys of a body.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq)]
pub struct Head<'a> {
    /// What kind of body it is.
    #[serde(borrow, rename = "type", default)]
    pub kind: Cow<'a, str>,
    /// The sender's number for it.
    #[serde(default)]
    pub msg_id: Option<i64>,
    /// The number of the request that it answers.
    #[serde(default)]
    pub in_reply_to: Option<i64>,
}

impl<'a> Envelope<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn read(line: &'a [u8]) -> Result<Envelope<'a>, serde_json::Error> {
        serde_json::from_slice(line)
    }

    /// The reserved keys of the body; a body without them, or with others' types, has none.
    pub fn head(&self) -> Head<'a> {
        serde_json::from_str(self.body.get()).unwrap_or_default()
    }
}

/// A line to be written, with its end.
pub fn line(src: &str, dest: &str, body: &impl Serialize) -> Vec<u8> {
    stamped_line(src, dest, None, body)
}

/// The same, and when it was written, in ns of the monotonic clock.
pub fn stamped_line(src: &str, dest: &str, at: Option<u64>, body: &impl Serialize) -> Vec<u8> {
    #[derive(Serialize)]
    struct Line<'a, B> {
        src: &'a str,
        dest: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        at: Option<u64>,
        body: &'a B,
    }
    let mut bytes = serde_json::to_vec(&Line { src, dest, at, body }).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_line_is_read_as_it_was_written() {
        let body = json!({"type": "echo", "msg_id": 3, "echo": "ü\n"});
        let line = line("c1", "n1", &body);
        assert_eq!(line.last(), Some(&b'\n'));
        let envelope = Envelope::read(&line).unwrap();
        assert_eq!((&*envelope.src, &*envelope.dest), ("c1", "n1"));
        assert_eq!(envelope.body.get(), body.to_string());
        let head = Head { kind: "echo".into(), msg_id: Some(3), in_reply_to: None };
        assert_eq!(envelope.head(), head);
    }

    #[test]
    fn keys_that_are_not_ours_and_bodies_of_any_shape_pass() {
        let line = br#"{"id":7,"src":"n1","dest":"n2","body":[1,2]}"#;
        let envelope = Envelope::read(line).unwrap();
        assert_eq!(envelope.body.get(), "[1,2]");
        assert_eq!(envelope.head(), Head::default());
        assert!(Envelope::read(br#"{"src":"n1","dest":"n2"}"#).is_err());
        assert!(Envelope::read(b"hello").is_err());
    }
}
