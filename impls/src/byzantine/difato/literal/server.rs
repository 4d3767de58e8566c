//! The server as printed, Algorithms 1 and 2. What is to be done is left in order; the layer does it.
//!
//! ```text
//! On order (m, t, v) of client c:
//!     the buffer has m:              multicast it with its number to the clients;  stop
//!     v is wrong:                    stop
//!     another is the sequencer:      suspect it for m;  stop                       (section 4)
//!     t <= the last t of c:          stop                                          (line 2)
//!     write propose(n_o, order);  wait for acceptance                              (lines 11, 12)
//! On read propose(n, order) by the sequencer:                                      (Algorithm 2)
//!     v is right, no other was accepted for n, and t > the last t of c:
//!                                    write accept(n, h_m);  wait for acceptance
//!     else:                          suspect the sequencer for m
//! To wait for acceptance:            nothing else is ordered or judged until f + 1 servers, the
//!                                    sequencer and this one among them, have accepted, or T passed
//!     f + 1 have accepted:           store (n, order) in the buffer;  last t of c := t
//!                                    the sequencer multicasts it to the clients    (step 4)
//! ```
//!
//! n_o is one more than the greatest number in the buffer.

use crate::byzantine::cast::Cast;
use crate::byzantine::difato::literal::changes::Changes;
use crate::byzantine::difato::literal::messages::{Certificate, Voice, Write, voice};
use crate::byzantine::difato::messages::Order;
use crate::byzantine::keys::{Digest, KeyRing};
use crate::byzantine::ordering::Named;
use pepperland_core::contract::Indication;
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;

/// What a server does.
pub enum Act {
    /// It writes to its register.
    Write(Write),
    /// It tells a client.
    Tell(NodeId, Certificate),
    /// It reports.
    Report(Indication<Message>),
    /// It waits for acceptance no longer than this.
    Wait(Span),
}

/// What comes while a server waits for acceptance, and is taken up afterwards.
enum Work {
    Order(Order),
    Proposal(usize, u64, Order),
}

/// An order with its number.
struct Numbered {
    number: u64,
    h: Digest,
    order: Order,
}

/// By place among the servers: what each says for the clients of what it accepts.
type Voices = BTreeMap<usize, Voice>;

/// A server.
pub struct Server {
    place: usize,
    cast: Cast,
    keys: Rc<KeyRing>,
    /// T.
    patience: Span,
    changes: Changes,
    /// The atomic buffer, by number.
    buffer: BTreeMap<u64, (Numbered, Voices)>,
    /// What this server has accepted for each number.
    accepted: BTreeMap<u64, Digest>,
    /// By client: the t of what was stored last.
    last: BTreeMap<NodeId, u64>,
    /// Who accepts what.
    voices: BTreeMap<(u64, Digest), Voices>,
    /// That for which acceptance is waited.
    waiting: Option<Numbered>,
    work: VecDeque<Work>,
    acts: Vec<Act>,
}

impl Server {
    /// The server at this place that has these keys.
    pub fn new(place: usize, cast: Cast, keys: Rc<KeyRing>, patience: Span) -> Server {
        Server {
            place,
            changes: Changes::none(place, cast.servers.len(), cast.f),
            cast,
            keys,
            patience,
            buffer: BTreeMap::new(),
            accepted: BTreeMap::new(),
            last: BTreeMap::new(),
            voices: BTreeMap::new(),
            waiting: None,
            work: VecDeque::new(),
            acts: Vec::new(),
        }
    }

    /// What is to be done, in order.
    pub fn take_acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    fn report(&mut self, report: Indication<Message>) {
        self.acts.push(Act::Report(report));
    }

    /// The first server leads from the start.
    pub fn start(&mut self) {
        if self.leads() {
            self.report(Indication::Lead { epoch: Some(0) });
        }
    }

    fn leads(&self) -> bool {
        self.changes.sequencer() == self.place
    }

    /// On an order of a client.
    pub fn upon_order(&mut self, order: Order) {
        self.work.push_back(Work::Order(order));
        self.go_on();
    }

    /// On read of a register.
    pub fn upon_read(&mut self, writer: usize, write: Write) {
        match write {
            Write::Propose { number, order, voice } => {
                let h = order.what.hash();
                self.hear(writer, (number, h), voice);
                self.work.push_back(Work::Proposal(writer, number, order));
            }
            Write::Accept { number, hash, voice } => self.hear(writer, (number, hash), voice),
            Write::Change { hash, suspect } => {
                let Some(suspect) = self.cast.place(suspect) else { return };
                self.changes.want(writer, hash, suspect);
                self.search(hash);
            }
        }
        self.count();
        self.go_on();
    }

    /// T has passed.
    pub fn upon_timeout(&mut self) {
        self.waiting = None;
        self.go_on();
    }

    /// Takes up what came meanwhile.
    fn go_on(&mut self) {
        while self.waiting.is_none() {
            match self.work.pop_front() {
                Some(Work::Order(order)) => self.take(order),
                Some(Work::Proposal(by, number, order)) => self.judge(by, number, order),
                None => return,
            }
            self.count();
        }
    }

    /// Algorithm 1.
    fn take(&mut self, order: Order) {
        let h = order.what.hash();
        let stored = self.buffer.iter().find(|(_, (stored, _))| stored.h == h);
        if let Some(number) = stored.map(|(number, _)| *number) {
            return self.multicast(number);
        }
        if !order.is_right(self.place, &h, &self.keys) {
            return;
        }
        if !self.leads() {
            return self.suspect(h, self.changes.sequencer());
        }
        if self.is_old(&order) {
            return;
        }
        let number = self.buffer.keys().next_back().map_or(0, |last| last + 1);
        let voice = self.accept(number, h, &order);
        self.acts.push(Act::Write(Write::Propose { number, order: order.clone(), voice }));
        self.wait(Numbered { number, h, order });
    }

    /// t_j <= t_{j-1} for its client.
    fn is_old(&self, order: &Order) -> bool {
        self.last.get(&order.what.client).is_some_and(|last| order.what.t <= *last)
    }

    /// Algorithm 2.
    fn judge(&mut self, by: usize, number: u64, order: Order) {
        if by == self.place || by != self.changes.sequencer() {
            return;
        }
        let h = order.what.hash();
        let right = order.is_right(self.place, &h, &self.keys);
        let free = self.accepted.get(&number).is_none_or(|accepted| *accepted == h);
        if !right || !free || self.is_old(&order) {
            return self.suspect(h, by);
        }
        let voice = self.accept(number, h, &order);
        self.acts.push(Act::Write(Write::Accept { number, hash: h, voice }));
        self.wait(Numbered { number, h, order });
    }

    fn accept(&mut self, number: u64, h: Digest, order: &Order) -> Voice {
        let voice = voice(number, &h, &self.cast.clients, &self.keys);
        self.accepted.insert(number, h);
        self.hear(self.place, (number, h), voice.clone());
        let value = order.named();
        self.report(Indication::Decide { instance: number, value });
        voice
    }

    fn hear(&mut self, by: usize, what: (u64, Digest), voice: Voice) {
        self.voices.entry(what).or_default().entry(by).or_insert(voice);
    }

    fn wait(&mut self, numbered: Numbered) {
        self.waiting = Some(numbered);
        self.acts.push(Act::Wait(self.patience));
    }

    /// Whether f + 1 have accepted that for which acceptance is waited, and what comes of it.
    fn count(&mut self) {
        let Some(Numbered { number, h, .. }) = self.waiting else { return };
        let voices = self.voices.get(&(number, h)).filter(|voices| voices.len() > self.cast.f);
        let Some(voices) = voices.cloned() else { return };
        let Some(numbered) = self.waiting.take() else { return };
        let last = self.last.entry(numbered.order.what.client).or_default();
        *last = numbered.order.what.t.max(*last);
        self.buffer.insert(number, (numbered, voices));
        if self.leads() {
            self.multicast(number);
        }
    }

    /// The buffered order of this number, to all clients.
    fn multicast(&mut self, number: u64) {
        let Some((numbered, voices)) = self.buffer.get(&number) else { return };
        let order = &numbered.order.what;
        for (place, client) in self.cast.clients.iter().enumerate() {
            let mac =
                |(by, voice): (&usize, &Voice)| Some((self.cast.servers[*by], *voice.get(place)?));
            let voices = voices.iter().filter_map(mac).collect();
            let certificate = Certificate { number, order: order.clone(), voices };
            self.acts.push(Act::Tell(*client, certificate));
        }
    }

    fn suspect(&mut self, h: Digest, sequencer: usize) {
        let suspect = self.cast.servers[sequencer];
        if self.changes.want(self.place, h, sequencer) {
            self.report(Indication::Suspect(suspect));
            self.acts.push(Act::Write(Write::Change { hash: h, suspect }));
        }
        self.search(h);
    }

    fn search(&mut self, h: Digest) {
        let Some(former) = self.changes.search(h) else { return };
        if former != self.place {
            self.report(Indication::Trust(self.cast.servers[former]));
        }
        if self.leads() {
            self.report(Indication::Lead { epoch: Some(self.changes.made()) });
        }
    }
}
