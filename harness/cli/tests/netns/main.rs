//! Nodes on real sockets. Where this machine has no networks for nodes, each test says so and passes.

mod command;
mod corosync;
mod ends;
mod flaws;
mod ground;
#[path = "../command/pepperland.rs"]
mod pepperland;
mod protocols;
mod suffering;
