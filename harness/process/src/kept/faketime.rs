//! The time of day of a node, by libfaketime: steps and drift while it runs.
//!
//! The library is loaded into the node's processes before any other (`LD_PRELOAD`) and answers
//! instead of the system, by a file that is rewritten while they run. The monotonic clock is left
//! alone, as a machine's is when its time of day is set. What no library can answer for is refused
//! ([`reach`]).
//!
//! libfaketime before 0.9.11 makes programs fail that sleep until a time of the monotonic clock, as
//! Python does from 3.11 on (its issue 426), and leaves files in /dev/shm: it is not taken. Up to
//! 0.9.12 a wait for a condition variable until such a time ends early (its pull request 503): see
//! [`Faketime::caveat`].

#![expect(clippy::disallowed_types, reason = "the drift of a real process is of real time")]

mod library;
mod reach;

pub use library::{Library, MEND};
pub use reach::reach;

use crate::kept::Enclosure;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

const BILLION: i128 = 1_000_000_000;
const MILLION: i128 = 1_000_000;

/// The time of day of one node, as the harness sets it.
#[derive(Debug)]
pub struct Faketime {
    preloaded: Library,
    file: PathBuf,
    dial: Dial,
}

impl Faketime {
    /// A clock that shows the true time yet. Its file is in this folder, which must not be one that
    /// the node may lose, such as the one it writes its data to.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn new(preloaded: Library, folder: &Path) -> io::Result<Faketime> {
        let file = std::path::absolute(folder)?.join("clock");
        let faketime = Faketime { preloaded, file, dial: Dial::new() };
        faketime.write()?;
        Ok(faketime)
    }

    /// Nodes that are started in this enclosure from now on live by this clock.
    pub fn rule(&self, enclosure: &mut Enclosure) {
        let text = |path: &Path| path.display().to_string();
        let variables = [
            ("LD_PRELOAD", text(self.preloaded.path())),
            ("FAKETIME_TIMESTAMP_FILE", text(&self.file)),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
            ("FAKETIME_DISABLE_SHM", "1".to_owned()),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value));
        enclosure.environment.extend(variables);
        if let Some(private) = &mut enclosure.private {
            let needed = [self.preloaded.path(), &*self.file];
            private.visible.extend(needed.iter().filter_map(|path| path.parent()).map(Into::into));
        }
    }

    /// The node is about to be started, or started anew: its clock has gone on meanwhile.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn begin(&mut self) -> io::Result<()> {
        self.dial.begin(self.dial.elapsed());
        self.write()
    }

    /// Sets the clock by so many nanoseconds, forward or back.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn step(&mut self, nanoseconds: i64) -> io::Result<()> {
        self.dial.offset += i128::from(nanoseconds);
        self.write()
    }

    /// From now on the clock gains so many millionths; 0: it goes right, from where it is. The
    /// library lets relative sleeps end earlier by as much. A process that the node starts later has
    /// not gained what the node has gained before.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn drift(&mut self, millionths: i32) -> io::Result<()> {
        self.dial.drift(millionths, self.dial.elapsed());
        self.write()
    }

    /// The clock shows the true time again, at its rate.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn restore(&mut self) -> io::Result<()> {
        self.dial.restore();
        self.write()
    }

    /// What this library does wrong, if anything is known.
    pub fn caveat(&self) -> Option<&'static str> {
        self.preloaded.caveat()
    }

    /// The node reads it at any moment: it is whole at each.
    fn write(&self) -> io::Result<()> {
        let folder = self.file.parent().unwrap_or(Path::new("."));
        let mut new = tempfile::Builder::new().prefix("clock-").tempfile_in(folder)?;
        writeln!(new, "{}", self.dial.text())?;
        // Any user's node may read it.
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
        new.as_file().set_permissions(mode)?;
        new.persist(&self.file).map(drop).map_err(|error| error.error)
    }
}

/// What the clock shows besides the true time. A process under libfaketime shows
/// `begin + offset + rate * (now - begin)`: to change the rate alone moves what it shows.
#[derive(Debug)]
struct Dial {
    /// In nanoseconds, at the beginning.
    offset: i128,
    /// In millionths; none if it was never changed.
    drift: Option<i32>,
    /// When the node began.
    since: Instant,
}

impl Dial {
    fn new() -> Dial {
        Dial { offset: 0, drift: None, since: Instant::now() }
    }

    /// In nanoseconds.
    fn elapsed(&self) -> i128 {
        self.since.elapsed().as_nanos() as i128
    }

    fn gained(&self, elapsed: i128) -> i128 {
        elapsed * i128::from(self.drift.unwrap_or(0)) / MILLION
    }

    fn begin(&mut self, elapsed: i128) {
        self.offset += self.gained(elapsed);
        self.since = Instant::now();
    }

    fn drift(&mut self, millionths: i32, elapsed: i128) {
        let before = self.gained(elapsed);
        self.drift = Some(millionths);
        self.offset += before - self.gained(elapsed);
    }

    /// A rate that was changed stays named: the library takes its absence for no change.
    fn restore(&mut self) {
        self.offset = 0;
        self.drift = self.drift.map(|_| 0);
    }

    /// As libfaketime reads it.
    fn text(&self) -> String {
        let sign = if self.offset < 0 { '-' } else { '+' };
        let (seconds, rest) = (self.offset.abs() / BILLION, self.offset.abs() % BILLION);
        let rate = self.drift.map(|drift| {
            let rate = (MILLION + i128::from(drift)).max(1);
            format!(" x{}.{:06}", rate / MILLION, rate % MILLION)
        });
        format!("{sign}{seconds}.{rest:09}{}", rate.unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_add_up_and_are_written_with_their_sign() {
        let mut dial = Dial::new();
        assert_eq!(dial.text(), "+0.000000000");
        dial.offset += 1_500_000_000;
        assert_eq!(dial.text(), "+1.500000000");
        dial.offset -= 1_500_000_001;
        assert_eq!(dial.text(), "-0.000000001");
    }

    #[test]
    fn a_change_of_the_rate_moves_the_clock_by_nothing_at_that_moment() {
        let shown = |dial: &Dial, elapsed: i128| dial.offset + dial.gained(elapsed);
        let mut dial = Dial::new();
        let second = BILLION;
        dial.drift(500, 2 * second);
        assert_eq!(shown(&dial, 2 * second), 0);
        assert_eq!(shown(&dial, 3 * second), second / 2_000);
        dial.drift(-1_000_000, 3 * second);
        assert_eq!(shown(&dial, 3 * second), second / 2_000);
        dial.drift(0, 4 * second);
        assert_eq!(shown(&dial, 9 * second), second / 2_000 - second);
        assert!(dial.text().ends_with(" x1.000000"), "{}", dial.text());
    }

    #[test]
    fn a_clock_that_is_restored_shows_the_truth() {
        let mut dial = Dial::new();
        dial.offset = 5;
        dial.drift(100_000, BILLION);
        dial.restore();
        assert_eq!(
            (dial.offset + dial.gained(9 * BILLION), dial.text().as_str()),
            (0, "+0.000000000 x1.000000")
        );
    }

    #[test]
    fn a_node_that_begins_anew_keeps_what_its_clock_has_gained() {
        let mut dial = Dial::new();
        dial.drift(100_000, 0);
        dial.begin(10 * BILLION);
        assert_eq!(dial.text(), "+1.000000000 x1.100000");
    }
}
