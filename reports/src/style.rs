//! Plain text or text with colours of a terminal.

/// Whether text carries colour codes.
#[derive(Copy, Clone, Debug, Default, Eq, PartialEq)]
pub enum Style {
    /// No codes at all.
    #[default]
    Plain,
    /// ANSI escape codes.
    Ansi,
}

/// What a piece of text means, for its colour.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Tone {
    /// A violation.
    Bad,
    /// What held.
    Good,
    /// What deserves a look.
    Warning,
    /// What matters less.
    Faint,
    /// What matters more.
    Strong,
}

impl Style {
    /// The text in its tone.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        match self {
            Style::Plain => text.to_owned(),
            Style::Ansi => format!("\u{1b}[{}m{text}\u{1b}[0m", tone.code()),
        }
    }
}

impl Tone {
    fn code(self) -> &'static str {
        match self {
            Tone::Bad => "1;31",
            Tone::Good => "32",
            Tone::Warning => "33",
            Tone::Faint => "2",
            Tone::Strong => "1",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_has_no_codes() {
        assert_eq!(Style::Plain.paint(Tone::Bad, "FAIL"), "FAIL");
        assert_eq!(Style::Ansi.paint(Tone::Bad, "FAIL"), "\u{1b}[1;31mFAIL\u{1b}[0m");
    }
}
