//! Files that ought to be text.

/// The bytes of a file as text.
///
/// # Errors
/// [`NotUtf8`], with the place of the first byte that is none.
pub fn utf8(bytes: &[u8]) -> Result<&str, NotUtf8> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default();
        let line = good.rsplit('\n').next().unwrap_or_default();
        let number = good.bytes().filter(|b| *b == b'\n').count() + 1;
        NotUtf8 { line: number, column: line.chars().count() + 1 }
    })
}

/// The bytes from this place on are not UTF-8.
#[derive(Copy, Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("line {line}, column {column}: {}", self.problem())]
pub struct NotUtf8 {
    /// Which line, from 1.
    pub line: usize,
    /// Which column, from 1, in characters.
    pub column: usize,
}

impl NotUtf8 {
    /// What is wrong at this place.
    pub fn problem(&self) -> &'static str {
        "the bytes from here on are not UTF-8"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_that_is_none_is_named_by_line_and_column() {
        assert_eq!(utf8("one\ntwö".as_bytes()), Ok("one\ntwö"));
        let error = utf8(b"one\ntw\xc3\xb6\xff\n\xff").unwrap_err();
        assert_eq!(error, NotUtf8 { line: 2, column: 4 });
        let told = "line 2, column 4: the bytes from here on are not UTF-8";
        assert_eq!(error.to_string(), told);
    }
}
