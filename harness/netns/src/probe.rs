//! What this machine can do, tried for real, and how to mend what it cannot.

mod echo;

use crate::user_namespace::{self, Refusal};

/// Something that was tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// What, in a few words.
    pub what: &'static str,
    /// What was seen, or why it does not work.
    pub works: Result<String, String>,
    /// What to do about it; empty if it works.
    pub mend: String,
}

impl Check {
    fn of(what: &'static str, tried: Result<String, Refusal>) -> Check {
        match tried {
            Ok(seen) => Check { what, works: Ok(seen), mend: String::new() },
            Err(refusal) => Check {
                what,
                works: Err(format!("failed to {}: {}", refusal.step, refusal.error)),
                mend: refusal.mend,
            },
        }
    }
}

/// Whether the process, as it is, can join nodes by a switch: makes two and has a datagram go there
/// and back.
pub fn network() -> Check {
    let what = "networks of nodes";
    match user_namespace::trial_without().map(|()| echo::there_and_back()) {
        Err(refusal) => Check::of(what, Err(refusal)),
        Ok(Ok(seen)) => Check::of(what, Ok(seen)),
        Ok(Err(error)) => Check {
            what,
            works: Err(format!("failed to join two nodes: {error}")),
            mend: "this is not known to happen: please report it with the kernel's version"
                .to_owned(),
        },
    }
}

/// Whether a user without root can do so in a user namespace: up to a card in a network of its own.
pub fn user_namespace() -> Check {
    let seen = |()| "root in a user namespace can make cards".to_owned();
    Check::of("networks of nodes without root", user_namespace::trial().map(seen))
}
