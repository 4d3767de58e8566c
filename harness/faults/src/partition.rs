//! Partition: links between groups of nodes carry nothing for a while, in the shapes that field
//! studies found most damaging (Alquraan et al., OSDI 2018).

use crate::draw;
use pepperland_core::fault::{Fault, Ground, Profile};
use pepperland_core::schedule::{Disturbance, Links, Trouble};
use pepperland_core::seed::Stream;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "partition",
    statement: "links between groups of nodes carry nothing for a while",
    source: "Alquraan et al., OSDI 2018",
    variants: VARIANTS,
    needs: &[Fault::Partition],
    plan,
};

const VARIANTS: &[&str] = &["halves", "isolate", "one-way", "bridge", "ring", "thirds"];

fn plan(ground: &Ground<'_>, variant: &str, stream: &mut Stream) -> Vec<Disturbance> {
    if ground.nodes < 2 {
        return Vec::new();
    }
    let (at, until) = draw::window(ground, stream);
    let shape = draw::variant(variant, VARIANTS, stream);
    cuts(ground, shape, stream)
        .into_iter()
        .map(|links| Disturbance::during(at, until, Trouble::Cut { links }))
        .collect()
}

fn cuts(ground: &Ground<'_>, shape: &str, stream: &mut Stream) -> Vec<Links> {
    let mut nodes = draw::shuffled(ground, stream);
    let n = nodes.len();
    match shape {
        "isolate" => vec![Links::between(vec![nodes[0]], nodes[1..].to_vec())],
        "one-way" => {
            let from = stream.between(1, n as u64 - 1) as usize;
            let to = nodes.split_off(from);
            vec![Links::one_way(nodes, to)]
        }
        "bridge" if n >= 3 => {
            let (one, other) = nodes[1..].split_at((n - 1) / 2);
            vec![Links::between(one.to_vec(), other.to_vec())]
        }
        "ring" if n >= 4 => (0..n).filter_map(|i| not_neighbours(&nodes, i)).collect(),
        "thirds" if n >= 3 => {
            let last = nodes.split_off(2 * n / 3);
            let middle = nodes.split_off(n / 3);
            let rest = [middle.clone(), last.clone()].concat();
            vec![Links::between(nodes, rest), Links::between(middle, last)]
        }
        _ => {
            let other = nodes.split_off(n / 2);
            vec![Links::between(nodes, other)]
        }
    }
}

/// In a ring, the node in place `i` hears its two neighbours alone.
fn not_neighbours(ring: &[pepperland_core::id::NodeId], i: usize) -> Option<Links> {
    let n = ring.len();
    let apart = |j: usize| j > i + 1 && (j + 1) % n != i;
    let far: Vec<_> = (0..n).filter(|j| apart(*j)).map(|j| ring[j]).collect();
    (!far.is_empty()).then(|| Links::between(vec![ring[i]], far))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::id::NodeId;

    #[test]
    fn in_a_ring_each_node_hears_two_others() {
        let ring: Vec<NodeId> = NodeId::first(5).collect();
        let cuts: Vec<Links> = (0..5).filter_map(|i| not_neighbours(&ring, i)).collect();
        for a in NodeId::first(5) {
            let hears = NodeId::first(5).filter(|b| *b != a);
            let hears = hears.filter(|b| !cuts.iter().any(|cut| cut.contain(*b, a))).count();
            assert_eq!(hears, 2, "{a} hears {hears}");
        }
    }
}
