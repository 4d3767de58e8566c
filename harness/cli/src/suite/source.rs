//! A suite's text, and where in it something is wrong.

use crate::exit::Failure;
use miette::{LabeledSpan, MietteDiagnostic, NamedSource, Report};
use pepperland_core::names::did_you_mean;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::Path;

/// The text of a suite and its file's name.
pub struct Source<'a> {
    pub text: &'a str,
    pub name: &'a Path,
}

impl Source<'_> {
    /// Reads the text; a wrong key is told with the nearest right one.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        toml::from_str(self.text).map_err(|error| {
            let message = plain(error.message());
            let help = nearest_key(&message);
            self.place(&format!("failed to read a suite: {message}{help}"), error.span())
        })
    }

    /// The folder from which the suite's paths lead.
    pub fn folder(&self) -> &Path {
        self.name.parent().unwrap_or(Path::new(""))
    }

    /// What is wrong with a table of the suite, which begins at this byte.
    pub fn refuse(&self, message: &str, begins: usize) -> Failure {
        let before = self.text.get(..begins).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        Failure::Usage(format!("{}: line {line}: {message}", self.name.display()))
    }

    fn place(&self, message: &str, span: Option<Range<usize>>) -> Failure {
        let mut diagnostic = MietteDiagnostic::new(message);
        diagnostic.labels = span.map(|span| vec![LabeledSpan::at(span, "here")]);
        let source = NamedSource::new(plain(&self.name.display().to_string()), plain(self.text));
        Failure::Place(Report::new(diagnostic).with_source_code(source))
    }
}

/// The text without what a terminal would obey, byte for byte, so that places stay where they are.
fn plain(text: &str) -> String {
    let blank = |c: char| if c.is_ascii_control() && c != '\n' && c != '\t' { ' ' } else { c };
    text.chars().map(blank).collect()
}

/// Reads serde's "unknown field `x`, expected one of `a`, `b`".
fn nearest_key(message: &str) -> String {
    let mut quoted = message.split('`').skip(1).step_by(2);
    match (message.starts_with("unknown field"), quoted.next()) {
        (true, Some(wrong)) => did_you_mean(wrong, quoted),
        _ => String::new(),
    }
}
