//! Names and values as lines have them.

use pepperland_core::contract::ViewId;
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use serde_json::Value;

/// The text of a value: a string itself, anything else as JSON.
pub fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// The value of a text: the object that it is, or a string.
pub fn value(text: &str) -> Value {
    match serde_json::from_str(text) {
        Ok(Value::Object(map)) => Value::Object(map),
        _ => Value::String(text.to_owned()),
    }
}

/// The message of a name that nobody has minted: the same at every node, and of no node.
pub fn stranger(name: &str) -> MessageId {
    let message = Message { id: MessageId::default(), body: Body::new(name.as_bytes()) };
    MessageId { origin: NodeId(u32::MAX - 1), incarnation: 0, number: message.digest() as u32 }
}

/// The group of a name, the first if there is none.
pub fn group_id(name: Option<&str>) -> Option<GroupId> {
    name.map_or(Some(GroupId::ALL), |name| name.parse().ok())
}

/// The view of a number or of `"7.n2"`.
pub fn view_id(value: &Value) -> Option<ViewId> {
    let text = text(value);
    let (number, creator) = match text.split_once('.') {
        Some((number, creator)) => (number, Some(creator.parse().ok()?)),
        None => (&*text, None),
    };
    Some(ViewId { number: number.parse().ok()?, creator })
}

/// The view as a number where that says it all.
pub fn view_value(view: ViewId) -> Value {
    match view.creator {
        None => view.number.into(),
        Some(_) => view.to_string().into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_read_as_they_are_written() {
        let id = MessageId { origin: NodeId(1), incarnation: 2, number: 7 };
        assert_eq!(id.to_string().parse().ok(), Some(id));
        for wrong in ["", "n1", "n1:0", "n0:0:1", "n1:0:+1", "n1:0:01", "n1:0:99999999999"] {
            assert!(wrong.parse::<MessageId>().is_err(), "{wrong}");
        }
        assert_eq!(stranger("x"), stranger("x"));
        assert_ne!(stranger("x"), stranger("y"));
        assert_eq!(group_id(Some("g2")), Some(GroupId(1)));
        assert_eq!((group_id(None), group_id(Some("all"))), (Some(GroupId::ALL), None));
    }

    #[test]
    fn views_are_numbers_with_or_without_their_creator() {
        let made = ViewId { number: 7, creator: Some(NodeId(1)) };
        assert_eq!(view_id(&json!("7.n2")), Some(made));
        assert_eq!(view_id(&json!(7)), Some(ViewId { number: 7, creator: None }));
        for wrong in [json!("7.x"), json!(-1), json!(null), json!([7])] {
            assert_eq!(view_id(&wrong), None, "{wrong}");
        }
    }

    #[test]
    fn objects_stay_objects_and_texts_stay_texts() {
        assert_eq!(value(r#"{"f":"read"}"#), json!({"f": "read"}));
        for plain in ["hello", "7", "null", "[1]"] {
            assert_eq!(text(&value(plain)), plain);
        }
    }
}
