//! What liars did, as histories tell it.

use super::Words;
use super::environment::share;
use crate::text;
use pepperland_core::history::{Event, Kind};
use serde_json::Value;

/// Longer values are cut in the middle.
const VALUE: usize = 24;

impl Words<'_> {
    /// Who begins to lie, and how.
    pub(super) fn liar(&self, event: Event<'_>) -> String {
        let node = self.victim(event);
        if event.field("twin").is_some() {
            return self.twin(event, &node);
        }
        let share = share(event);
        let extent = if share.is_empty() { share } else { format!(" in{share}") };
        let way = event.field("way").and_then(Value::as_str).map(|way| format!(", {way}"));
        let to = event.field("to").map(|_| format!(" to {}", self.side(event, "to")));
        let (way, to) = (way.unwrap_or_default(), to.unwrap_or_default());
        format!("{node} begins to lie{extent}{to}{way}")
    }

    fn twin(&self, event: Event<'_>, node: &str) -> String {
        let talks = |key: &str| match event.field(key) {
            Some(Value::Array(nodes)) if nodes.is_empty() => "nobody".to_owned(),
            _ => self.side(event, key),
        };
        match (event.field("first"), event.field("second")) {
            (None, None) => format!("a second copy of {node} runs"),
            _ => {
                let (first, second) = (talks("first"), talks("second"));
                format!(
                    "a second copy of {node} runs: the first talks with {first}, the second with \
                     {second}"
                )
            }
        }
    }

    /// What one message of a liar says, and what it would have said: `says Order.place 3 instead
    /// of 2`. Nothing if that is not told.
    pub(super) fn lie(&self, event: Event<'_>) -> Option<String> {
        let earlier = || {
            let (number, to) = (event.field("earlier"), self.field(event, "meant_for"));
            number.map(|number| format!("message {number} to {to}"))
        };
        match event.field("fate")?.as_str()? {
            "withhold" => Some("is not sent".to_owned()),
            "stall" => {
                let late = event.field("by")?.as_u64()? as f64 / 1e6;
                Some(format!("is sent {late} ms late"))
            }
            "replay" if event.field("besides") == Some(&Value::Bool(true)) => {
                Some(format!("comes with {} again", earlier()?))
            }
            "replay" => Some(format!("is {} again", earlier()?)),
            "earlier" => Some(format!("{}, as {} did", says(event)?, earlier()?)),
            _ => says(event),
        }
    }
}

/// Whether an event is a remark on what a second copy of its node does.
pub(crate) fn is_of_second_copy(event: Event<'_>) -> bool {
    event.kind() == Kind::Note && event.field("copy").is_some()
}

/// `copy 2 delivers n1:0:1 "a"`.
pub(super) fn second_copy_in_brief(event: Event<'_>) -> String {
    let text = event.field("text").and_then(Value::as_str).unwrap_or_default();
    format!("copy 2 {}", text.strip_prefix("its second copy ").unwrap_or(text))
}

/// What a changed message says where, and what it would have said there.
fn says(event: Event<'_>) -> Option<String> {
    let told = |place: &Value| {
        let (was, now) = (value(place.get("was")?), value(place.get("now")?));
        let at = place.get("at")?.as_str().filter(|at| !at.is_empty());
        let at = at.map(|at| format!("{at} ")).unwrap_or_default();
        Some(format!("{at}{now} instead of {was}"))
    };
    let told: Vec<String> = event.field("said")?.as_array()?.iter().filter_map(told).collect();
    (!told.is_empty()).then(|| format!("says {}", told.join(" and ")))
}

/// A value in few words; bytes that are text, as text.
fn value(value: &Value) -> String {
    let byte = |value: &Value| value.as_u64().and_then(|byte| u8::try_from(byte).ok());
    let bytes: Option<Vec<u8>> = value.as_array().and_then(|list| list.iter().map(byte).collect());
    let printable = |text: &String| text.chars().all(|c| !c.is_control());
    let read = bytes.filter(|bytes| !bytes.is_empty()).and_then(|b| String::from_utf8(b).ok());
    let shown = match read.filter(printable) {
        Some(read) => format!("\"{read}\""),
        None => value.to_string(),
    };
    text::short(&shown, VALUE)
}

#[cfg(test)]
mod tests {
    use crate::fixtures::Tape;
    use crate::words::{brief, event, is_of_second_copy, together};
    use pepperland_core::history::Kind;
    use serde_json::{Value, json};

    fn lie(to: &str, fate: Value) -> Value {
        let mut fields = json!({"from": "n1", "to": to, "message": 4});
        let own = fate.as_object().cloned().unwrap_or_default();
        fields.as_object_mut().expect("an object").extend(own);
        fields
    }

    fn told(fields: Value) -> String {
        let mut tape = Tape::new(&["n1", "n2", "n3"]);
        tape.environment(1, Kind::Byzantine, fields);
        let history = tape.finish(2);
        let ids: Vec<_> = history.events().map(|event| event.id).collect();
        event(&history, ids[0])
    }

    #[test]
    fn a_lie_says_what_it_said_instead() {
        let said = json!([{"at": "Order.place", "was": 2, "now": 3}]);
        assert_eq!(
            told(lie("n2", json!({"fate": "lie", "draw": 0, "said": said}))),
            "message 4 from n1 to n2 says Order.place 3 instead of 2"
        );
        let body = json!([{"at": "body", "was": [97], "now": [98, 99]}]);
        let earlier =
            json!({"fate": "earlier", "meant_for": "n3", "earlier": 1, "draw": 0, "said": body});
        assert_eq!(
            told(lie("n2", earlier)),
            "message 4 from n1 to n2 says body \"bc\" instead of \"a\", as message 1 to n3 did"
        );
        assert_eq!(
            told(lie("n2", json!({"fate": "withhold"}))),
            "message 4 from n1 to n2 is not sent"
        );
        assert_eq!(
            told(lie("n2", json!({"fate": "stall", "by": 2_500_000}))),
            "message 4 from n1 to n2 is sent 2.5 ms late"
        );
        let replay = json!({"fate": "replay", "meant_for": "n3", "earlier": 1});
        assert_eq!(told(lie("n2", replay)), "message 4 from n1 to n2 is message 1 to n3 again");
    }

    #[test]
    fn who_runs_twice_says_whom_each_copy_talks_with() {
        let twin = json!({"id": 0, "node": "n1", "twin": true, "first": ["n2"], "second": []});
        assert_eq!(
            told(twin),
            "a second copy of n1 runs: the first talks with n2, the second with nobody"
        );
        let silent = json!({"node": "n1", "rate": 1_000_000, "way": "silent", "to": ["n2", "n3"]});
        assert_eq!(told(silent), "n1 begins to lie in every message to {n2 n3}, silent");
    }

    #[test]
    fn what_a_second_copy_does_is_told_in_brief() {
        let mut tape = Tape::new(&["n1", "n2"]);
        let text = "its second copy delivers n2:0:1 \"a\"";
        let of_copy = tape.event(1, 0, Kind::Note, json!({"text": text, "copy": 2}));
        let mere = tape.event(1, 0, Kind::Note, json!({"text": text}));
        let history = tape.finish(2);
        assert_eq!(brief(&history, of_copy), "copy 2 delivers n2:0:1 \"a\"");
        assert!(is_of_second_copy(history.event(of_copy)));
        assert!(!is_of_second_copy(history.event(mere)));
    }

    #[test]
    fn equal_lies_are_told_once_and_others_each_by_itself() {
        let mut tape = Tape::new(&["n1", "n2", "n3", "n4"]);
        let says = |now: u64| json!({"fate": "lie", "said": [{"at": "x", "was": 1, "now": now}]});
        for (to, now) in [("n2", 2), ("n3", 2), ("n4", 0)] {
            tape.environment(1, Kind::Byzantine, lie(to, says(now)));
        }
        let history = tape.finish(2);
        let ids: Vec<_> = history.events().map(|event| event.id).collect();
        assert_eq!(
            together(&history, &ids),
            [
                "message 4 from n1 to {n2 n3} says x 2 instead of 1",
                "message 4 from n1 to n4 says x 0 instead of 1"
            ]
        );
    }
}
