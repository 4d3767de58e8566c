//! Moving bytes: into and out of the pipes of all nodes, without ever waiting for one of them.

use crate::live::node::Node;
use nix::poll::{PollFd, PollFlags, ppoll};
use nix::sys::time::TimeSpec;
use pepperland_core::id::NodeId;
use pepperland_core::time::Span;
use std::io::{ErrorKind, Read};
use std::os::fd::AsFd;
use std::time::Duration;

/// What came out of the pipes.
#[derive(Default)]
pub struct Heard {
    /// Who wrote something to its standard output.
    pub wrote: Vec<NodeId>,
    /// Who will write nothing there any more.
    pub closed: Vec<NodeId>,
    /// What was written to standard error.
    pub errors: Vec<(NodeId, Vec<u8>)>,
}

/// So much is read from one pipe at a time, so that a flood drowns nobody else.
pub const CHUNK: usize = 64 << 10;

/// Which pipe of which node.
#[derive(Copy, Clone)]
enum Pipe {
    In,
    Out,
    Err,
}

/// Waits until some pipe can be read or written, at most so long, and moves what can be moved, a
/// buffer at a time.
pub fn pump(nodes: &mut [Node], buffer: &mut [u8], wait: Span) -> Heard {
    let ready = ready(nodes, wait);
    let mut heard = Heard::default();
    for (index, pipe) in ready {
        let node = &mut nodes[index];
        match pipe {
            Pipe::In => write(node),
            Pipe::Out => read_out(node, buffer, &mut heard),
            Pipe::Err => read_err(node, buffer, &mut heard),
        }
    }
    heard
}

fn ready(nodes: &[Node], wait: Span) -> Vec<(usize, Pipe)> {
    let mut places = Vec::with_capacity(3 * nodes.len());
    let mut polled = Vec::with_capacity(3 * nodes.len());
    for (index, node) in nodes.iter().enumerate() {
        let Some(kept) = &node.kept else { continue };
        let mut watch = |pipe: Pipe, fd, flags| {
            places.push((index, pipe));
            polled.push(PollFd::new(fd, flags));
        };
        if let Some(stdin) = kept.stdin.as_ref().filter(|_| node.outbox.waits()) {
            watch(Pipe::In, stdin.as_fd(), PollFlags::POLLOUT);
        }
        if let Some(stdout) = kept.stdout.as_ref().filter(|_| !node.floods()) {
            watch(Pipe::Out, stdout.as_fd(), PollFlags::POLLIN);
        }
        if let Some(stderr) = &kept.stderr {
            watch(Pipe::Err, stderr.as_fd(), PollFlags::POLLIN);
        }
    }
    let limit = TimeSpec::from_duration(Duration::from_nanos(wait.0));
    // Interrupted or not: whatever is ready is moved, and whoever asked looks at the clock.
    let _ = ppoll(&mut polled, Some(limit), None);
    let touched = |fd: &PollFd<'_>| fd.revents().is_some_and(|events| !events.is_empty());
    polled.iter().zip(places).filter(|(fd, _)| touched(fd)).map(|(_, place)| place).collect()
}

fn write(node: &mut Node) {
    let Some(kept) = &mut node.kept else { return };
    let Some(stdin) = &mut kept.stdin else { return };
    if !node.outbox.flush(stdin) {
        kept.stdin = None;
        node.outbox.clear();
    }
}

fn read_out(node: &mut Node, buffer: &mut [u8], heard: &mut Heard) {
    let Some(stdout) = node.kept.as_mut().and_then(|kept| kept.stdout.as_mut()) else { return };
    match read(stdout, buffer) {
        Some(0) => heard.closed.push(node.id),
        Some(count) => {
            node.lines.push(&buffer[..count]);
            heard.wrote.push(node.id);
        }
        None => {}
    }
}

fn read_err(node: &mut Node, buffer: &mut [u8], heard: &mut Heard) {
    let Some(kept) = &mut node.kept else { return };
    let Some(stderr) = &mut kept.stderr else { return };
    match read(stderr, buffer) {
        Some(0) => kept.stderr = None,
        Some(count) => heard.errors.push((node.id, buffer[..count].to_vec())),
        None => {}
    }
}

/// How many bytes there were; 0 at the end, none if there are none now.
fn read(pipe: &mut impl Read, buffer: &mut [u8]) -> Option<usize> {
    match pipe.read(buffer) {
        Ok(count) => Some(count),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            None
        }
        Err(_) => Some(0),
    }
}

/// Everything that is left in the pipes of a process that has ended.
pub fn drain(node: &mut Node) {
    let Some(kept) = &mut node.kept else { return };
    if let Some(stdout) = &mut kept.stdout {
        rest(stdout, |bytes| node.lines.push(bytes));
    }
    if let Some(stderr) = &mut kept.stderr {
        rest(stderr, |bytes| node.log.push(bytes));
    }
}

/// What is left in a pipe: it holds no more than so many chunks.
fn rest(pipe: &mut impl Read, mut take: impl FnMut(&[u8])) {
    const CHUNKS: usize = 32;
    let mut buffer = vec![0; CHUNK];
    for _ in 0..CHUNKS {
        match read(pipe, &mut buffer) {
            Some(count) if count > 0 => take(&buffer[..count]),
            _ => return,
        }
    }
}
