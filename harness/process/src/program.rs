//! What is started as a node.

use std::path::PathBuf;

/// A program and what it is started with.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Program {
    /// The file that is executed: with a slash from the working directory of the harness, which is
    /// not the node's, and without one from PATH.
    pub path: PathBuf,
    /// Its arguments, given as they are: the node reads relative paths from its own folder.
    pub args: Vec<String>,
}
