//! Echo: what comes back is what was sent.
//!
//! # Definition
//! The answer to `echo {echo}` carries the same value (Maelstrom's workload `echo`). Equal are
//! equal JSON values: `1` and `1.0` are one number, and the order of an object's keys does not
//! count. An answer without a value carries another one. Errors and requests without an answer
//! oblige nobody, and Byzantine nodes are not bound.
//! # Cost
//! O(n) in what is sent.
//! # Witness
//! The operation.

use crate::answers::requests::{Request, Requests};
use crate::linearizability::values::Values;
use crate::replication::operations::{Status, short};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "echo",
    number: "MW1",
    statement: "the answer to an echo carries the value that was sent",
    source: "Maelstrom, workload echo",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n) in what is sent",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::Workload("echo")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let requests = Requests::of(&scene);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut values = Values::default();
    for (_, request) in requests.all().filter(|(_, request)| requests.f(request) == "echo") {
        if request.operation.status != Status::Ok
            || !request.operation.result(case.history).is_object()
        {
            continue;
        }
        tally.count(requests.began_at(request), requests.ended_at(request));
        let sent = requests.asked(request, "echo").unwrap_or(&Value::Null);
        let back = requests.told(request, "echo");
        if back.map(|back| values.number(back)) != Some(values.number(sent)) {
            tally.breach(&mut witness, || told(&requests, request, sent, back));
        }
    }
    tally.verdict(witness, "no echo was answered")
}

fn told(
    requests: &Requests<'_, '_>,
    request: &Request,
    sent: &Value,
    back: Option<&Value>,
) -> Witness {
    let echo = requests.whose(request, "echo");
    let back = back.map_or("nothing".to_owned(), short);
    let asked = format!("{echo} was of {}", short(sent));
    Proof::default()
        .yes(asked, requests.events(request))
        .no("the answer carries that value", requests.events(request))
        .because(format!("{echo} of {} brought back {back}", short(sent)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answers::pictures::said;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(lines: &str) -> pepperland_core::history::History {
        said("echo", &json!({}), lines)
    }

    #[test]
    fn another_value_and_none_are_told() {
        let told = |lines| because(&ENTRY, &of(lines));
        let other = r#"c1@n2 echo echo="a" -> ok echo="b""#;
        assert_eq!(told(other), r#"c1's echo at n2 of "a" brought back "b""#);
        assert_eq!(told("c1 echo echo=null -> ok"), "c1's echo of null brought back nothing");
        assert_eq!(told("c1 echo echo=1 -> ok echo=\"1\""), "c1's echo of 1 brought back \"1\"");
    }

    #[test]
    fn equal_values_are_one() {
        let same = r#"c1 echo echo={"a":1,"b":[null]} -> ok echo={"b":[null],"a":1.0}"#;
        assert_eq!(ruling(&ENTRY, &of(same)), Ruling::Held);
    }

    #[test]
    fn what_is_refused_or_open_obliges_nobody() {
        for answer in ["fail", "unknown", "?", r#"ok f="error" code=13"#] {
            let lines = format!("c1 echo echo=1 -> {answer}");
            assert_eq!(undecided(&ENTRY, &of(&lines)), "no echo was answered");
        }
        let liar = said("echo", &json!({"byzantine": ["n2"]}), "c1@n2 echo echo=1 -> ok echo=2");
        assert_eq!(undecided(&ENTRY, &liar), "no echo was answered");
    }
}
