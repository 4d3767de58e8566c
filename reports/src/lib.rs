//! Verdicts rendered for people and for machines: terminal text, HTML pages, JUnit, JSON lines,
//! annotations of continuous integration.
//!
//! Reports render verdicts and never decide. Every function is pure: nouns of
//! [`pepperland_core`] in, text out; whoever calls it writes the files.

pub mod annotations;
pub mod bound;
pub mod diagram;
mod ending;
pub mod json;
mod judged;
pub mod junit;
mod mermaid;
mod pages;
pub mod rates;
pub mod style;
pub mod terminal;
pub mod text;
mod views;
pub mod words;

#[cfg(test)]
mod fixtures;
#[cfg(test)]
mod hostile;

pub use judged::Judged;
pub use pages::{finding_page, index_page};
