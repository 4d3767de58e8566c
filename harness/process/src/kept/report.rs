//! What a keeper tells the harness: short lines through a FIFO.

use crate::kept::Exit;
use nix::fcntl::OFlag;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::stat::Mode;
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

/// One thing that a keeper tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Word {
    /// The node is being executed.
    Started {
        /// Its process id, as the listener sees it.
        node: i32,
        /// Whose child it is: all that descends from it becomes this one's too.
        parent: i32,
    },
    /// It could not be executed: the number of the system's error.
    Failed(i32),
    /// It could not be given what it was to have for itself: why, and the mend, in one line.
    Refused(String),
    /// It has ended.
    Ended {
        /// How.
        exit: Exit,
        /// How many of its processes had to be killed after it had ended by itself.
        left_behind: usize,
    },
}

/// A FIFO takes so many bytes in one piece on every system.
const MOST_OF_A_SENTENCE: usize = 480;

impl Word {
    /// A refusal, in one line that is not too long for a FIFO.
    pub fn refused(why: String) -> Word {
        let line = why.replace('\n', " ");
        let end = line.floor_char_boundary(MOST_OF_A_SENTENCE);
        Word::Refused(line[..end].to_owned())
    }
}

/// As the keeper's own failure.
impl From<Word> for io::Error {
    fn from(word: Word) -> io::Error {
        match word {
            Word::Failed(errno) => io::Error::from_raw_os_error(errno),
            Word::Refused(why) => io::Error::other(why),
            other => io::Error::other(other.to_string()),
        }
    }
}

impl fmt::Display for Word {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Word::Started { node, parent } => write!(f, "started {node} {parent}"),
            Word::Failed(errno) => write!(f, "failed {errno} 0"),
            Word::Refused(ref why) => write!(f, "refused {why}"),
            Word::Ended { exit: Exit::Status(code), left_behind } => {
                write!(f, "status {code} {left_behind}")
            }
            Word::Ended { exit: Exit::Signal(number), left_behind } => {
                write!(f, "signal {number} {left_behind}")
            }
        }
    }
}

/// Something that no keeper says.
#[derive(Debug, Eq, PartialEq)]
pub struct Gibberish;

impl FromStr for Word {
    type Err = Gibberish;

    fn from_str(line: &str) -> Result<Word, Gibberish> {
        if let Some(why) = line.strip_prefix("refused ") {
            return Ok(Word::Refused(why.to_owned()));
        }
        let parts: Vec<&str> = line.split(' ').collect();
        let [word, number, left_behind] = parts[..] else { return Err(Gibberish) };
        let number = number.parse().map_err(|_| Gibberish)?;
        let left_behind = left_behind.parse().map_err(|_| Gibberish)?;
        match word {
            "started" => Ok(Word::Started { node: number, parent: left_behind as i32 }),
            "failed" => Ok(Word::Failed(number)),
            "status" => Ok(Word::Ended { exit: Exit::Status(number), left_behind }),
            "signal" => Ok(Word::Ended { exit: Exit::Signal(number), left_behind }),
            _ => Err(Gibberish),
        }
    }
}

/// The keeper's end. The node does not inherit it.
pub struct Teller {
    fifo: File,
}

impl Teller {
    /// Opens the keeper's end; the harness has opened its own before.
    ///
    /// # Errors
    /// If there is no such FIFO, or nobody listens.
    pub fn at(path: &Path) -> io::Result<Teller> {
        let mut options = OpenOptions::new();
        options.write(true).custom_flags(OFlag::O_NONBLOCK.bits());
        Ok(Teller { fifo: options.open(path)? })
    }

    /// Tells one thing; a harness that is dead does not mind.
    pub fn tell(&mut self, word: &Word) {
        let _ = self.fifo.write_all(format!("{word}\n").as_bytes());
    }
}

/// The end of the harness. The FIFO's name is no longer needed when the first word has come.
#[derive(Debug)]
pub struct Listener {
    fifo: File,
    heard: Vec<u8>,
}

impl Listener {
    /// Makes the FIFO, and listens.
    ///
    /// # Errors
    /// If the folder takes none.
    pub fn at(path: &Path) -> io::Result<Listener> {
        nix::unistd::mkfifo(path, Mode::S_IRUSR | Mode::S_IWUSR)?;
        let mut options = OpenOptions::new();
        options.read(true).custom_flags(OFlag::O_NONBLOCK.bits());
        Ok(Listener { fifo: options.open(path)?, heard: Vec::new() })
    }

    /// The next word, if it comes within this time.
    pub fn next_word(&mut self, patience: Duration) -> Option<Word> {
        let timeout = PollTimeout::try_from(patience).unwrap_or(PollTimeout::MAX);
        let mut fds = [PollFd::new(self.fifo.as_fd(), PollFlags::POLLIN)];
        let _ = poll(&mut fds, timeout);
        self.read_all();
        self.taken()
    }

    /// The last of all words that have come.
    pub fn last_word(&mut self) -> Option<Word> {
        self.read_all();
        let mut last = None;
        while let Some(word) = self.taken() {
            last = Some(word);
        }
        last
    }

    /// A FIFO that nobody has opened for writing reads as ended: neither that nor having to wait
    /// is an error. No keeper says more than two words.
    fn read_all(&mut self) {
        let mut buffer = [0; 1024];
        if let Ok(length) = self.fifo.read(&mut buffer) {
            self.heard.extend_from_slice(&buffer[..length]);
        }
    }

    fn taken(&mut self) -> Option<Word> {
        let end = self.heard.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.heard.drain(..=end).collect();
        String::from_utf8_lossy(&line[..end]).parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> [Word; 5] {
        [
            Word::Started { node: 77, parent: 76 },
            Word::Failed(8),
            Word::refused("no room:\nraise  it".to_owned()),
            Word::Ended { exit: Exit::Status(3), left_behind: 0 },
            Word::Ended { exit: Exit::Signal(64), left_behind: 12 },
        ]
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for word in words() {
            assert_eq!(word.to_string().parse(), Ok(word));
        }
        for line in ["", "started", "started x 0", "status 3", "left 1 1", "status 3 0 0"] {
            assert_eq!(line.parse::<Word>(), Err(Gibberish), "{line}");
        }
    }

    #[test]
    fn a_refusal_is_one_line_of_bounded_length() {
        let Word::Refused(why) = Word::refused("ä\n".repeat(1_000)) else { panic!("no refusal") };
        assert!(why.len() <= MOST_OF_A_SENTENCE && !why.contains('\n'), "{why}");
    }

    #[test]
    fn words_come_through_also_when_the_teller_is_gone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        let mut listener = Listener::at(&path).unwrap();
        assert_eq!(listener.next_word(Duration::ZERO), None);
        let mut teller = Teller::at(&path).unwrap();
        assert_eq!(listener.next_word(Duration::ZERO), None);
        words().iter().for_each(|word| teller.tell(word));
        drop(teller);
        assert_eq!(listener.next_word(Duration::ZERO), Some(words()[0].clone()));
        assert_eq!(listener.last_word(), Some(words()[4].clone()));
        assert_eq!(listener.last_word(), None);
    }

    #[test]
    fn without_a_listener_there_is_no_telling() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        drop(Listener::at(&path).unwrap());
        assert!(Teller::at(&path).is_err());
    }
}
