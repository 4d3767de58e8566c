//! Many questions of the form "does a way lead from here to there", answered together.

use crate::transactions::graph::{Components, Edge, Graph, ON, WR, WW};

/// How many questions go through the graph at once: one bit each.
const TOGETHER: usize = u128::BITS as usize;

/// For each of these edges, whether writes and reads of what was written lead back from where it
/// leads to, to where it comes from. `components` are those of that graph without these edges.
///
/// O(edges · questions / 128), and mostly less: only what lies between is looked at.
pub fn closed_without(graph: &Graph, edges: &[Edge], components: &Components) -> Vec<bool> {
    let component = |node: u32| components.of[node as usize] as usize;
    let mut closed = vec![false; edges.len()];
    let mut asked: Vec<usize> =
        (0..edges.len()).filter(|i| component(edges[*i].to) >= component(edges[*i].from)).collect();
    if asked.is_empty() {
        return closed;
    }
    asked.sort_by_key(|i| std::cmp::Reverse(component(edges[*i].to)));
    let members = members(components);
    let mut bits = vec![0_u128; components.sizes.len()];
    for together in asked.chunks(TOGETHER) {
        let high = component(edges[together[0]].to);
        let low = together.iter().map(|i| component(edges[*i].from)).min().unwrap_or(0);
        for (bit, i) in together.iter().enumerate() {
            bits[component(edges[*i].to)] |= 1 << bit;
        }
        for from in (low..=high).rev().filter(|c| *c > low) {
            let carried = bits[from];
            if carried == 0 {
                continue;
            }
            let leaving = members.of(from).iter().flat_map(|n| graph.out(*n, WW | WR | ON));
            leaving.for_each(|edge| bits[component(edge.to)] |= carried);
        }
        for (bit, i) in together.iter().enumerate() {
            closed[*i] = bits[component(edges[*i].from)] >> bit & 1 == 1;
        }
        bits.fill(0);
    }
    closed
}

/// The nodes of each component.
struct Members {
    nodes: Vec<u32>,
    begin: Vec<usize>,
}

impl Members {
    fn of(&self, component: usize) -> &[u32] {
        &self.nodes[self.begin[component]..self.begin[component + 1]]
    }
}

fn members(components: &Components) -> Members {
    let mut nodes: Vec<u32> = (0..components.of.len() as u32).collect();
    nodes.sort_by_key(|node| components.of[*node as usize]);
    let mut begin = vec![0];
    begin.extend(components.sizes.iter().scan(0, |sum, size| {
        *sum += *size as usize;
        Some(*sum)
    }));
    Members { nodes, begin }
}
