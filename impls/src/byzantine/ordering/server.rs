//! The server: what it makes of orders and of what it reads, and what it writes.
//!
//! ```text
//! On news of a client:           accept what waited for it;  propose
//! On read propose(e', k, o) by w, if it is w's turn:
//!     o was decided before:      complain;  it is no candidate
//!     it is unjust:              complain
//!     B := candidates of earlier epochs that have a supporter besides their proposer, and are
//!          mine or can be verified here
//!     else it is my own:         accept it, without a word
//!     else B != {}, o is not in B, and T_wait has not passed since the epoch began:  complain
//!     else o is mine:            nothing
//!     else it can be verified:   accept it
//!     else it was a candidate, or what clients say comes later:
//!                                wait T_wait for what clients say themselves, then complain
//!     else:                      complain
//! On decision of o:              mine := none;  o waits no longer;  tell every client;  propose
//! ```
//!
//! To accept is to write it, and to stand by it: mine is what this server stands by in this slot.
//! What only its proposer stands by is not in B, not even there: two servers, each with a proposal
//! that the other could not verify in time, would depose each other for ever.
//! Handlers leave what is to be done in order; the layer does it.

use crate::byzantine::cast::Cast;
use crate::byzantine::keys::Digest;
use crate::byzantine::log::{Candidate, Log, LogPlanted, Read};
use crate::byzantine::ordering::book::{Book, Decided, Named as _};
use crate::byzantine::ordering::times::Times;
use crate::byzantine::ordering::write::Write;
use pepperland_core::contract::Indication;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::message::Message;
use pepperland_core::time::{Span, Time};
use std::rc::Rc;

/// What a server does.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Act<O> {
    /// It writes to its register.
    Write(Write<O>),
    /// It tells a client what is decided.
    Tell(NodeId, Decided<O>),
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
    /// What makes a proposal verifiable has not come.
    Unverified,
    /// What makes verifiable what this leader stands by has not come.
    Unproposed,
}

/// Every alarm, in the order of their timers.
pub const ALARMS: [Alarm; 4] = [Alarm::Progress, Alarm::Hold, Alarm::Unverified, Alarm::Unproposed];

/// A server.
pub struct Server<B: Book> {
    pub(super) me: NodeId,
    /// Its place among the servers.
    pub(super) place: usize,
    pub(super) cast: Cast,
    pub(super) times: Times,
    pub(super) log: Log<Rc<B::Order>>,
    pub(super) orders: B,
    /// What this server has accepted for the next slot.
    pub(super) mine: Option<Digest>,
    /// The proposal of this epoch that cannot be verified yet.
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
    acts: Vec<Act<B::Order>>,
}

impl<B: Book> Server<B> {
    /// The server at this place, with what it knows of orders.
    pub fn new(me: NodeId, place: usize, cast: Cast, orders: B, times: Times) -> Server<B> {
        Server {
            me,
            place,
            log: Log::new(cast.servers.len(), cast.f, LogPlanted::default()),
            orders,
            cast,
            times,
            mine: None,
            unverified: None,
            complained: false,
            proposed: false,
            holds: false,
            epoch_began: Time::ZERO,
            armed: false,
            acts: Vec::new(),
        }
    }

    /// The same with a flaw in what it reads.
    pub fn planted(mut self, log: LogPlanted) -> Server<B> {
        self.log = Log::new(self.cast.servers.len(), self.cast.f, log);
        self
    }

    /// What is to be done, in order.
    pub fn take_acts(&mut self) -> Vec<Act<B::Order>> {
        std::mem::take(&mut self.acts)
    }

    /// To be done.
    pub fn act(&mut self, act: Act<B::Order>) {
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

    /// Where it writes.
    pub fn registers(&self) -> GroupId {
        self.cast.registers
    }

    /// What it knows of orders.
    pub fn orders(&mut self) -> &mut B {
        &mut self.orders
    }

    /// Clients have said more than it knew.
    pub fn upon_news(&mut self, now: Time) {
        self.accept_unverified();
        self.propose(now);
        self.watch();
    }

    /// What a proposal waited for may have come.
    fn accept_unverified(&mut self) {
        let candidates = self.log.candidates();
        let Some(h) = self.unverified else { return };
        let verified = candidates.iter().any(|c| c.h == h && self.orders.can_verify(&c.v, &h));
        if verified {
            self.unverified = None;
            self.accept(h);
        }
    }

    /// On read of what a node has written to its register. Who wrote it the network says; whoever
    /// claims to be another has written nothing.
    pub fn upon_written(&mut self, writer: NodeId, write: Write<B::Order>, now: Time) {
        let claims_its_own = write.sid() == writer;
        if let Some(place) = self.cast.place(writer).filter(|_| claims_its_own) {
            self.upon_read(place, write, now);
        }
    }

    /// On read of the register of the server at this place.
    pub fn upon_read(&mut self, writer: usize, write: Write<B::Order>, now: Time) {
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
        order: Rc<B::Order>,
        now: Time,
    ) {
        let is_turn = self.log.is_turn(writer, epoch, slot);
        if is_turn && self.orders.is_done(&order) {
            return self.complain();
        }
        let h = self.orders.hash(&order);
        match self.log.propose(writer, epoch, slot, h, Rc::clone(&order)) {
            Read::Ignored => {}
            Read::Unjust(_) => self.complain(),
            Read::Candidate { .. } if writer == self.place => self.stand_by(h),
            Read::Candidate { again } => self.judge(h, &order, again, now),
        }
    }

    /// On another's candidate.
    fn judge(&mut self, h: Digest, order: &B::Order, again: bool, now: Time) {
        let is_early = now < self.epoch_began + self.times.wait;
        if is_early && self.is_passed_over(h) {
            self.complain();
        } else if self.mine == Some(h) {
            // What it has written counts in every epoch.
        } else if self.orders.can_verify(order, &h) {
            self.accept(h);
        } else if again || B::COMES_LATER {
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
            let is_known = self.mine == Some(c.h) || self.orders.can_verify(&c.v, &c.h);
            self.is_backed(c) && is_known
        });
        let mut stands = stands.map(|candidate| candidate.h).peekable();
        stands.peek().is_some() && stands.all(|other| other != h)
    }

    /// Whether it has a supporter besides its proposer: this server, or another that it has read of.
    pub(super) fn is_backed(&self, candidate: &Candidate<Rc<B::Order>>) -> bool {
        let proposer = (candidate.epoch % self.cast.servers.len() as u64) as usize;
        let by_me = self.mine == Some(candidate.h) && proposer != self.place;
        by_me || self.log.supporters(&candidate.h) > 1
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
        let value = candidate.map(|candidate| candidate.v.named()).unwrap_or_default();
        self.report(Indication::Decide { instance: self.log.next(), value });
    }

    /// Whether the log has decided, and what comes of it.
    fn decide(&mut self, now: Time) {
        let epoch = self.log.epoch();
        let Some((slot, _, order)) = self.log.take_decided() else { return };
        (self.mine, self.unverified, self.proposed) = (None, None, false);
        let decided = Decided { epoch, slot, order };
        for client in self.cast.clients.clone().iter() {
            self.act(Act::Tell(*client, decided.clone()));
        }
        if self.orders.finish(decided) {
            self.complain();
        }
        self.watch_anew();
        self.propose(now);
    }
}
