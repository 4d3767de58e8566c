//! The keys of the kinds that have no columns of their own, in the order in which they are written.

use crate::history::Kind;
use Kind as K;
use Shape::{Flag, Integer, MessageNames, Node, Object, OneOf, Text, View, Whole};

/// What a value must be.
#[derive(Copy, Clone, Debug)]
pub(super) enum Shape {
    Any,
    Flag,
    Integer,
    Whole,
    Text,
    Object,
    Node,
    View,
    MessageNames,
    OneOf(&'static [&'static str]),
}

/// A key of a kind.
#[derive(Copy, Clone, Debug)]
pub(super) struct KeyOfKind {
    pub key: &'static str,
    pub shape: Shape,
    pub required: bool,
}

const fn must(key: &'static str, shape: Shape) -> KeyOfKind {
    KeyOfKind { key, shape, required: true }
}

const fn may(key: &'static str, shape: Shape) -> KeyOfKind {
    KeyOfKind { key, shape, required: false }
}

const STATUS: Shape = OneOf(&["ok", "fail", "unknown"]);
const TOKEN: Shape = OneOf(&["acquire", "release", "lost", "new"]);

/// The keys of a kind without columns. Others may stand beside them.
pub(super) const fn keys_of(kind: Kind) -> &'static [KeyOfKind] {
    match kind {
        K::Block | K::BlockOk => const { &[may("view", View)] },
        K::Join | K::Leave => const { &[may("target", Node)] },
        K::Exclude => const { &[must("target", Node)] },
        K::Suspect | K::Trust => const { &[must("target", Node), may("state", Text)] },
        K::Crash | K::Recover => const { &[may("durable", Flag)] },
        K::StateGet | K::StateSet => {
            const {
                &[
                    may("from", Node),
                    may("view", View),
                    may("slot", Whole),
                    may("set", MessageNames),
                    may("hash", Shape::Any),
                ]
            }
        }
        K::Propose | K::Decide => const { &[must("i", Whole), must("value", Shape::Any)] },
        K::Invoke => const { &[must("client", Text), must("op", Object)] },
        K::Response => {
            const { &[must("client", Text), may("result", Object), must("status", STATUS)] }
        }
        K::Apply => {
            const {
                &[
                    may("slot", Whole),
                    may("op", Shape::Any),
                    may("result", Shape::Any),
                    may("hash", Shape::Any),
                ]
            }
        }
        K::Lead | K::Unlead => const { &[may("epoch", Whole)] },
        K::Token => const { &[must("what", TOKEN), may("epoch", Whole)] },
        K::Enter | K::Exit => const { &[may("res", Shape::Any), may("epoch", Whole)] },
        K::Clock => const { &[must("local", Integer), may("true", Integer)] },
        K::Note => const { &[may("text", Text)] },
        _ => &[],
    }
}

/// Where a key of an event stands among those without columns: first those of its kind, in their
/// order, then the others by name.
pub(super) fn rank(kind: Kind, key: &str) -> usize {
    keys_of(kind).iter().position(|k| k.key == key).unwrap_or(usize::MAX)
}
