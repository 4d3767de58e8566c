//! One view at one member, from its installation to its end, as an engine: what is multicast in it,
//! who is suspected, and how it ends.
//!
//! ```text
//! period  P = 2L, the tick, L the network's greatest latency;  k ticks are at least (k − 1)P
//! silence 5 ticks:  a member sends (have) every P, so that two come at most P + L apart
//! order   7 ticks:  what I R-deliver all others have within 2P + L;  the sequencer may have an order
//!                   under way, 3L, and mine takes as long:  11L
//! flush   4 ticks:  all members hear within L that the view ends, and their flushes take L
//! deputy  6 ticks, and twice as many in each next attempt:  10L, of which 7L where nobody is silent
//! ```

use crate::byzantine::rampart::agreement::Agreement;
use crate::byzantine::rampart::echo::EchoMulticast;
use crate::byzantine::rampart::flush::Flushes;
use crate::byzantine::rampart::members::Members;
use crate::byzantine::rampart::messages::{self, Change, Commit, Content, Flush, Name, Said};
use crate::byzantine::rampart::order::Ordering;
use crate::byzantine::rampart::stability::Stability;
use crate::byzantine::rampart::suspicion::Suspicion;
use crate::byzantine::signatures::{Signed, Signer};
use pepperland_core::id::NodeId;
use pepperland_core::message::Message;

const SILENCE: u64 = 5;
const ORDER: u64 = 7;
const FLUSH: u64 = 4;
const DEPUTY: u64 = 6;

/// What a member is to do.
#[derive(Debug)]
pub enum Act {
    /// To send this to a node.
    Tell(NodeId, Said),
    /// To send this to all members.
    TellAll(Said),
    /// It suspects a member from now on.
    Suspect(NodeId),
    /// This is next, and whose it is.
    Deliver(NodeId, Message),
    /// The view ends.
    Install(Change),
}

/// One view at one member.
pub struct InView {
    me: NodeId,
    /// The members.
    pub members: Members,
    echo: EchoMulticast,
    ordering: Ordering,
    stability: Stability,
    suspicion: Suspicion,
    flushes: Flushes,
    agreement: Agreement,
    /// How many periods have begun.
    tick: u64,
    /// Since which tick the view is ending.
    ending: Option<u64>,
    /// Since which tick the deputy has been waited for.
    waiting: u64,
    acts: Vec<Act>,
}

impl InView {
    /// A view that begins.
    pub fn new(me: NodeId, members: Members) -> InView {
        InView {
            me,
            echo: EchoMulticast::new(me, members.clone()),
            ordering: Ordering::new(members.planted().skips_missing),
            stability: Stability::new(me, &members.all),
            suspicion: Suspicion::new(members.clone()),
            flushes: Flushes::new(members.clone()),
            agreement: Agreement::new(members.clone()),
            members,
            tick: 0,
            ending: None,
            waiting: 0,
            acts: Vec::new(),
        }
    }

    /// What is to be done, in order.
    pub fn take_acts(&mut self) -> Vec<Act> {
        std::mem::take(&mut self.acts)
    }

    /// Whom this node suspects.
    pub fn suspects(&self) -> impl Iterator<Item = NodeId> {
        self.suspicion.suspects()
    }

    /// To multicast a message. In a view that ends nothing is begun.
    pub fn multicast(&mut self, message: Message) {
        if self.ending.is_none() {
            let said = self.echo.multicast(Content::Data(message));
            self.acts.push(Act::TellAll(said));
        }
    }

    /// On what a member says.
    pub fn upon(&mut self, from: NodeId, said: Said, signer: &Signer) {
        match said {
            Said::Init { .. } | Said::Echo { .. } | Said::Commit(_) => {
                if self.ending.is_none() {
                    self.upon_multicast(from, said, signer);
                }
            }
            Said::Have { got, .. } => self.stability.upon_have(from, &got, self.tick),
            Said::Notify { against, signed, .. } => {
                let relayed = self.suspicion.upon_notice(against, signed, signer);
                if !relayed.is_empty() {
                    self.tell_all(relayed);
                    self.end(signer);
                }
            }
            Said::Flush(flush) => self.upon_flush(flush, signer),
            _ => self.upon_agreement(from, said, signer),
        }
    }

    fn upon_multicast(&mut self, from: NodeId, said: Said, signer: &Signer) {
        match said {
            Said::Init { number, hash, .. } => {
                let echo = self.echo.upon_init(from, number, hash, signer);
                self.acts.extend(echo.map(|echo| Act::Tell(from, echo)));
            }
            Said::Echo { number, signed, .. } => {
                let commit = self.echo.upon_echo(from, number, signed, signer);
                self.tell_all(commit.map(Said::Commit));
            }
            Said::Commit(commit) => {
                let delivered = self.echo.upon_commit(commit, signer);
                self.upon_delivered(delivered);
                self.deliver();
                self.order();
            }
            _ => {}
        }
    }

    /// On R-deliver.
    fn upon_delivered(&mut self, delivered: Vec<(Name, Content)>) {
        for (name, content) in delivered {
            match content {
                Content::Data(message) => self.ordering.hear_of(name, message, self.tick),
                Content::Order(order) if name.0 == self.members.sequencer() => {
                    self.ordering.append(order, self.tick);
                }
                Content::Order(_) => {}
            }
        }
    }

    fn deliver(&mut self) {
        while let Some((by, message)) = self.ordering.take_next() {
            self.acts.push(Act::Deliver(by, message));
        }
    }

    /// At the sequencer: says what comes next, if it is time to.
    fn order(&mut self) {
        if self.me == self.members.sequencer()
            && let Some(order) = self.ordering.order()
        {
            let said = self.echo.multicast(Content::Order(order));
            self.acts.push(Act::TellAll(said));
        }
    }

    /// Enough members say that one of them is faulty. Their notices are enough for all others too:
    /// this node suspects nobody for it.
    fn end(&mut self, signer: &Signer) {
        self.waiting = self.tick;
        if self.ending.is_none() {
            self.ending = Some(self.tick);
            let flush = self.flush(signer);
            self.acts.push(Act::TellAll(Said::Flush(flush)));
        }
        self.propose();
    }

    /// What this node has, but for what all others say that they have.
    fn flush(&self, signer: &Signer) -> Flush {
        let (view, by) = (self.members.view, self.me);
        let unstable = |(rank, origin): (usize, &NodeId)| {
            self.echo.kept(*origin, self.stability.stable(rank), self.echo.got()[rank])
        };
        let commits: Vec<Commit> =
            self.members.all.iter().enumerate().flat_map(unstable).cloned().collect();
        let signed = signer.sign(&messages::flush(view, by, &commits));
        Flush { view, by, commits, signed }
    }

    fn upon_flush(&mut self, flush: Flush, signer: &Signer) {
        if self.flushes.upon(&flush, signer) {
            self.acts.push(Act::TellAll(Said::Flush(flush)));
            self.propose();
        }
    }

    fn upon_agreement(&mut self, from: NodeId, said: Said, signer: &Signer) {
        match said {
            Said::Propose { attempt, change, lasts, .. }
                if from == self.members.deputy(attempt) =>
            {
                let before = self.agreement.attempt();
                let ack = self.agreement.upon_propose(attempt, &change, &lasts, signer);
                self.acts.extend(ack.map(|ack| Act::Tell(from, ack)));
                self.wait_anew(before);
            }
            Said::Ack { attempt, signed, .. } => {
                let lock = self.agreement.upon_ack(from, attempt, signed, signer);
                self.tell_all(lock);
            }
            Said::Lock { locked, .. } => {
                let (before, deputy) =
                    (self.agreement.attempt(), self.members.deputy(locked.attempt));
                let ready = self.agreement.upon_lock(locked, signer);
                self.acts.extend(ready.map(|ready| Act::Tell(deputy, ready)));
                self.wait_anew(before);
            }
            Said::Ready { attempt, signed, .. } => {
                let install = self.agreement.upon_ready(from, attempt, signed, signer);
                self.tell_all(install);
            }
            Said::Last(last) => {
                if let Some(attempt) = self.agreement.upon_last(from, last, signer) {
                    self.join(attempt, signer);
                }
                self.propose();
            }
            Said::Install { attempt, change, readies, .. } => {
                self.upon_install(attempt, change, readies, signer);
            }
            _ => {}
        }
    }

    fn upon_install(
        &mut self,
        attempt: u32,
        change: Change,
        readies: Vec<Signed>,
        signer: &Signer,
    ) {
        if self.agreement.prove_install(attempt, &change, &readies, signer) {
            let (view, again) = (self.members.view, change.clone());
            self.acts.push(Act::TellAll(Said::Install { view, attempt, change: again, readies }));
            self.leave(change);
        }
    }

    /// Whoever has come to a later attempt waits for its deputy from now on.
    fn wait_anew(&mut self, before: u32) {
        if self.agreement.attempt() > before {
            self.waiting = self.tick;
        }
    }

    fn join(&mut self, attempt: u32, signer: &Signer) {
        let last = self.agreement.join(attempt, signer);
        self.waiting = self.tick;
        self.acts.push(Act::TellAll(last));
    }

    /// Proposes how the view is to end, if this node is to.
    fn propose(&mut self) {
        if self.ending.is_none() || self.agreement.deputy() != self.me {
            return;
        }
        let (suspicion, flushes) = (&self.suspicion, &self.flushes);
        let candidate = || {
            let flushes = flushes.without(|member| suspicion.is_removed(member))?;
            Some(Change { removed: suspicion.removed(), flushes })
        };
        let said = self.agreement.propose(candidate);
        self.tell_all(said);
    }

    /// The view ends so: all members R-deliver the same, and then A-deliver the same.
    fn leave(&mut self, change: Change) {
        if !self.members.planted().no_flush {
            let commits = change.flushes.iter().flat_map(|flush| &flush.commits);
            let delivered: Vec<(Name, Content)> =
                commits.flat_map(|commit| self.echo.take(commit.clone())).collect();
            self.upon_delivered(delivered);
        }
        let rest = self.ordering.take_rest();
        self.acts.extend(rest.into_iter().map(|(by, message)| Act::Deliver(by, message)));
        self.acts.push(Act::Install(change));
    }

    /// A period has begun.
    pub fn tick(&mut self, signer: &Signer) {
        self.tick += 1;
        let got = self.echo.got().to_vec();
        self.acts.push(Act::TellAll(Said::Have { view: self.members.view, got }));
        for silent in self.silent() {
            self.suspect(silent, signer);
        }
        match self.ending {
            None => self.tick_at_work(signer),
            Some(since) => self.tick_at_the_end(since, signer),
        }
    }

    fn tick_at_work(&mut self, signer: &Signer) {
        for (member, rank, range) in self.stability.lacking(self.echo.got()) {
            let lacking = self.echo.kept(self.members.all[rank], range.start, range.end);
            let tell = |commit: &Commit| Act::Tell(member, Said::Commit(commit.clone()));
            self.acts.extend(lacking.map(tell));
        }
        if self.ordering.waits_since().is_some_and(|since| self.tick >= since + ORDER) {
            self.suspect(self.members.sequencer(), signer);
        }
    }

    fn tick_at_the_end(&mut self, since: u64, signer: &Signer) {
        if self.tick >= since + FLUSH {
            let missing: Vec<NodeId> = self.flushes.missing().collect();
            missing.into_iter().for_each(|member| self.suspect(member, signer));
        }
        let attempt = self.agreement.attempt();
        let patience = DEPUTY << attempt.min(10);
        let is_hopeless = self.suspicion.is_removed(self.agreement.deputy());
        if is_hopeless || self.tick >= self.waiting + patience {
            self.join(attempt + 1, signer);
        }
        self.propose();
    }

    fn silent(&self) -> Vec<NodeId> {
        let since = (self.tick + 1).saturating_sub(SILENCE);
        self.stability.silent_since(since).collect()
    }

    /// Says that a member is faulty. Nobody says so of itself.
    fn suspect(&mut self, member: NodeId, signer: &Signer) {
        if member == self.me {
            return;
        }
        if let Some(notice) = self.suspicion.suspect(member, signer) {
            self.acts.push(Act::Suspect(member));
            self.acts.push(Act::TellAll(notice));
        }
    }

    fn tell_all(&mut self, said: impl IntoIterator<Item = Said>) {
        self.acts.extend(said.into_iter().map(Act::TellAll));
    }
}
