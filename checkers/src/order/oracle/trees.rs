//! Orders without gaps.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::EventId;
use pepperland_core::verdict::Ruling;

/// Deliveries of one life in one group between two late starts, and whether it had started late.
struct Piece {
    is_late: bool,
    acts: Vec<Act>,
}

impl Oracle<'_> {
    fn pieces(&self, counting: &[Act], group: usize) -> Vec<Piece> {
        let mut pieces: Vec<((usize, usize, usize), Piece)> = Vec::new();
        for d in counting.iter().filter(|d| self.group(d.row) == Some(group)) {
            let started =
                |s: &&(usize, usize, usize)| (s.0, s.1) == (d.node, d.life) && s.2 < d.event;
            let key = (d.node, d.life, self.starts.iter().filter(started).count());
            match pieces.iter_mut().find(|(other, _)| *other == key) {
                Some((_, piece)) => piece.acts.push(*d),
                None => pieces.push((key, Piece { is_late: key.2 > 0, acts: vec![*d] })),
            }
        }
        pieces.into_iter().map(|(_, piece)| piece).collect()
    }

    /// Of two lives that began at the beginning and deliver one message, both delivered the same
    /// before. Of others, too, as far as the pieces reach; and no pieces make a circle.
    pub fn tree(&self, bound: impl Fn(&Self, &Act) -> bool) -> Ruling {
        let counting: Vec<Act> = self.counting();
        let bound = counting.into_iter().filter(|d| bound(self, d) && self.group(d.row).is_some());
        let counting: Vec<Act> = bound.collect();
        let twice = |d: &&Act| {
            counting.iter().any(|e| e.row == d.row && (e.node, e.life) != (d.node, d.life))
        };
        let obligations = counting.iter().filter(twice).count();
        let broken = (0..self.history.groups().len()).any(|group| {
            let pieces = self.pieces(&counting, group);
            let part = |p: &Piece| pieces.iter().any(|q| !agree(p, q));
            pieces.iter().any(part) || self.is_circle(&pieces)
        });
        ruling(obligations, broken)
    }

    /// Some message comes, over several pieces, before itself.
    fn is_circle(&self, pieces: &[Piece]) -> bool {
        let after = |row: usize| {
            let here = move |p: &Piece| {
                p.acts
                    .iter()
                    .skip_while(|d| d.row != row)
                    .skip(1)
                    .map(|d| d.row)
                    .collect::<Vec<_>>()
            };
            pieces.iter().flat_map(here).collect::<Vec<usize>>()
        };
        self.rows().any(|start| {
            let (mut met, mut left) = (vec![], after(start));
            while let Some(row) = left.pop() {
                if !met.contains(&row) {
                    met.push(row);
                    left.extend(after(row));
                }
            }
            met.contains(&start)
        })
    }

    pub fn consecutive_slots(&self) -> Ruling {
        let slot =
            |d: &Act| self.history.event(EventId(d.event as u32)).place().and_then(|p| p.slot);
        let counting: Vec<Act> = self.counting();
        let (counting, foreign): (Vec<Act>, Vec<Act>) =
            counting.into_iter().partition(|d| self.group(d.row).is_some());
        let comes_between = |one: &Act, next: &Act| {
            let is_here = |f: &&Act| (f.node, f.life) == (one.node, one.life);
            let is_between = |f: &&Act| (one.event..next.event).contains(&f.event);
            foreign.iter().filter(is_here).any(|f| is_between(&f))
        };
        let (mut obligations, mut broken) = (0, false);
        for group in 0..self.history.groups().len() {
            for piece in self.pieces(&counting, group) {
                for pair in piece.acts.windows(2) {
                    if let (Some(one), Some(next)) = (slot(&pair[0]), slot(&pair[1]))
                        && !comes_between(&pair[0], &pair[1])
                    {
                        obligations += 1;
                        broken |= next != one + 1;
                    }
                }
            }
        }
        for d in counting.iter().filter(|d| slot(d).is_some()) {
            for e in counting.iter().filter(|e| e.event != d.event && slot(e).is_some()) {
                let same_slot = slot(d) == slot(e) && self.group(d.row) == self.group(e.row);
                obligations += usize::from(same_slot || d.row == e.row);
                broken |= same_slot != (d.row == e.row);
            }
        }
        ruling(obligations, broken)
    }
}

/// Wherever both deliver one message, what the one delivered before ends with what the other did,
/// and is the same if both began at the beginning.
fn agree(p: &Piece, q: &Piece) -> bool {
    let rows = |piece: &Piece| piece.acts.iter().map(|d| d.row).collect::<Vec<usize>>();
    let (x, y) = (rows(p), rows(q));
    x.iter().enumerate().all(|(i, row)| {
        let Some(j) = y.iter().position(|other| other == row) else { return true };
        let (before, other) = (&x[..i], &y[..j]);
        match (p.is_late, q.is_late) {
            (false, false) => before == other,
            (false, true) => before.ends_with(other),
            (true, false) => other.ends_with(before),
            (true, true) => before.ends_with(other) || other.ends_with(before),
        }
    })
}
