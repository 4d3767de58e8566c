//! The other end of the line protocol: a node of the library as a program of its own.
//!
//! Offered virtual time, it lives in that; else in real time, with its own clock and timers, and a
//! disk in its working directory; and, if it is told where the others are, with sockets of its own.

mod disk;
mod effects;
mod frame;
mod host;
mod part;
mod pen;
mod request;
mod serve;
mod served;
mod sockets;
mod surroundings;
mod timers;

pub(crate) use frame::Frame;
pub use part::Part;
pub use serve::serve;
pub use sockets::PORT;
pub use timers::now as monotonic;

use std::io;
use std::net::SocketAddrV4;
use std::path::PathBuf;

/// Why a node stopped before its input ended.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    /// The first line is not for it.
    #[error("the first line must be a message with the body \"init\": {0}")]
    NotInit(String),
    /// What `init` says makes no sense.
    #[error("failed to be a node by this \"init\": {0}")]
    Senseless(String),
    /// A stored value cannot be read.
    #[error("{} is not what a node has stored: {why}; remove it to begin anew", .path.display())]
    NotStored {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The disk does not take a value.
    #[error("failed to store {}: {error}", .path.display())]
    Disk {
        /// The file.
        path: PathBuf,
        /// What went wrong.
        error: io::Error,
    },
    /// A socket cannot be opened.
    #[error(
        "failed to open the socket {address}: {error}; \"addresses\" must give each node one of its own machine or namespace"
    )]
    Socket {
        /// Where it was to be.
        address: SocketAddrV4,
        /// What went wrong.
        error: io::Error,
    },
    /// The pipes failed.
    #[error("the pipes of the node failed: {0}")]
    Pipe(#[from] io::Error),
}
