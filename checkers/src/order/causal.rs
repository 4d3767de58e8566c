//! Causal order: a message is delivered only after the messages that it may depend on.
//!
//! # Definition
//! If the broadcast of `m` happened before the broadcast of `m'`, no correct node that both are for
//! delivers `m'` unless it delivered `m` before (Hadzilacos & Toueg: *Causal Order*). This is
//! the form that also forbids gaps. *Happened before* is made of three things: an incarnation's own
//! broadcasts, in order; what a life delivered before it broadcast; and that a message is broadcast
//! before it is delivered. Scope: inside one group; a path through another group, a client or a
//! Byzantine node does not count. Correct receivers are bound; paths lead through faulty ones too.
//! What a node did before a restart that forgot causes nothing after it. A receiver that starts
//! late may do without what was broadcast before, but what it delivers of it comes in order too.
//! # Cost
//! O(events) if all deliveries follow one sequence; else O(events · senders), with a vector of
//! senders for each message.
//! # Witness
//! Both broadcasts, the shortest chain of deliveries and broadcasts between them, the delivery of
//! the second message; and the late delivery of the first, if any.

use crate::order::causality::{self, Rule};
use crate::order::sender_order::Form;
use crate::order::steps::Scope;
use crate::scene::Bound;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "causal",
    number: "OR3-gap",
    statement: "if m was broadcast before m', no correct node delivers m' without m before",
    source: "Hadzilacos & Toueg 1994",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events), or O(events · senders)",
    needs: &[Kind::Broadcast, Kind::Deliver],
    given: &[],
    check,
};

const RULE: Rule = Rule {
    bound: Bound::Correct,
    form: Form::NoGap,
    scope: Scope::InGroup,
    nothing: "no correct node delivered a message that depends on another",
};

fn check(case: &Case<'_>) -> Verdict {
    causality::judge(case, &RULE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling};
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::history::{Clock, EventId, Header, History};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn the_shortest_chain_is_told() {
        let history = lanes(
            "n1: !a
             n2:    a !b
             n3:    a    b !c
             n4:                c a",
        );
        assert_eq!(
            because(&ENTRY, &history),
            "n4 delivered n3:0:1 before n1:0:1, on which it depends"
        );
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 2, 5, 6, 7].map(EventId));
    }

    #[test]
    fn a_node_that_learns_late_by_a_shorter_way_shortens_the_chain() {
        let history = lanes(
            "n1: !a
             n2:    a !b
             n3:         b a !c #
             n4:                  c",
        );
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 4, 5, 7].map(EventId));
    }

    #[test]
    fn counts_that_contradict_the_lines_leave_it_undecided() {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"#;
        let events = r#""names":"opaque","clock":"virtual"}
{"t":1,"n":"n1","k":"broadcast","m":"x","q":2}
{"t":2,"n":"n1","k":"broadcast","m":"y","q":1}
{"t":3,"n":"n2","k":"deliver","m":"y"}
{"t":4,"n":"n2","k":"deliver","m":"x"}
"#;
        let history = History::read(format!("{header}{events}").as_bytes()).unwrap();
        assert_eq!(ruling(&ENTRY, &history), Ruling::Undecided);
        assert_eq!(ruling(crate::find("fifo").unwrap(), &history), Ruling::Held);
    }

    #[test]
    fn independent_messages_are_free() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a b\nn2: !b b a")), Ruling::Undecided);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a a\nn2:      a !b b")), Ruling::Held);
    }

    #[test]
    fn a_delivery_before_its_broadcast_does_not_hide_its_dependencies() {
        let history = lanes("n1: !a\nn2:    a  !b\nn3:   b");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Violated);
    }

    #[test]
    fn on_a_real_clock_causes_count_and_lines_do_not() {
        let mut header = Header::new(Vec::new());
        header.clock = Clock::Real;
        let swapped = "n1: b\nn2:    a !b\nn3:        !a";
        assert_eq!(ruling(&ENTRY, &parse(swapped, header.clone()).unwrap()), Ruling::Violated);
        let circular = "n1: b !a\nn2: a !b";
        assert_eq!(ruling(&ENTRY, &parse(circular, header).unwrap()), Ruling::Undecided);
    }
}
