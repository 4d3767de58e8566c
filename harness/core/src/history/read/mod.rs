//! Reading a history file, strictly: nothing is judged that is not well-formed.

mod event;
mod header;
mod names;
mod other;
mod scan;
mod token;
mod values;

pub(super) use names::find_row;

use crate::history::History;
use crate::utf8::{NotUtf8, utf8};
use event::Reader;
use token::Fields;

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

/// What is wrong within one line. Boxed, since nearly every result is a good one.
#[derive(Debug)]
struct Problem(Box<Wrong>);

#[derive(Debug)]
struct Wrong {
    /// The offset of the byte that is wrong; none where the whole line is meant.
    at: Option<usize>,
    text: String,
}

impl Problem {
    fn new(at: Option<usize>, text: String) -> Problem {
        Problem(Box::new(Wrong { at, text }))
    }

    fn at(at: usize, text: impl Into<String>) -> Problem {
        Problem::new(Some(at), text.into())
    }

    fn somewhere(text: impl Into<String>) -> Problem {
        Problem::new(None, text.into())
    }

    /// The problem in the line with this number, which starts at `start`. Columns count
    /// characters, as editors do.
    fn in_line(self, number: usize, text: &str, start: usize) -> ReadError {
        let before = |at: usize| text.as_bytes()[start..at.clamp(start, text.len())].iter();
        let characters = |at| before(at).filter(|byte| *byte & 0xc0 != 0x80).count();
        let column = self.0.at.map_or(0, |at| characters(at) + 1);
        ReadError { line: number, column, problem: self.0.text }
    }
}

impl History {
    /// Reads a history from JSON lines.
    ///
    /// # Errors
    /// [`ReadError`], with the place of the first thing that is wrong.
    pub fn read(text: &[u8]) -> Result<History, ReadError> {
        let text = utf8(text)?;
        let first = text.split('\n').next().unwrap_or_default();
        let header = header::read(first).map_err(|problem| problem.in_line(1, text, 0))?;
        let mut reader = Reader::new(header, text.len() / TYPICAL_LINE);
        let mut fields = Fields::default();
        let (mut start, mut number) = (first.len() + 1, 2);
        while start < text.len() {
            let next = fields.scan(text, start);
            let next = next.and_then(|next| reader.event(&mut fields).map(|()| next));
            start = next.map_err(|problem| problem.in_line(number, text, start))?;
            number += 1;
        }
        Ok(reader.finish())
    }
}

/// About how many bytes an event takes, to make room for as many.
const TYPICAL_LINE: usize = 90;

impl From<NotUtf8> for ReadError {
    fn from(error: NotUtf8) -> ReadError {
        let NotUtf8 { line, column } = error;
        ReadError { line, column, problem: error.problem().to_owned() }
    }
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
