//! The application's message: a name minted by the harness, and a body.

use crate::id::MessageId;
use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use smallvec::SmallVec;
use std::fmt;

/// What the application multicasts and gets delivered.
#[derive(Clone, Debug, Default, Eq, PartialEq, Ord, PartialOrd, Hash, Serialize, Deserialize)]
#[serde(remote = "Self")]
pub struct Message {
    /// Its name, the same wherever the message turns up.
    pub id: MessageId,
    /// What it says; opaque to every protocol.
    pub body: Body,
}

impl Message {
    /// Fingerprint of the body (xxh3, 64 bits), by which a corrupted delivery is told.
    pub fn digest(&self) -> u64 {
        xxhash_rust::xxh3::xxh3_64(&self.body.0)
    }
}

impl Serialize for Message {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        Message::serialize(self, to)
    }
}

/// As a structure where people read it; in frames as its two parts, which the reader of whatever holds
/// a message reads in place.
impl<'de> Deserialize<'de> for Message {
    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Message, D::Error> {
        if from.is_human_readable() {
            return Message::deserialize(from);
        }
        let (id, body) = Deserialize::deserialize(from)?;
        Ok(Message { id, body })
    }
}

/// Bytes of an application message; up to 16 are kept in place.
#[derive(Debug, Default, Eq, PartialEq, Ord, PartialOrd, Hash)]
pub struct Body(pub SmallVec<[u8; 16]>);

/// Copies the bytes at once; `SmallVec` clones them one by one.
impl Clone for Body {
    fn clone(&self) -> Body {
        Body::new(&self.0)
    }
}

impl Body {
    /// A body of these bytes.
    #[inline(always)]
    pub fn new(bytes: &[u8]) -> Body {
        Body(SmallVec::from_slice(bytes))
    }
}

impl Serialize for Body {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Body {
    #[inline(always)]
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Body, D::Error> {
        deserializer.deserialize_bytes(BodyVisitor)
    }
}

struct BodyVisitor;

impl<'de> Visitor<'de> for BodyVisitor {
    type Value = Body;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bytes of a message")
    }

    #[inline(always)]
    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Body, E> {
        Ok(Body::new(bytes))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Body, A::Error> {
        let mut bytes = SmallVec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(Body(bytes))
    }
}
