//! The keys of one line, and their values.

use super::scan::Scanner;
use super::{Problem, clip};
use serde_json::Value;
use std::borrow::Cow;

macro_rules! keys {
    ($($variant:ident = $word:literal,)*) => {
        /// A key that has a column or a side table.
        #[derive(Copy, Clone, Debug, Eq, PartialEq)]
        pub(super) enum Key { $($variant,)* }

        impl Key {
            const ALL: &[Key] = &[$(Key::$variant,)*];

            const fn word(self) -> &'static str {
                match self { $(Key::$variant => $word,)* }
            }

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
    Transitional = "transitional", Net = "net",
}

/// A value. Small, since it is moved about a lot.
#[derive(Debug)]
pub(super) enum Token<'a> {
    Whole(u64),
    Flag(bool),
    Text(&'a str),
    /// Text that had escapes in it.
    Unescaped(Box<str>),
    /// What stands between the brackets of a list of whole numbers; there is at least one.
    Wholes(&'a str),
    Json(Box<Value>),
}

impl Token<'_> {
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Token::Text(text) => Some(text),
            Token::Unescaped(text) => Some(text),
            _ => None,
        }
    }

    /// The list that it is, unless it is one of whole numbers.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Token::Json(value) => value.as_array().map(Vec::as_slice),
            _ => None,
        }
    }

    pub fn into_value(self) -> Value {
        match self {
            Token::Whole(number) => number.into(),
            Token::Flag(flag) => flag.into(),
            Token::Text(text) => text.into(),
            Token::Unescaped(text) => text.into_string().into(),
            Token::Wholes(list) => wholes(list).collect::<Vec<u64>>().into(),
            Token::Json(value) => *value,
        }
    }

    /// The value, short enough for a message.
    pub fn shown(&self) -> String {
        match self {
            Token::Whole(number) => number.to_string(),
            Token::Flag(flag) => flag.to_string(),
            Token::Text(text) => format!("\"{}\"", clip(text)),
            Token::Unescaped(text) => format!("\"{}\"", clip(text)),
            Token::Wholes(_) => "a list".to_owned(),
            Token::Json(value) => match &**value {
                Value::Array(_) => "a list".to_owned(),
                Value::Object(_) => "an object".to_owned(),
                other => clip(&other.to_string()),
            },
        }
    }
}

/// The numbers of a list without brackets.
pub(super) fn wholes(list: &str) -> impl Iterator<Item = u64> {
    let whole = |text: &str| text.bytes().fold(0, |n, digit| n * 10 + u64::from(digit - b'0'));
    list.split(',').map(whole)
}

/// A key with its value, and the offset of the value in the line.
#[derive(Debug)]
pub(super) struct Field<'a> {
    /// As it stands there, escapes and all; a key that has a meaning is without.
    pub key: &'a str,
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
        self.list.iter().find(|field| unescaped(field.key) == key).map(|field| field.at)
    }

    /// Takes the line apart that starts at `start`, and says where the next one does.
    pub fn scan(&mut self, text: &'a str, start: usize) -> Result<usize, Problem> {
        self.list.clear();
        self.places = [ABSENT; Key::ALL.len()];
        let mut scanner = Scanner::new(text, start);
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
        let (start, mut key) = scanner.key()?;
        let (at, token) = scanner.value()?;
        let known = match key.contains('\\') {
            true => Key::from_word(&unescaped(key)),
            false => Key::from_word(key),
        };
        if let Some(known) = known {
            let place = &mut self.places[known as usize];
            if *place != ABSENT {
                return Err(Problem::at(start, format!("\"{key}\" stands twice in this line")));
            }
            *place = self.list.len() as u32;
            key = known.word();
        }
        self.list.push(Field { key, at, token });
        Ok(())
    }
}

/// What a key says, its escapes undone.
pub(super) fn unescaped(key: &str) -> Cow<'_, str> {
    if !key.contains('\\') {
        return Cow::Borrowed(key);
    }
    let quoted = format!("\"{key}\"");
    serde_json::from_str(&quoted).map_or(Cow::Borrowed(key), Cow::Owned)
}
