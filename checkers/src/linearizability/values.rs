//! JSON values as numbers: equal values have equal numbers.

use pepperland_core::collections::Map;
use serde_json::Value;

/// A value. Small whole numbers are themselves; everything else has a number in a table.
pub type Datum = u64;

/// `null`, and what is absent.
pub const NOTHING: Datum = TABLED;

const TABLED: u64 = 1 << 63;

/// The values met so far.
pub struct Values {
    numbers: Map<Box<str>, Datum>,
    texts: Vec<Box<str>>,
}

impl Default for Values {
    fn default() -> Values {
        Values { numbers: Map::default(), texts: vec!["nothing".into()] }
    }
}

impl Values {
    /// The number of a value. `1` and `1.0` are one value, and so are objects whose keys stand in
    /// another order.
    #[inline]
    pub fn number(&mut self, value: &Value) -> Datum {
        match value.as_u64() {
            Some(small) if small < TABLED => small,
            _ => self.tabled(value),
        }
    }

    fn tabled(&mut self, value: &Value) -> Datum {
        if value.is_null() {
            return NOTHING;
        }
        let text = canonical(value);
        if let Ok(small) = text.parse::<u64>()
            && small < TABLED
        {
            return small;
        }
        if let Some(number) = self.numbers.get(text.as_str()) {
            return *number;
        }
        let number = TABLED | self.texts.len() as u64;
        self.texts.push(text.as_str().into());
        self.numbers.insert(text.into(), number);
        number
    }

    /// A value in words.
    pub fn text(&self, datum: Datum) -> String {
        match datum & TABLED {
            0 => datum.to_string(),
            _ => self.texts[(datum & !TABLED) as usize].to_string(),
        }
    }
}

/// The text of a value that all equal values have.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(canonical).collect();
            format!("[{}]", items.join(","))
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| *key);
            let pair = |(key, value): (&String, &Value)| {
                format!("{}:{}", Value::from(key.as_str()), canonical(value))
            };
            let pairs: Vec<String> = fields.into_iter().map(pair).collect();
            format!("{{{}}}", pairs.join(","))
        }
        Value::Number(number) if number.is_f64() => match number.as_f64() {
            Some(whole) if whole.fract() == 0.0 && whole.abs() < 9e15 => (whole as i64).to_string(),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn equal_values_have_equal_numbers() {
        let mut values = Values::default();
        let same = [
            (json!(1), json!(1.0)),
            (json!(-3), json!(-3.0)),
            (json!(u64::MAX), json!(u64::MAX)),
            (json!({"a": 1, "b": [2.0]}), json!({"b": [2], "a": 1})),
            (json!("x"), json!("x")),
        ];
        let numbers: Vec<Datum> = same.iter().map(|(one, _)| values.number(one)).collect();
        let others: Vec<Datum> = same.iter().map(|(_, other)| values.number(other)).collect();
        assert_eq!(numbers, others);
        for (i, number) in numbers.iter().enumerate() {
            assert!(!numbers[..i].contains(number));
        }
        assert_ne!(values.number(&json!("1")), values.number(&json!(1)));
        assert_ne!(values.number(&json!("nothing")), values.number(&Value::Null));
        assert_eq!(values.number(&Value::Null), NOTHING);
    }

    #[test]
    fn a_value_has_its_text() {
        let mut values = Values::default();
        for (value, text) in [(json!(7), "7"), (json!("a"), "\"a\""), (Value::Null, "nothing")] {
            let number = values.number(&value);
            assert_eq!(values.text(number), text);
        }
    }
}
