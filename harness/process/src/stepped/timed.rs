//! Lines to a process in virtual time.

use pepperland_core::time::Time;
use serde::Serialize;

#[derive(Serialize)]
struct Timed<'a, B> {
    src: &'a str,
    dest: &'a str,
    time: u64,
    body: &'a B,
}

/// A line with what the node's clock shows, and its end.
pub fn timed_line(src: &str, dest: &str, now: Time, body: &impl Serialize) -> Vec<u8> {
    let line = Timed { src, dest, time: now.0, body };
    let mut bytes = serde_json::to_vec(&line).unwrap_or_default();
    bytes.push(b'\n');
    bytes
}
