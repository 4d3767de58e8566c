//! Bodies of messages as liars and corrupting links change them: they stay JSON, so that whoever
//! receives them reads them.

use pepperland_core::contract::mutate;
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Tongue;
use pepperland_netns::frame::Rewriter;
use serde_json::Value;
use serde_json::value::RawValue;
use std::sync::Arc;

/// The language of all programs: a message is any JSON.
pub struct Json;

impl Tongue for Json {
    fn read(&self, frame: &[u8]) -> Option<Value> {
        serde_json::from_slice(frame).ok()
    }

    fn write(&self, described: Value) -> Option<Vec<u8>> {
        Some(described.to_string().into_bytes())
    }

    fn vary(&self, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        let mut value = self.read(frame)?;
        mutate(&mut value, draw).then(|| value.to_string().into_bytes())
    }

    /// A stranger's program has keys of its own, if any.
    fn seal(&self, _: NodeId, frame: Vec<u8>) -> Vec<u8> {
        frame
    }
}

/// A datagram that is JSON, and goes on being JSON; whatever ends its line stays.
impl Rewriter for Json {
    fn rewrite(&mut self, payload: &[u8], draw: u64) -> Option<Vec<u8>> {
        let end = payload.trim_ascii_end().len();
        let varied = self.vary(payload, draw)?;
        Some([&varied, &payload[end..]].concat())
    }
}

/// The body with one thing in it changed.
pub fn changed(body: &RawValue, draw: u64) -> Arc<RawValue> {
    let changed = Json.vary(body.get().as_bytes(), draw);
    changed.map_or_else(|| body.to_owned().into(), text)
}

/// What a [`Json`] has written, as a body.
pub fn text(written: Vec<u8>) -> Arc<RawValue> {
    let text = String::from_utf8(written).expect("JSON is text");
    RawValue::from_string(text).expect("JSON is printed as JSON").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_datagram_of_json_stays_one_and_says_something_else() {
        for draw in (0..64).map(|draw: u64| draw.wrapping_mul(0x9e37_79b9_7f4a_7c15)) {
            let said = b"{\"seq\":7,\"from\":\"n1\"}\r\n";
            let other = Json.rewrite(said, draw).expect("it can be changed");
            assert!(other.ends_with(b"\r\n") && other != said, "{other:?}");
            assert!(Json.read(&other).is_some_and(|value| value.is_object()), "{other:?}");
        }
    }

    #[test]
    fn what_is_no_json_is_left_to_lose_a_bit() {
        for payload in [&b""[..], b"\x00\x01", b"{\"seq\":", b"hello\n"] {
            assert_eq!(Json.rewrite(payload, 1), None);
        }
    }
}
