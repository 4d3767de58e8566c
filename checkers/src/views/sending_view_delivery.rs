//! Sending view delivery: a message is delivered in the view in which it was sent.
//!
//! # Definition
//! If `s` sends `m` in `V` and `q` delivers `m` in `V'`, then `V = V'` (Chockler, Keidar &
//! Vitenberg 2001; the first rule of *strong virtual synchrony*, Friedman & van Renesse 1995). The
//! record has when the application *asked* for the broadcast. If the sender was blocked then, the
//! message may wait and belong to the next view; so it may if the call returned there. Where the
//! view of sending is not known (no view yet, a call that spans several, a Byzantine sender) it is
//! still one view, and then all deliveries are in one. It binds every node that is not Byzantine;
//! only the first delivery in a life counts, and deliveries in no view are initial-view's business.
//! # Cost
//! O(events).
//! # Witness
//! The sender's view, the broadcast, and the delivery in another view; or two deliveries.

use crate::views::sending::{Where, judge};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class};
use pepperland_core::history::Kind;
use pepperland_core::verdict::Verdict;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "sending-view-delivery",
    number: "VS7",
    statement: "a message is delivered only in the view in which it was sent",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    judge(case, Where::Sending)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::find;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::history::{EventId, History};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn one_view_that_is_not_the_sender_s() {
        let history = lanes("n1: {1,2} !a    {1} a\nn2: {1,2}");
        let told = "n1 delivered n1:0:1 in view 2; n1 sent it in view 1";
        assert_eq!(because(&ENTRY, &history), told);
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 2, 4].map(EventId));
        let late = lanes("n1: {1,2} !a    {2,1} a\nn2: {1,2}       {2,1} a");
        assert_eq!(ruling(&ENTRY, &late), Ruling::Violated);
        assert_eq!(ruling(find("same-view-delivery").unwrap(), &late), Ruling::Held);
        assert_eq!(ruling(find("weak-sending-view-delivery").unwrap(), &late), Ruling::Held);
    }

    #[test]
    fn the_view_of_sending_is_held_or_not_known() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} !a a\nn2: {1,2}      a")), Ruling::Held);
        assert!(undecided(&ENTRY, &lanes("n1: {1,2} z\nn2: {1,2}")).starts_with("no message"));
    }

    #[test]
    fn what_waits_while_the_sender_is_blocked_may_come_in_the_next_view() {
        let file = |events: &str| {
            let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1"]}"#;
            History::read(format!("{header}\n{events}").as_bytes()).unwrap()
        };
        let view = |id| {
            format!(
                "{{\"t\":1,\"n\":\"n1\",\"k\":\"view\",\"view\":\"{id}\",\"members\":[\"n1\"]}}\n"
            )
        };
        let plain = |kind| format!("{{\"t\":1,\"n\":\"n1\",\"k\":\"{kind}\"}}\n");
        let named = |kind| format!("{{\"t\":1,\"n\":\"n1\",\"k\":\"{kind}\",\"m\":\"n1:0:1\"}}\n");
        let (sends, returns, gets) =
            (named("broadcast"), named("broadcast_return"), named("deliver"));
        let blocked = [view("1"), plain("block"), sends.clone(), view("2"), gets.clone()].concat();
        assert_eq!(ruling(&ENTRY, &file(&blocked)), Ruling::Held);
        let free = [view("1"), sends.clone(), plain("block"), view("2"), gets.clone()].concat();
        assert_eq!(ruling(&ENTRY, &file(&free)), Ruling::Violated);
        let waits = [view("1"), sends.clone(), view("2"), returns.clone(), gets.clone()].concat();
        assert_eq!(ruling(&ENTRY, &file(&waits)), Ruling::Held);
        let spans = [view("1"), sends, view("2"), view("3"), returns, gets].concat();
        assert_ne!(ruling(&ENTRY, &file(&spans)), Ruling::Violated);
    }

    #[test]
    fn what_waited_is_lost_in_a_crash() {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
            "failure_model":"crash-recovery","clock":"virtual"}"#;
        let event = |node: u32, rest: &str| format!("{{\"t\":1,\"n\":\"n{node}\",\"k\":{rest}}}");
        let view = |node, id: u32| {
            event(node, &format!("\"view\",\"view\":\"{id}\",\"members\":[\"n1\",\"n2\"]"))
        };
        let file = [
            header.replace('\n', " "),
            view(1, 1),
            event(1, "\"block\""),
            event(1, "\"broadcast\",\"m\":\"n1:0:1\""),
            event(1, "\"crash\""),
            event(1, "\"recover\""),
            view(1, 2),
            view(2, 2),
            event(2, "\"deliver\",\"m\":\"n1:0:1\""),
        ];
        let history = History::read(file.join("\n").as_bytes()).unwrap();
        let told = "n2 delivered n1:0:1 in view 2; n1 sent it in view 1";
        assert_eq!(because(&ENTRY, &history), told);
    }
}
