//! Atomic multicast among liars by signed echoes and a sequencer, in views from which liars and
//! those who say nothing are removed (Reiter, *Secure agreement protocols: reliable and atomic group
//! multicast in Rampart*, CCS 1994; membership after Reiter, *A secure group membership protocol*,
//! IEEE TSE 22(1), 1996).
//!
//! ```text
//! To A-multicast m:    echo-multicast (data, m), in this view or, if it does not come through, the next
//! The sequencer:       echo-multicasts (order, which messages come next)
//! Every period:        (have, ...): who lacks something is sent it
//! On suspecting q:     (notify, q);  t + 1 of these end the view, for one without q
//! At the end:          each flushes what it has;  one set of flushes is agreed upon, with who is
//!                      removed;  all of it is delivered, and the next view begins
//! ```
//!
//! Three messages each way for data and order: 6n − 6 without those to oneself, in 6 steps; and n − 1
//! (have) of each member every period. Assumes n > 3f and a perfect channel for safety in one view.
//! Who is late beyond the network's greatest latency is removed though it does not lie, and then more
//! than a third of those who are left may: everything is claimed while nothing is late but what liars
//! send. Correct members deliver one sequence; one that crashes may have delivered what nobody else
//! had of it.
//!
//! The two papers were not at hand, and this is a reconstruction: echo multicast and order are those
//! of 1994 as later work cites them, the agreement on the next view is of the kind that has locks.
//! Departs from the sources: nobody joins; messages of one link may overtake each other, as nothing
//! rests on their order; a member that is removed stops. What is delivered is remembered for ever, by
//! name.
//!
//! Not planted: a deputy that goes by one last word instead of Q (a lock is then overlooked, as in the
//! protocols of Abraham et al., *Revisiting fast practical Byzantine fault tolerance*, 2017). Two views
//! come of it only where two removals differ, of a member that crashes and of a deputy that lies: that
//! takes t = 2, seven members and two attempts, and no search finds it among five.

mod agreement;
mod echo;
mod flush;
mod in_view;
mod members;
mod messages;
mod order;
mod record;
mod sealing;
mod stability;
mod suspicion;
#[cfg(test)]
mod tests;

pub use messages::{Change, Commit, Content, Flush, Last, Locked, Removal, Said};
pub use record::ENTRY;

use crate::byzantine::rampart::in_view::{Act, InView};
use crate::byzantine::rampart::members::{Members, Planted};
use crate::byzantine::signatures::Signer;
use pepperland_core::contract::{
    Cx, Delivery, Indication, Memory, Network, Protocol, View, ViewId,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use pepperland_core::time::Span;
use std::collections::{BTreeMap, BTreeSet};

/// Atomic multicast at one node.
pub struct Rampart {
    network: Network<Said>,
    signer: Signer,
    planted: Planted,
    /// P.
    period: Span,
    /// The view, once the node has started; none again once it is removed.
    here: Option<InView>,
    /// What is said in views to come.
    later: Vec<(NodeId, Said)>,
    /// What this node has multicast and not A-delivered.
    own: BTreeMap<MessageId, Message>,
    delivered: BTreeSet<MessageId>,
    /// The slot of the next delivery.
    slot: u64,
}

/// The timer of the period.
const TICK: u32 = 0;

impl Rampart {
    /// On the network of the application.
    pub fn new(setup: &Setup<'_>) -> Rampart {
        Rampart {
            network: Network::payload(),
            signer: Signer::of(setup),
            planted: Planted::of(setup),
            period: Span(2 * setup.max_latency.0).max(Span::millis(1)),
            here: None,
            later: Vec::new(),
            own: BTreeMap::new(),
            delivered: BTreeSet::new(),
            slot: 0,
        }
    }

    /// Runs the view, if there is one, and does what it says.
    fn run(&mut self, cx: &mut Cx<'_, Message>, run: impl FnOnce(&mut InView, &Signer)) {
        let Some(here) = &mut self.here else { return };
        run(here, &self.signer);
        for act in here.take_acts() {
            self.perform(act, cx);
        }
    }

    fn perform(&mut self, act: Act, cx: &mut Cx<'_, Message>) {
        match act {
            Act::Tell(to, said) => self.send_below(to, said, cx),
            Act::TellAll(said) => {
                let Some(here) = &self.here else { return };
                self.send_each_below(here.members.all.clone(), said, cx);
            }
            Act::Suspect(member) => cx.indicate(Indication::Suspect(member)),
            Act::Deliver(by, message) => self.deliver(by, message, cx),
            Act::Install(change) => self.leave(&change, cx),
        }
    }

    /// A-delivers a message, unless it is another node's, or came before: of its name nobody but its
    /// origin can make use, and a liar that multicasts one twice finds it delivered once.
    fn deliver(&mut self, by: NodeId, message: Message, cx: &mut Cx<'_, Message>) {
        if message.id.origin != by || !self.delivered.insert(message.id) {
            return;
        }
        self.own.remove(&message.id);
        let slot = Some(self.slot);
        self.slot += 1;
        cx.deliver(Delivery { from: by, group: GroupId::ALL, message, slot });
    }

    /// Leaves a view for the next, if this node is in that.
    fn leave(&mut self, change: &Change, cx: &mut Cx<'_, Message>) {
        let Some(here) = self.here.take() else { return };
        let next = here.members.after(change);
        if !next.has(cx.me()) {
            cx.note("this node is removed, and stops");
            return;
        }
        for suspect in here.suspects().filter(|suspect| next.has(*suspect)) {
            cx.indicate(Indication::Trust(suspect));
        }
        self.enter(next, cx);
    }

    fn enter(&mut self, members: Members, cx: &mut Cx<'_, Message>) {
        cx.indicate(Indication::View(View {
            id: ViewId { number: members.view, creator: None },
            group: GroupId::ALL,
            members: members.all.to_vec(),
            primary: true,
            transitional: None,
        }));
        let view = members.view;
        self.here = Some(InView::new(cx.me(), members));
        for message in self.own.values().cloned().collect::<Vec<_>>() {
            self.run(cx, |here, _| here.multicast(message));
        }
        let (now, later) = std::mem::take(&mut self.later)
            .into_iter()
            .partition(|(_, said): &(NodeId, Said)| said.view() == view);
        self.later = later;
        now.into_iter().for_each(|(from, said)| self.hear(from, said, cx));
    }

    /// What is said in this view is heard now, of what is said in a later one that there can be more
    /// then, and nothing of what was said in one that is over.
    fn hear(&mut self, from: NodeId, said: Said, cx: &mut Cx<'_, Message>) {
        let Some(here) = &self.here else { return };
        let (view, nodes) = (here.members.view, here.members.all.len() as u64);
        if said.view() == view && here.members.has(from) {
            self.run(cx, |here, signer| here.upon(from, said, signer));
        } else if (view + 1..view + nodes).contains(&said.view()) {
            self.later.push((from, said));
        }
    }
}

impl Protocol for Rampart {
    type Payload = Message;
    type Lower = Network<Said>;

    fn lower(&mut self) -> &mut Self::Lower {
        &mut self.network
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        let members = Members::first(cx.members(GroupId::ALL), self.planted);
        self.enter(members, cx);
        cx.set_timer(TICK, self.period);
    }

    fn multicast(&mut self, _: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.own.insert(m.id, m.clone());
        self.run(cx, |here, _| here.multicast(m));
    }

    fn upon_deliver(&mut self, received: Delivery<Said>, cx: &mut Cx<'_, Message>) {
        self.hear(received.from, received.message, cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, Message>) {
        if self.here.is_some() {
            self.run(cx, InView::tick);
            cx.set_timer(TICK, self.period);
        }
    }

    /// What is delivered is kept for ever.
    fn recall(&mut self, memory: &mut Memory) {
        memory.withhold();
    }
}
