//! What crossed the network, with what became of each frame, for Wireshark and its kind.
//!
//! The format is pcapng: one interface for each node, times in nanoseconds, and the switch's
//! decision as each frame's comment. In Wireshark, `frame.comment contains "lost"` finds what was
//! lost, and `frame.interface_name == "n2"` what one node sent and got.
//!
//! # What survives
//! Frames are gathered and written many at once, in whole blocks: when the harness is killed, what
//! was written before can be read, and at most 64 KiB of frames are missing since the last
//! [`Capture::flush`]. When the disk is full, the file ends with the last block that fitted.
//!
//! # Why not a library
//! `pcap-file` 2.0 writes what is needed, but 3.0 has replaced it and is not released yet. Both
//! serialize each block twice, once to learn its length, with a list of options on the heap for
//! each frame, and neither knows where a block ends in the file when a write fails. Three kinds of
//! blocks are needed here, and they are only written.
#![forbid(unsafe_code)]

mod block;

#[cfg(test)]
mod reader;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// So many bytes are gathered before they are written.
const GATHERED: usize = 64 * 1024;

/// Which way a frame went, as the node of its interface sees it.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Direction {
    /// The node got it.
    Inbound,
    /// The node sent it.
    Outbound,
}

/// A file that frames are recorded in. When it is dropped, what has been gathered is written; only
/// [`Capture::finish`] tells whether that went well.
#[derive(Debug)]
pub struct Capture {
    file: File,
    path: PathBuf,
    interfaces: usize,
    /// How long the file is.
    written: u64,
    /// Whole blocks that are not in the file yet.
    gathered: Vec<u8>,
}

impl Capture {
    /// A new file, with an interface for each of these names, in this order. It can be read at
    /// once. A file that was there is replaced.
    ///
    /// # Errors
    /// If it cannot be made or written to.
    pub fn create(path: &Path, names: &[String]) -> io::Result<Capture> {
        let file = File::create(path).map_err(|error| explained(&error, "create", path))?;
        let mut gathered = Vec::with_capacity(2 * GATHERED);
        block::section(&mut gathered);
        names.iter().for_each(|name| block::interface(&mut gathered, name));
        let path = path.to_owned();
        let mut capture = Capture { file, path, interfaces: names.len(), written: 0, gathered };
        capture.flush()?;
        Ok(capture)
    }

    /// Records a frame at this interface, counted from 0, and at this time, in nanoseconds since
    /// 1970. The comment is for people: what became of the frame; it may be empty. Frames need not
    /// come in the order of their times.
    ///
    /// # Errors
    /// If there is no such interface, or if the file cannot be written to: then what was gathered
    /// is lost, and the file ends before it, but later frames may be recorded.
    pub fn record(
        &mut self,
        interface: usize,
        time_ns: u64,
        frame: &[u8],
        comment: &str,
        direction: Option<Direction>,
    ) -> io::Result<()> {
        if interface >= self.interfaces {
            let what = format!(
                "failed to record a frame: interface {interface} is none of the {} of the capture \
                 {}; name each when it is created",
                self.interfaces,
                self.path.display()
            );
            return Err(io::Error::new(io::ErrorKind::InvalidInput, what));
        }
        let packet = block::Packet { interface: interface as u32, time_ns, frame, comment };
        packet.write(direction, &mut self.gathered);
        if self.gathered.len() >= GATHERED { self.flush() } else { Ok(()) }
    }

    /// Writes all frames so far, so that they are there even if the harness is killed. (Not if the
    /// machine is: that would take as long as a disk does.)
    ///
    /// # Errors
    /// As [`Capture::record`].
    pub fn flush(&mut self) -> io::Result<()> {
        let outcome = self.file.write_all_at(&self.gathered, self.written);
        match &outcome {
            Ok(()) => self.written += self.gathered.len() as u64,
            // A part of it may be there. Nothing more can be done if it stays.
            Err(_) => drop(self.file.set_len(self.written)),
        }
        self.gathered.clear();
        outcome.map_err(|error| explained(&error, "write to", &self.path))
    }

    /// Writes all frames, and ends.
    ///
    /// # Errors
    /// As [`Capture::record`].
    pub fn finish(mut self) -> io::Result<()> {
        self.flush()
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = self.flush();
    }
}

fn explained(error: &io::Error, what: &str, path: &Path) -> io::Error {
    let explained = format!("failed to {what} the capture {}: {error}", path.display());
    io::Error::new(error.kind(), explained)
}
