//! Nodes by their names in files.

use crate::id::NodeId;
use serde::{Deserialize, Deserializer, Serializer};

pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn parse<E: serde::de::Error>(name: &str) -> Result<NodeId, E> {
    name.parse().map_err(E::custom)
}

pub mod node {
    use super::*;

    pub fn serialize<S: Serializer>(node: &NodeId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(node)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<NodeId, D::Error> {
        parse(&String::deserialize(deserializer)?)
    }
}

pub mod nodes {
    use super::*;

    pub fn serialize<S: Serializer>(
        nodes: &Option<Vec<NodeId>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(nodes.iter().flatten().map(NodeId::to_string))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<NodeId>>, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        names.iter().map(|name| parse(name)).collect::<Result<_, _>>().map(Some)
    }
}

/// `"at": ns`, or `"on": step` with `"after": ns`.
pub mod when {
    use super::*;
    use crate::schedule::When;
    use crate::time::{Span, Time};
    use serde::Serialize;

    #[derive(Serialize, Deserialize)]
    struct Form {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        at: Option<Time>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        on: Option<u32>,
        #[serde(default, skip_serializing_if = "is_default")]
        after: Span,
    }

    pub fn serialize<S: Serializer>(when: &When, serializer: S) -> Result<S::Ok, S::Error> {
        let form = match *when {
            When::At(at) => Form { at: Some(at), on: None, after: Span::ZERO },
            When::Upon { of, after } => Form { at: None, on: Some(of), after },
        };
        form.serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<When, D::Error> {
        let form = Form::deserialize(deserializer)?;
        match (form.at, form.on) {
            (Some(at), None) => Ok(When::At(at)),
            (None, Some(of)) => Ok(When::Upon { of, after: form.after }),
            _ => Err(serde::de::Error::custom("a step has either \"at\" or \"on\"")),
        }
    }
}
