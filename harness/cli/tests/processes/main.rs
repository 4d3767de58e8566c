//! The life of a node's process: nothing of it is ever left behind.
#![cfg(target_os = "linux")]

mod ends;
mod harness;
mod hindered;
mod node;
mod starts;
