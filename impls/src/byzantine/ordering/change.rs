//! Who leads: how a server says that another should, and what a change brings.
//!
//! ```text
//! To complain, once in an epoch:     suspect its leader;  write change(e)
//! When f + 1 servers want a change:  trust the former leader again, if it was suspected
//!                                    e := e + 1;  if e is my own:  after the hold lead it
//! While anything is to be decided:   when nothing was for G:  complain
//! ```

use crate::byzantine::ordering::book::Book;
use crate::byzantine::ordering::server::{Act, Alarm, Server};
use crate::byzantine::ordering::write::Write;
use pepperland_core::contract::Indication;
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;

impl<B: Book> Server<B> {
    /// Suspects whoever leads, once in an epoch.
    pub(super) fn complain(&mut self) {
        if self.complained {
            return;
        }
        self.complained = true;
        let (sid, epoch, suspect) = (self.me, self.log.epoch(), self.leader());
        let hash = self.log.candidates().last().map(|candidate| candidate.h);
        self.report(Indication::Suspect(suspect));
        self.act(Act::Write(Write::Change { sid, epoch, hash, suspect }));
    }

    fn leader(&self) -> NodeId {
        self.cast.servers[self.log.leader()]
    }

    /// On read change(e') by a server.
    pub(super) fn upon_change(&mut self, writer: usize, epoch: u64, now: Time) {
        let former = self.leader();
        if !self.log.change(writer, epoch) {
            return;
        }
        if self.complained {
            self.report(Indication::Trust(former));
        }
        (self.complained, self.proposed, self.unverified) = (false, false, None);
        self.epoch_began = now;
        self.holds = self.leads();
        if self.holds {
            self.act(Act::Wake(Alarm::Hold, self.times.hold));
        }
        self.watch_anew();
    }

    /// Sees to it that it is woken if nothing is decided for long.
    pub(super) fn watch(&mut self) {
        if self.waits() && !self.armed {
            self.armed = true;
            self.act(Act::Wake(Alarm::Progress, self.times.progress));
        }
    }

    /// Whether there is anything to be decided.
    fn waits(&self) -> bool {
        !self.orders.is_empty() || !self.log.candidates().is_empty()
    }

    /// The same from now on: something has come of it.
    pub(super) fn watch_anew(&mut self) {
        self.armed = false;
        self.watch();
    }

    /// On an alarm.
    pub fn upon_alarm(&mut self, alarm: Alarm, now: Time) {
        match alarm {
            Alarm::Progress => self.upon_standstill(),
            Alarm::Hold if self.holds => {
                self.holds = false;
                self.lead(now);
            }
            Alarm::Unverified if self.unverified.is_some() => self.complain(),
            Alarm::Unproposed => self.propose(now),
            Alarm::Hold | Alarm::Unverified => {}
        }
    }

    fn upon_standstill(&mut self) {
        self.armed = false;
        if self.waits() {
            self.complain();
            self.watch();
        }
    }
}
