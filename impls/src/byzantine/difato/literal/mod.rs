//! DifATo as it was printed (Xavier Silva, Lung, Luiz & Magnabosco, *DifATo: Difusão Atômica
//! Tolerante a Falhas Bizantinas Baseada em Tecnologia de Virtualização*), Algorithms 1 and 2 and
//! section 4.2. Each place in which it is wrong has a name, and a run that shows it.
//!
//! ```text
//! Client, to multicast m:        order (m, t, v) to the sequencer, after T_resend to all servers
//! Sequencer, on order:           write propose(n_o, order);  wait for acceptance
//! Server, on read of a proposal: write accept(n_o, h_m);  wait for acceptance;  else change(h_m, s)
//! Sequencer, when f + 1 accept:  result (n_o, order, f + 1 authenticators) to every client
//! Client:                        deliver by number
//! ```
//!
//! The parts in full: [`server`], [`changes`], [`client`]. What is wrong, each a [`breaks`] of its
//! own:
//! - `overtaken-requests`: line 2 of Algorithm 1 drops an order whose timestamp is not greater than
//!   the last, so one that another of its client overtook on an asynchronous network.
//! - `client-left-out`: step 4 is done by the sequencer alone. Who gets no result has nothing to
//!   ask for, unless the message is its own.
//! - `last-value-only`: section 3.1 reads of a register what was written last. Of two proposals for
//!   one number, one server sees the first alone and another the second, and both find f + 1.
//! - `stale-changes`: a change names a message and a suspect, not when it was wanted, and is kept.
//!   When the suspect's turn comes again, it is deposed at once.
//! - `changes-without-end`: a server that gets an order and is not the sequencer wants a change
//!   (section 4), and a client sends to all at once: the next sequencer has no time to propose.
//! - `half-a-certificate`: when T has passed, the sequencer drops a proposal that others go on to
//!   store. Nobody tells the clients of it, unless its client lives to ask again; whatever comes
//!   after it waits for its number.
//!
//! Silent or contradictory places, read so that it works as well as it may:
//! - f processes (step 2), f − 1 messages (step 3) or f + 1 (both algorithms) accept: f + 1, the
//!   sequencer and the server itself counted.
//! - Authenticators for clients are in step 4 but not in the messages: a proposal and an acceptance
//!   carry one for each client.
//! - What is written to registers is delivered to all (step 2), or a reader finds the last value
//!   written (section 3.1): the last value.
//! - A new sequencer restarts the ordering "based on the messages already accepted" (section 4.2):
//!   its numbers go on after those. Were it to multicast them again, `half-a-certificate` would not
//!   stand.
//! - Others than the sequencer keep what they stored, and tell all clients when asked again.
//! - A suspect steps down with the others; as printed it would lead for ever on its own.
//! - Proposals of another than the sequencer are passed over.
//!
//! Assumes what the mended DifATo does. Where the paper says what to do, it does that; the places
//! above are those where the paper says nothing, or two things.

mod breaks;
pub mod changes;
pub mod client;
mod layer;
pub mod messages;
mod record;
pub mod server;

pub use layer::Literal;
pub use record::ENTRY;
