//! Response correctness: what a client is told is what its request comes to.
//!
//! # Definition
//! A request `{"f":"evaluate","expression":"3+5-4/3*4"}` has one right answer, by the rules of
//! [`expressions`](crate::services::expressions): `{"value":"8/3"}`, or `{"error":"overflow"}` and
//! the like where there is no value. Every answer must be the right one: what a server says that it
//! executed (the `result` of its `apply`), and what a client was told (the `result` of an `ok`
//! response). Other keys of the answer are not looked at. The harness has the answers by another
//! way than the service: an *oracle*, without which a program cannot be tested (Weyuker 1982).
//! # Cost
//! O(events + length of the expressions).
//! # Witness
//! The wrong execution; or the wrong answer and its request.

use crate::replication::applied::applied;
use crate::replication::operations::{Operations, Status, shortened};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::services::expressions;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "response-correctness",
    number: "RP22",
    statement: "every answer is the one that the request comes to",
    source: "Weyuker 1982",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n + length of the expressions)",
    needs: &[Kind::Invoke],
    given: &[Given::Operation("evaluate")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let history = scene.history;
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for apply in applied(case).iter() {
        let event = apply.of(history);
        let (op, result) = (event.field("op"), event.field("result"));
        let Some((expression, result)) = op.and_then(expression).zip(result) else { continue };
        let at = event.time();
        tally.count(at, at);
        let who = apply.who(history);
        witness = witness.or_else(|| wrong(who, expression, result, &[apply.id()]));
    }
    for operation in &Operations::of(case).all {
        let Some(response) = operation.response.filter(|_| operation.status == Status::Ok) else {
            continue;
        };
        let node = history.nodes()[response as usize] as usize;
        let lies = case.byzantine.get(node) == Some(&true);
        let Some(expression) = expression(operation.op(history)).filter(|_| !lies) else {
            continue;
        };
        let (asked, told) = (scene.time(operation.invoke), scene.time(response));
        tally.count(asked.min(told), told);
        let who = format!("the service told {}", operation.who(history));
        let events = [operation.invoke, response].map(EventId);
        witness = witness.or_else(|| wrong(&who, expression, operation.result(history), &events));
    }
    tally.verdict(witness, "no expression was evaluated")
}

/// The expression that an operation asks for.
fn expression(op: &Value) -> Option<&str> {
    let evaluates = op.get("f").and_then(Value::as_str) == Some("evaluate");
    op.get("expression").and_then(Value::as_str).filter(|_| evaluates)
}

/// The proof that an answer is wrong, if it is.
fn wrong(who: &str, expression: &str, result: &Value, events: &[EventId]) -> Option<Witness> {
    let (right, said) = (right(expression), said(result));
    if said == right {
        return None;
    }
    let asked = shortened(expression.to_owned());
    let proof = Proof::default()
        .yes(format!("{asked} comes to {right}"), [])
        .no(format!("the answer is {right}"), events.iter().copied());
    let said = shortened(said);
    Some(proof.because(format!("{who}: {asked} is {said}; it is {right}")))
}

fn right(expression: &str) -> String {
    match expressions::answer(expression) {
        Ok(value) => value,
        Err(why) => format!("an error, {why}"),
    }
}

fn said(result: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match (result.get("value"), result.get("error")) {
        (Some(value), None) => text(value),
        (None, Some(error)) => format!("an error, {}", text(error)),
        _ => "nothing".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn executed(expression: &str, result: Value) -> History {
        let op = json!({"f": "evaluate", "expression": expression});
        let apply = json!({"t": 3, "n": "n1", "k": "apply", "op": op, "result": result});
        history(&[], &[&apply.to_string()])
    }

    fn told(expression: &str, result: Value, status: &str) -> History {
        let op = json!({"f": "evaluate", "expression": expression});
        let invoke = json!({"t": 1, "k": "invoke", "client": "c", "op": op});
        let response =
            json!({"t": 2, "k": "response", "client": "c", "result": result, "status": status});
        history(&[], &[&invoke.to_string(), &response.to_string()])
    }

    #[test]
    fn a_wrong_value_is_told_wherever_it_is_said() {
        let rounded = executed("3+5-4/3*4", json!({"value": "4"}));
        assert_eq!(because(&ENTRY, &rounded), "n1: 3+5-4/3*4 is 4; it is 8/3");
        let answer = told("1/0", json!({"value": 0}), "ok");
        let sentence = "the service told c: 1/0 is 0; it is an error, division by zero";
        assert_eq!(because(&ENTRY, &answer), sentence);
        let silent = executed("7", json!({"f": "evaluate_ok"}));
        assert_eq!(because(&ENTRY, &silent), "n1: 7 is nothing; it is 7");
    }

    #[test]
    fn numbers_and_texts_are_one_and_errors_are_answers() {
        for result in [json!({"value": "14", "from": "n1"}), json!({"value": 14})] {
            assert_eq!(ruling(&ENTRY, &executed("2+3*4", result)), Ruling::Held);
        }
        let right = json!({"error": "malformed"});
        assert_eq!(ruling(&ENTRY, &told("2+", right, "ok")), Ruling::Held);
        let wrong = json!({"error": "overflow"});
        assert_eq!(ruling(&ENTRY, &told("2+", wrong, "ok")), Ruling::Violated);
    }

    #[test]
    fn what_is_no_answer_is_not_judged() {
        let nothing = "no expression was evaluated";
        assert_eq!(undecided(&ENTRY, &told("1", json!({"value": "2"}), "unknown")), nothing);
        assert_eq!(undecided(&ENTRY, &told("1", json!({"value": "2"}), "fail")), nothing);
    }
}
