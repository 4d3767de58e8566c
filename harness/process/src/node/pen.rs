//! Writing lines.

use crate::wire::line;
use crate::words::HARNESS;
use serde::Serialize;
use std::io::{self, Write};

/// Writes lines in the name of a node; they go out together when they are to.
pub struct Pen<W> {
    me: String,
    written: Vec<u8>,
    output: W,
}

impl<W: Write> Pen<W> {
    /// A pen for a node.
    pub fn new(me: String, output: W) -> Pen<W> {
        Pen { me, written: Vec::new(), output }
    }

    /// A line to somebody.
    pub fn write(&mut self, to: &str, body: &impl Serialize) {
        self.written.extend(line(&self.me, to, body));
    }

    /// A line to the harness.
    pub fn tell(&mut self, body: &impl Serialize) {
        self.write(HARNESS, body);
    }

    /// What was written goes out.
    ///
    /// # Errors
    /// If nobody takes it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(&self.written)?;
        self.written.clear();
        self.output.flush()
    }
}
