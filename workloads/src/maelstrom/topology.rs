//! Who is whose neighbour: a grid, as square as it can be.

use pepperland_core::id::NodeId;

/// A message that tells a node all neighbours, row by row from the first node on.
pub fn grid(nodes: usize) -> String {
    let side = (1..).find(|side| side * side >= nodes).unwrap_or(1);
    let entry = |node: NodeId| {
        let neighbours: Vec<String> = neighbours(node.index(), side, nodes)
            .map(|place| format!(r#""{}""#, NodeId(place as u32)))
            .collect();
        format!(r#""{node}":[{}]"#, neighbours.join(","))
    };
    let entries: Vec<String> = NodeId::first(nodes).map(entry).collect();
    format!(r#"{{"f":"topology","topology":{{{}}}}}"#, entries.join(","))
}

/// Above, to the left, to the right and below, as far as there are nodes.
fn neighbours(place: usize, side: usize, nodes: usize) -> impl Iterator<Item = usize> {
    let column = place % side;
    let above = place.checked_sub(side);
    let left = (column > 0).then(|| place - 1);
    let right = (column + 1 < side).then_some(place + 1);
    let below = Some(place + side);
    [above, left, right, below].into_iter().flatten().filter(move |place| *place < nodes)
}
