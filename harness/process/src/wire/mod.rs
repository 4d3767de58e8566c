//! The lines that go over the pipes of a node.

mod breach;
mod envelope;
mod lines;

pub use breach::Breach;
pub use envelope::{Envelope, Head, line, stamped_line};
pub use lines::{Lines, MOST};
