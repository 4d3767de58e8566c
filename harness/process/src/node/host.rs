//! A node's surroundings, as `init` tells of them.

use crate::node::Stopped;
use crate::words::Init;
use pepperland_core::contract::{Host, Stable};
use pepperland_core::id::{GroupId, NodeId};
use serde_json::Value;
use std::rc::Rc;

/// The surroundings of a node.
///
/// # Errors
/// If the names in `init` do not go together.
pub fn host(init: &Init, stable: Stable) -> Result<Host, Stopped> {
    let me = node(&init.node_id, init)?;
    let nodes = 0..init.node_ids.len() as u32;
    if !init.node_ids.iter().zip(nodes).all(|(name, place)| *name == NodeId(place).to_string()) {
        return Err(Stopped::Senseless("the nodes must be n1, n2, … in order".to_owned()));
    }
    let mut host = Host::new(me, groups(init)?, init.seed.stream(""));
    host.incarnation = init.incarnation;
    host.open = init.open;
    host.stable = stable;
    Ok(host)
}

/// The members of each group; without any, there is one group of all nodes.
fn groups(init: &Init) -> Result<Rc<[Rc<[NodeId]>]>, Stopped> {
    if init.groups.is_empty() {
        return Ok(Rc::from([NodeId::first(init.node_ids.len()).collect()]));
    }
    let place = |place: u32| {
        let name = GroupId(place).to_string();
        let missing = || Stopped::Senseless(format!("there is no group {name}"));
        let members = init.groups.get(&name).and_then(Value::as_array).ok_or_else(missing)?;
        let named = members.iter().map(|member| node(member.as_str().unwrap_or_default(), init));
        named.collect::<Result<Rc<[NodeId]>, Stopped>>()
    };
    (0..init.groups.len() as u32).map(place).collect()
}

fn node(name: &str, init: &Init) -> Result<NodeId, Stopped> {
    let node = name.parse::<NodeId>().ok().filter(|node| node.index() < init.node_ids.len());
    node.ok_or_else(|| Stopped::Senseless(format!("\"{name}\" is no node")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Map, json};

    fn init(me: &str, nodes: &[&str], groups: Value) -> Init {
        let node_ids = nodes.iter().map(|name| (*name).to_owned()).collect();
        let groups = serde_json::from_value::<Map<String, Value>>(groups).unwrap();
        Init { node_id: me.to_owned(), node_ids, groups, ..Init::default() }
    }

    #[test]
    fn groups_stand_in_the_order_of_their_names() {
        let told = init("n2", &["n1", "n2"], json!({"g2": ["n2"], "g1": ["n1", "n2"]}));
        let host = host(&told, Stable::default()).unwrap();
        assert_eq!(host.me, NodeId(1));
        assert_eq!(*host.members(GroupId(0)), [NodeId(0), NodeId(1)]);
        assert_eq!(*host.members(GroupId(1)), [NodeId(1)]);
    }

    #[test]
    fn maelstroms_init_without_groups_is_one_group_of_all() {
        let host = host(&init("n1", &["n1", "n2"], json!({})), Stable::default()).unwrap();
        assert_eq!(*host.members(GroupId::ALL), [NodeId(0), NodeId(1)]);
    }

    #[test]
    fn names_that_do_not_go_together_are_refused() {
        let wrong = [
            init("n3", &["n1", "n2"], json!({})),
            init("n1", &["n2", "n1"], json!({})),
            init("n1", &["n1"], json!({"g1": ["n7"]})),
            init("n1", &["n1"], json!({"g2": ["n1"]})),
            init("n1", &["n1"], json!({"g1": "n1"})),
        ];
        for init in wrong {
            assert!(host(&init, Stable::default()).is_err(), "{init:?}");
        }
    }
}
