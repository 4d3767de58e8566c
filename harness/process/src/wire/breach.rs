//! Breaches of the line protocol.

/// What a node can do wrong at the protocol itself. The word stands in the history.
#[derive(Copy, Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub enum Breach {
    /// A line that is no message.
    NoMessage,
    /// An answer to nothing.
    StrayAnswer,
    /// An answer that does not fit what was asked.
    WrongAnswer,
    /// A message to somebody who does not exist.
    UnknownDestination,
    /// A message in somebody else's name.
    WrongSource,
    /// Words to the harness that it does not know.
    UnknownWord,
    /// No `init_ok` in time.
    NotReady,
    /// Words that make no sense after what was said before.
    Senseless,
    /// No answer in time.
    Silent,
    /// It ended by itself.
    Exit,
    /// It does not read what it is sent.
    DoesNotRead,
    /// It sends more than anybody could carry.
    Floods,
}

impl Breach {
    /// The word for it in histories.
    pub fn word(self) -> &'static str {
        match self {
            Breach::NoMessage => "no-message",
            Breach::StrayAnswer => "stray-answer",
            Breach::WrongAnswer => "wrong-answer",
            Breach::UnknownDestination => "unknown-destination",
            Breach::WrongSource => "wrong-source",
            Breach::UnknownWord => "unknown-word",
            Breach::NotReady => "not-ready",
            Breach::Senseless => "senseless",
            Breach::Silent => "silent",
            Breach::Exit => "exit",
            Breach::DoesNotRead => "does-not-read",
            Breach::Floods => "floods",
        }
    }
}
