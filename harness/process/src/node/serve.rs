//! Reading lines, and frames from sockets, until there are no more lines.

use crate::node::Stopped;
use crate::node::part::Part;
use crate::node::served::Served;
use crate::wire::Lines;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use pepperland_core::time::Span;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::time::Duration;

/// Runs a node until its input ends, or nobody reads what it writes. The folder is where it may keep
/// files.
///
/// # Errors
/// If the first line is no sensible `init`, or the pipes or the disk fail.
pub fn serve(
    part: &Part<'_>,
    mut input: impl Read + AsFd,
    output: impl Write,
    folder: &Path,
) -> Result<(), Stopped> {
    let mut lines = Lines::default();
    let begin = |first: &[u8]| Served::begin(first, part, output, folder);
    let ended = match first_line(&mut lines, &mut input)? {
        Some(first) => begin(&first).and_then(|node| live(node, lines, input)),
        None => Ok(()),
    };
    match ended {
        Err(Stopped::Pipe(error)) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        ended => ended,
    }
}

fn live<W: Write>(
    mut node: Served<W>,
    mut lines: Lines,
    mut input: impl Read + AsFd,
) -> Result<(), Stopped> {
    loop {
        while let Some(line) = lines.take() {
            if !line.trim_ascii().is_empty() {
                node.hear(line)?;
            }
        }
        node.hear_sockets()?;
        node.time_out()?;
        if wait(&node, &input)? && !read(&mut lines, &mut input)? {
            return Ok(());
        }
    }
}

fn first_line(lines: &mut Lines, input: &mut (impl Read + AsFd)) -> io::Result<Option<Vec<u8>>> {
    loop {
        while let Some(line) = lines.take() {
            if !line.trim_ascii().is_empty() {
                return Ok(Some(line.to_vec()));
            }
        }
        if poll(&mut [readable(input)], None)? && !read(lines, input)? {
            return Ok(None);
        }
    }
}

/// Waits until there is something to do; whether there is something to read in the input.
fn wait<W: Write>(node: &Served<W>, input: &impl AsFd) -> io::Result<bool> {
    let mut watched = vec![readable(input)];
    node.watch(&mut watched);
    poll(&mut watched, node.patience())
}

fn readable(input: &impl AsFd) -> PollFd<'_> {
    PollFd::new(input.as_fd(), PollFlags::POLLIN)
}

/// Waits for any of these, at most so long; whether it is the first of them.
fn poll(watched: &mut [PollFd<'_>], patience: Option<Span>) -> io::Result<bool> {
    let wait = patience.map(|span| TimeSpec::from_duration(Duration::from_nanos(span.0)));
    match ppoll(watched, wait, None) {
        Ok(_) => Ok(watched[0].any().unwrap_or(true)),
        Err(nix::errno::Errno::EINTR) => Ok(false),
        Err(errno) => Err(errno.into()),
    }
}

/// Reads what there is; false at the end of the input.
fn read(lines: &mut Lines, input: &mut impl Read) -> io::Result<bool> {
    let mut buffer = [0; 16 << 10];
    match input.read(&mut buffer) {
        Ok(0) => Ok(false),
        Ok(count) => {
            lines.push(&buffer[..count]);
            Ok(true)
        }
        Err(error) if error.kind() == ErrorKind::Interrupted => Ok(true),
        Err(error) => Err(error),
    }
}
