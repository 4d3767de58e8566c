//! The server that leads: what it proposes for the next slot.
//!
//! ```text
//! To propose, once in an epoch and slot, after the hold:
//!     o := mine, if it has a supporter besides its proposer;  else the candidate with most
//!          supporters, if it has any besides its proposer;  else mine;  else a candidate that can
//!          be verified;  else what has waited longest
//!     o is a candidate that is not mine and cannot be verified:
//!          until T_wait has passed since the epoch began, wait for what clients say themselves
//!          then o := a candidate that can be verified;  else what has waited longest
//!     write propose(e, next, o), as clients said it here, if they have
//! ```

use crate::byzantine::log::Candidate;
use crate::byzantine::ordering::book::Book;
use crate::byzantine::ordering::server::{Act, Alarm, Server};
use crate::byzantine::ordering::write::Write;
use pepperland_core::contract::Indication;
use pepperland_core::time::Time;
use std::rc::Rc;

impl<B: Book> Server<B> {
    /// Whether the epoch is this server's.
    pub(super) fn leads(&self) -> bool {
        self.log.leader() == self.place
    }

    /// The server begins to lead.
    pub(super) fn lead(&mut self, now: Time) {
        self.report(Indication::Lead { epoch: Some(self.log.epoch()) });
        self.propose(now);
    }

    /// Proposes for the next slot, if it is its turn and there is something.
    pub(super) fn propose(&mut self, now: Time) {
        if !self.leads() || self.proposed || self.holds {
            return;
        }
        let Some(order) = self.choose(now) else { return };
        self.proposed = true;
        let (sid, epoch, slot) = (self.me, self.log.epoch(), self.log.next());
        let order = B::Order::clone(&order);
        self.act(Act::Write(Write::Propose { sid, epoch, slot, order }));
    }

    fn choose(&mut self, now: Time) -> Option<Rc<B::Order>> {
        if let Some(first) = self.stood_by() {
            if self.mine == Some(first.h) || self.orders.can_verify(&first.v, &first.h) {
                return Some(self.orders.as_told(&first.v, &first.h));
            }
            let patience = (self.epoch_began + self.times.wait).since(now);
            if patience.0 > 0 {
                self.act(Act::Wake(Alarm::Unproposed, patience));
                return None;
            }
        }
        let verifiable = self.verifiable().map(|c| self.orders.as_told(&c.v, &c.h));
        verifiable.or_else(|| self.orders.oldest())
    }

    /// The candidate that the next proposal must not pass over, if there is one.
    fn stood_by(&self) -> Option<&Candidate<Rc<B::Order>>> {
        let candidates = self.log.candidates();
        let supporters = |candidate: &Candidate<Rc<B::Order>>| self.log.supporters(&candidate.h);
        let mine = candidates.iter().rev().find(|candidate| self.mine == Some(candidate.h));
        let supported = candidates.iter().filter(|candidate| supporters(candidate) > 1);
        let most = supported.max_by_key(|candidate| (supporters(candidate), candidate.epoch));
        let backed = mine.filter(|candidate| self.is_backed(candidate));
        backed.or(most).or(mine).or_else(|| self.verifiable())
    }

    fn verifiable(&self) -> Option<&Candidate<Rc<B::Order>>> {
        self.log.candidates().iter().find(|c| self.orders.can_verify(&c.v, &c.h))
    }
}
