//! Servers that order what clients say, by proposals and acceptances in their registers: what
//! DifATo and Pieri's service have in common. They differ in what is ordered and in what makes it
//! verifiable, which is a [`Book`]'s to know.
//!
//! ```text
//! Leader, when there is something to order:   write propose(e, k, o) to its register
//! Server, on read of a proposal that it can verify and that is the first for k:
//!                                             write accept(k, hash);  else write change(e)
//! Server, when f + 1 have accepted:           tell every client
//! Client, when f + 1 servers say the same:    believe it
//! Server, when f + 1 want a change:           e := e + 1, led by the server at e mod n
//! ```
//!
//! The parts in full: [`server`], [`sequencer`], [`change`], [`results`]; what all servers agree on
//! because they read the same: [`log`](crate::byzantine::log).

pub mod book;
pub mod change;
pub mod results;
pub mod seat;
pub mod sequencer;
pub mod server;
pub mod times;
pub mod write;

pub use book::{Book, Decided, Named};
pub use results::Results;
pub use seat::Seat;
pub use server::{Act, Alarm, Server};
pub use times::Times;
pub use write::Write;
