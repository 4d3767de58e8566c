//! The built command, as a user meets it.

mod endings;
mod hostile;
mod pepperland;
