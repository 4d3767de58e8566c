//! What a frame says of itself, read off its JSON form.

use crate::id::{MessageId, NodeId};
use serde_json::Value;

/// What a frame says of itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Contents {
    /// The innermost variant of an enum in it: `Order`, `Data`.
    pub label: Option<String>,
    /// The application messages that it carries.
    pub messages: Vec<MessageId>,
}

/// Reads a described frame: the last word in capitals on the way in is its label, and whatever has
/// the form of an application's message is one.
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
            if let Some(id) = message(value) {
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
    if word.starts_with(|c: char| c.is_ascii_uppercase()) {
        contents.label = Some(word.to_owned());
    }
}

/// The name of an application's message, if the value is one: protocols name their own multicasts
/// in the same form, so the body must be there.
fn message(value: &Value) -> Option<MessageId> {
    value.get("body")?;
    name(value.get("id")?)
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
    fn finds_the_innermost_label_and_the_messages_of_the_application() {
        let own = json!({"origin": 0, "incarnation": 0, "number": 9});
        let id = json!({"origin": 1, "incarnation": 0, "number": 2});
        let data = json!({"Data": [own, {"id": id, "body": [1]}]});
        let found = contents(&json!({"Multicast": {"name": own, "m": data}}));
        assert_eq!(found.label.as_deref(), Some("Data"));
        let names: Vec<String> = found.messages.iter().map(ToString::to_string).collect();
        assert_eq!(names, ["n2:0:2"]);
    }
}
