//! One line taken apart into its keys and values. Whole numbers, plain text and lists of whole
//! numbers, which are nearly everything, are read by hand; the rest is left to `serde_json`.

use super::Problem;
use super::token::Token;
use serde_json::Value;

/// A place in the file, which never goes beyond its line.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub fn new(text: &'a str, at: usize) -> Scanner<'a> {
        Scanner { text, at }
    }

    /// The next byte; none at the end of the line.
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied().filter(|byte| *byte != b'\n')
    }

    /// The rest of the line.
    fn rest(&self) -> &'a str {
        let rest = &self.text[self.at..];
        rest.find('\n').map_or(rest, |end| &rest[..end])
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over white space and then over `byte`, if it is next.
    pub fn take(&mut self, byte: u8) -> bool {
        self.space();
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    pub fn expect(&mut self, byte: u8, wanted: &str) -> Result<(), Problem> {
        if self.take(byte) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    pub fn open(&mut self) -> Result<(), Problem> {
        if self.take(b'{') {
            return Ok(());
        }
        let what = if self.peek().is_none() { "the line is empty" } else { "this is no object" };
        Err(Problem::at(self.at, format!("{what}; each line is an event, {{\"t\":…,\"k\":…}}")))
    }

    /// The end of the line, and where the next one starts.
    pub fn close(&mut self) -> Result<usize, Problem> {
        self.space();
        match self.peek() {
            None => Ok(self.at + 1),
            Some(_) => Err(self.unexpected("the end of the line")),
        }
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let text = match self.rest().chars().next() {
            None => format!("the line breaks off; {wanted} should follow"),
            Some(found) => format!("{wanted} should stand here, not {found:?}"),
        };
        Problem::at(self.at, text)
    }

    fn broken_off(&self) -> Problem {
        Problem::at(self.at + self.rest().len(), "the line breaks off within a value")
    }

    /// A key as it stands there, its place, and its colon.
    pub fn key(&mut self) -> Result<(usize, &'a str), Problem> {
        self.space();
        let start = self.at;
        if let Some([b'"', letter, b'"', b':']) = self.text.as_bytes().get(start..start + 4)
            && letter.is_ascii_lowercase()
        {
            self.at += 4;
            return Ok((start, &self.text[start + 1..start + 2]));
        }
        if self.peek() != Some(b'"') {
            return Err(self.unexpected("a key in quotes"));
        }
        self.quoted()?;
        let key = &self.text[start + 1..self.at - 1];
        self.expect(b':', "\":\" and a value")?;
        Ok((start, key))
    }

    /// A value, and where it stands.
    pub fn value(&mut self) -> Result<(usize, Token<'a>), Problem> {
        self.space();
        let start = self.at;
        let simple = match self.peek() {
            None => return Err(self.unexpected("a value")),
            Some(b'"') => return Ok((start, self.quoted()?)),
            Some(b'0'..=b'9') => self.whole().map(Token::Whole),
            Some(b'[') => self.wholes().map(Token::Wholes),
            Some(_) => None,
        };
        Ok((start, simple.map_or_else(|| self.any(), Ok)?))
    }

    /// Text in quotes, where the first quote is next.
    fn quoted(&mut self) -> Result<Token<'a>, Problem> {
        let start = self.at + 1;
        let bytes = self.text.as_bytes();
        let end = start + plain(&bytes[start..]);
        match bytes.get(end) {
            Some(b'"') => {
                self.at = end + 1;
                Ok(Token::Text(&self.text[start..end]))
            }
            Some(b'\n') | None => Err(self.broken_off()),
            Some(_) => self.json().map(Token::Unescaped),
        }
    }

    /// A whole number as we write it, or nothing, and then nothing has moved.
    fn whole(&mut self) -> Option<u64> {
        let rest = &self.text.as_bytes()[self.at..];
        let mut number = 0;
        let mut digits = 0;
        while let Some(digit @ b'0'..=b'9') = rest.get(digits) {
            if digits == 19 {
                return None;
            }
            number = number * 10 + u64::from(digit - b'0');
            digits += 1;
        }
        let odd =
            rest[0] == b'0' && digits > 1 || matches!(rest.get(digits), Some(b'.' | b'e' | b'E'));
        if digits == 0 || odd {
            return None;
        }
        self.at += digits;
        Some(number)
    }

    /// A list of such numbers without white space, or nothing, and then nothing has moved.
    fn wholes(&mut self) -> Option<&'a str> {
        let start = self.at;
        loop {
            self.at += 1;
            let number = self.peek().filter(u8::is_ascii_digit).and_then(|_| self.whole());
            match (number, self.peek()) {
                (Some(_), Some(b',')) => {}
                (Some(_), Some(b']')) => {
                    self.at += 1;
                    return Some(&self.text[start + 1..self.at - 1]);
                }
                _ => break,
            }
        }
        self.at = start;
        None
    }

    fn any(&mut self) -> Result<Token<'a>, Problem> {
        Ok(match self.json()? {
            Value::Bool(flag) => Token::Flag(flag),
            value => value.as_u64().map_or_else(|| Token::Json(Box::new(value)), Token::Whole),
        })
    }

    /// Whatever JSON is next.
    fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let mut stream = serde_json::Deserializer::from_str(self.rest()).into_iter::<T>();
        match stream.next() {
            Some(Ok(value)) => {
                self.at += stream.byte_offset();
                Ok(value)
            }
            Some(Err(error)) => Err(self.broken(&error)),
            None => Err(self.unexpected("a value")),
        }
    }

    fn broken(&self, error: &serde_json::Error) -> Problem {
        if error.is_eof() {
            return self.broken_off();
        }
        let text = error.to_string();
        let text = text.split(" at line ").next().unwrap_or(&text);
        Problem::at(self.at + error.column().saturating_sub(1), text)
    }
}

const ONES: u64 = 0x0101_0101_0101_0101;
const HIGH: u64 = 0x8080_8080_8080_8080;

/// How many bytes of text stand as they are before the first quote, escape or control character;
/// eight at a time.
fn plain(bytes: &[u8]) -> usize {
    let less = |eight: u64, byte: u8| eight.wrapping_sub(ONES * u64::from(byte)) & !eight & HIGH;
    let equal = |eight: u64, byte: u8| less(eight ^ (ONES * u64::from(byte)), 1);
    let mut at = 0;
    while let Some(eight) = bytes.get(at..).and_then(|rest| rest.first_chunk::<8>()) {
        let eight = u64::from_le_bytes(*eight);
        let odd = less(eight, 0x20) | equal(eight, b'"') | equal(eight, b'\\');
        if odd != 0 {
            return at + odd.trailing_zeros() as usize / 8;
        }
        at += 8;
    }
    let odd = bytes[at..].iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
    odd.map_or(bytes.len(), |odd| at + odd)
}
