//! How runs fold into an outcome: one tally for each property of a scenario.

use pepperland_core::verdict::{Ruling, Verdict};

/// What the runs of one scenario say of one property. Merging is commutative but for the reason
/// and the lapse, which are those of the lowest run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    pub runs: u64,
    pub effective: u64,
    pub obligations: u64,
    pub critical: u64,
    /// Runs in which the harness itself was not up to its promises.
    pub unclean: u64,
    /// What was wrong with the lowest unclean run.
    pub lapse: Option<(u64, String)>,
    /// Whether some run was judged though the claim did not bind it.
    pub beyond_model: bool,
    /// The lowest run that violated the property, of those that its claim binds if any of them did.
    pub first_violation: Option<Violating>,
    /// Why the lowest undecided run was undecided.
    pub reason: Option<(u64, String)>,
}

/// A run that violates a property. Those that the claim binds come first.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Violating {
    /// Whether the claim does not bind it.
    pub beyond_model: bool,
    /// Its index.
    pub run: u64,
}

impl Tally {
    /// Counts one run, which is judged though the claim does not bind it, or because it does.
    pub fn count(
        &mut self,
        run: u64,
        verdict: &Verdict,
        beyond_model: bool,
        unclean: Option<&str>,
    ) {
        self.runs += 1;
        self.beyond_model |= beyond_model;
        if let Some(lapse) = unclean {
            self.unclean += 1;
            self.lapse = lower(self.lapse.take(), Some((run, lapse.to_owned())));
        }
        self.effective += u64::from(verdict.obligations > 0);
        self.obligations += verdict.obligations;
        self.critical += verdict.critical;
        match &verdict.outcome {
            pepperland_core::verdict::Outcome::Held => {}
            pepperland_core::verdict::Outcome::Violated(_) => {
                let violating = Violating { beyond_model, run };
                let first = self.first_violation.map_or(violating, |first| first.min(violating));
                self.first_violation = Some(first);
            }
            pepperland_core::verdict::Outcome::Undecided(reason) => {
                self.reason = lower(self.reason.take(), Some((run, reason.clone())));
            }
        }
    }

    /// Adds another tally of the same property.
    pub fn merge(&mut self, other: Tally) {
        self.runs += other.runs;
        self.unclean += other.unclean;
        self.beyond_model |= other.beyond_model;
        self.effective += other.effective;
        self.obligations += other.obligations;
        self.critical += other.critical;
        self.first_violation = match (self.first_violation, other.first_violation) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
        self.reason = lower(self.reason.take(), other.reason);
        self.lapse = lower(self.lapse.take(), other.lapse);
    }

    /// Violated if any run violates it, else held if any run was effective, else undecided.
    pub fn ruling(&self) -> Ruling {
        match (self.first_violation, self.effective) {
            (Some(_), _) => Ruling::Violated,
            (None, 0) => Ruling::Undecided,
            (None, _) => Ruling::Held,
        }
    }
}

/// What is said of the lower of two runs.
fn lower(one: Option<(u64, String)>, other: Option<(u64, String)>) -> Option<(u64, String)> {
    match (one, other) {
        (Some(a), Some(b)) => Some(if a.0 <= b.0 { a } else { b }),
        (a, b) => a.or(b),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::verdict::Witness;

    fn tally(verdicts: &[Verdict]) -> Tally {
        let mut tally = Tally::default();
        let counted = (0..).zip(verdicts);
        counted.for_each(|(run, verdict)| tally.count(run, verdict, false, None));
        tally
    }

    fn first_of(tally: &Tally) -> Option<u64> {
        tally.first_violation.map(|first| first.run)
    }

    #[test]
    fn one_violation_outweighs_the_rest() {
        let held = Verdict::held_or_vacuous(3, 1, "");
        let violated = Verdict::violated(Witness::default(), 3, 0);
        let folded = tally(&[held.clone(), violated.clone(), violated, held]);
        assert_eq!((folded.ruling(), first_of(&folded)), (Ruling::Violated, Some(1)));
    }

    #[test]
    fn a_violation_of_the_claim_comes_before_one_beyond_it() {
        let violated = Verdict::violated(Witness::default(), 1, 0);
        let mut beyond = Tally::default();
        beyond.count(2, &violated, true, None);
        assert_eq!((first_of(&beyond), beyond.beyond_model), (Some(2), true));
        beyond.count(5, &violated, false, None);
        beyond.count(4, &violated, true, None);
        assert_eq!(first_of(&beyond), Some(5));
        let mut within = tally(&[Verdict::undecided("why"), violated]);
        within.merge(beyond);
        assert_eq!(first_of(&within), Some(1));
    }

    #[test]
    fn undecided_runs_beside_an_effective_one_turn_nothing() {
        let folded = tally(&[Verdict::undecided("a"), Verdict::held_or_vacuous(1, 0, "")]);
        assert_eq!(folded.ruling(), Ruling::Held);
    }

    #[test]
    fn nothing_judged_is_undecided() {
        let folded = tally(&[Verdict::undecided("first"), Verdict::undecided("second")]);
        assert_eq!(folded.ruling(), Ruling::Undecided);
        assert_eq!(folded.reason, Some((0, "first".to_owned())));
    }

    #[test]
    fn merging_does_not_depend_on_the_order() {
        let mut early = Tally::default();
        early.count(3, &Verdict::violated(Witness::default(), 1, 1), false, None);
        let mut late = Tally::default();
        late.count(7, &Verdict::undecided("why"), false, Some("late by 9 ms"));
        let (mut a, mut b) = (early.clone(), late.clone());
        a.merge(late);
        b.merge(early);
        assert_eq!(a, b);
        assert_eq!((a.runs, a.unclean), (2, 1));
        assert_eq!(a.lapse, Some((7, "late by 9 ms".to_owned())));
    }
}
