//! Where two messages of one structure differ.

use serde_json::{Map, Value};

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

/// The places at which both have something, and not the same; objects are gone into, lists are
/// compared as wholes. Linear in their sizes.
pub fn differences(was: &Value, now: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    walk(was, now, &mut Vec::new(), &mut found);
    found
}

fn walk<'a>(was: &'a Value, now: &'a Value, path: &mut Vec<&'a str>, found: &mut Vec<Difference>) {
    match (was, now) {
        (Value::Object(one), Value::Object(other)) if has_same_keys(one, other) => {
            for (key, value) in one {
                path.push(key);
                walk(value, &other[key], path, found);
                path.pop();
            }
        }
        _ if was == now => {}
        _ => found.push(Difference { at: path.join("."), was: was.clone(), now: now.clone() }),
    }
}

fn has_same_keys(one: &Map<String, Value>, other: &Map<String, Value>) -> bool {
    one.len() == other.len() && one.keys().all(|key| other.contains_key(key))
}

/// Lets one place take the value that it has in an earlier message, where both have one of the same
/// type and not the same; the draw chooses which. False if there is none.
pub fn revert(now: &mut Value, earlier: &Value, draw: u64) -> bool {
    let mut places = Vec::new();
    shared(now, earlier, &mut Vec::new(), &mut places);
    if places.is_empty() {
        return false;
    }
    let path = &places[(draw % places.len() as u64) as usize];
    let Some(before) = path.iter().try_fold(earlier, |value, key| value.get(key)) else {
        return false;
    };
    let place = path.iter().try_fold(now, |value, key| value.get_mut(key));
    place.is_some_and(|place| {
        *place = before.clone();
        true
    })
}

/// The ways to places that both have, of one type and with different values.
fn shared(now: &Value, earlier: &Value, path: &mut Vec<String>, places: &mut Vec<Vec<String>>) {
    match (now, earlier) {
        (Value::Object(one), Value::Object(other)) => {
            for (key, value) in one {
                let Some(before) = other.get(key) else { continue };
                path.push(key.clone());
                shared(value, before, path, places);
                path.pop();
            }
        }
        _ if std::mem::discriminant(now) == std::mem::discriminant(earlier) && now != earlier => {
            places.push(path.clone());
        }
        _ => {}
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
    fn other_variants_differ_as_wholes() {
        let found = differences(&json!({"Data": 1}), &json!({"Order": 1}));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].at, "");
    }
}
