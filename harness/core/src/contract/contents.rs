//! What a frame says of itself, read off its JSON form.

use crate::id::{MessageId, NodeId};
use serde_json::Value;

/// What a frame says of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Contents {
    /// The outermost variant of an enum in it: `Order`, `Data`.
    pub label: Option<String>,
    /// The application messages that it carries or names.
    pub messages: Vec<MessageId>,
}

/// Reads a described frame: the first word in capitals on the way in is its label, and whatever
/// has the form of a message name is one.
pub fn contents(described: &Value) -> Contents {
    let mut contents = Contents::default();
    search(described, &mut contents);
    contents
}

fn search(value: &Value, contents: &mut Contents) {
    match value {
        Value::String(word) => label(word, contents),
        Value::Array(items) => items.iter().for_each(|item| search(item, contents)),
        Value::Object(fields) => {
            if let Some(id) = name(value) {
                return contents.messages.push(id);
            }
            for (key, field) in fields {
                label(key, contents);
                search(field, contents);
            }
        }
        _ => {}
    }
}

fn label(word: &str, contents: &mut Contents) {
    if contents.label.is_none() && word.starts_with(|c: char| c.is_ascii_uppercase()) {
        contents.label = Some(word.to_owned());
    }
}

fn name(value: &Value) -> Option<MessageId> {
    let number = |key: &str| value.get(key)?.as_u64().and_then(|n| u32::try_from(n).ok());
    let (origin, incarnation) = (number("origin")?, number("incarnation")?);
    Some(MessageId { origin: NodeId(origin), incarnation, number: number("number")? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn finds_the_label_and_the_messages() {
        let frame =
            json!({"Order": {"slot": 3, "of": {"origin": 1, "incarnation": 0, "number": 2}}});
        let found = contents(&frame);
        assert_eq!(found.label.as_deref(), Some("Order"));
        assert_eq!(found.messages.len(), 1);
        assert_eq!(found.messages[0].to_string(), "n2:0:2");
    }
}
