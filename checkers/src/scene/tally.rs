//! Counting obligations, and those under fault.

use crate::scene::{Delivery, Scene};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// Counts obligations. One is critical if a disturbance overlaps it.
pub struct Tally {
    /// How many so far.
    pub obligations: u64,
    critical: u64,
    /// How many were not met, where they are counted.
    broken: u64,
    /// When disturbances were at work: disjoint, in order.
    disturbed: Vec<(Time, Time)>,
}

impl Tally {
    /// Nothing counted yet.
    pub fn of(scene: &Scene<'_>) -> Tally {
        let mut windows = scene.case.disturbed.clone();
        windows.sort_unstable();
        windows.dedup_by(|next, kept| {
            let joins = next.0 <= kept.1;
            if joins {
                kept.1 = kept.1.max(next.1);
            }
            joins
        });
        Tally { obligations: 0, critical: 0, broken: 0, disturbed: windows }
    }

    /// Whether there were disturbances, so that it matters when an obligation stood.
    pub fn is_watching(&self) -> bool {
        !self.disturbed.is_empty()
    }

    /// An obligation that stood between the two instants.
    pub fn count(&mut self, from: Time, to: Time) {
        self.obligations += 1;
        let ended = self.disturbed.partition_point(|(_, end)| *end < from);
        let overlaps = self.disturbed.get(ended).is_some_and(|(begin, _)| *begin <= to);
        self.critical += u64::from(overlaps);
    }

    /// An obligation that stood from the broadcast of a message to this delivery of it.
    #[inline]
    pub fn count_delivery(&mut self, scene: &Scene<'_>, delivery: &Delivery) {
        if self.is_watching() {
            let to = scene.time(delivery.event);
            let from = scene.broadcast(delivery.row).map_or(to, |b| scene.time(b.0));
            self.count(from.min(to), to);
        } else {
            self.obligations += 1;
        }
    }

    /// One of those counted was not met; the first such is proven.
    pub fn breach(&mut self, witness: &mut Option<Witness>, proof: impl FnOnce() -> Witness) {
        self.broken += 1;
        witness.get_or_insert_with(proof);
    }

    /// Held, or undecided for want of obligations.
    pub fn held(self, nothing: &str) -> Verdict {
        Verdict::held_or_vacuous(self.obligations, self.critical, nothing)
    }

    /// Violated if there is a witness; else as [`held`](Tally::held).
    pub fn verdict(self, witness: Option<Witness>, nothing: &str) -> Verdict {
        let Some(witness) = witness else { return self.held(nothing) };
        let met = (self.broken > 0).then(|| self.obligations.saturating_sub(self.broken));
        Verdict { discharged: met, ..self.violated(witness) }
    }

    /// Violated. The broken obligation is one of those counted.
    pub fn violated(self, witness: Witness) -> Verdict {
        Verdict::violated(witness, self.obligations.max(1), self.critical)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::checker::Case;
    use pepperland_core::history::lanes::lanes;

    #[test]
    fn an_obligation_is_critical_if_a_disturbance_touches_it() {
        let history = lanes("n1: !a a");
        let mut case = Case::new(&history);
        case.disturbed = [(40, 50), (10, 20), (15, 30)].map(|(a, b)| (Time(a), Time(b))).to_vec();
        let scene = Scene::of(&case);
        let critical = |from, to| {
            let mut tally = Tally::of(&scene);
            tally.count(Time(from), Time(to));
            tally.critical
        };
        let overlaps = [(0, 9), (0, 10), (30, 31), (31, 39), (31, 40), (50, 60), (51, 60), (0, 90)];
        assert_eq!(overlaps.map(|(a, b)| critical(a, b)), [0, 1, 1, 0, 1, 1, 0, 1]);
    }

    #[test]
    fn what_is_owed_and_not_delivered_is_not_discharged() {
        let history = lanes("n1: !a !b !c a b\nn2:          a b c");
        let verdict = |property| (crate::find(property).unwrap().check)(&Case::new(&history));
        let agreement = verdict("agreement");
        assert_eq!((agreement.obligations, agreement.discharged), (3, Some(2)));
        let validity = verdict("validity-self");
        assert_eq!((validity.obligations, validity.discharged), (3, Some(2)));
        let held = verdict("validity-some");
        assert_eq!((held.obligations, held.discharged), (3, Some(3)));
    }

    #[test]
    fn every_fast_pass_counts_as_the_slow_one_does() {
        let history = crate::throughput::synthetic(3, 300, 6, 3);
        for checker in crate::all().filter(|checker| checker.lacks(&history).is_none()) {
            let quiet = (checker.check)(&Case::new(&history));
            let mut case = Case::new(&history);
            case.disturbed = vec![(Time(0), history.end())];
            let disturbed = (checker.check)(&case);
            assert_eq!(quiet.obligations, disturbed.obligations, "{}", checker.property);
            assert_eq!(disturbed.critical, disturbed.obligations, "{}", checker.property);
            assert_eq!(quiet.critical, 0, "{}", checker.property);
        }
    }
}
