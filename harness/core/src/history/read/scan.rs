//! One line taken apart into its keys and values. Whole numbers, plain text and lists of whole
//! numbers, which are nearly everything, are read by hand; the rest is left to `serde_json`.

use super::{Problem, clip};
use serde_json::Value;
use smallvec::SmallVec;
use std::borrow::Cow;

macro_rules! keys {
    ($($variant:ident = $word:literal,)*) => {
        /// A key that has a column or a side table.
        #[derive(Copy, Clone, Debug, Eq, PartialEq)]
        pub(super) enum Key { $($variant,)* }

        impl Key {
            const ALL: &[Key] = &[$(Key::$variant,)*];

            /// Whether some kind gives the word a meaning of its own.
            pub fn is_word(word: &str) -> bool {
                Key::from_word(word).is_some()
            }

            fn from_word(word: &str) -> Option<Key> {
                match word { $($word => Some(Key::$variant),)* _ => None }
            }
        }
    };
}

keys! {
    T = "t", N = "n", K = "k", C = "c", M = "m", D = "d", G = "g", Q = "q", X = "x",
    Inc = "inc", To = "to", From = "from", View = "view", Slot = "slot", Ms = "ms", Type = "type",
    Bytes = "bytes", Why = "why", Members = "members", Primary = "primary",
    Transitional = "transitional",
}

/// A value.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Whole(u64),
    Text(Cow<'a, str>),
    Wholes(SmallVec<[u64; 2]>),
    Json(Value),
}

impl Token<'_> {
    pub fn into_value(self) -> Value {
        match self {
            Token::Whole(number) => number.into(),
            Token::Text(text) => text.into_owned().into(),
            Token::Wholes(numbers) => numbers.into_vec().into(),
            Token::Json(value) => value,
        }
    }

    /// The value, short enough for a message.
    pub fn shown(&self) -> String {
        match self {
            Token::Whole(number) => number.to_string(),
            Token::Text(text) => format!("\"{}\"", clip(text)),
            Token::Wholes(_) => "a list".to_owned(),
            Token::Json(Value::Array(_)) => "a list".to_owned(),
            Token::Json(Value::Object(_)) => "an object".to_owned(),
            Token::Json(other) => clip(&other.to_string()),
        }
    }
}

/// A key with its value, and the offset of the value in the line.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub key: Cow<'a, str>,
    pub at: usize,
    pub token: Token<'a>,
}

/// The keys of one line, in the order in which they stand.
pub(super) struct Fields<'a> {
    pub list: Vec<Field<'a>>,
    /// Where in the list each key stands.
    places: [u32; Key::ALL.len()],
}

const ABSENT: u32 = u32::MAX;

impl Default for Fields<'_> {
    fn default() -> Self {
        Fields { list: Vec::new(), places: [ABSENT; Key::ALL.len()] }
    }
}

impl<'a> Fields<'a> {
    pub fn get(&self, key: Key) -> Option<&Field<'a>> {
        self.list.get(self.places[key as usize] as usize)
    }

    /// The offset of a key's value; none if it does not stand there.
    pub fn place(&self, key: &str) -> Option<usize> {
        self.list.iter().find(|field| field.key == key).map(|field| field.at)
    }

    /// Takes a line apart.
    pub fn scan(&mut self, line: &'a str) -> Result<(), Problem> {
        self.list.clear();
        self.places = [ABSENT; Key::ALL.len()];
        let mut scanner = Scanner { line, at: 0 };
        scanner.open()?;
        if scanner.take(b'}') {
            return scanner.close();
        }
        loop {
            self.field(&mut scanner)?;
            if !scanner.take(b',') {
                break;
            }
        }
        scanner.expect(b'}', "\",\" and another key, or \"}\"")?;
        scanner.close()
    }

    fn field(&mut self, scanner: &mut Scanner<'a>) -> Result<(), Problem> {
        scanner.space();
        let start = scanner.at;
        let key = scanner.key()?;
        scanner.expect(b':', "\":\" and a value")?;
        scanner.space();
        let at = scanner.at;
        let token = scanner.value()?;
        if let Some(known) = Key::from_word(&key) {
            let place = &mut self.places[known as usize];
            if *place != ABSENT {
                return Err(Problem::at(start, format!("\"{key}\" stands twice in this line")));
            }
            *place = self.list.len() as u32;
        }
        self.list.push(Field { key, at, token });
        Ok(())
    }
}

struct Scanner<'a> {
    line: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<u8> {
        self.line.as_bytes().get(self.at).copied()
    }

    fn space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\r')) {
            self.at += 1;
        }
    }

    /// Steps over white space and then over `byte`, if it is next.
    fn take(&mut self, byte: u8) -> bool {
        self.space();
        let here = self.peek() == Some(byte);
        self.at += usize::from(here);
        here
    }

    fn expect(&mut self, byte: u8, wanted: &str) -> Result<(), Problem> {
        if self.take(byte) { Ok(()) } else { Err(self.unexpected(wanted)) }
    }

    fn open(&mut self) -> Result<(), Problem> {
        if self.take(b'{') {
            return Ok(());
        }
        let what = if self.peek().is_none() { "the line is empty" } else { "this is no object" };
        Err(Problem::at(self.at, format!("{what}; each line is an event, {{\"t\":…,\"k\":…}}")))
    }

    fn close(&mut self) -> Result<(), Problem> {
        self.space();
        if self.at == self.line.len() {
            Ok(())
        } else {
            Err(self.unexpected("the end of the line"))
        }
    }

    fn unexpected(&self, wanted: &str) -> Problem {
        let text = match self.line[self.at..].chars().next() {
            None => format!("the line breaks off; {wanted} should follow"),
            Some(found) => format!("{wanted} should stand here, not {found:?}"),
        };
        Problem::at(self.at, text)
    }

    fn key(&mut self) -> Result<Cow<'a, str>, Problem> {
        match self.peek() {
            Some(b'"') => self.text(),
            _ => Err(self.unexpected("a key in quotes")),
        }
    }

    fn value(&mut self) -> Result<Token<'a>, Problem> {
        let simple = match self.peek() {
            None => return Err(self.unexpected("a value")),
            Some(b'"') => return self.text().map(Token::Text),
            Some(b'0'..=b'9') => self.whole().map(Token::Whole),
            Some(b'[') => self.wholes().map(Token::Wholes),
            Some(_) => None,
        };
        simple.map_or_else(|| self.any(), Ok)
    }

    /// Text in quotes, where the first quote is next.
    fn text(&mut self) -> Result<Cow<'a, str>, Problem> {
        let start = self.at + 1;
        let rest = &self.line.as_bytes()[start..];
        let end = rest.iter().position(|b| matches!(b, b'"' | b'\\' | 0..=0x1f));
        match end.map(|end| (rest[end], start + end)) {
            Some((b'"', end)) => {
                self.at = end + 1;
                Ok(Cow::Borrowed(&self.line[start..end]))
            }
            Some(_) => self.json().map(Cow::Owned),
            None => Err(self.broken_off()),
        }
    }

    /// A whole number as we write it, or nothing, and then nothing has moved.
    fn whole(&mut self) -> Option<u64> {
        let rest = &self.line.as_bytes()[self.at..];
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
    fn wholes(&mut self) -> Option<SmallVec<[u64; 2]>> {
        let start = self.at;
        let mut numbers = SmallVec::new();
        loop {
            self.at += 1;
            match self.peek().filter(u8::is_ascii_digit).and_then(|_| self.whole()) {
                Some(number) => numbers.push(number),
                None => break,
            }
            match self.peek() {
                Some(b',') => {}
                Some(b']') => {
                    self.at += 1;
                    return Some(numbers);
                }
                _ => break,
            }
        }
        self.at = start;
        None
    }

    fn any(&mut self) -> Result<Token<'a>, Problem> {
        let value: Value = self.json()?;
        Ok(value.as_u64().map_or(Token::Json(value), Token::Whole))
    }

    /// Whatever JSON is next.
    fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, Problem> {
        let rest = &self.line[self.at..];
        let mut stream = serde_json::Deserializer::from_str(rest).into_iter::<T>();
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

    fn broken_off(&self) -> Problem {
        Problem::at(self.line.len(), "the line breaks off within a value")
    }
}
