//! Whether this machine lets nodes be in network namespaces, and how a plain user gets there.

use crate::exit::Failure;
use crate::open_files;
use pepperland_core::scenario::{Network, Scenario};
use pepperland_netns::{probe, user_namespace};

/// Makes ready what nodes on real sockets need, if any of these scenarios has some: root stays
/// what it is, anybody else becomes root in a user namespace. To be called before there is a second
/// thread.
///
/// # Errors
/// If this machine does not let them be, with the mend: exit 70.
pub fn make_ready<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> Result<(), Failure> {
    match scenarios.into_iter().any(|scenario| scenario.network == Network::Netns) {
        true => need(),
        false => Ok(()),
    }
}

/// Makes ready what networks of nodes need.
///
/// # Errors
/// As of [`make_ready`].
pub fn need() -> Result<(), Failure> {
    if user_namespace::is_needed() {
        user_namespace::enter().map_err(|refusal| missing(&refusal))?;
    }
    let tried = probe::network();
    tried.works.map(drop).map_err(|why| missing(&format!("{why}; {}", tried.mend)))
}

fn missing(why: &dyn std::fmt::Display) -> Failure {
    let why = why.to_string();
    let mend = open_files::mend(&why);
    Failure::Harness(format!(
        "this machine has no networks for nodes: {why}{mend} (`pepperland doctor` says more; \
         without --network netns the harness joins nodes by their standard streams)"
    ))
}
