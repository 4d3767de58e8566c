//! Agreement among nodes some of which lie.

mod hex;
pub mod keys;
