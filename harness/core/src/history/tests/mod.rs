//! Files read and written.

mod by_hand;
