//! Mistake recurrence: mistakes are far enough apart.
//!
//! # Definition
//! The mean time from one mistake of a monitor on a target to its next is at least
//! `about.bounds.mistake-recurrence` nanoseconds (Chen, Toueg & Aguilera 2002: the lower bound on
//! the expectation of T_MR). The mean is that of the run: the time from the first mistake to the
//! end, over the number of mistakes after it, which counts what is left of the run in favour of
//! the detector. A mistake is the suspicion of a node that is up, as in strong accuracy. As a
//! mean it is judged on complete histories only; it binds every monitor but Byzantine ones.
//! # Cost
//! O(events · log events).
//! # Witness
//! The mistakes of one monitor on one target.

use crate::detectors::watch::Watch;
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-mistake-recurrence",
    number: "FD7",
    statement: "a monitor's mistakes are as far apart as the bound says, on average",
    source: "Chen, Toueg & Aguilera 2002",
    class: Class::Liveness,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::Suspect],
    given: &[Given::Bound("mistake-recurrence")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(bound) = bound(case.history, "mistake-recurrence") else {
        return Verdict::undecided("about.bounds.mistake-recurrence does not say how long it is");
    };
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for pair in watch.turns.keys() {
        let mistakes = watch.mistakes(*pair);
        for two in mistakes.windows(2) {
            tally.count(watch.time(two[0].began), watch.time(two[1].began));
        }
        let Some(first) = mistakes.first().filter(|_| mistakes.len() > 1) else { continue };
        let again = mistakes.len() as u64 - 1;
        let passed = watch.end.since(watch.time(first.began)).0;
        if witness.is_none() && u128::from(passed) < u128::from(bound) * u128::from(again) {
            let (m, t, mean) = (watch.name(pair.0), watch.name(pair.1), passed / again);
            let because = format!("{m} wrongly suspected {t} every {mean} ns, not just {bound}");
            let clause = format!("it did so only every {bound} ns");
            let proof = Proof::default()
                .yes(format!("{m} suspected {t}, which was up"), mistakes[0].events())
                .no(clause, mistakes[1..].iter().flat_map(|mistake| mistake.events()));
            witness = Some(proof.because(because));
        }
    }
    tally.verdict(witness, "no monitor made a second mistake on one target")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> History {
        spoken(&json!({"about": {"bounds": {"mistake-recurrence": 10}}, "end": 50}), words)
    }

    #[test]
    fn mistakes_must_be_far_apart_on_average() {
        let twice = "n1 suspect n2; n1 trust n2; n1 suspect n2";
        let seldom = of(&format!("@20 {twice}"));
        assert_eq!(ruling(&ENTRY, &seldom), Ruling::Held);
        let often = of(&format!("@42 {twice}"));
        let told = "n1 wrongly suspected n2 every 8 ns, not just 10";
        assert_eq!(because(&ENTRY, &often), told);
        assert!(undecided(&ENTRY, &of("n1 suspect n2")).starts_with("no monitor made a second"));
    }
}
