//! Safe prefix: who is told that a message is safe knows that every member has it, and all that
//! came before it.
//!
//! # Definition
//! If a node that is not Byzantine is told in view `V` that `m` is safe, then every member of `V`
//! has `m`, and everything that the node delivered in `V` before `m` (Chockler, Keidar &
//! Vitenberg: *Safe Indication Prefix*). To *have* a message is to have delivered it, to have
//! received a frame that carries it, where frames are recorded, or to have made it: the reading of
//! a stable message that asks least. Having it *before* the indication is judged by the lines of
//! the history on a virtual clock, elsewhere by the times, with the error of the clock in favour.
//! A member that crashed must have had the message too; a Byzantine one need not, nor one that
//! installed a snapshot after the broadcast. The node itself knows what it knows. An indication
//! that states another view than the node is in is not judged. An indication for a message alone
//! is `safe-indication`.
//! # Cost
//! O(events + deliveries · members).
//! # Witness
//! The indication, with the delivery of its message and of the one before it if that is meant; and
//! when the member had it at last.

use crate::safe::had_before;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "safe-prefix",
    number: "VS15",
    statement: "what is told safe, all members of the view have, and what came before it",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + deliveries · members)",
    needs: &[Kind::View, Kind::Safe],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    had_before::judge(case, true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::membership::small::history;
    use pepperland_core::history::EventId;
    use pepperland_core::verdict::Ruling;

    const ONE: &str = r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2"]}"#;
    const TWO: &str = r#"{"t":1,"n":"n2","k":"view","view":"1","members":["n1","n2"]}"#;
    const SEND: &str = r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const MORE: &str = r#"{"t":2,"n":"n1","k":"broadcast","m":"n1:0:2"}"#;

    fn line(node: &str, kind: &str, message: u32) -> String {
        format!(r#"{{"t":3,"n":"{node}","k":"{kind}","m":"n1:0:{message}"}}"#)
    }

    #[test]
    fn a_member_must_have_it_before() {
        let (safe, deliver) = (line("n1", "safe", 1), line("n2", "deliver", 1));
        let good = history(2, &[ONE, TWO, SEND, &deliver, &safe]);
        assert_eq!(ruling(&ENTRY, &good), Ruling::Held);
        let told = "n1 was told in view 1 that n1:0:1 is safe; n2, a member, had n1:0:1 only later";
        assert_eq!(because(&ENTRY, &history(2, &[ONE, TWO, SEND, &safe, &deliver])), told);
        let told = "n1 was told in view 1 that n1:0:1 is safe; n2, a member, had n1:0:1 never";
        assert_eq!(because(&ENTRY, &history(2, &[ONE, TWO, SEND, &safe])), told);
    }

    #[test]
    fn what_came_before_must_be_there_as_well() {
        let here = [line("n1", "deliver", 1), line("n1", "deliver", 2), line("n1", "safe", 2)];
        let there = line("n2", "deliver", 2);
        let lines = [ONE, TWO, SEND, MORE, &there, &here[0], &here[1], &here[2]];
        let told = "n1 was told in view 1 that n1:0:2 is safe, and n1 had delivered n1:0:1 before \
                    that; n2, a member, had n1:0:1 never";
        assert_eq!(because(&ENTRY, &history(2, &lines)), told);
        let events = check(&Case::new(&history(2, &lines))).witness().unwrap().events.clone();
        assert_eq!(events, [5, 6, 7].map(EventId));
        let alone = crate::find("safe-indication").unwrap();
        assert_eq!(ruling(alone, &history(2, &lines)), Ruling::Held);
    }

    #[test]
    fn a_frame_that_carries_it_will_do() {
        let safe = line("n1", "safe", 1);
        let recv = r#"{"t":3,"n":"n2","k":"recv","from":"n1","x":1,"ms":["n1:0:1"]}"#;
        assert_eq!(ruling(&ENTRY, &history(2, &[ONE, TWO, SEND, recv, &safe])), Ruling::Held);
    }

    #[test]
    fn outside_a_view_nothing_is_said() {
        assert_eq!(
            undecided(&ENTRY, &history(2, &[SEND, &line("n1", "safe", 1)])),
            crate::safe::indications::NOTHING
        );
    }
}
