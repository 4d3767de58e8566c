//! Writing lines.

use crate::node::timers::now;
use crate::wire::stamped_line;
use crate::words::HARNESS;
use serde::Serialize;
use std::io::{self, Write};

/// Writes lines in the name of a node; they go out together when they are to.
pub struct Pen<W> {
    me: String,
    /// Whether each line says when it was written: on sockets nobody else can put the lines of
    /// several nodes in order.
    stamps: bool,
    written: Vec<u8>,
    /// Where views begin that nothing but views has followed.
    views: Option<usize>,
    output: W,
}

impl<W: Write> Pen<W> {
    /// A pen for a node.
    pub fn new(me: String, stamps: bool, output: W) -> Pen<W> {
        Pen { me, stamps, written: Vec::new(), views: None, output }
    }

    /// A line to somebody.
    pub fn write(&mut self, to: &str, body: &impl Serialize) {
        self.views = None;
        self.put(to, body);
    }

    /// A line to the harness: a view, which another may replace at once.
    pub fn tell_view(&mut self, body: &impl Serialize) {
        self.views = self.views.or(Some(self.written.len()));
        self.put(HARNESS, body);
    }

    fn put(&mut self, to: &str, body: &impl Serialize) {
        let at = self.stamps.then(|| now().0);
        self.written.extend(stamped_line(&self.me, to, at, body));
    }

    /// A line to the harness.
    pub fn tell(&mut self, body: &impl Serialize) {
        self.write(HARNESS, body);
    }

    /// What was written goes out, but for views at its end: nobody is to act in a view that is left
    /// in the same moment.
    ///
    /// # Errors
    /// If nobody takes it.
    pub fn flush_but_views(&mut self) -> io::Result<()> {
        let until = self.views.unwrap_or(self.written.len());
        self.output.write_all(&self.written[..until])?;
        self.written.drain(..until);
        self.views = self.views.map(|_| 0);
        self.output.flush()
    }

    /// What was written goes out.
    ///
    /// # Errors
    /// If nobody takes it.
    pub fn flush(&mut self) -> io::Result<()> {
        self.output.write_all(&self.written)?;
        self.written.clear();
        self.views = None;
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_at_the_end_wait_for_what_follows() {
        let mut pen = Pen::new("n1".to_owned(), false, Vec::new());
        pen.tell(&"delivery");
        pen.tell_view(&"first");
        pen.flush_but_views().unwrap();
        let out = |pen: &Pen<Vec<u8>>| String::from_utf8_lossy(&pen.output).matches('\n').count();
        assert_eq!(out(&pen), 1);
        pen.tell_view(&"second");
        pen.flush_but_views().unwrap();
        assert_eq!(out(&pen), 1);
        pen.tell(&"delivery");
        pen.flush_but_views().unwrap();
        assert_eq!(out(&pen), 4);
    }
}
