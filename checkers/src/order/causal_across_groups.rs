//! Causal order across groups: causes count whichever groups they passed through.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, no correct node that both are for
//! delivers `m'` unless it delivered `m` before (Hadzilacos & Toueg: *Causal Order* of multicasts
//! to several groups). Unlike in causal, which judges each group alone, `m` and `m'` may be for
//! different groups, and what happened between may have passed through others, of which the
//! receiver is no member. In all else it is as causal.
//! # Cost
//! O(events · streams), with a vector of streams for each message: the broadcasts of one
//! incarnation to one group are a stream.
//! # Witness
//! Both broadcasts, the shortest chain of deliveries and broadcasts between them, the delivery of
//! the second message; and the late delivery of the first, if any.

use crate::order::causality::{self, Rule};
use crate::order::sender_order::Form;
use crate::order::steps::Scope;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "causal-across-groups",
    number: "OR3-gap, all groups",
    statement: "if m was broadcast before m', to whatever groups, no correct node of both \
                delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events · streams)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[Given::Groups],
    check,
};

const RULE: Rule = Rule {
    bound: Bound::Correct,
    form: Form::NoGap,
    scope: Scope::AcrossGroups,
    nothing: "no correct node delivered a message that depends on another one for it",
};

fn check(case: &Case<'_>) -> Verdict {
    causality::judge(case, &RULE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{DeliveryContract, FailureModel, Header, History};
    use pepperland_core::verdict::Ruling;

    fn two_groups(picture: &str) -> History {
        let mut header = Header::new(["n1", "n2", "n3"].map(str::to_owned).to_vec());
        let names = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect();
        header.groups.insert("g".into(), names(&["n1", "n2"]));
        header.groups.insert("h".into(), names(&["n2", "n3"]));
        header.groups.insert("i".into(), names(&["n1", "n3"]));
        parse(picture, header).unwrap()
    }

    #[test]
    fn a_path_through_another_group_counts() {
        let history = two_groups("n1: !a/g !b/i\nn3:           b !c/h\nn2:                 c a");
        let told = "n2 delivered n3:0:1 before n1:0:1, on which it depends";
        assert_eq!(because(&ENTRY, &history), told);
        assert_eq!(ruling(crate::find("causal").unwrap(), &history), Ruling::Undecided);
        let ordered = two_groups("n1: !a/g !b/i\nn3:           b !c/h\nn2:                 a c");
        assert_eq!(ruling(&ENTRY, &ordered), Ruling::Held);
    }

    #[test]
    fn what_a_node_broadcast_before_a_restart_causes_nothing_after_it() {
        let mut header = Header::new(["n1", "n2", "n3"].map(str::to_owned).to_vec());
        header.groups.insert("g".into(), header.nodes.clone());
        header.groups.insert("h".into(), header.nodes.clone());
        header.failure_model = FailureModel::CrashRecovery;
        header.contract.delivery = DeliveryContract::Logged;
        let judge = |picture| ruling(&ENTRY, &parse(picture, header.clone()).unwrap());
        assert_eq!(judge("n1: !a/g # ^   !b/h\nn2:              b"), Ruling::Undecided);
        assert_eq!(judge("n1: !a/g a # ^ !b/h\nn2:              b"), Ruling::Violated);
    }

    #[test]
    fn what_is_for_others_need_not_come() {
        undecided(&ENTRY, &two_groups("n1: !a/g !b/i\nn3:          b"));
    }
}
