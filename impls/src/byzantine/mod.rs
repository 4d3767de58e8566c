//! Agreement among nodes some of which lie.

pub mod cast;
mod hex;
pub mod keys;
pub mod log;
