//! Many seeds, shrinking, explaining: loops around plan, run and check.

pub mod campaign;
mod ddmin;
mod executor;
mod explain;
mod flatten;
mod fold;
mod reduce;
mod shrink;
#[cfg(feature = "proptest")]
pub mod strategy;
mod trial;

pub use campaign::{Limits, Progress, Searched, finding_of, search};
pub use executor::{Executor, InOrder, map};
pub use explain::{EXPLAIN_REPLAYS, needs};
pub use flatten::flatten;
pub use shrink::{Shrunk, shrink};
pub use trial::Trial;
