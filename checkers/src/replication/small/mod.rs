//! Small random histories of replicated services: mostly orderly, with a few liberties.

mod clients;
mod primaries;
mod replicas;

pub use clients::{clients, sessions};
pub use primaries::primaries;
pub use replicas::{followers, replicas};
