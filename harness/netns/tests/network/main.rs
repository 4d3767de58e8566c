//! The switch between real network namespaces, as programs see it through their sockets.
//!
//! Without root and /dev/net/tun every test here says so and passes.

#![cfg(target_os = "linux")]

mod cables;
mod captures;
mod changes;
mod cuts;
mod loss;
mod net;
mod reach;
mod times;
