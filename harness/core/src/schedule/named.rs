//! Nodes and groups by their names in files.

use crate::id::{GroupId, NodeId};
use serde::{Deserialize, Deserializer, Serializer};
use std::fmt::Display;
use std::str::FromStr;

pub fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

fn parse<T: FromStr<Err: Display>, E: serde::de::Error>(name: &str) -> Result<T, E> {
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

pub mod group {
    use super::*;

    pub fn serialize<S: Serializer>(group: &GroupId, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(group)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<GroupId, D::Error> {
        parse(&String::deserialize(deserializer)?)
    }
}

/// `{"g1": ["n1", "n2"], "g2": ["n2", "n3"]}`.
pub mod groups {
    use super::*;
    use serde::de::{Error, MapAccess, Visitor};

    pub fn serialize<S: Serializer>(
        groups: &[Vec<NodeId>],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let names = |members: &[NodeId]| members.iter().map(NodeId::to_string).collect();
        let named = (0..).zip(groups).map(|(group, members)| (GroupId(group), names(members)));
        serializer.collect_map(named.map(|(group, names): (_, Vec<_>)| (group.to_string(), names)))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<Vec<NodeId>>, D::Error> {
        deserializer.deserialize_map(InOrder)
    }

    /// Groups by their names, the first one first: a name out of order is a slip of the pen.
    struct InOrder;

    impl<'de> Visitor<'de> for InOrder {
        type Value = Vec<Vec<NodeId>>;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("groups with their members, {\"g1\":[\"n1\",…],…}")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut groups = Vec::new();
            while let Some((name, members)) = map.next_entry::<String, Vec<String>>()? {
                let next = GroupId(groups.len() as u32);
                if parse::<GroupId, A::Error>(&name)? != next {
                    let problem = format!("\"{name}\" stands in \"groups\" where {next} belongs");
                    return Err(A::Error::custom(problem));
                }
                groups.push(members.iter().map(|m| parse(m)).collect::<Result<_, _>>()?);
            }
            match groups.is_empty() {
                true => Err(A::Error::custom("\"groups\" names no group")),
                false => Ok(groups),
            }
        }
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
