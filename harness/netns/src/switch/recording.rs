//! The capture of a switch: each frame once, where it was sent, with what was decided about it;
//! and, if it did not cross at once and as it was, once more where it arrived.

use super::change::Made;
use crate::clock;
use crate::decide::{Change, Decision, Fate};
use crate::pcapng::{Capture, Direction};
use std::fmt::Write;
use std::io;
use std::path::{Path, PathBuf};

/// A capture, if there is one. The first error ends it, but not the switch.
#[derive(Debug)]
pub struct Recording {
    capture: Option<Capture>,
    path: PathBuf,
    failure: Option<io::Error>,
}

impl Recording {
    /// Into this file, or nowhere.
    pub fn into(path: Option<&Path>, nodes: usize) -> io::Result<Recording> {
        let names: Vec<String> = (1..=nodes).map(|node| format!("n{node}")).collect();
        let capture = path.map(|path| Capture::create(path, &names)).transpose()?;
        Ok(Recording { capture, path: path.unwrap_or(Path::new("")).to_owned(), failure: None })
    }

    /// Whether anything is recorded: else nobody need find words.
    pub fn is_on(&self) -> bool {
        self.capture.is_some()
    }

    /// A node has sent a frame to another, and this has been done about it.
    pub fn sent(
        &mut self,
        from: usize,
        to: usize,
        frame: &[u8],
        decision: &Decision,
        made: &[(Change, Made)],
    ) {
        if self.is_on() {
            self.record(from, frame, &words(to, decision, made), Direction::Outbound);
        }
    }

    /// A node has sent a frame to another, to or from which no cable leads.
    pub fn unplugged(&mut self, from: usize, to: usize, frame: &[u8]) {
        if self.is_on() {
            let comment = format!("to n{}: cable pulled", to + 1);
            self.record(from, frame, &comment, Direction::Outbound);
        }
    }

    /// A frame that was changed, delayed or doubled has arrived, or been cut on its way.
    pub fn arrived(&mut self, from: usize, to: usize, frame: &[u8], what: &str) {
        if self.is_on() {
            let comment = format!("from n{}: {what}", from + 1);
            self.record(to, frame, &comment, Direction::Inbound);
        }
    }

    /// Puts all into the file, so that whoever looks sees it.
    pub fn flush(&mut self) {
        let flushed = self.capture.as_mut().map_or(Ok(()), Capture::flush);
        self.note(flushed);
    }

    /// Where the capture is, or what ended it.
    pub fn finish(mut self) -> Option<io::Result<PathBuf>> {
        let finished = self.capture.take().map(Capture::finish);
        match self.failure {
            Some(error) => Some(Err(error)),
            None => finished.map(|finished| finished.map(|()| self.path)),
        }
    }

    fn record(&mut self, interface: usize, frame: &[u8], comment: &str, direction: Direction) {
        let now = clock::time_of_day();
        let recorded = self.capture.as_mut().map_or(Ok(()), |capture| {
            capture.record(interface, now, frame, comment, Some(direction))
        });
        self.note(recorded);
    }

    fn note(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            self.failure = Some(error);
            self.capture = None;
        }
    }
}

/// `to n2, frame 17: carried, bit 113 changed, 1.2ms later, again 3ms after that`.
fn words(to: usize, decision: &Decision, made: &[(Change, Made)]) -> String {
    let mut words = format!("to n{}", to + 1);
    let mut add = |word: std::fmt::Arguments<'_>| {
        let _ = words.write_fmt(word);
    };
    if let Some(number) = decision.number {
        add(format_args!(", frame {number}"));
    }
    add(format_args!(": {}", decision.fate));
    for (change, made) in made {
        match made {
            Made::Bit(bit) => add(format_args!(", bit {bit} changed")),
            Made::AsDecided => add(format_args!(", {change}")),
        }
    }
    if decision.fate == Fate::Carried && !decision.delay.is_zero() {
        add(format_args!(", {:?} later", decision.delay));
    }
    for copy in &decision.copies {
        add(format_args!(", again {copy:?} after that"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn the_words_for_a_frame_say_all_that_was_done() {
        let decision = Decision {
            number: Some(17),
            delay: Duration::from_micros(1200),
            copies: vec![Duration::from_millis(3)],
            ..Decision::default()
        };
        let made = [(Change::PayloadBit(0), Made::Bit(113)), (Change::Forged(2), Made::AsDecided)];
        assert_eq!(
            words(1, &decision, &made),
            "to n2, frame 17: carried, bit 113 changed, as if from n3, 1.2ms later, \
             again 3ms after that"
        );
    }

    #[test]
    fn the_words_for_a_lost_frame_are_few() {
        let decision = Decision { fate: Fate::Lost, ..Decision::default() };
        assert_eq!(words(0, &decision, &[]), "to n1: lost");
    }
}
