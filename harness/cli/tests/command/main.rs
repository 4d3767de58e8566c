//! The built command, as a user meets it.

mod bench;
mod checking;
mod endings;
mod examples;
mod explore;
mod hostile;
mod init;
mod outside_model;
mod pepperland;
mod programs;
mod registers;
mod workloads;
