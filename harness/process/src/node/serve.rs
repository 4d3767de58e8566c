//! Reading lines until there are no more.

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
        node.time_out()?;
        if !more(&mut lines, &mut input, node.patience())? {
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
        if !more(lines, input, None)? {
            return Ok(None);
        }
    }
}

/// Waits for more, at most so long; false at the end of the input.
fn more(
    lines: &mut Lines,
    input: &mut (impl Read + AsFd),
    patience: Option<Span>,
) -> io::Result<bool> {
    let wait = patience.map(|span| TimeSpec::from_duration(Duration::from_nanos(span.0)));
    let mut watched = [PollFd::new(input.as_fd(), PollFlags::POLLIN)];
    match ppoll(&mut watched, wait, None) {
        Ok(0) | Err(nix::errno::Errno::EINTR) => return Ok(true),
        Ok(_) => {}
        Err(errno) => return Err(errno.into()),
    }
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
