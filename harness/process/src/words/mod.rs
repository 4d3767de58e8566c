//! The words of the line protocol: what the harness asks of a node, and what the node tells it.

mod asked;
mod sense;
mod told;
mod values;

pub use asked::{Asked, Init, Numbered, Roles};
pub use sense::Sense;
pub use told::{Taken, Told};
pub use values::{group_id, stranger, text, value, view_id, view_value};

/// To whom a node writes to registers on the lines.
pub const REGISTERS: &str = "registers";

/// Who the harness is on the lines.
pub const HARNESS: &str = "harness";
