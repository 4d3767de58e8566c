//! Bodies of messages as liars and corrupting links change them: they stay JSON, so that whoever
//! receives them reads them.

use pepperland_core::contract::mutate;
use pepperland_core::runtime::Tongue;
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
