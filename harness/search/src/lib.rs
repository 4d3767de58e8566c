//! Many seeds, shrinking, explaining: loops around plan, run and check.

pub mod campaign;
mod ddmin;
mod enough;
mod executor;
mod explain;
mod explored;
mod finding;
mod firsts;
mod flatten;
mod fold;
mod majority;
mod model;
pub mod planner;
mod proviso;
mod punctuality;
mod reduce;
mod reproduce;
mod roles;
mod shrink;
mod signature;
#[cfg(feature = "proptest")]
pub mod strategy;
mod trial;
mod violation;

pub use campaign::{Limits, Progress, Searched, search};
pub use executor::{Executor, InOrder, map};
pub use explain::{EXPLAIN_REPLAYS, chances, explain, nearest_passing, needs};
pub use explored::{Explored, Foreseen, not_explored};
pub use finding::finding_of;
pub use flatten::flatten;
pub use planner::{Planner, Strategy};
pub use shrink::{Shrunk, ending_with, shrink};
pub use signature::signature;
pub use trial::{Trial, of_frames};
pub use violation::Violation;
