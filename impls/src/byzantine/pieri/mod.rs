//! Atomic multicast by a consensus service that bears liars among its clients and its servers
//! (Pieri, Fraga & Lung, *A Byzantine extension of the generic consensus service*, 2010, after
//! Guerraoui & Schiper, *The generic consensus service*, IEEE Transactions on Software Engineering
//! 27(1), 2001).
//!
//! ```text
//! Client, to multicast m:        data (m, vector) to all other clients;  learn m
//! Client, to learn m:            proposal (m, vector) to every server
//! Leader, when n_c - f_c clients propose m:
//!                                write propose(e, k, m) to its register
//! Server, on read of a proposal that f_c + 1 clients have made to it, the first for k:
//!                                write accept(k, hash);  write change(e) if they have not for long
//! Server, when f_s + 1 have accepted:   decision (k, m) to every client
//! Client, when f_s + 1 say so:   deliver m as number k
//! Server, when f_s + 1 want a change:   e := e + 1, led by the server at e mod n_s
//! ```
//!
//! The parts in full: [`client`], [`votes`]; what servers do once they know what clients want, which
//! they do as DifATo's: [`ordering`](crate::byzantine::ordering). f_c + 1 clients that propose m are
//! one at least that does not lie: m was multicast by whoever it names. n_c - f_c of them are so
//! many that every server hears of f_c + 1.
//!
//! Assumes a perfect channel between all, which may be as late as it likes; n_c > 3 f_c clients and
//! n_s > 2 f_s servers, of which f_c and f_s may lie or crash; keys given out before; and registers
//! that all servers read in one order with the writer's name.
//!
//! The paper was at hand as its abstract, and as others sum it up; what these leave open is
//! Guerraoui & Schiper's (who proposes to whom) and DifATo's (registers, who leads, what a change
//! keeps). So it is a reconstruction. Known departures:
//! - A client proposes to every server, and every server decides and tells every client: a leader
//!   that lies can leave out nobody. Whoever counts messages after the papers counts
//!   2 (n_s² + 3 n_c - n_s - 1); these are (n_c - 1) + n_c n_s + (n_s - 1) + (n_s - 1)² + n_s n_c.
//! - What a client has and nobody decides it tells the other clients again: one that lies may have
//!   told some of them alone.
//! - Proposals carry the message, not its hash alone: servers need no other way to it.
//! - Votes, and which messages are decided, are kept for ever.

pub mod client;
mod flaws;
mod layer;
pub mod messages;
pub mod planted;
mod record;
pub mod votes;

pub use layer::Pieri;
pub use record::ENTRY;

#[cfg(test)]
mod tests;
