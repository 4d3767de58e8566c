//! Errors that name the place.

use std::fmt::Display;
use std::io;

/// The same error, with what was being done, or to which file.
pub fn at(place: impl Display, error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("{place}: {error}"))
}
