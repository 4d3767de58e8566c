//! The properties of reliable multicast once more, straight from their definitions.

use crate::crosscheck::definition::{Act, Oracle, ruling};
use pepperland_core::history::{EventId, History, Kind, NONE};
use pepperland_core::verdict::Ruling;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let oracle = Oracle::of(history);
    let nodes: Vec<usize> = (0..history.node_count()).collect();
    match property {
        "no-creation" => oracle.no_creation(),
        "no-duplication" => oracle.no_duplication(),
        "validity-self" => oracle.validity(|o, m, owing| {
            let sender = o.origin(m);
            owing.contains(&sender).then(|| o.delivers(sender, m))
        }),
        "validity-all" => oracle.validity(|o, m, owing| {
            (!owing.is_empty()).then(|| owing.iter().all(|q| o.delivers(*q, m)))
        }),
        "validity-some" => oracle.validity(|o, m, owing| {
            let some = nodes.iter().any(|q| o.correct(*q) && o.is_for(m, *q) && o.delivers(*q, m));
            (!owing.is_empty()).then_some(some)
        }),
        "agreement" => oracle.agreement(|o, d| o.surviving(d.node, d.life)),
        "uniform-agreement" => oracle.agreement(|_, _| true),
        other => panic!("no oracle for {other}"),
    }
}

impl Oracle<'_> {
    fn no_creation(&self) -> Ruling {
        let table = self.history.message_table();
        let honest = |row: usize| {
            let origin = self.origin(row);
            origin < self.history.node_count() && !self.lies(origin)
        };
        let anybody_lies = (0..self.history.node_count()).any(|n| self.lies(n));
        let bound = |d: &&Act| self.correct(d.node) && (honest(d.row) || !anybody_lies);
        let bound: Vec<&Act> = self.deliveries.iter().filter(bound).collect();
        let digest = |event: usize| self.history.event(EventId(event as u32)).digest();
        let created = |d: &&Act| {
            let broadcast = table.broadcasts()[d.row];
            if broadcast == NONE {
                return true;
            }
            let broadcast = broadcast as usize;
            let (was, is) = (digest(broadcast), digest(d.event));
            let changed = was.is_some() && is.is_some() && was != is;
            let early = self.is_virtual() && broadcast > d.event;
            changed || early || !self.is_for(d.row, d.node)
        };
        ruling(bound.len(), bound.iter().any(created))
    }

    fn no_duplication(&self) -> Ruling {
        let bound: Vec<&Act> = self.deliveries.iter().filter(|d| self.correct(d.node)).collect();
        let same = |a: &Act, b: &Act| (a.node, a.life, a.row) == (b.node, b.life, b.row);
        let twice = |d: &&&Act| bound.iter().any(|e| e.event != d.event && same(e, d));
        ruling(bound.len(), bound.iter().any(|d| twice(&d)))
    }

    /// The sender is correct and did not crash in the call.
    fn promises(&self, broadcast: &Act) -> bool {
        let returns = |e: &usize| {
            let event = self.history.event(EventId(*e as u32));
            !self.forgets() && event.message() == Some(broadcast.row as u32)
        };
        let returned = self.at(broadcast.node, Kind::BroadcastReturn).find(returns);
        let end = returned.unwrap_or(self.history.len());
        let mut crashes = self.at(broadcast.node, Kind::Crash);
        self.correct(broadcast.node) && !crashes.any(|c| c > broadcast.event && c < end)
    }

    fn validity(&self, kept: impl Fn(&Self, usize, &[usize]) -> Option<bool>) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let promises = self.broadcasts.iter().filter(|b| self.promises(b));
        let kept: Vec<bool> =
            promises.filter_map(|b| kept(self, b.row, &self.owing(b.row))).collect();
        ruling(kept.len(), kept.contains(&false))
    }

    fn agreement(&self, obliges: impl Fn(&Self, &Act) -> bool) -> Ruling {
        if !self.history.header.complete {
            return Ruling::Undecided;
        }
        let counting = self.counting();
        let obliged = |m: &usize| counting.iter().any(|d| d.row == *m && obliges(self, d));
        let obliged: Vec<usize> = self.rows().filter(obliged).collect();
        let broken = |m: &usize| self.owing(*m).iter().any(|q| !self.delivers(*q, *m));
        ruling(obliged.len(), obliged.iter().any(broken))
    }
}
