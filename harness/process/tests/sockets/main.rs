//! Nodes with sockets of their own, on the loopback interface of this machine. Only on Linux has that
//! more than one address.

#![cfg(target_os = "linux")]

mod cluster;
mod datagrams;
mod refusals;
mod streams;
