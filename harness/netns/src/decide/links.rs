//! Sets of links.

use std::collections::BTreeSet;

/// A set of directed links between nodes, which are counted from 0. A node has no link to itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Links {
    /// Every link.
    All,
    /// Those that leave a node.
    From(usize),
    /// Those that lead to a node.
    To(usize),
    /// One link, one way.
    One(usize, usize),
    /// These, each one way: from, to.
    Set(BTreeSet<(usize, usize)>),
}

impl Links {
    /// Both directions of each pair of one of these nodes and one of those.
    pub fn between(some: &[usize], others: &[usize]) -> Links {
        let there = |a: usize| others.iter().map(move |b| (a, *b));
        let one_way = some.iter().flat_map(|a| there(*a));
        Links::Set(one_way.flat_map(|(a, b)| [(a, b), (b, a)]).collect())
    }

    /// Those among this many nodes of which the function says so, from and to given.
    pub fn that(nodes: usize, meant: impl Fn(usize, usize) -> bool) -> Links {
        let all = (0..nodes).flat_map(|from| (0..nodes).map(move |to| (from, to)));
        Links::Set(all.filter(|(from, to)| meant(*from, *to)).collect())
    }

    /// Whether a link is meant.
    pub fn contain(&self, from: usize, to: usize) -> bool {
        from != to
            && match self {
                Links::All => true,
                Links::From(node) => *node == from,
                Links::To(node) => *node == to,
                Links::One(a, b) => (*a, *b) == (from, to),
                Links::Set(links) => links.contains(&(from, to)),
            }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_between_two_sides_are_of_both_directions_and_of_no_side_alone() {
        let links = Links::between(&[0, 1], &[2]);
        assert!(links.contain(0, 2) && links.contain(2, 0) && links.contain(2, 1));
        assert!(!links.contain(0, 1) && !links.contain(1, 0));
    }

    #[test]
    fn links_may_be_those_that_a_function_says() {
        let onwards = Links::that(3, |from, to| to == from + 1);
        assert_eq!(onwards, Links::Set(BTreeSet::from([(0, 1), (1, 2)])));
    }

    #[test]
    fn no_node_has_a_link_to_itself() {
        assert!(!Links::All.contain(1, 1) && !Links::One(1, 1).contain(1, 1));
        assert!(!Links::From(1).contain(1, 1) && !Links::between(&[1], &[1]).contain(1, 1));
    }

    #[test]
    fn links_from_a_node_and_to_it_are_of_one_direction() {
        assert!(Links::From(0).contain(0, 1) && !Links::From(0).contain(1, 0));
        assert!(Links::To(0).contain(1, 0) && !Links::To(0).contain(0, 1));
        assert!(Links::One(0, 1).contain(0, 1) && !Links::One(0, 1).contain(1, 0));
    }
}
