//! What a program does that ends its part in a run.

use crate::kept::Exit;
use crate::wire::Breach;
use std::fmt;
use std::io;
use std::time::Duration;

/// Why nothing more is to be had of a program. Its part in the run is over: it has not crashed, so
/// that whoever asks for liveness will ask it as well.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    /// It was never there.
    #[error("the program could not be started: {0}")]
    NotStarted(io::Error),
    /// It has ended by itself.
    #[error("the program {0}")]
    Ended(Ending),
    /// It does not answer.
    #[error("the program did not answer {to} within {} s", .within.as_secs_f32())]
    Silent {
        /// What it was asked.
        to: String,
        /// How long it was waited for.
        within: Duration,
    },
    /// It writes without end.
    #[error("the program wrote more than {0} MiB upon one line")]
    Floods(usize),
    /// It goes on for ever.
    #[error("the program was given {0} lines, and there was no end of it")]
    Endless(u64),
    /// It writes what means nothing.
    #[error("the program wrote {line}, {why}")]
    Rubbish {
        /// What it wrote, shortened.
        line: String,
        /// Why it means nothing.
        why: String,
    },
    /// It writes when nothing was asked of it.
    #[error("the program wrote {0} after it had said that it was done")]
    Unasked(String),
    /// The pipes to it failed.
    #[error("the pipes of the program failed: {0}")]
    Pipe(#[from] io::Error),
}

impl Broken {
    /// What of the protocol it breaks.
    pub fn breach(&self) -> Breach {
        match self {
            Broken::NotStarted(_) => Breach::NotReady,
            Broken::Ended(_) | Broken::Pipe(_) => Breach::Exit,
            Broken::Silent { .. } => Breach::Silent,
            Broken::Floods(_) | Broken::Endless(_) => Breach::Floods,
            Broken::Rubbish { .. } | Broken::Unasked(_) => Breach::NoMessage,
        }
    }

    /// A line that means nothing.
    pub fn rubbish(line: &[u8], why: impl Into<String>) -> Broken {
        Broken::Rubbish { line: shortened(line), why: why.into() }
    }
}

/// How a program ended.
#[derive(Debug)]
pub struct Ending(pub Option<Exit>);

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(Exit::Status(status)) => write!(f, "ended by itself with status {status}"),
            Some(Exit::Signal(signal)) => write!(f, "ended by itself, by signal {signal}"),
            None => f.write_str("closed its standard output"),
        }
    }
}

/// So many characters of a line are shown.
const SHOWN: usize = 120;

/// A line as people are shown it.
pub fn shortened(line: &[u8]) -> String {
    let text = String::from_utf8_lossy(&line[..line.len().min(4 * SHOWN)]);
    let mut shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if text.chars().nth(SHOWN).is_some() || line.len() > 4 * SHOWN {
        shown.push('…');
    }
    format!("“{shown}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_shown_short_and_without_what_a_terminal_would_obey() {
        assert_eq!(shortened(b"hello\x1b[2J"), "“hello\\u{1b}[2J”");
        let long = shortened(&vec![b'x'; 16 << 20]);
        assert!(long.chars().count() < SHOWN + 10 && long.ends_with("…”"));
    }
}
