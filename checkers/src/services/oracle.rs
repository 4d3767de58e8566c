//! The properties of services once more, straight from their definitions.

use crate::crosscheck::draft::{field, honest, ruling};
use pepperland_core::history::{Clock, History, Kind};
use pepperland_core::verdict::Ruling;
use serde_json::{Value, json};

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    match property {
        "timely-answer" => timely_answer(history),
        "response-correctness" => response_correctness(history),
        other => panic!("no oracle for {other}"),
    }
}

fn timely_answer(history: &History) -> Ruling {
    let bounds = history.header.about.get("bounds");
    let takeover = bounds.and_then(|bounds| bounds.get("takeover")?.as_u64());
    let Some(takeover) = takeover.filter(|_| history.header.complete) else {
        return Ruling::Undecided;
    };
    let error = match history.header.clock {
        Clock::Virtual => 0,
        Clock::Real => history.header.clock_error.unwrap_or(0),
    };
    let time = |event: usize| history.times()[event].0;
    let failed = |e: &usize| matches!(history.kinds()[*e], Kind::Crash | Kind::Recover);
    let faults: Vec<u64> = (0..history.len()).filter(failed).map(time).chain([0]).collect();
    let met = honest(history, Kind::Invoke).into_iter().filter_map(|asked| {
        let (from, due) = (time(asked), time(asked) + takeover + error);
        let disturbed = |f: &u64| f.saturating_sub(error) <= due && from <= f + takeover + error;
        let serves = (0..history.node_count()).any(|node| is_up_server(history, node, from));
        let judged = due <= history.end().0 && serves && !faults.iter().any(disturbed);
        judged.then(|| answer(history, asked).is_some_and(|answer| time(answer) <= due))
    });
    ruling(&met.collect::<Vec<_>>())
}

fn is_up_server(history: &History, node: usize, at: u64) -> bool {
    let name = &history.header.nodes[node];
    let mut groups = history.header.groups.values();
    let serves = groups.all(|members| members.contains(name));
    let turns = (0..history.len()).filter(|e| history.nodes()[*e] as usize == node);
    let mut turns = turns.filter(|e| history.times()[*e].0 <= at);
    let last = turns.rfind(|e| [Kind::Crash, Kind::Recover].contains(&history.kinds()[*e]));
    let is_down = last.is_some_and(|event| history.kinds()[event] == Kind::Crash);
    serves && !is_down && !history.header.byzantine.contains(name)
}

/// The next thing about the client of a request, if it is an answer.
fn answer(history: &History, asked: usize) -> Option<usize> {
    let of_client = |e: &usize| field(history, *e, "client") == field(history, asked, "client");
    let said = |e: &usize| matches!(history.kinds()[*e], Kind::Invoke | Kind::Response);
    let next = (asked + 1..history.len()).filter(said).find(of_client)?;
    (history.kinds()[next] == Kind::Response).then_some(next)
}

fn response_correctness(history: &History) -> Ruling {
    let executed = honest(history, Kind::Apply).into_iter().filter_map(|event| {
        Some(is_right(field(history, event, "op")?, field(history, event, "result")?))
    });
    let heard = honest(history, Kind::Response);
    let invokes = (0..history.len()).filter(|e| history.kinds()[*e] == Kind::Invoke);
    let told = invokes.filter_map(|asked| {
        let answer = answer(history, asked).filter(|answer| heard.contains(answer))?;
        let ok = field(history, answer, "status") == Some(&json!("ok"));
        ok.then(|| Some(is_right(field(history, asked, "op")?, field(history, answer, "result")?)))?
    });
    ruling(&executed.chain(told).collect::<Vec<_>>())
}

fn is_right(op: &Value, result: &Value) -> bool {
    match naive(op["expression"].as_str().unwrap_or_default()) {
        Ok(value) => result["value"] == value.as_str() && result.get("error").is_none(),
        Err(why) => result["error"] == why && result.get("value").is_none(),
    }
}

/// A numerator and a denominator.
type Fraction = (i128, i128);

/// The value of a text that is neither too long nor too deep: split at the operator that comes
/// last, and each half alike.
pub fn naive(text: &str) -> Result<String, &'static str> {
    let spaced: String = text
        .chars()
        .map(|c| match c {
            '0'..='9' => c.to_string(),
            c => format!(" {c} "),
        })
        .collect();
    let words: Vec<&str> = spaced.split_ascii_whitespace().collect();
    let is_known = |c: char| c.is_ascii_digit() || "+-*/() \t".contains(c);
    let value = split(&words).filter(|_| text.chars().all(is_known)).ok_or("malformed")?;
    value.map(|(numerator, denominator)| match denominator {
        1 => numerator.to_string(),
        _ => format!("{numerator}/{denominator}"),
    })
}

fn split(words: &[&str]) -> Option<Result<Fraction, &'static str>> {
    for operators in [["+", "-"], ["*", "/"]] {
        if let Some(place) = (1..words.len()).rev().find(|at| splits(words, *at, operators)) {
            let (left, right) = (split(&words[..place])?, split(&words[place + 1..])?);
            let both = left.and_then(|left| right.map(|right| (left, right)));
            return Some(both.and_then(|(left, right)| apply(words[place], left, right)));
        }
    }
    match words {
        ["-", rest @ ..] => split(rest).map(|value| value.map(|(a, b)| (-a, b))),
        ["(", inner @ .., ")"] => split(inner),
        [number] if number.bytes().all(|c| c.is_ascii_digit()) => {
            Some(number.parse::<i64>().map(|n| (n.into(), 1)).map_err(|_| "overflow"))
        }
        _ => None,
    }
}

/// Whether the word is an operator between two operands, and in no parentheses.
fn splits(words: &[&str], at: usize, operators: [&str; 2]) -> bool {
    let count = |word| words[..at].iter().filter(|w| **w == word).count();
    let after_operand = !["+", "-", "*", "/", "("].contains(&words[at - 1]);
    operators.contains(&words[at]) && after_operand && count("(") == count(")")
}

fn apply(operator: &str, (a, b): Fraction, (c, d): Fraction) -> Result<Fraction, &'static str> {
    let (mut numerator, mut denominator) = match operator {
        "+" => (a * d + c * b, b * d),
        "-" => (a * d - c * b, b * d),
        "*" => (a * c, b * d),
        _ if c == 0 => return Err("division by zero"),
        _ => (a * d * c.signum(), b * c.abs()),
    };
    let (mut x, mut y) = (numerator.abs(), denominator);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    (numerator, denominator) = (numerator / x, denominator / x);
    let most = i128::from(i64::MAX);
    let fits = numerator.abs() <= most && denominator <= most;
    if fits { Ok((numerator, denominator)) } else { Err("overflow") }
}
