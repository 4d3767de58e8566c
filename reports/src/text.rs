//! Text that others wrote, made safe to show, and small forms of numbers and times.

use pepperland_core::history::Event;
use pepperland_core::time::Time;
use std::fmt::Write;

/// The text with every character that hides or reorders others made visible: `⟨U+202E⟩`.
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_deceptive(c) {
            write!(shown, "⟨U+{:04X}⟩", u32::from(c)).expect("a string grows");
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Control characters, marks of direction, and characters without width or meaning.
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}' | '\u{fffe}' | '\u{ffff}' | '\u{e0000}'..='\u{e007f}')
}

/// To which of several groups the event's message is: ` to g2`.
pub fn to_group(event: Event<'_>) -> String {
    event.group_name().map(|name| format!(" to {}", short(name, 16))).unwrap_or_default()
}

/// The text made visible and cut in the middle to at most `limit` characters.
pub fn short(text: &str, limit: usize) -> String {
    // What cannot matter any more is not worth making visible.
    let shown = visible(text);
    let count = shown.chars().count();
    if count <= limit {
        return shown;
    }
    let tail = limit / 4;
    let head: String = shown.chars().take(limit.saturating_sub(tail + 1)).collect();
    let end: String = shown.chars().skip(count - tail).collect();
    format!("{head}…{end}")
}

/// `1842` as `1,842`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 run`, `2 runs`, `1,000 runs`.
pub fn count(number: u64, singular: &str, plural: &str) -> String {
    format!("{} {}", thousands(number), if number == 1 { singular } else { plural })
}

/// An instant in milliseconds to the microsecond, as short as it gets: `12`, `12.5`, `0.125`.
pub fn ms(time: Time) -> String {
    Time(time.0 / 1_000 * 1_000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::lanes::parse;
    use pepperland_core::history::{EventId, Header};

    #[test]
    fn a_multicast_says_its_group_where_there_are_several() {
        let told = |groups: &[&str]| {
            let mut header = Header::new(vec!["n1".to_owned()]);
            for group in groups {
                header.groups.insert((*group).to_owned(), vec!["n1".to_owned()]);
            }
            let last = groups.last().expect("there is one");
            let history = parse(&format!("n1: !a/{last} a"), header).expect("it is a picture");
            to_group(history.event(EventId(0)))
        };
        assert_eq!((told(&["g"]).as_str(), told(&["g1", "g2"]).as_str()), ("", " to g2"));
    }

    #[test]
    fn what_hides_is_shown() {
        assert_eq!(visible("a\u{202e}b\n"), "a⟨U+202E⟩b⟨U+000A⟩");
        assert_eq!(visible("naïve 名前"), "naïve 名前");
    }

    #[test]
    fn long_text_keeps_both_ends() {
        assert_eq!(short("abcdefghijkl", 9), "abcdef…kl");
        assert_eq!(short("abc", 9), "abc");
        assert_eq!(short(&"x".repeat(10_000), 40).chars().count(), 40);
    }

    #[test]
    fn numbers_and_times() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_842), "1,842");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(count(1, "run", "runs"), "1 run");
        assert_eq!(ms(Time(12_345_678)), "12.345");
    }
}
