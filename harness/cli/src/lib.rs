//! Pepperland: a property-testing and fault-injection harness for group communication.
//!
//! Three lines give a protocol of your own the whole command line:
//!
//! ```no_run
//! # use std::process::ExitCode;
//! # use pepperland::prelude::*;
//! # const MY_PROTOCOL: &Implementation = &pepperland::impls::multicast::basic::ENTRY;
//! fn main() -> ExitCode {
//!     pepperland::run(std::env::args_os(), &pepperland::builtin().with_impl(MY_PROTOCOL))
//! }
//! ```
//!
//! and in a test, without the command line:
//!
//! ```
//! # const MY_PROTOCOL: &pepperland::prelude::Implementation = &pepperland::impls::multicast::basic::ENTRY;
//! pepperland::test(MY_PROTOCOL).faults("crash").runs(200).assert_holds();
//! ```

mod catalog;
#[cfg(feature = "cli")]
mod commands;
#[cfg(feature = "cli")]
mod exit;
#[cfg(feature = "cli")]
mod files;
pub mod harness;
#[cfg(feature = "cli")]
mod namespaces;
mod open_files;
#[cfg(feature = "cli")]
mod options;
#[cfg(feature = "cli")]
mod output;
pub mod processes;
pub mod programs;
#[cfg(feature = "cli")]
mod progress;
#[cfg(feature = "cli")]
mod stopwatch;
#[cfg(feature = "cli")]
mod suite;
#[cfg(feature = "cli")]
mod threads;

pub use catalog::{Catalog, Unknown, builtin};
#[cfg(feature = "cli")]
pub use commands::run;
pub use harness::test;
pub use pepperland_checkers as checkers;
pub use pepperland_core as core;
pub use pepperland_faults as faults;
pub use pepperland_impls as impls;
pub use pepperland_process as process;
#[cfg(feature = "cli")]
pub use pepperland_reports as reports;
pub use pepperland_search as search;
pub use pepperland_sim as sim;
#[cfg(feature = "turmoil")]
pub use pepperland_turmoil as turmoil;
pub use pepperland_workloads as workloads;
#[cfg(feature = "cli")]
pub use threads::Threads;

/// What a protocol of your own needs.
pub mod prelude {
    pub use pepperland_core::contract::{
        Cx, Delivery, Indication, Layer, Network, Protocol, Request, Stack, Value,
    };
    pub use pepperland_core::fault::Fault;
    pub use pepperland_core::history::{Channel, FailureModel, History};
    pub use pepperland_core::id::{GroupId, MessageId, NodeId};
    pub use pepperland_core::implementation::{
        Claim, Flaw, Groups, Implementation, Model, Proviso, Setup,
    };
    pub use pepperland_core::message::Message;
    pub use pepperland_core::scenario::Scenario;
    pub use pepperland_core::seed::Seed;
    pub use pepperland_core::time::{Span, Time};
}
