//! Where two messages of one structure differ.

use serde_json::Value;

/// One place at which a message differs from another.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// The keys and positions on the way to it, joined by points: `Order.place`.
    pub at: String,
    /// What stands there in the first.
    pub was: Value,
    /// What stands there in the second.
    pub now: Value,
}

/// The places at which both have something, and not the same. Objects and tuples are gone into;
/// lists of plain values, as bytes are, are compared as wholes. Linear in their sizes.
pub fn differences(was: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(was, now, &mut Vec::new(), &mut found);
    found
}

fn walk(was: &Value, now: &Value, path: &mut Vec<String>, found: &mut Vec<Difference>) {
    let parts = parts(was);
    let alike = parts.len() == self::parts(now).len() && !parts.is_empty();
    if alike && parts.iter().all(|(key, _)| part(now, key).is_some()) {
        for (key, value) in parts {
            let other = part(now, &key).unwrap_or(&Value::Null);
            path.push(key);
            walk(value, other, path, found);
            path.pop();
        }
    } else if was != now {
        found.push(Difference { at: path.join("."), was: was.clone(), now: now.clone() });
    }
}

/// Lets one place take the value that it has in an earlier message, where both have one of the same
/// type and not the same; the draw chooses which. False if there is none.
pub fn revert(now: &mut Value, earlier: &Value, draw: u64) -> bool {
    let mut places = Vec::new();
    shared(now, earlier, &mut String::new(), &mut places);
    if places.is_empty() {
        return false;
    }
    let place = &places[(draw % places.len() as u64) as usize];
    match (now.pointer_mut(place), earlier.pointer(place)) {
        (Some(now), Some(earlier)) => {
            *now = earlier.clone();
            true
        }
        _ => false,
    }
}

/// The ways, as JSON pointers, to places that both have, of one type and with different values.
fn shared(now: &Value, earlier: &Value, path: &mut String, places: &mut Vec<String>) {
    let parts = parts(now);
    if parts.is_empty() {
        let alike = std::mem::discriminant(now) == std::mem::discriminant(earlier);
        return places.extend((alike && now != earlier).then(|| path.clone()));
    }
    for (key, value) in parts {
        let Some(before) = part(earlier, &key) else { continue };
        let length = path.len();
        path.push('/');
        path.push_str(&key.replace('~', "~0").replace('/', "~1"));
        shared(value, before, path, places);
        path.truncate(length);
    }
}

/// The parts of an object, or of a list that is no mere row of plain values.
fn parts(value: &Value) -> Vec<(String, &Value)> {
    match value {
        Value::Object(fields) => fields.iter().map(|(key, field)| (key.clone(), field)).collect(),
        Value::Array(items) if items.iter().any(|item| item.is_object() || item.is_array()) => {
            (0..).zip(items).map(|(place, item): (u32, _)| (place.to_string(), item)).collect()
        }
        _ => Vec::new(),
    }
}

fn part<'a>(value: &'a Value, key: &str) -> Option<&'a Value> {
    match value {
        Value::Object(fields) => fields.get(key),
        Value::Array(items) => items.get(key.parse::<usize>().ok()?),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_takes_the_value_that_it_had() {
        let earlier = json!({"Order": {"place": 1, "id": {"number": 3}, "body": [1, 2]}});
        let now = json!({"Order": {"place": 2, "id": {"number": 3}, "body": [9]}});
        let reverted = |draw| {
            let mut value = now.clone();
            assert!(revert(&mut value, &earlier, draw));
            differences(&now, &value).into_iter().map(|d| (d.at, d.now)).collect::<Vec<_>>()
        };
        let body = [("Order.body".to_owned(), json!([1, 2]))];
        let place = [("Order.place".to_owned(), json!(1))];
        let both = [reverted(0), reverted(1)];
        assert!(both == [body.to_vec(), place.to_vec()] || both == [place.to_vec(), body.to_vec()]);
        assert_eq!(reverted(2), reverted(0), "draws go round");
    }

    #[test]
    fn what_has_nothing_in_common_is_left_alone() {
        for earlier in [json!({"Data": 1}), json!({"Order": "1"}), json!({"Order": 2}), json!(7)] {
            let mut now = json!({"Order": 2});
            assert!(!revert(&mut now, &earlier, 0), "{earlier}");
            assert_eq!(now, json!({"Order": 2}));
        }
    }

    #[test]
    fn tuples_are_gone_into_and_lists_of_other_lengths_are_not() {
        let was = json!({"Order": [{"number": 1}, 0]});
        let found = differences(&was, &json!({"Order": [{"number": 1}, 7]}));
        assert_eq!(found, [Difference { at: "Order.1".to_owned(), was: 0.into(), now: 7.into() }]);
        let longer = differences(&was, &json!({"Order": [{"number": 1}, 0, 0]}));
        assert_eq!(longer.len(), 1);
        assert_eq!(longer[0].at, "Order");
        let mut now = json!({"a/b": [{"number": 3}, 2]});
        assert!(revert(&mut now, &json!({"a/b": [{"number": 3}, 9]}), 0));
        assert_eq!(now, json!({"a/b": [{"number": 3}, 9]}));
    }

    #[test]
    fn other_variants_differ_as_wholes() {
        let found = differences(&json!({"Data": 1}), &json!({"Order": 1}));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at, "");
    }
}
