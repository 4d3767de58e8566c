//! Files read and written.

mod broken;
mod by_hand;
mod incarnations;
mod random;
mod round_trip;
mod silence;
