//! The properties of safe indications once more, straight from their definitions.

use crate::crosscheck::definition::{Oracle, ruling};
use crate::membership::oracle::{Run, rule as membership};
use pepperland_core::history::{History, Kind, PartitionContract};
use pepperland_core::verdict::Ruling;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let run = Run { oracle: Oracle::of(history), history };
    match property {
        "safe-prefix" => run.had_before(true),
        "safe-indication" => run.had_before(false),
        "safe-reliable-prefix" => run.before_they_leave(),
        "safe-delivery" => run.in_the_end(),
        "safe-liveness" => membership(property, history),
        other => panic!("no oracle for {other}"),
    }
}

impl Run<'_> {
    fn row(&self, event: usize) -> usize {
        self.event(event).message().unwrap() as usize
    }

    /// The node, its view and the indication.
    fn indications(&self) -> Vec<(usize, usize, usize)> {
        let honest = self.nodes().filter(|p| !self.oracle.lies(*p));
        let all = honest.flat_map(|p| {
            let told = self.at(p, &[Kind::Safe]).into_iter();
            told.filter_map(move |safe| Some((p, self.view_before(p, safe)?, safe)))
        });
        all.collect()
    }

    /// The message, and all that the node delivered before it in the view, if it did deliver it.
    fn prefix(&self, p: usize, view: usize, safe: usize) -> Vec<usize> {
        let here = self.at(p, &[Kind::Deliver]).into_iter().filter(|d| *d > view && *d < safe);
        let here: Vec<usize> = here.map(|d| self.row(d)).collect();
        let own = here.iter().position(|m| *m == self.row(safe)).unwrap_or(0);
        here[..own].iter().copied().chain([self.row(safe)]).collect()
    }

    fn is_free(&self, q: usize, row: usize) -> bool {
        let covers = |s: &usize| match self.oracle.history.message_table().broadcasts()[row] {
            pepperland_core::history::NONE => true,
            broadcast => self.oracle.precedes(broadcast as usize, *s),
        };
        self.oracle.lies(q) || self.at(q, &[Kind::StateSet]).iter().any(covers)
    }

    fn has_by(&self, q: usize, row: usize, safe: usize) -> bool {
        let error = self.history.header.clock_error.unwrap_or(0);
        let had = self.at(q, &[Kind::Deliver, Kind::Broadcast]);
        had.into_iter().filter(|e| self.row(*e) == row).any(|e| match self.oracle.is_virtual() {
            true => e < safe,
            false => self.time(e) <= self.time(safe) + error,
        })
    }

    fn had_before(&self, prefix: bool) -> Ruling {
        let kept = self.indications().into_iter().map(|(p, view, safe)| {
            let prefix = if prefix { self.prefix(p, view, safe) } else { vec![self.row(safe)] };
            self.members(Some(view))
                .into_iter()
                .filter(|q| *q != p)
                .all(|q| prefix.iter().all(|m| self.is_free(q, *m) || self.has_by(q, *m, safe)))
        });
        let kept: Vec<bool> = kept.collect();
        ruling(kept.len(), kept.contains(&false))
    }

    fn before_they_leave(&self) -> Ruling {
        let mut kept = Vec::new();
        for (p, view, safe) in self.indications() {
            for q in self.members(Some(view)).into_iter().filter(|q| !self.oracle.lies(*q)) {
                let name = |e: usize| &self.install(e).view;
                for left in self.at(q, &[Kind::View]) {
                    let from = self.view_before(q, left);
                    if from.is_none_or(|from| name(from) != name(view)) {
                        continue;
                    }
                    for m in self.prefix(p, view, safe).into_iter().filter(|m| !self.is_free(q, *m))
                    {
                        let delivered = self.at(q, &[Kind::Deliver]).into_iter();
                        kept.push(delivered.filter(|d| *d < left).any(|d| self.row(d) == m));
                    }
                }
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }

    fn in_the_end(&self) -> Ruling {
        let primary = self.history.header.contract.partition == PartitionContract::Primary;
        let components = self.components();
        if !self.history.header.complete || primary && components.is_empty() {
            return Ruling::Undecided;
        }
        let asked_out = |q: usize| {
            let asks = [self.events(Kind::Leave), self.events(Kind::Exclude)].concat();
            asks.into_iter().any(|e| match self.event(e).field("target") {
                Some(target) => *target == self.history.header.nodes[q].as_str(),
                None => self.oracle.node(e) == Some(q),
            })
        };
        let stands = |q: usize| {
            let last = self.at(q, &[Kind::Pause, Kind::Resume]).pop();
            last.is_none_or(|e| self.history.kinds()[e] == Kind::Resume)
        };
        let owes = |q: &usize| {
            let bound = !primary || components.iter().any(|set| set.sure.contains(q));
            bound && !asked_out(*q) && stands(*q) && self.at(*q, &[Kind::Crash]).is_empty()
        };
        let mut kept = Vec::new();
        for (_, view, safe) in self.indications() {
            let m = self.row(safe);
            let owing = self.members(Some(view)).into_iter().filter(owes);
            let owing: Vec<usize> = owing.filter(|q| !self.is_free(*q, m)).collect();
            let has = |q: &usize| self.at(*q, &[Kind::Deliver]).iter().any(|d| self.row(*d) == m);
            if !owing.is_empty() {
                kept.push(owing.iter().all(has));
            }
        }
        ruling(kept.len(), kept.contains(&false))
    }
}
