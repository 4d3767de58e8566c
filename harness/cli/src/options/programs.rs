//! What is asked for to write a program under test, or to be one.

use clap::{Args, ValueEnum};
use std::ffi::OsString;
use std::path::PathBuf;

/// Be one node of an implementation.
#[derive(Debug, Args)]
pub struct Node {
    /// The implementation
    #[arg(long = "impl", value_name = "NAME")]
    pub implementation: String,
    /// Switch a planted flaw on
    #[arg(long, value_name = "NAME")]
    pub flaw: Option<String>,
}

/// Run a program as a node.
#[derive(Debug, Args)]
pub struct KeepNode {
    /// The process that started this one
    #[arg(long, value_name = "PID")]
    pub harness: Option<u32>,
    /// Be the first process of the node's own namespace, which a keeper has made
    #[arg(long, conflicts_with = "harness", required_unless_present = "harness")]
    pub as_init: bool,
    /// What the node has for itself, as the harness has written it
    #[arg(long, value_name = "JSON")]
    pub enclosure: Option<String>,
    /// The FIFO through which it is told what happens
    #[arg(long, value_name = "FIFO")]
    pub report: PathBuf,
    /// The program, by an absolute path
    #[arg(value_name = "PROGRAM")]
    pub program: OsString,
    /// Its arguments
    #[arg(value_name = "ARG", trailing_var_arg = true, allow_hyphen_values = true)]
    pub arguments: Vec<OsString>,
}

/// Make a project for an implementation of your own.
#[derive(Debug, Args)]
pub struct Init {
    /// The project's folder
    #[arg(default_value = ".")]
    pub dir: PathBuf,
    /// The language of the implementation
    #[arg(long, value_name = "LANGUAGE", default_value = "python")]
    pub language: Language,
}

/// A language that a project can be made for.
#[derive(Copy, Clone, Debug, Eq, PartialEq, ValueEnum)]
pub enum Language {
    /// Python 3
    Python,
    /// Rust
    Rust,
    /// Go
    Go,
    /// JavaScript, run by Node.js
    Node,
}
