//! What nodes wrote on the side, for people: the standard error of a program.

/// Of each log so many bytes are kept, the last ones.
const KEPT: usize = 64 << 10;

/// What one node wrote on the side.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Log {
    /// The node's name.
    pub node: String,
    /// The text, whole lines of at most 64 KiB.
    pub text: String,
}

impl Log {
    /// The end of what a node wrote, in whole lines; what is no UTF-8 is replaced.
    pub fn of(node: &str, bytes: &[u8]) -> Log {
        Log { node: node.to_owned(), text: end_of(&String::from_utf8_lossy(bytes)).to_owned() }
    }
}

/// The last bytes from the beginning of a line on; of one endless line, its end.
fn end_of(text: &str) -> &str {
    if text.len() <= KEPT {
        return text;
    }
    let end = &text[text.ceil_char_boundary(text.len() - KEPT)..];
    match end.split_once('\n') {
        Some((_, lines)) if !lines.is_empty() => lines,
        _ => end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_logs_are_kept_whole() {
        assert_eq!(Log::of("n1", b"one\ntwo").text, "one\ntwo");
        assert_eq!(Log::of("n1", b"a\xffb").text, "a\u{fffd}b");
    }

    #[test]
    fn of_long_ones_the_last_whole_lines() {
        let lines: String = (0..20_000).map(|n| format!("line {n}\n")).collect();
        let kept = Log::of("n1", lines.as_bytes()).text;
        assert!(kept.len() <= KEPT && kept.len() > KEPT - 20, "{}", kept.len());
        assert!(kept.starts_with("line ") && kept.ends_with("line 19999\n"));
    }

    #[test]
    fn of_an_endless_line_its_end() {
        let text = "\u{e9}".repeat(KEPT);
        let kept = Log::of("n1", text.as_bytes()).text;
        assert!(kept.len() <= KEPT && kept.len() >= KEPT - 1 && text.ends_with(&kept));
    }
}
