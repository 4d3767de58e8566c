//! What a node tells the harness.

use pepperland_core::history::ViewName;
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The body of a message to `harness` that answers nothing.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(tag = "type", rename_all = "snake_case")]
#[expect(missing_docs, reason = "docs/line-protocol.md says what each key means")]
pub enum Word {
    /// The application gets a message.
    Deliver {
        id: String,
        payload: String,
        group: Option<String>,
        #[serde(default, deserialize_with = "maybe_view")]
        view: Option<ViewName>,
        slot: Option<u64>,
    },
    /// A view is installed.
    View {
        #[serde(deserialize_with = "view")]
        view: ViewName,
        members: Vec<String>,
        group: Option<String>,
        primary: Option<bool>,
        transitional: Option<Vec<String>>,
    },
    /// The application is to stop sending.
    Block {
        #[serde(deserialize_with = "view")]
        view: ViewName,
    },
    /// A node is believed to have crashed.
    Suspect { target: String, state: Option<String> },
    /// It is no longer believed so.
    Trust { target: String },
    /// Consensus is reached.
    Decide { instance: u64, value: Value },
    /// The result of an operation.
    Respond { op_id: u64, result: Value },
    /// A message has left the buffer in which it was kept for others.
    Discard { id: String },
    /// What the node does with a token.
    Token { what: String, epoch: u64 },
    /// A snapshot was installed.
    StateSet {
        from: String,
        #[serde(default, deserialize_with = "maybe_view")]
        view: Option<ViewName>,
        slot: Option<u64>,
        hash: Option<String>,
    },
    /// The state after a slot.
    StateHash { slot: u64, hash: String },
    /// A remark.
    Note { text: String },
}

fn view<'de, D: Deserializer<'de>>(from: D) -> Result<ViewName, D::Error> {
    named(&Value::deserialize(from)?).map_err(D::Error::custom)
}

fn maybe_view<'de, D: Deserializer<'de>>(from: D) -> Result<Option<ViewName>, D::Error> {
    match Value::deserialize(from)? {
        Value::Null => Ok(None),
        value => named(&value).map(Some).map_err(D::Error::custom),
    }
}

/// A number, or a number and who created the view.
fn named(value: &Value) -> Result<ViewName, String> {
    let wrong = || format!("{value} is no view: write 7, \"7\" or \"7.n2\"");
    if let Some(number) = value.as_u64() {
        return Ok(ViewName { number, creator: None });
    }
    let text = value.as_str().ok_or_else(wrong)?;
    let (number, creator) = match text.split_once('.') {
        Some((number, creator)) => (number, Some(creator.into())),
        None => (text, None),
    };
    Ok(ViewName { number: number.parse().map_err(|_| wrong())?, creator })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: Value) -> Result<Word, String> {
        serde_json::from_value(body).map_err(|error| error.to_string())
    }

    #[test]
    fn views_have_numbers_and_perhaps_a_creator() {
        for (name, shown) in [(json!(7), "7"), (json!("7"), "7"), (json!("7.n2"), "7.n2")] {
            let word = read(json!({"type": "block", "view": name})).unwrap();
            let Word::Block { view } = word else { panic!("{word:?}") };
            assert_eq!(view.to_string(), shown);
        }
        let wrong = read(json!({"type": "block", "view": "last"}));
        assert!(wrong.is_err_and(|error| error.contains("\"7.n2\"")));
    }

    #[test]
    fn a_delivery_needs_its_name_and_payload_alone() {
        let word = read(json!({"type": "deliver", "id": "n1:0:1", "payload": "x"})).unwrap();
        let Word::Deliver { id, view: None, slot: None, group: None, .. } = word else { panic!() };
        assert_eq!(id, "n1:0:1");
        let missing = read(json!({"type": "deliver", "payload": "x"}));
        assert!(missing.is_err_and(|error| error.contains("`id`")));
        assert!(read(json!({"type": "sing"})).is_err_and(|error| error.contains("`sing`")));
    }
}
