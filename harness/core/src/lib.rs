//! Nouns and contracts of Pepperland, a property-testing and fault-injection harness for group
//! communication.
//!
//! Data flows one way: a [`Scenario`](scenario::Scenario) is planned into a
//! [`Schedule`](schedule::Schedule), a [`Runtime`](runtime::Runtime) runs it into a
//! [`History`](history::History), checkers judge the history into
//! [`Verdict`](verdict::Verdict)s. This crate has no I/O, no async, no clock, and draws no
//! randomness but from [`Seed::stream`](seed::Seed::stream).

pub mod checker;
pub mod clock;
pub mod collections;
pub mod contract;
pub mod fault;
pub mod finding;
pub mod history;
pub mod id;
pub mod implementation;
pub mod message;
pub mod names;
pub mod plan;
pub mod runtime;
pub mod scenario;
pub mod schedule;
pub mod seed;
pub mod time;
pub mod utf8;
pub mod verdict;
pub mod workload;
