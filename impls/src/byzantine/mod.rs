//! Agreement among nodes some of which lie.

pub mod correia;
mod hex;
pub mod keys;
