//! How long clients and servers wait. Nothing but the number of changes rests on it.

use pepperland_core::implementation::Setup;
use pepperland_core::time::Span;

/// A client's wait doubles up to this.
pub const LONGEST_RESEND: Span = Span::seconds(2);

/// How many messages of one client may be under way: later ones wait at the client's next resend.
pub const WINDOW: u64 = 64;

/// How often others may be decided before an order without suspicion.
pub const OVERTAKEN: u32 = 32;

/// The waits.
#[derive(Clone, Copy, Debug)]
pub struct Times {
    /// T_resend: how long a client waits for its own message before it turns to all servers.
    pub resend: Span,
    /// T_wait: how long a server waits for a client's own order, which makes a proposal
    /// verifiable. By then the client has turned to all.
    pub wait: Span,
    /// G: how long a server waits for a decision while it knows of something to decide.
    pub progress: Span,
    /// How long the next to lead waits: by then it has read all acceptances of the epoch before.
    pub hold: Span,
}

impl Times {
    /// On networks of these greatest latencies: that of clients and servers, that of the registers.
    pub fn of(latency: Span, register: Span) -> Times {
        let many = |l: u64, d: u64| Span(l * latency.0 + d * register.0);
        let resend = many(4, 4);
        let wait = resend + many(2, 1);
        Times { resend, wait, progress: wait + many(2, 4), hold: many(0, 2) }
    }

    /// Those of the node that is being built.
    pub fn for_setup(setup: &Setup<'_>) -> Times {
        Times::of(setup.max_latency, setup.register_latency)
    }
}
