//! The built command, as a user meets it.

mod checking;
mod endings;
mod hostile;
mod pepperland;
mod programs;
