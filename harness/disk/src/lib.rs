//! A folder whose disk fails: a file system in memory that knows what of it is durable, served to a
//! node by FUSE.
//!
//! # What is durable
//! The model is that of crash consistency's literature: what an application may rely on is what
//! POSIX promises, or a little more (Pillai et al., *All File Systems Are Not Created Equal*, OSDI
//! 2014, "ALICE"), and what is left after a failed fsync(2) is what Linux leaves (Rebello et al.,
//! *Can Applications Recover from fsync Failures?*, ATC 2020, whose tool CuttleFS is a FUSE file
//! system like this).
//! - The content and size of a file become durable by fsync(2) or fdatasync(2) of it, and by writes
//!   with O_SYNC or O_DSYNC; its attributes by fsync(2).
//! - A name becomes durable with the next fsync(2) of anything, as on ext4 and XFS, or by that of its
//!   folder alone ([`Names`]); and always as a whole: a rename over a file has happened or not.
//! - Nothing is written by itself, however long one waits, but where memory becomes scarce
//!   ([`Tally::pressed`]).
//! - A power failure takes the rest, or leaves some of it in sectors of 512 bytes
//!   ([`Survives`]): of a sector what was there last, or what was durable, nothing between.
//!
//! What is not modelled: sync(2) and syncfs(2) do not reach a FUSE server, and make nothing durable;
//! extended attributes are refused; times of reading are not kept.
//!
//! # What goes wrong
//! [`Modes`] says it, and [`Tally`] how much it has touched. The project's other runtimes name what
//! a crash takes with it of a failing disk; here that is, with [`Disk::power_loss`] at the crash:
//!
//! | there | from its beginning | at the crash |
//! |---|---|---|
//! | `lying` | `Sync::Lying(Kept::Never)` | `Survives::Nothing` |
//! | `lost`, unsynced for so long | `Sync::Lying(Kept::After(span))` | `Survives::Nothing` |
//! | `torn`, of which so much is left | `Sync::Lying(Kept::AtTheNext)` | `Survives::Some(keep)` |
//!
//! The end of the fault, [`Disk::behave`] with an honest disk, makes durable what was lied about.
//!
//! # Who does what
//! In the node's own mount namespace somebody calls [`mount`] and passes the descriptor on by
//! [`send_fd`]; the harness takes it by [`receive_fd`] and calls [`Disk::serve`]. The node's files
//! live in the harness. When the harness dies the descriptor is closed, and the node gets ENOTCONN;
//! when the node's namespace ends so do the mount and the threads that serve it.
//!
//! Writes arrive at once, for the write-back cache of FUSE is off; memory mappings work, and what
//! is written through a shared one arrives by msync(2), munmap(2) or the end of its process. The
//! node's system keeps what it has read of an open file, and does not read that again.

#![cfg(target_os = "linux")]

mod clock;
mod dice;
mod disk;
mod enclosed;
mod fuse;
mod modes;
mod mount;
mod pass;
mod probe;
mod settings;
mod tally;
mod tree;
mod volume;

pub use clock::Clock;
pub use disk::{Disk, Survives, Usage};
pub use enclosed::{Enclosure, enclosed};
pub use fuse::Served;
pub use modes::{Errors, Kept, Latency, Modes, Sync};
pub use mount::mount;
pub use pass::{receive_fd, send_fd};
pub use probe::{MEND, probe};
pub use settings::{Names, Settings};
pub use tally::Tally;
pub use tree::Loss;
