//! Without root: a user namespace in which the process is root, and may make networks.
//!
//! What the kernel gives there is enough for all of this crate, if /dev/net/tun is for everybody
//! (mode 0666): files stay those of the user outside.

mod step;
mod trial;

pub use step::Step;

use std::fmt;
use std::io;
use step::Steps;

/// Why there is no user namespace to work in.
#[derive(Debug)]
pub struct Refusal {
    /// What could not be done.
    pub step: Step,
    /// What the system said.
    pub error: io::Error,
    /// What the user can do about it.
    pub mend: String,
}

/// Whether the process is without root, and needs one.
pub fn is_needed() -> bool {
    !nix::unistd::geteuid().is_root()
}

/// Makes the process root in a user namespace of its own, for the rest of its life, with all that
/// it starts from now on: to be called before it has a second thread. Whether it will work is
/// tried first, in a child, so that the process is unchanged if it does not.
///
/// # Errors
/// If the system refuses any of the steps that networks of nodes need.
pub fn enter() -> Result<(), Refusal> {
    trial()?;
    let mut steps = Steps::prepare();
    Step::TO_BE_ROOT.into_iter().try_for_each(|step| refused(step, steps.take(step)))
}

/// Whether [`enter`] would work and networks could be made then; tried in a child of the process,
/// which may have threads.
///
/// # Errors
/// As [`enter`].
pub fn trial() -> Result<(), Refusal> {
    trial::of(&[Step::User, Step::Identity, Step::Network, Step::OpenTun, Step::MakeTap])
}

/// Whether networks could be made as it is; tried in a child.
///
/// # Errors
/// As [`enter`].
pub(crate) fn trial_without() -> Result<(), Refusal> {
    trial::of(&[Step::Network, Step::OpenTun, Step::MakeTap])
}

fn refused(step: Step, done: io::Result<()>) -> Result<(), Refusal> {
    done.map_err(|error| Refusal { step, mend: crate::mend::of(step, &error), error })
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed to {}: {}; {}", self.step, self.error, self.mend)
    }
}

impl std::error::Error for Refusal {}
