//! The lines that go over the pipes of a node.

mod envelope;
mod lines;
mod word;

pub use envelope::{Envelope, Head, line};
pub use lines::{Lines, MOST};
pub use word::Word;
