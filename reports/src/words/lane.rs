//! The heads of lanes.

use crate::text;
use pepperland_core::history::History;
use pepperland_core::id::NodeId;

/// A node's name at the head of its lane, cut in the middle if it is long, and whether it may lie.
pub(crate) fn lane(history: &History, node: NodeId, limit: usize) -> String {
    let name = history.node_name(node);
    match history.header.byzantine.iter().any(|liar| liar == name) {
        true => format!("{} (lies)", text::short(name, limit)),
        false => text::short(name, limit),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_liar_is_named_as_one_at_the_head_of_its_lane() {
        let mut history = fixtures::two_sequencers().history;
        history.header.byzantine = vec!["n2".to_owned()];
        assert_eq!(lane(&history, NodeId(0), 14), "n1");
        assert_eq!(lane(&history, NodeId(1), 14), "n2 (lies)");
    }
}
