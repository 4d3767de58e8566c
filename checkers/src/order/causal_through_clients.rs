//! Causal order through hidden channels: what clients and snapshots carry counts as a cause.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, no correct node that both are for
//! delivers `m'` unless it delivered `m` before, where *happened before* also leads outside the
//! messages (Cheriton & Skeen's hidden channels): from what a node knew when it answered a client
//! to that client's next request and the node that it was put to; and from what a node knew when it
//! took a snapshot to the node that installed it. Only where an `invoke` or `response` names its
//! node is it known what the node knew; an answer of unknown outcome told nothing; a snapshot is
//! the first one of its node with the same `hash`, `slot` and `set`. In all else it is as
//! causal-across-groups. No multicast can know of such causes by itself: a broken verdict says that
//! the system as a whole is not causal, and the witness says by what way the cause went.
//! # Cost
//! O(events · streams), with a vector of streams for each message, client and snapshot.
//! # Witness
//! Both broadcasts, the shortest chain of events between them, the delivery of the second message;
//! and the late delivery of the first, if any. The sentence says whether the chain leads by way of
//! a client or a snapshot.

use crate::order::causality::{self, Rule};
use crate::order::sender_order::Form;
use crate::order::steps::Scope;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "causal-through-clients",
    number: "OR3-gap, hidden channels",
    statement: "if m was broadcast before m', even by way of a client or a snapshot, no correct \
                node delivers m' without m before",
    source: "Cheriton & Skeen 1993",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · streams)",
    needs: &[Kind::Broadcast, Kind::Deliver, Kind::Response],
    given: &[],
    check,
};

const RULE: Rule = Rule {
    bound: Bound::Correct,
    form: Form::NoGap,
    scope: Scope::ThroughClients,
    nothing: "no correct node delivered a message that depends on another one for it",
};

fn check(case: &Case<'_>) -> Verdict {
    causality::judge(case, &RULE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::order::small::run;
    use pepperland_core::verdict::Ruling;

    const CLIENT: &str = r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"response","client":"c","result":{},"status":"ok"}
{"t":3,"n":"n2","k":"invoke","client":"c","op":{"f":"write"}}
{"t":4,"n":"n2","k":"broadcast","m":"n2:0:1"}
"#;

    #[test]
    fn a_client_carries_a_cause() {
        let ask = r#"{"t":0,"n":"n1","k":"invoke","client":"c","op":{"f":"read"}}"#;
        let last = r#"{"t":5,"n":"n3","k":"deliver","m":"n2:0:1"}"#;
        let history = run(&format!("{ask}\n{CLIENT}{last}\n"));
        let told = "n3 delivered n2:0:1 without n1:0:1, on which it depends by way of a client";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("causal").unwrap(), &history), Ruling::Undecided);
        let first = r#"{"t":5,"n":"n3","k":"deliver","m":"n1:0:1"}"#;
        let history = run(&format!("{ask}\n{CLIENT}{first}\n{last}\n"));
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }

    #[test]
    fn a_snapshot_carries_a_cause() {
        let history = run(r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"state_get","hash":"x"}
{"t":3,"n":"n2","k":"state_set","from":"n1","hash":"x"}
{"t":4,"n":"n2","k":"broadcast","m":"n2:0:1"}
{"t":5,"n":"n3","k":"deliver","m":"n2:0:1"}
"#);
        let told = "n3 delivered n2:0:1 without n1:0:1, on which it depends by way of a snapshot";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn a_client_that_gave_up_has_heard_nothing() {
        let ask = r#"{"t":0,"n":"n1","k":"invoke","client":"c","op":{"f":"read"}}"#;
        let gave_up = CLIENT
            .replace(r#""status":"ok""#, r#""status":"unknown""#)
            .replace(r#""n2","k":"invoke","client":"c""#, r#""n2","k":"invoke","client":"d""#);
        let last = r#"{"t":5,"n":"n3","k":"deliver","m":"n2:0:1"}"#;
        undecided(&ENTRY, &run(&format!("{ask}\n{gave_up}{last}\n")));
    }
}
