//! The lines that go over the pipes of a node.

mod breach;
mod envelope;
mod lines;
mod registers;

pub use breach::Breach;
pub use envelope::{Envelope, Head, line, stamped_line};
pub use lines::{Lines, MOST};
pub use registers::{may_write, over_network};
