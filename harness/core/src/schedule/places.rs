//! Where the keys of a line stand.

/// Where a key and its value begin, in bytes.
pub(super) struct Place {
    pub key: String,
    pub start: usize,
    pub value: usize,
}

/// The keys of a line that is a JSON object, in their order.
pub(super) fn places(line: &str) -> Vec<Place> {
    let bytes = line.as_bytes();
    let mut places: Vec<Place> = Vec::new();
    let (mut depth, mut at, mut key_next) = (0, 0, true);
    while at < bytes.len() {
        match bytes[at] {
            b'"' => {
                let end = end_of_text(bytes, at);
                if depth == 1 && key_next {
                    let key = serde_json::from_str(&line[at..end]).unwrap_or_default();
                    places.push(Place { key, start: at, value: end });
                }
                at = end - 1;
            }
            b':' if depth == 1 => {
                key_next = false;
                let value = bytes[at + 1..].iter().position(|b| !b.is_ascii_whitespace());
                if let (Some(place), Some(skipped)) = (places.last_mut(), value) {
                    place.value = at + 1 + skipped;
                }
            }
            b',' if depth == 1 => key_next = true,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    places
}

/// The offset after the quote that closes the text that starts at `start`.
fn end_of_text(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while at < bytes.len() && bytes[at] != b'"' {
        at += if bytes[at] == b'\\' { 2 } else { 1 };
    }
    (at + 1).min(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_keys_and_values_and_nothing_within_them() {
        let line = r#" {"a:,\"" : {"x":1,"y":[2,"{"]} ,"é":"\"}","b":3}"#;
        let found: Vec<(String, char)> =
            places(line).into_iter().map(|p| (p.key, line.as_bytes()[p.value].into())).collect();
        let wanted = [("a:,\"", '{'), ("é", '"'), ("b", '3')];
        assert_eq!(found, wanted.map(|(key, value)| (key.to_owned(), value)));
        assert_eq!(places(line)[0].start, 2);
    }
}
