//! k-set agreement: correct nodes decide at most k values.
//!
//! # Definition
//! In one instance correct nodes decide at most `k` different values (Chaudhuri 1993), with `k`
//! from `about.bounds.k`. With `k` = 1 it is agreement, but counts what one node decides twice.
//! # Cost
//! O(events · log instances).
//! # Witness
//! A decision for each of k + 1 values.

use crate::consensus::differing;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "k-set-agreement",
    number: "CO9",
    statement: "correct nodes decide at most k values in one instance",
    source: "Chaudhuri 1993",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · log instances)",
    needs: &[Kind::Decide],
    given: &[Given::Bound("k")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    match bound(case.history, "k") {
        Some(k) if k > 0 => differing::judge_few(case, k),
        _ => Verdict::undecided("about.bounds.k does not say how many values there may be"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    #[test]
    fn one_value_too_many_is_told() {
        let words = "n1 decide 1 a; n2 decide 1 b; n3 decide 1 c";
        let of = |k| spoken(&json!({"about": {"bounds": {"k": k}}}), words);
        let told = "correct nodes decided a, b, c in instance 1, more than 2 values";
        assert_eq!(because(&ENTRY, &of(2)), told);
        assert_eq!(ruling(&ENTRY, &of(3)), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &of(0)), Ruling::Undecided);
    }
}
