//! Operations that a replica executes.

use super::Words;
use pepperland_core::history::Event;

impl Words<'_> {
    /// `executes n1:0:1 as #3, then hash 9f3e`; an operation that is a message goes by its name.
    pub(super) fn execution(&self, event: Event<'_>) -> String {
        let message = event.field("op").and_then(|op| op.get("m")?.as_str());
        let op = message.map_or_else(|| self.field(event, "op"), |name| self.short(name));
        let slot = event.field("slot").map(|slot| format!(" as #{slot}")).unwrap_or_default();
        let hash = event.field("hash").filter(|hash| !hash.is_null());
        let hash = hash.map(|_| format!(", then hash {}", self.field(event, "hash")));
        format!("executes {op}{slot}{}", hash.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use crate::fixtures::views::tape;
    use pepperland_core::history::Kind;
    use serde_json::{Value, json};

    #[test]
    fn an_operation_says_what_is_known_of_it() {
        let said = |fields: Value| {
            let mut t = tape(1);
            let event = t.event(1, 0, Kind::Apply, fields);
            super::super::event(&t.finish(2), event)
        };
        let whole = json!({"op": {"m": "n2:0:1"}, "slot": 3, "hash": "9f3e"});
        assert_eq!(said(whole), "n1 executes n2:0:1 as #3, then hash 9f3e");
        assert_eq!(said(json!({"op": {"f": "read"}})), r#"n1 executes {"f":"read"}"#);
        assert_eq!(said(json!({"op": {"m": "n2:0:1"}, "hash": null})), "n1 executes n2:0:1");
    }
}
