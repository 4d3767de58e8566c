//! Orders of time, and contamination.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Ruling;

impl Oracle<'_> {
    /// Of two events, the one is certainly earlier in real time.
    fn is_earlier(&self, a: usize, b: usize) -> bool {
        let times = self.history.times();
        if self.is_virtual() { a < b } else { times[a].0 + self.error() < times[b].0 }
    }

    fn in_one_group(&self, a: usize, b: usize) -> bool {
        self.group(a) == self.group(b)
    }

    pub fn chronological(&self) -> Ruling {
        let times = self.history.times();
        self.in_order(Self::correct_receiver, |m, n| {
            let (Some(x), Some(y)) = (self.broadcast(m), self.broadcast(n)) else { return false };
            let earlier = times[x.event].0 + self.error() < times[y.event].0;
            earlier && self.in_one_group(m, n)
        })
    }

    pub fn linearizable(&self) -> Ruling {
        self.in_order(Self::correct_receiver, |m, n| {
            let (Some(x), Some(y)) = (self.broadcast(m), self.broadcast(n)) else { return false };
            let row = |e: usize| self.history.messages()[e] as usize;
            let mut returns =
                self.at(x.node, Kind::BroadcastReturn).filter(|r| row(*r) == m && *r > x.event);
            returns.next().is_some_and(|r| self.is_earlier(r, y.event)) && self.in_one_group(m, n)
        })
    }

    fn starts_late(&self, act: &Act) -> bool {
        self.starts.iter().any(|(n, l, _)| (*n, *l) == (act.node, act.life))
    }

    /// What a correct node delivers of a node that crashed: all that the latter had delivered when
    /// it broadcast comes first at the former, in the same places.
    pub fn no_contamination(&self) -> Ruling {
        let counting = self.counting();
        let (mut obligations, mut broken) = (0, false);
        for m in &self.broadcasts {
            let rows = |life: &Act, before: usize| -> Vec<usize> {
                let here = counting
                    .iter()
                    .filter(|d| (d.node, d.life) == (life.node, life.life) && d.event < before);
                here.map(|d| d.row).filter(|row| self.in_one_group(*row, m.row)).collect()
            };
            let before = rows(m, m.event);
            if self.surviving(m.node, m.life) || self.starts_late(m) || before.is_empty() {
                continue;
            }
            let receives = |q: &&Act| q.row == m.row && self.surviving(q.node, q.life);
            for q in counting.iter().filter(receives).filter(|q| !self.starts_late(q)) {
                obligations += 1;
                let theirs = rows(q, self.history.len());
                broken |= before.iter().zip(&theirs).any(|(x, y)| x != y);
            }
        }
        ruling(obligations, broken)
    }
}
