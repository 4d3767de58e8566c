//! The exploration of small scopes against a slow oracle that goes through all total orders.

#[path = "../common/mod.rs"]
mod common;
mod counts;
mod cuts;
mod merging;
mod oracle;
mod scopes;
mod told;
