//! Reading a history file, strictly: nothing is judged that is not well-formed.

mod event;
mod header;
mod names;
mod other;
mod scan;
mod values;

pub(super) use names::find_row;

use crate::history::History;
use event::Reader;
use scan::Fields;

/// A history file is not one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}{}: {problem}", column_text(.column))]
pub struct ReadError {
    /// Which line, from 1; an event's line is two more than its index.
    pub line: usize,
    /// Which character of the line, from 1; 0 where the whole line is meant.
    pub column: usize,
    /// What is wrong there, and how to mend it.
    pub problem: String,
}

fn column_text(column: &usize) -> String {
    if *column == 0 { String::new() } else { format!(", column {column}") }
}

/// What is wrong within one line.
#[derive(Debug)]
struct Problem {
    /// The offset of the byte that is wrong; none where the whole line is meant.
    at: Option<usize>,
    text: String,
}

impl Problem {
    fn at(at: usize, text: impl Into<String>) -> Problem {
        Problem { at: Some(at), text: text.into() }
    }

    fn somewhere(text: impl Into<String>) -> Problem {
        Problem { at: None, text: text.into() }
    }

    /// The problem at its place in the file. Columns count characters, as editors do.
    fn in_line(self, number: usize, line: &str) -> ReadError {
        let before = |at: usize| line.bytes().take(at).filter(|b| b & 0xc0 != 0x80).count();
        let column = self.at.map_or(0, |at| before(at) + 1);
        ReadError { line: number, column, problem: self.text }
    }
}

impl History {
    /// Reads a history from JSON lines.
    ///
    /// # Errors
    /// [`ReadError`], with the place of the first thing that is wrong.
    pub fn read(text: &[u8]) -> Result<History, ReadError> {
        let text = utf8(text)?;
        let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
        let header = header::read(first).map_err(|problem| problem.in_line(1, first))?;
        let mut reader = Reader::new(header, rest.bytes().filter(|b| *b == b'\n').count());
        let mut fields = Fields::default();
        for (i, line) in lines(rest).enumerate() {
            let read = fields.scan(line).and_then(|()| reader.event(&mut fields));
            read.map_err(|problem| problem.in_line(i + 2, line))?;
        }
        Ok(reader.finish())
    }
}

/// The lines of a text; one after the last newline is a line only if it is not empty.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    let text = text.strip_suffix('\n').unwrap_or(text);
    let none = text.is_empty();
    text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line)).skip(usize::from(none))
}

fn utf8(text: &[u8]) -> Result<&str, ReadError> {
    std::str::from_utf8(text).map_err(|error| {
        let good = std::str::from_utf8(&text[..error.valid_up_to()]).unwrap_or_default();
        let line = good.rsplit('\n').next().unwrap_or_default();
        let problem = "the bytes from here on are not UTF-8".to_owned();
        let number = good.bytes().filter(|b| *b == b'\n').count() + 1;
        ReadError { line: number, column: line.chars().count() + 1, problem }
    })
}

/// A word of the file, short enough for a message.
fn clip(word: &str) -> String {
    match word.char_indices().nth(40) {
        None => word.to_owned(),
        Some((end, _)) => format!("{}…", &word[..end]),
    }
}

/// `; did you mean "…"?` for a word of sensible length, or nothing.
fn meant<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    if word.len() > 100 { String::new() } else { crate::names::did_you_mean(word, candidates) }
}
