//! How the command ends: exit codes, and the one line on stderr that says why.

use crate::output::{say, say_raw};
use std::process::ExitCode;

/// How the command ended. When several apply, the one that stands first here wins.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Outcome {
    /// The harness itself failed.
    HarnessFailed,
    /// A property was violated.
    Violated,
    /// Some property could not be judged.
    Undecided,
    /// Nothing ran.
    NothingRan,
    /// Every property held.
    Held,
}

impl Outcome {
    /// The exit code: an outside contract.
    pub fn code(self) -> u8 {
        match self {
            Outcome::Held => 0,
            Outcome::Violated => 1,
            Outcome::Undecided => 2,
            Outcome::NothingRan => 4,
            Outcome::HarnessFailed => 70,
        }
    }

    /// Says on stderr, as the last line, how it ended and why.
    pub fn end(self, why: &str) -> ExitCode {
        say(&format!("exit {}: {why}", self.code()));
        ExitCode::from(self.code())
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The command line, a suite or an input file is wrong: exit 64.
    #[error("{0}")]
    Usage(String),
    /// A wrong place in a file, drawn by miette: exit 64.
    #[error("{}", .0)]
    Place(miette::Report),
    /// The harness itself failed: exit 70.
    #[error("{0}")]
    Harness(String),
    /// Somebody interrupted: exit 130.
    #[error("interrupted")]
    Interrupted,
}

impl Failure {
    /// Says on stderr what went wrong and what it means for the exit code.
    pub fn end(self) -> ExitCode {
        let (code, why) = match &self {
            Failure::Usage(text) => {
                say(&format!("error: {text}"));
                (64, "usage or configuration")
            }
            Failure::Place(report) => {
                say_raw(&format!("{report:?}"));
                (64, "usage or configuration")
            }
            Failure::Harness(text) => {
                say(&format!("error: {text}"));
                (70, "the harness itself failed")
            }
            Failure::Interrupted => (130, "interrupted"),
        };
        say(&format!("exit {code}: {why}"));
        ExitCode::from(code)
    }
}

impl From<crate::catalog::Unknown> for Failure {
    fn from(unknown: crate::catalog::Unknown) -> Failure {
        Failure::Usage(unknown.to_string())
    }
}

impl From<pepperland_core::runtime::Refused> for Failure {
    fn from(refused: pepperland_core::runtime::Refused) -> Failure {
        match refused.here {
            true => Failure::Harness(refused.to_string()),
            false => Failure::Usage(refused.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_wins() {
        let outcomes = [Outcome::Held, Outcome::Undecided, Outcome::Violated, Outcome::NothingRan];
        assert_eq!(outcomes.iter().min(), Some(&Outcome::Violated));
    }
}
