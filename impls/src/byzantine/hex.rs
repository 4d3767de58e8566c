//! Authenticators on their way: bytes on the wire, hexadecimal digits where people read, so that a
//! lie changes one digit of them and a vector of them is known for one.

use serde::de::{Error, Visitor};
use serde::{Deserializer, Serializer};
use std::fmt;

/// For `#[serde(serialize_with)]`.
pub fn serialize<const N: usize, S: Serializer>(
    bytes: &[u8; N],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match serializer.is_human_readable() {
        true => serializer.collect_str(&Hex(bytes)),
        false => serializer.serialize_bytes(bytes),
    }
}

/// For `#[serde(deserialize_with)]`.
pub fn deserialize<'de, const N: usize, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<[u8; N], D::Error> {
    match deserializer.is_human_readable() {
        true => deserializer.deserialize_str(Exactly),
        false => deserializer.deserialize_bytes(Exactly),
    }
}

/// Bytes to be shown as hexadecimal digits.
pub struct Hex<'a>(pub &'a [u8]);

impl fmt::Display for Hex<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Reads so many bytes and no others.
struct Exactly<const N: usize>;

impl<const N: usize> Visitor<'_> for Exactly<N> {
    type Value = [u8; N];

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{N} bytes, or {} hexadecimal digits", 2 * N)
    }

    fn visit_bytes<E: Error>(self, bytes: &[u8]) -> Result<[u8; N], E> {
        bytes.try_into().map_err(|_| E::invalid_length(bytes.len(), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<[u8; N], E> {
        let digits = text.as_bytes();
        if digits.len() != 2 * N {
            return Err(E::invalid_length(digits.len(), &self));
        }
        let mut bytes = [0; N];
        for (byte, two) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            let digit = |place: usize| char::from(two[place]).to_digit(16);
            let value = digit(0).zip(digit(1)).map(|(high, low)| high << 4 | low);
            *byte = value.ok_or_else(|| E::custom("not a hexadecimal digit"))? as u8;
        }
        Ok(bytes)
    }
}
