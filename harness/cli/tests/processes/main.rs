//! The life of a node's process: nothing of it is ever left behind.
#![cfg(target_os = "linux")]

mod enclosed;
mod ends;
mod harness;
mod hindered;
mod limited;
mod node;
mod starts;
mod times;
mod vanishing;
