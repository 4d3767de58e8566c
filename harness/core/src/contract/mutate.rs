//! Small changes of a message's structure: what a node tells when it lies.

mod authenticators;
mod differences;
#[cfg(test)]
mod tests;

pub use authenticators::spoil;
pub use differences::{Difference, differences, revert};

use serde_json::{Map, Number, Value};

/// The keys by which remote procedure calls find each other: a message in which they are wrong is
/// thrown away before anybody believes it.
const PLUMBING: [&str; 4] = ["type", "msg_id", "in_reply_to", "network"];

/// Changes one place of a value a little: a number by one or to zero, a flag to its opposite, a
/// text in one character or to nothing; of a list, two neighbours change places, or one item goes
/// or comes twice; of an object, one value becomes another of its values. The draw chooses evenly
/// among the parts at each level on the way in, so that long lists do not hide the rest; small
/// draws name the choices one by one. What holds remote procedure calls together (`type`,
/// `msg_id`, `in_reply_to`, `network`) is changed only where there is nothing else.
///
/// False if nothing in the value can be changed; otherwise it has been. O(size × depth), and
/// quadratic in the keys of an object if all have the same value.
pub fn mutate(value: &mut Value, draw: u64) -> bool {
    let reach = match (has_change(value, Reach::Contents), has_change(value, Reach::Everything)) {
        (true, _) => Reach::Contents,
        (false, true) => Reach::Everything,
        (false, false) => return false,
    };
    descend(value, &mut Draw(draw), reach);
    true
}

/// How much of an object may be changed.
#[derive(Copy, Clone, Eq, PartialEq)]
enum Reach {
    /// All but the keys of remote procedure calls.
    Contents,
    /// Every key.
    Everything,
}

impl Reach {
    fn includes(self, key: &str) -> bool {
        self == Reach::Everything || !PLUMBING.contains(&key)
    }
}

/// A number read digit by digit, each in the base of how many choices there are.
struct Draw(u64);

impl Draw {
    fn below(&mut self, choices: usize) -> usize {
        let choices = choices as u64;
        let digit = self.0 % choices;
        self.0 /= choices;
        digit as usize
    }
}

fn has_change(value: &Value, reach: Reach) -> bool {
    match value {
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => {
            let within =
                |(key, field): (&String, &Value)| reach.includes(key) && has_change(field, reach);
            fields.iter().any(within) || !replaceable(fields, reach).is_empty()
        }
        _ => true,
    }
}

/// Changes the value, or goes into one of its parts that can be changed.
fn descend(value: &mut Value, draw: &mut Draw, reach: Reach) {
    match value {
        Value::Array(items) => {
            let within: Vec<usize> =
                (0..items.len()).filter(|i| has_change(&items[*i], reach)).collect();
            match draw.below(within.len() + 1) {
                own if own == within.len() => change_list(items, draw),
                part => descend(&mut items[within[part]], draw, reach),
            }
        }
        Value::Object(fields) => descend_into_fields(fields, draw, reach),
        leaf => change_leaf(leaf, draw),
    }
}

fn descend_into_fields(fields: &mut Map<String, Value>, draw: &mut Draw, reach: Reach) {
    let replaceable = replaceable(fields, reach);
    let mut within: Vec<&mut Value> = fields
        .iter_mut()
        .filter(|(key, field)| reach.includes(key) && has_change(field, reach))
        .map(|(_, field)| field)
        .collect();
    let parts = within.len();
    match draw.below(parts + usize::from(!replaceable.is_empty())) {
        own if own == parts => {
            let key = &replaceable[draw.below(replaceable.len())];
            let others: Vec<&Value> = others(fields, &fields[key], reach).collect();
            fields[key] = others[draw.below(others.len())].clone();
        }
        part => descend(within[part], draw, reach),
    }
}

/// The keys that can take another value of their object.
fn replaceable(fields: &Map<String, Value>, reach: Reach) -> Vec<String> {
    let open = fields.iter().filter(|(key, _)| reach.includes(key));
    let can = open.filter(|(_, value)| others(fields, value, reach).next().is_some());
    can.map(|(key, _)| key.clone()).collect()
}

/// The values that can stand instead of this one: of the same type, or they would be recognised at
/// once.
fn others<'a>(
    fields: &'a Map<String, Value>,
    value: &Value,
    reach: Reach,
) -> impl Iterator<Item = &'a Value> {
    let open = fields.iter().filter(move |(key, _)| reach.includes(key));
    open.map(|(_, other)| other).filter(move |other| is_alike(value, other) && *other != value)
}

fn is_alike(one: &Value, other: &Value) -> bool {
    std::mem::discriminant(one) == std::mem::discriminant(other)
}

fn change_list(items: &mut Vec<Value>, draw: &mut Draw) {
    let unlike = (1..items.len()).filter(|i| items[i - 1] != items[*i]).collect::<Vec<_>>();
    match draw.below(if unlike.is_empty() { 2 } else { 3 }) {
        0 => drop(items.remove(draw.below(items.len()))),
        1 => {
            let twice = draw.below(items.len());
            items.insert(twice, items[twice].clone());
        }
        _ => {
            let second = unlike[draw.below(unlike.len())];
            items.swap(second - 1, second);
        }
    }
}

fn change_leaf(leaf: &mut Value, draw: &mut Draw) {
    *leaf = match &*leaf {
        Value::Null => Value::from(draw.below(2)),
        Value::Bool(flag) => Value::from(!flag),
        Value::Number(number) => Value::Number(other_number(number, draw)),
        Value::String(text) => Value::from(other_text(text, draw)),
        Value::Array(_) | Value::Object(_) => unreachable!("lists and objects are no leaves"),
    };
}

/// One more, one less, or zero.
fn other_number(number: &Number, draw: &mut Draw) -> Number {
    let others: Vec<Number> = match (number.as_u64(), number.as_i64(), number.as_f64()) {
        (Some(n), ..) => {
            let less = n.checked_sub(1).map_or(Number::from(-1), Number::from);
            n.checked_add(1).map(Number::from).into_iter().chain([less, Number::from(0)]).collect()
        }
        (_, Some(n), _) => {
            let less = n.checked_sub(1).map(Number::from);
            less.into_iter().chain([Number::from(n + 1), Number::from(0)]).collect()
        }
        (.., n) => {
            let n = n.unwrap_or_default();
            [n + 1.0, n - 1.0, 0.0, 1.0].into_iter().filter_map(Number::from_f64).collect()
        }
    };
    let mut others: Vec<Number> = others.into_iter().filter(|other| other != number).collect();
    // One less than 1 is 0, and so is one more than -1.
    others.dedup();
    others.swap_remove(draw.below(others.len()))
}

/// With one character changed, or empty; of nothing, a letter.
fn other_text(text: &str, draw: &mut Draw) -> String {
    let length = text.chars().count();
    match draw.below(length + 1) {
        place if place < length => {
            text.chars().enumerate().map(|(i, c)| if i == place { beside(c) } else { c }).collect()
        }
        _ if text.is_empty() => "a".to_owned(),
        _ => String::new(),
    }
}

/// The next letter or digit; after the last of its kind, the one before.
fn beside(character: char) -> char {
    match character {
        '9' => '8',
        'z' => 'y',
        'Z' => 'Y',
        'a'..='y' | 'A'..='Y' | '0'..='8' => char::from(character as u8 + 1),
        _ => 'a',
    }
}
