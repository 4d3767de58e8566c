//! Atomic multicast by 2f + 1 servers of which f may lie: DifATo (Xavier Silva, Lung, Luiz &
//! Magnabosco, *DifATo: Difusão Atômica Tolerante a Falhas Bizantinas Baseada em Tecnologia de
//! Virtualização*), mended where a run shows that the paper's is broken.
//!
//! ```text
//! Client, to multicast m:        order (m, t, vector) to the sequencer, later to all servers
//! Sequencer, on order:           write propose(e, k, order) to its register
//! Server, on read of a proposal that it can verify and that is the first for k:
//!                                write accept(k, hash);  else write change(e)
//! Server, when f + 1 have accepted:  result (e, k, order) to every client
//! Client, when f + 1 say so:     deliver the order of the next slot
//! Server, when f + 1 want a change:  e := e + 1, led by the server at e mod n
//! ```
//!
//! The parts in full: [`client`], [`server`], [`sequencer`], [`change`]; what all servers agree on
//! because they read the same: [`log`](crate::byzantine::log).
//!
//! Assumes a perfect channel between clients and servers that may be as late as it likes, clients
//! that only crash, a minority of servers that lie or crash, keys given out before, and registers
//! that all read in one order with the writer's name. Their bound and all time-outs concern only
//! how often the sequencer changes.
//!
//! Departs from the paper:
//! - Registers are read as a log, not by their last value, of which a reader may miss one.
//! - Every server sends the result, and a client believes f + 1 of them: a certificate of
//!   acceptances can be completed by liars after the fact, and a sequencer may leave clients out.
//!   That costs (n_s − 1) · n_c messages more than the paper's n_s² − n_s + n_c + 1.
//! - A change names its epoch and is forgotten with it; the paper's are kept, and depose a server
//!   when it leads again.
//! - A server asks for a change when nothing is decided for long, not on any order that it gets:
//!   the paper's servers depose one sequencer after the other while a client waits.
//! - What may have been decided in an epoch is proposed again in the next, for the same slot: what
//!   this server has accepted, else what others support. The next sequencer first reads all
//!   acceptances of the epoch before.
//! - Timestamps are of a window, not in order: a client may multicast again before the first comes.
//! - What was decided before is no candidate. An honest server never accepts it again, so a later
//!   sequencer that had to stand by it would be deposed for it.

pub mod change;
pub mod client;
mod flaws;
mod layer;
pub mod literal;
pub mod messages;
pub mod orders;
pub mod planted;
mod record;
pub mod sequencer;
pub mod server;
pub mod times;

pub use layer::DifAto;
pub use record::ENTRY;

#[cfg(test)]
mod tests;
