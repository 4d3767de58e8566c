//! The server: what it makes of orders and of what it reads, and what it writes.
//!
//! ```text
//! On order o of a client, with its own authenticator right and t in the window:
//!                                decided before:  tell the client again
//!                                else pending += o;  accept what waited for it;  propose
//! On read propose(e', k, o) by w, if it is w's turn:
//!     o was decided before:      complain;  it is no candidate
//!     it is unjust:              complain
//!     B := candidates of earlier epochs that are mine, or that can be verified here and have a
//!          supporter besides their proposer
//!     else it is my own:         accept it, without a word
//!     else B != {}, o is not in B, and T_wait has not passed since the epoch began:  complain
//!     else o is mine:            nothing
//!     else it can be verified:   accept it
//!     else it was a candidate:   wait T_wait for the client's own order, then complain
//!     else:                      complain
//! On decision of o:              mine := none;  pending -= o;  a result to every client;  propose
//! ```
//!
//! To accept is to write it, and to stand by it: mine is what this server stands by in this slot.
//! Handlers leave what is to be done in order; the layer does it.

use crate::byzantine::cast::Cast;
use crate::byzantine::difato::messages::{Order, Outcome, Write};
use crate::byzantine::difato::orders::{Decided, Orders, Taken};
use crate::byzantine::difato::planted::Planted;
use crate::byzantine::difato::times::Times;
use crate::byzantine::keys::{Digest, KeyRing};
use crate::byzantine::log::{Log, LogPlanted, Read};
use pepperland_core::contract::Indication;
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::time::{Span, Time};
use std::rc::Rc;

/// What a server does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Act {
    /// It writes to its register.
    Write(Write),
    /// It tells a client.
    Tell(NodeId, Outcome),
    /// It reports.
    Report(Indication<Message>),
    /// It will be woken.
    Wake(Alarm, Span),
}

/// For what a server is woken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Alarm {
    /// Nothing was decided for long.
    Progress,
    /// All acceptances of the epoch before have been read.
    Hold,
    /// The order that makes a proposal verifiable has not come.
    Unverified,
    /// The order that makes what this leader stands by verifiable has not come.
    Unproposed,
}

/// A server.
pub struct Server {
    pub(super) me: NodeId,
    /// Its place among the servers.
    pub(super) place: usize,
    pub(super) cast: Cast,
    keys: Rc<KeyRing>,
    pub(super) times: Times,
    pub(super) log: Log<Rc<Order>>,
    pub(super) orders: Orders,
    /// What this server has accepted for the next slot.
    pub(super) mine: Option<Digest>,
    /// The proposal of this epoch for which an order is waited.
    pub(super) unverified: Option<Digest>,
    /// Whether it has written that the epoch should end.
    pub(super) complained: bool,
    /// Whether it has proposed for the next slot in this epoch.
    pub(super) proposed: bool,
    /// Whether it is to lead, and waits for acceptances of the epoch before.
    pub(super) holds: bool,
    /// When it read that the epoch began.
    pub(super) epoch_began: Time,
    /// Whether it will be woken if nothing is decided.
    pub(super) armed: bool,
    acts: Vec<Act>,
    planted: Planted,
}

impl Server {
    /// The server that has these keys.
    pub fn new(me: NodeId, place: usize, cast: Cast, keys: Rc<KeyRing>, times: Times) -> Server {
        Server {
            me,
            place,
            log: Log::new(cast.servers.len(), cast.f, LogPlanted::default()),
            orders: Orders::new(place, Rc::clone(&keys)),
            cast,
            keys,
            times,
            mine: None,
            unverified: None,
            complained: false,
            proposed: false,
            holds: false,
            epoch_began: Time::ZERO,
            armed: false,
            acts: Vec::new(),
            planted: Planted::default(),
        }
    }

    /// The same with a flaw.
    pub fn planted(mut self, planted: Planted) -> Server {
        let counts_others = planted.stores_early.then_some(self.place);
        let log = LogPlanted { counts_others, ..planted.log };
        self.log = Log::new(self.cast.servers.len(), self.cast.f, log);
        self.orders = self.orders.planted(planted);
        self.planted = planted;
        self
    }

    /// What is to be done, in order.
    pub fn take_acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    pub(super) fn act(&mut self, act: Act) {
        self.acts.push(act);
    }

    pub(super) fn report(&mut self, report: Indication<Message>) {
        self.act(Act::Report(report));
    }

    /// The first server leads from the start.
    pub fn start(&mut self, now: Time) {
        self.epoch_began = now;
        if self.leads() {
            self.lead(now);
        }
    }

    /// On an order of a client.
    pub fn upon_order(&mut self, order: Order, now: Time) {
        let client = order.what.client;
        match self.orders.take(order) {
            Taken::Done(decided) => self.tell(client, &decided),
            Taken::Refused => {}
            Taken::Pending => {
                self.accept_unverified();
                self.propose(now);
                self.watch();
            }
        }
    }

    /// The order has come for which a proposal waited.
    fn accept_unverified(&mut self) {
        let candidates = self.log.candidates();
        let Some(h) = self.unverified else { return };
        let verified = candidates.iter().any(|c| c.h == h && self.orders.can_verify(&c.v, &h));
        if verified {
            self.unverified = None;
            self.accept(h);
        }
    }

    /// On read of a register.
    pub fn upon_read(&mut self, writer: usize, write: Write, now: Time) {
        match write {
            Write::Propose { epoch, slot, order, .. } => {
                self.upon_propose(writer, (epoch, slot), Rc::new(order), now);
            }
            Write::Accept { slot, hash, .. } => self.log.accept(writer, slot, hash),
            Write::Change { epoch, .. } => self.upon_change(writer, epoch, now),
        }
        self.decide(now);
        self.watch();
    }

    fn upon_propose(
        &mut self,
        writer: usize,
        (epoch, slot): (u64, u64),
        order: Rc<Order>,
        now: Time,
    ) {
        let is_turn = self.log.is_turn(writer, epoch, slot);
        if is_turn && self.orders.is_done(&order) {
            return self.complain();
        }
        let h = self.planted.hash(&order.what);
        match self.log.propose(writer, epoch, slot, h, Rc::clone(&order)) {
            Read::Ignored => {}
            Read::Unjust(_) => self.complain(),
            Read::Candidate { .. } if writer == self.place => self.stand_by(h),
            Read::Candidate { again } => self.judge(h, &order, again, now),
        }
    }

    /// On another's candidate.
    fn judge(&mut self, h: Digest, order: &Order, again: bool, now: Time) {
        let is_early = now < self.epoch_began + self.times.wait;
        if is_early && self.is_passed_over(h) {
            self.complain();
        } else if self.mine == Some(h) {
            // What it has written counts in every epoch.
        } else if self.orders.can_verify(order, &h) {
            self.accept(h);
        } else if again {
            self.unverified = Some(h);
            self.act(Act::Wake(Alarm::Unverified, self.times.wait));
        } else {
            self.complain();
        }
    }

    /// Whether h is proposed in place of something that may be decided yet: B is not empty, and h
    /// is not in it.
    fn is_passed_over(&self, h: Digest) -> bool {
        let earlier = self.log.candidates().iter().filter(|c| c.epoch < self.log.epoch());
        let stands = earlier.filter(|c| {
            let supported = self.log.supporters(&c.h) > 1;
            self.mine == Some(c.h) || supported && self.orders.can_verify(&c.v, &c.h)
        });
        let mut stands = stands.map(|candidate| candidate.h).peekable();
        stands.peek().is_some() && stands.all(|other| other != h)
    }

    fn accept(&mut self, h: Digest) {
        self.stand_by(h);
        let (sid, slot) = (self.me, self.log.next());
        self.act(Act::Write(Write::Accept { sid, slot, hash: h }));
    }

    /// mine := h, of which histories are told as of a decision.
    fn stand_by(&mut self, h: Digest) {
        self.mine = Some(h);
        let candidate = self.log.candidates().iter().find(|candidate| candidate.h == h);
        let value = candidate.map(|candidate| candidate.v.what.named()).unwrap_or_default();
        self.report(Indication::Decide { instance: self.log.next(), value });
    }

    /// Whether the log has decided, and what comes of it.
    fn decide(&mut self, now: Time) {
        let epoch = self.log.epoch();
        let Some((slot, _, order)) = self.log.take_decided() else { return };
        (self.mine, self.unverified, self.proposed) = (None, None, false);
        let decided = Decided { epoch, slot, order };
        for client in self.cast.clients.clone().iter() {
            if !self.planted.result_to_origin || *client == decided.order.what.client {
                self.tell(*client, &decided);
            }
        }
        if self.orders.finish(decided) {
            self.complain();
        }
        self.watch_anew();
        self.propose(now);
    }

    /// A result for a client.
    fn tell(&mut self, client: NodeId, decided: &Decided) {
        let outcome = Outcome::to(client, decided, &self.keys);
        self.act(Act::Tell(client, outcome));
    }
}
