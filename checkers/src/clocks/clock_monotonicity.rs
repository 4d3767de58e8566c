//! Clock monotonicity: a clock never goes back.
//!
//! # Definition
//! Of two readings of one node's clock in one incarnation the later one shows no less (Lamport 1978
//! asks it of a clock that orders events; Cristian & Fetzer 1994). After a restart a clock may
//! begin anew. Within a node lines are in order on any clock, so no error is granted. Binds every
//! node that is not Byzantine.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two readings.

use crate::clocks::readings::{readings, steps};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "clock-monotonicity",
    number: "CK3",
    statement: "a node's clock never goes back while it is up",
    source: "Lamport 1978; Cristian & Fetzer 1994",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Clock],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for [before, after] in steps(&readings(case)) {
        tally.count(scene.time(before.event.0), scene.time(after.event.0));
        if after.local < before.local && witness.is_none() {
            let says = before.says(case);
            let proof = Proof::default()
                .yes(says.clone(), [before.event])
                .no(format!("it showed {} ns or more later", before.local), [after.event]);
            witness = Some(proof.because(format!("{says} and later {} ns", after.local)));
        }
    }
    tally.verdict(witness, "no clock was read twice")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    fn read(at: u64, local: i64) -> String {
        format!(r#"{{"t":{at},"n":"n1","k":"clock","local":{local}}}"#)
    }

    #[test]
    fn a_clock_that_goes_back_is_told() {
        let back = history(&[], &[&read(1, 7), &read(2, 6)]);
        assert_eq!(because(&ENTRY, &back), "n1's clock showed 7 ns and later 6 ns");
    }

    #[test]
    fn a_clock_may_stand_and_begin_anew_after_a_restart() {
        assert_eq!(ruling(&ENTRY, &history(&[], &[&read(1, 7), &read(2, 7)])), Ruling::Held);
        let [crash, recover] =
            ["crash", "recover"].map(|kind| format!(r#"{{"t":2,"n":"n1","k":"{kind}"}}"#));
        let anew = history(&[], &[&read(1, 7), &crash, &recover, &read(3, 0)]);
        assert_eq!(undecided(&ENTRY, &anew), "no clock was read twice");
    }
}
