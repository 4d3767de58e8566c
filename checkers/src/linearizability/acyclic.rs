//! Whether blocks of operations can stand one after the other.
//!
//! A block has to come before another if some operation of the one ended before some operation of
//! the other began, so only the first end and the last beginning of each count (the zones of
//! Gibbons & Korach 1997); or if an edge says so. Blocks are put into a row by their last
//! beginnings, each if no block that is left ended before that.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// The first end and the last beginning in a block.
#[derive(Copy, Clone, Debug)]
pub struct Span {
    /// The first end.
    pub end: u64,
    /// The last beginning.
    pub begin: u64,
}

/// Why blocks cannot be put into a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stuck {
    /// Each of the two has to come before the other.
    Pair(u32, u32),
    /// Some of these have to come before one another, in a ring.
    Ring(Vec<u32>),
}

/// Puts the blocks into a row. O((n + e) log n) for n blocks and e edges.
pub fn row(spans: &[Span], edges: &[(u32, u32)]) -> Result<(), Stuck> {
    let mut row = Row::new(spans, edges);
    while let Some((begin, block)) = row.next() {
        if row.may_go(block) {
            row.go(block);
            continue;
        }
        row.ready.push(Reverse((begin, block)));
        let first = row.first();
        if !row.is_ready(first) || !row.may_go(first) {
            return Err(row.stuck(edges));
        }
        row.go(first);
    }
    if row.left == 0 { Ok(()) } else { Err(row.stuck(edges)) }
}

struct Row<'s> {
    spans: &'s [Span],
    /// The blocks by their first ends, and where the first two that are left stand.
    by_end: Vec<(u64, u32)>,
    first: usize,
    second: usize,
    gone: Vec<bool>,
    left: usize,
    /// How many edges lead to each block from one that is left; empty without edges.
    before: Vec<u32>,
    /// The edges, by where they come from.
    edges: Vec<(u32, u32)>,
    /// Those to which no edge leads, by their last beginnings.
    ready: BinaryHeap<Reverse<(u64, u32)>>,
}

impl<'s> Row<'s> {
    fn new(spans: &'s [Span], edges: &[(u32, u32)]) -> Row<'s> {
        let ends = spans.iter().zip(0..).map(|(span, block)| (span.end, block));
        let mut by_end: Vec<(u64, u32)> = ends.collect();
        by_end.sort_unstable();
        let mut edges: Vec<(u32, u32)> = edges.iter().filter(|(a, b)| a != b).copied().collect();
        edges.sort_unstable();
        edges.dedup();
        let mut before = vec![0; if edges.is_empty() { 0 } else { spans.len() }];
        edges.iter().for_each(|(_, to)| before[*to as usize] += 1);
        let free = |block: &u32| before.get(*block as usize).is_none_or(|n| *n == 0);
        let ready = (0..spans.len() as u32).filter(free);
        let ready: Vec<_> = ready.map(|b| Reverse((spans[b as usize].begin, b))).collect();
        let (gone, left) = (vec![false; spans.len()], spans.len());
        let ready = BinaryHeap::from(ready);
        Row { spans, by_end, first: 0, second: 1, gone, left, before, edges, ready }
    }

    /// The block that is ready and whose last beginning comes first.
    fn next(&mut self) -> Option<(u64, u32)> {
        loop {
            let Reverse((begin, block)) = self.ready.pop()?;
            if !self.gone[block as usize] {
                self.find_first_two();
                return Some((begin, block));
            }
        }
    }

    fn find_first_two(&mut self) {
        let gone = |place: usize| {
            self.by_end.get(place).is_some_and(|(_, block)| self.gone[*block as usize])
        };
        let (mut first, mut second) = (self.first, self.second);
        if gone(first) {
            first = second;
            while gone(first) {
                first += 1;
            }
            second = first + 1;
        }
        while gone(second) {
            second += 1;
        }
        (self.first, self.second) = (first, second);
    }

    /// The block with the first end of all that are left.
    fn first(&self) -> u32 {
        self.by_end[self.first].1
    }

    fn is_ready(&self, block: u32) -> bool {
        self.before.get(block as usize).is_none_or(|edges| *edges == 0)
    }

    /// Whether no other block has to come before.
    fn may_go(&self, block: u32) -> bool {
        let other = if self.first() == block { self.second } else { self.first };
        self.by_end.get(other).is_none_or(|(end, _)| *end > self.spans[block as usize].begin)
    }

    fn go(&mut self, block: u32) {
        self.gone[block as usize] = true;
        self.left -= 1;
        let from = self.edges.partition_point(|(from, _)| *from < block);
        let edges = self.edges[from..].iter().take_while(|(from, _)| *from == block);
        for (_, to) in edges {
            let before = &mut self.before[*to as usize];
            *before -= 1;
            if *before == 0 {
                self.ready.push(Reverse((self.spans[*to as usize].begin, *to)));
            }
        }
    }

    fn stuck(&self, edges: &[(u32, u32)]) -> Stuck {
        let left = |block: &u32| !self.gone[*block as usize];
        match self.by_end.get(self.second) {
            Some((_, second)) if edges.is_empty() => Stuck::Pair(self.first(), *second),
            _ => Stuck::Ring((0..self.spans.len() as u32).filter(left).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spans(spans: &[(u64, u64)]) -> Vec<Span> {
        spans.iter().map(|(end, begin)| Span { end: *end, begin: *begin }).collect()
    }

    #[test]
    fn forward_zones_must_not_overlap() {
        assert_eq!(row(&spans(&[(1, 4), (5, 8)]), &[]), Ok(()));
        assert_eq!(row(&spans(&[(1, 6), (5, 8)]), &[]), Err(Stuck::Pair(0, 1)));
    }

    #[test]
    fn a_backward_zone_must_not_lie_within_a_forward_one() {
        assert_eq!(row(&spans(&[(1, 6), (5, 2)]), &[]), Err(Stuck::Pair(0, 1)));
        assert_eq!(row(&spans(&[(1, 6), (7, 2)]), &[]), Ok(()));
        assert_eq!(row(&spans(&[(3, 6), (5, 2)]), &[]), Ok(()));
    }

    #[test]
    fn edges_count_too() {
        let free = spans(&[(9, 0), (9, 0), (9, 0)]);
        assert_eq!(row(&free, &[(0, 1), (1, 2), (0, 2), (1, 1)]), Ok(()));
        assert_eq!(row(&free, &[(0, 1), (1, 2), (2, 0)]), Err(Stuck::Ring(vec![0, 1, 2])));
        assert_eq!(row(&spans(&[(1, 0), (9, 4)]), &[(1, 0)]), Err(Stuck::Ring(vec![0, 1])));
    }
}
