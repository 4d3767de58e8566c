//! Safe indication: who is told that a message is safe knows that every member has it.
//!
//! # Definition
//! If a node that is not Byzantine is told in view `V` that `m` is safe, then every member of `V`
//! has `m`: `safe-prefix` without the messages before `m`, for services that tell of each message
//! by itself.
//! # Cost
//! O(events + indications · members).
//! # Witness
//! The indication; and when the member had the message at last.

use crate::safe::had_before;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "safe-indication",
    number: "VS15-single",
    statement: "what is told safe, all members of the view have",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + indications · members)",
    needs: &[Kind::View, Kind::Safe],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    had_before::judge(case, false)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::{header, history, read};
    use pepperland_core::verdict::Ruling;

    const VIEW: &str = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2"]}"#;
    const SEND: &str = r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const SAFE: &str = r#"{"t":5,"n":"n1","k":"safe","m":"n1:0:1"}"#;

    #[test]
    fn on_a_real_clock_times_decide() {
        let late = |ns: u64| format!(r#"{{"t":{ns},"n":"n2","k":"deliver","m":"n1:0:1"}}"#);
        let judge = |ns, check: fn(&Checker, &_) -> Ruling| {
            let mut header = header(2);
            header["clock"] = "real".into();
            header["clock_error"] = 2.into();
            let lines = [VIEW, SEND, SAFE, &late(ns)].map(str::to_owned);
            check(&ENTRY, &read(&header, &lines))
        };
        assert_eq!(judge(7, ruling), Ruling::Held);
        assert_eq!(judge(8, ruling), Ruling::Violated);
    }

    #[test]
    fn a_member_without_it_is_told() {
        let told = "n1 was told in view 1 that n1:0:1 is safe; n2, a member, had n1:0:1 never";
        assert_eq!(because(&ENTRY, &history(2, &[VIEW, SEND, SAFE])), told);
        let nothing = undecided(&ENTRY, &history(2, &[VIEW, SEND]));
        assert_eq!(nothing, crate::safe::indications::NOTHING);
    }
}
