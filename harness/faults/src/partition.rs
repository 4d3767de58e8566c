//! Partition: links between groups of nodes carry nothing for a while, in the shapes that field
//! studies found most damaging (Alquraan et al., OSDI 2018; partial ones: Alfatafta et al., OSDI
//! 2020).

use crate::draw;
use crate::lasting::{LASTS, bouts};
use pepperland_core::fault::{Choice, Fault, Ground, Profile, Variant};
use pepperland_core::schedule::{Disturbance, Links, Trouble};
use pepperland_core::seed::Stream;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "partition",
    statement: "links between groups of nodes carry nothing for a while",
    source: "Alquraan et al., OSDI 2018",
    variants: &[
        Variant { name: "halves", statement: "two groups of almost one size", needs: None },
        Variant {
            name: "isolate",
            statement: "one node hears nobody, nor is it heard",
            needs: None,
        },
        Variant { name: "one-way", statement: "some are not heard by the others", needs: None },
        Variant {
            name: "bridge",
            statement: "two groups that only one node hears both of",
            needs: None,
        },
        Variant { name: "ring", statement: "each node hears two neighbours", needs: None },
        Variant { name: "thirds", statement: "three groups of almost one size", needs: None },
        Variant {
            name: "majority",
            statement: "a majority and a minority of any size",
            needs: None,
        },
        Variant {
            name: "partial",
            statement: "two groups do not hear each other, and a third hears both",
            needs: None,
        },
    ],
    parameters: &[LASTS],
    persists: true,
    needs: &[Fault::Partition],
    plan,
    ..Profile::PLAIN
};

/// The shapes that are drawn where none is named: always these, for a seed means the same for ever.
const DRAWN: &[&str] = &["halves", "isolate", "one-way", "bridge", "ring", "thirds"];

fn plan(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    if ground.nodes < 2 {
        return Vec::new();
    }
    let window = draw::window(ground, choice, stream);
    let shape = draw::variant(choice, DRAWN, stream);
    let cuts = cuts(ground, shape, stream);
    let bouts = bouts(ground, choice, window, stream).into_iter();
    let cut = |(at, until)| {
        let trouble = |links: &Links| Trouble::Cut { links: links.clone() };
        cuts.iter().map(move |links| Disturbance::during(at, until, trouble(links)))
    };
    bouts.flat_map(cut).collect()
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
        "majority" if n >= 3 => {
            let minority = stream.between(1, (n as u64 - 1) / 2) as usize;
            let majority = nodes.split_off(minority);
            vec![Links::between(nodes, majority)]
        }
        "partial" if n >= 3 => {
            let both = stream.between(1, n as u64 - 2) as usize;
            let mut one = nodes.split_off(both);
            let other = one.split_off(one.len() / 2);
            vec![Links::between(one, other)]
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
