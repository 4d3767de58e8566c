//! Network namespaces: a node's own network, with one card whose cable is a file of ours.
//!
//! Nothing has a name outside of the process: several harnesses do not meet, and when one is
//! killed nothing of its networks is left but what its nodes hold.

pub(crate) mod address;
mod configure;
mod drops;
mod handle;
mod netlink;
pub(crate) mod tap;

pub use handle::Handle;

use address::MOST_NODES;
use std::io;
use std::panic::resume_unwind;
use tap::Tap;

/// The network of one node: `eth0` with 10.77.0.N for the Nth, `lo`, and a route for everything.
/// The others are known to it for good, and IPv6 is off where that may be said.
///
/// It has no cable until a [`crate::Switch`] takes it.
#[derive(Debug)]
pub struct Namespace {
    pub(crate) tap: Tap,
    handle: Handle,
}

impl Namespace {
    /// The networks of this many nodes, which know one another.
    ///
    /// # Errors
    /// Without root, or without /dev/net/tun: [`crate::probe::network`] tells how to mend it.
    /// If there are too many nodes for addresses, or for the files that the process may open: each
    /// takes three.
    pub fn make_all(nodes: usize) -> io::Result<Vec<Namespace>> {
        if nodes > MOST_NODES {
            return Err(io::Error::new(
                io::ErrorKind::InvalidInput,
                format!("{nodes} nodes are more than the {MOST_NODES} that have an address"),
            ));
        }
        in_a_thread_that_ends(move || (0..nodes).map(|node| Namespace::make(node, nodes)).collect())
    }

    /// A hold on it, for processes and threads to be put into it.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Leaves the calling thread in the new namespace.
    fn make(node: usize, nodes: usize) -> io::Result<Namespace> {
        let handle = Handle::make()?;
        let tap = Tap::make()?;
        configure::configure(handle.netlink(), node, nodes)?;
        Ok(Namespace { tap, handle })
    }
}

/// So many namespaces with nothing in them.
pub(crate) fn bare(count: usize) -> io::Result<Vec<Handle>> {
    in_a_thread_that_ends(move || (0..count).map(|_| Handle::make()).collect())
}

/// A thread stays in the namespace that it made, so it must be one that does nothing else.
fn in_a_thread_that_ends<T: Send + 'static>(
    make: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let maker = std::thread::Builder::new().name("namespaces".to_owned()).spawn(make)?;
    maker.join().unwrap_or_else(|panic| resume_unwind(panic))
}
