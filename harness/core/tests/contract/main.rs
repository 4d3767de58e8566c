//! The contract of an implementation, held against small stacks.

mod cluster;
mod forks;
mod order;
mod storage;
mod total_order;
mod two_networks;
mod virtual_synchrony;
