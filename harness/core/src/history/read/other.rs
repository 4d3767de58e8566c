//! Events whose kind has no columns of its own: their keys are kept as they are.

use super::Problem;
use super::event::{Head, Reader};
use super::names::view_name;
use super::token::{Field, Fields, Token, unescaped};
use super::values::{article, missing, text_of, texts, wrong};
use super::{clip, meant};
use crate::history::keys::{KeyOfKind, Shape, keys_of};
use crate::history::{EventId, Kind, NONE};
use serde_json::{Map, Value};

impl Reader {
    /// An event whose kind has no columns beyond its message.
    pub fn other(&mut self, head: &Head, fields: &mut Fields<'_>) -> Result<EventId, Problem> {
        let names_message = matches!(head.kind, Kind::BroadcastReturn | Kind::Discard);
        let row = if names_message { self.message(head.kind, fields)? } else { NONE };
        self.group(fields)?;
        for wanted in keys_of(head.kind) {
            let field = fields.list.iter().find(|field| unescaped(field.key) == wanted.key);
            match field {
                Some(field) => self.check_shape(field, wanted)?,
                None if wanted.required => {
                    return Err(missing(&article(head.kind), wanted.key, fields));
                }
                None => {}
            }
        }
        let elsewhere = |key: &str| {
            let node = key == "n" && !head.kind.is_disturbance();
            node || matches!(key, "t" | "k" | "c" | "inc") || key == "m" && names_message
        };
        let detail = self.recorder.fields(rest(fields, elsewhere)?);
        Ok(self.push(head, row, NONE, detail))
    }

    fn check_shape(&self, field: &Field<'_>, wanted: &KeyOfKind) -> Result<(), Problem> {
        match (wanted.shape, &field.token) {
            (Shape::Any, _) => Ok(()),
            (Shape::Flag, Token::Flag(_)) => Ok(()),
            (Shape::Flag, _) => Err(wrong(field, "true or false")),
            (Shape::Whole | Shape::Integer, Token::Whole(_)) => Ok(()),
            (Shape::Integer, Token::Json(value)) if value.is_i64() => Ok(()),
            (Shape::Whole, _) => Err(wrong(field, "a whole number from 0")),
            (Shape::Integer, _) => Err(wrong(field, "a whole number")),
            (Shape::Text, _) => text_of(field, "text").map(|_| ()),
            (Shape::Object, Token::Json(value)) if value.is_object() => Ok(()),
            (Shape::Object, _) => Err(wrong(field, "an object")),
            (Shape::Node, _) => self.node(field).map(|_| ()),
            (Shape::View, _) => {
                view_name(text_of(field, "the id of a view")?, field.at).map(|_| ())
            }
            (Shape::MessageNames, _) => {
                let names = texts(field, "a list of message names")?;
                names.iter().try_for_each(|name| self.names.check_message(name, field.at))
            }
            (Shape::OneOf(words), token) => {
                let word = token.as_text().unwrap_or_default();
                if words.contains(&word) {
                    return Ok(());
                }
                let hint = meant(word, words.iter().copied());
                Err(wrong(field, &format!("one of {}{hint}", words.join(", "))))
            }
        }
    }
}

/// The keys that do not stand elsewhere.
fn rest(
    fields: &mut Fields<'_>,
    elsewhere: impl Fn(&str) -> bool,
) -> Result<Map<String, Value>, Problem> {
    let mut rest = Map::new();
    for field in fields.list.iter_mut().filter(|field| !elsewhere(field.key)) {
        let value = std::mem::replace(&mut field.token, Token::Whole(0)).into_value();
        if rest.insert(unescaped(field.key).into_owned(), value).is_some() {
            let text = format!("\"{}\" stands twice in this line", clip(field.key));
            return Err(Problem::at(field.at, text));
        }
    }
    Ok(rest)
}
