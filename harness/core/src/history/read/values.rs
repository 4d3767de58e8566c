//! Values of the right type, or what is wrong with them.

use super::token::{Field, Fields, Key, Token};
use super::{Problem, clip, meant};
use crate::history::Kind;
use crate::history::detail::Digest;

/// The kind's word with its article.
pub(super) fn article(kind: Kind) -> String {
    let word = kind.word();
    let article = if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" };
    format!("{article} \"{word}\"")
}

/// A key that is missing may stand there misspelt.
pub(super) fn missing(what: &str, key: &str, fields: &Fields<'_>) -> Problem {
    let strange = fields.list.iter().map(|field| field.key).filter(|key| !Key::is_word(key));
    // Of words as short as this every other is near.
    let hint = if key.len() < 3 { String::new() } else { meant(key, strange) };
    let hint = hint.replace("did you mean", "is it meant by");
    Problem::somewhere(format!("{what} needs \"{key}\"{hint}"))
}

pub(super) fn wrong(field: &Field<'_>, want: &str) -> Problem {
    let (key, shown) = (clip(field.key), field.token.shown());
    Problem::at(field.at, format!("\"{key}\" is {shown}; it must be {want}"))
}

pub(super) fn text_of<'f>(field: &'f Field<'_>, want: &str) -> Result<&'f str, Problem> {
    field.token.as_text().ok_or_else(|| wrong(field, &format!("text, {want}")))
}

pub(super) fn optional_text(fields: &Fields<'_>, key: Key) -> Result<Option<Box<str>>, Problem> {
    let Some(field) = fields.get(key) else { return Ok(None) };
    text_of(field, "if it is there").map(|text| Some(text.into()))
}

pub(super) fn texts<'f>(field: &'f Field<'_>, want: &str) -> Result<Vec<&'f str>, Problem> {
    let list = field.token.as_list().ok_or_else(|| wrong(field, want))?;
    list.iter().map(|item| item.as_str().ok_or_else(|| wrong(field, want))).collect()
}

pub(super) fn whole(fields: &Fields<'_>, key: Key) -> Result<Option<u64>, Problem> {
    match fields.get(key) {
        None => Ok(None),
        Some(Field { token: Token::Whole(number), .. }) => Ok(Some(*number)),
        Some(other) => Err(wrong(other, "a whole number from 0")),
    }
}

/// A number that has 32 bits in the columns.
pub(super) fn small(fields: &Fields<'_>, key: Key) -> Result<Option<u32>, Problem> {
    let Some(number) = whole(fields, key)? else { return Ok(None) };
    let fits = u32::try_from(number).map_err(|_| fields.get(key));
    fits.map(Some).map_err(|field| match field {
        Some(field) => wrong(field, "below 4294967296"),
        None => Problem::somewhere("a number is too great"),
    })
}

/// The digest that a line states.
pub(super) fn digest(fields: &Fields<'_>) -> Result<Option<Digest>, Problem> {
    let Some(field) = fields.get(Key::D) else { return Ok(None) };
    let text = text_of(field, "a digest")?;
    Ok(Some(hash_of(text).map_or_else(|| Digest::Text(text.into()), Digest::Hash)))
}

/// A digest as we write it, 16 digits.
fn hash_of(text: &str) -> Option<u64> {
    let mut hash = 0;
    for byte in text.bytes() {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            _ => return None,
        };
        hash = hash << 4 | u64::from(digit);
    }
    (text.len() == 16).then_some(hash)
}
