//! What is started as a node.

use std::path::PathBuf;

/// A program and what it is started with.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Program {
    /// The file that is executed.
    pub path: PathBuf,
    /// Its arguments.
    pub args: Vec<String>,
}
