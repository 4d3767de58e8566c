//! Vectors of authenticators: where a message carries one for each node, as the MACs of Castro and
//! Liskov (*Practical Byzantine Fault Tolerance*, OSDI 1999), a liar may spoil some of them, so
//! that it is valid for some receivers and not for others.
//!
//! They are told by their form: a list with as many entries as there are nodes, or members of a
//! group, all of one length, either bytes or text in hexadecimal digits, and long enough to be no
//! numbers of other meaning.

use serde_json::Value;

/// Fewer bytes would authenticate nothing.
const SHORTEST: usize = 4;

/// Spoils, in each vector of authenticators in the message, those of the nodes whose bits are set
/// (modulo 32, the first node's is the lowest). A vector is as long as one of these numbers: one
/// entry for each node, or for each of a group. False if there is none to spoil.
pub fn spoil(message: &mut Value, lengths: &[usize], entries: u32) -> bool {
    match message {
        Value::Array(items) if is_vector(items, lengths) => {
            let chosen = (0..).zip(items).filter(|(node, _)| entries >> (node % 32) & 1 == 1);
            chosen.map(|(_, entry)| spoil_one(entry)).count() > 0
        }
        Value::Array(items) => {
            items.iter_mut().fold(false, |done, item| spoil(item, lengths, entries) | done)
        }
        Value::Object(fields) => {
            fields.values_mut().fold(false, |done, field| spoil(field, lengths, entries) | done)
        }
        _ => false,
    }
}

fn is_vector(items: &[Value], lengths: &[usize]) -> bool {
    let sizes: Option<Vec<usize>> = items.iter().map(length).collect();
    items.len() > 1
        && lengths.contains(&items.len())
        && sizes.is_some_and(|all| all.windows(2).all(|two| two[0] == two[1]))
}

/// How many bytes an authenticator has, if the value is one.
fn length(entry: &Value) -> Option<usize> {
    let bytes = match entry {
        Value::String(hex) => {
            let digits = hex.bytes().all(|b| b.is_ascii_hexdigit());
            (digits && hex.len().is_multiple_of(2)).then_some(hex.len() / 2)
        }
        Value::Array(bytes) => {
            let is_byte = |byte: &Value| byte.as_u64().is_some_and(|byte| byte < 256);
            bytes.iter().all(is_byte).then_some(bytes.len())
        }
        _ => None,
    };
    bytes.filter(|bytes| *bytes >= SHORTEST)
}

/// Changes the last byte in its lowest bit.
fn spoil_one(entry: &mut Value) {
    match entry {
        Value::String(hex) => {
            let digit = hex.pop().and_then(|last| last.to_digit(16)).unwrap_or_default();
            hex.extend(char::from_digit(digit ^ 1, 16));
        }
        Value::Array(bytes) => {
            let last = bytes.pop().and_then(|last| last.as_u64()).unwrap_or_default();
            bytes.push(Value::from(last ^ 1));
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn spoilt(mut message: Value, nodes: usize, entries: u32) -> Option<Value> {
        spoil(&mut message, &[nodes], entries).then_some(message)
    }

    #[test]
    fn only_the_chosen_entries_are_spoilt() {
        let message = json!({"Vote": {"n": 3, "macs": ["00112233", "aabbccdd", "0011223f"]}});
        let expected = json!({"Vote": {"n": 3, "macs": ["00112232", "aabbccdd", "0011223e"]}});
        assert_eq!(spoilt(message, 3, 0b101), Some(expected));
        let bytes = json!([[1, 2, 3, 4], [5, 6, 7, 8]]);
        assert_eq!(spoilt(bytes, 2, 0b10), Some(json!([[1, 2, 3, 4], [5, 6, 7, 9]])));
    }

    #[test]
    fn what_is_no_vector_of_authenticators_stays() {
        for other in [
            json!({"body": [1, 2, 3]}),
            json!(["00112233", "aabbccdd"]),
            json!(["0011", "aabb", "ccdd"]),
            json!(["00112233", "aabbccdd", "hello wo"]),
            json!(["00112233", "aabbccdd", "001122334455"]),
            json!([[1, 2, 3, 4], [5, 6, 7, 8], [5, 6, 7, 256]]),
        ] {
            assert_eq!(spoilt(other.clone(), 3, u32::MAX), None, "{other}");
        }
        assert_eq!(spoilt(json!(["00112233", "aabbccdd"]), 2, 0), None, "nobody was chosen");
    }
}
