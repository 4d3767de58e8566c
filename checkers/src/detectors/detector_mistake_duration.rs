//! Mistake duration: mistakes are soon taken back.
//!
//! # Definition
//! The mean time from a mistake of a monitor on a target to the trust that takes it back is at most
//! `about.bounds.mistake-duration` nanoseconds (Chen, Toueg & Aguilera 2002: the upper bound on the
//! expectation of T_M). The mean is that of the run; a mistake that is never taken back counts up
//! to the crash of either node or the end, which is less than it may have lasted. A mistake is the
//! suspicion of a node that is up, as in strong accuracy. As a mean it is judged on complete
//! histories only; it binds every monitor but Byzantine ones.
//! # Cost
//! O(events · log events).
//! # Witness
//! The mistakes of one monitor on one target, and what took them back.

use crate::detectors::watch::Watch;
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "detector-mistake-duration",
    number: "FD7",
    statement: "a monitor takes its mistakes back as soon as the bound says, on average",
    source: "Chen, Toueg & Aguilera 2002",
    class: Class::Liveness,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log events)",
    needs: &[Kind::Suspect],
    given: &[Given::Bound("mistake-duration")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(bound) = bound(case.history, "mistake-duration") else {
        return Verdict::undecided("about.bounds.mistake-duration does not say how long it is");
    };
    if !case.history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let scene = Scene::of(case);
    let watch = Watch::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for pair in watch.turns.keys() {
        let mistakes = watch.mistakes(*pair);
        let mut sum = 0;
        for mistake in &mistakes {
            let (from, until) = (watch.time(mistake.began), watch.until(*pair, mistake));
            tally.count(from, until);
            sum += u128::from(until.since(from).0);
        }
        let count = mistakes.len() as u128;
        if witness.is_none() && sum > u128::from(bound) * count {
            let (m, t, mean) = (watch.name(pair.0), watch.name(pair.1), sum / count);
            let because = format!("{m} wrongly suspected {t} for {mean} ns, more than {bound}");
            let ends = mistakes.iter().filter_map(|mistake| mistake.ended.map(EventId));
            let proof = Proof::default()
                .yes(
                    format!("{m} suspected {t}, which was up"),
                    mistakes.iter().flat_map(|mistake| mistake.events()),
                )
                .no(format!("it trusted it again within {bound} ns"), ends);
            witness = Some(proof.because(because));
        }
    }
    tally.verdict(witness, "no monitor made a mistake")
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
        spoken(&json!({"about": {"bounds": {"mistake-duration": 10}}, "end": 50}), words)
    }

    #[test]
    fn mistakes_must_be_short_on_average() {
        let of_length = |a: u64, b: u64| {
            let (first, second) = (1 + a, 20 + b);
            of(&format!(
                "@1 n1 suspect n2; @{first} n1 trust n2; @20 n1 suspect n2; @{second} n1 trust n2"
            ))
        };
        assert_eq!(ruling(&ENTRY, &of_length(5, 15)), Ruling::Held);
        let told = "n1 wrongly suspected n2 for 11 ns, more than 10";
        assert_eq!(because(&ENTRY, &of_length(6, 16)), told);
        let open = of("@30 n1 suspect n2");
        let told = "n1 wrongly suspected n2 for 20 ns, more than 10";
        assert_eq!(because(&ENTRY, &open), told);
        assert!(undecided(&ENTRY, &of("n2 crash; n1 suspect n2")).starts_with("no monitor"));
    }
}
