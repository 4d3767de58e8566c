//! Membership by total-order multicast: the commands that change a view stand in one order with
//! the messages, so that all members change it between the same two (lecture notes on group
//! membership; Schneider, *Implementing Fault-Tolerant Services Using the State Machine Approach*,
//! ACM Computing Surveys 22(4), 1990).
//!
//! ```text
//! On initialization:                  v := 1;  V := the first members;  install (v, V)
//! To join at p:                       until p is in V, again and again: send ("contact", p) to a
//!                                     member that is not suspected; without one, act as a member
//! On receive(("contact", p)):         joiners += p;  command
//! On suspicion of p:                  command
//! To leave at p:                      command
//! To command, at a member:            for p in joiners, not suspected: TO-multicast("include", p, v)
//!                                     for p in V, suspected:           TO-multicast("exclude", p, v)
//!                                     if it leaves itself:          TO-multicast("exclude", self, v)
//! On TO-deliver(("include", p, u)):   if u = v: V := V + p;  v := v + 1;  install (v, V);  command
//! On TO-deliver(("exclude", p, u)):   if u = v: V := V - p;  v := v + 1;  install (v, V);  command
//! To multicast m at a member:         TO-multicast(m, v);  who is excluded is blocked until it is in
//! On TO-deliver((m, u)) from p:       if p is in V and has been since view u: deliver m
//! ```
//!
//! "If m also tells the view in which m was sent, processes can tell that any message of p that is
//! delivered after m is to be ignored": a command counts in the view that it was sent in, and so
//! what an excluded member sent before is not delivered after, nor when it is back. Who is
//! excluded unjustly joins again by itself; so does a node that comes back after a crash.
//!
//! All nodes that there are take part in the order, members or not. Assumes a majority of them that
//! never crashes at once, and of time that suspicions are right in the end. A view is not changed
//! while messages are on their way, nobody is blocked: what is sent in one view may have its place
//! in the next. Departs from its source: state is not transferred.

use crate::groups::ordered_group::{Command, Life};
use crate::order::agreed_sequence::agreed_sequence;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Request, Value};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::time::Span;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

mod place;
mod record;

pub use place::Commanders;
pub use record::{ENTRY, IN_ORDER, MODEL};

use place::Place;

/// The layer over the sequence of all nodes.
pub fn ordered_membership<M: Value>(
    setup: &Setup<'_>,
    commanders: Commanders,
) -> impl Layer<Payload = M> + use<M> {
    OrderedMembership::over(agreed_sequence::<Ordered<M>>(setup), commanders, setup)
}

/// What is multicast in total order, or sent to one node.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Ordered<M> {
    /// A command to a group, and the view in which it was sent.
    Command(GroupId, Command, u64),
    /// A message of a member to its group, and the view in which it was sent.
    Message(GroupId, Life, u64, M),
    /// A message to a group from outside.
    FromOutside(GroupId, M),
    /// `("contact", p)`.
    Contact(GroupId, Life),
}

/// Membership by total-order multicast.
pub struct OrderedMembership<L> {
    lower: L,
    everybody: Rc<[NodeId]>,
    suspected: BTreeSet<NodeId>,
    places: BTreeMap<GroupId, Place>,
    commanders: Commanders,
    switches: Switches,
}

/// The planted flaws.
struct Switches {
    view_number_missing: bool,
    self_exclusion_ignored: bool,
    commands_out_of_order: bool,
    no_incarnation: bool,
    open_sender_skips_flush: bool,
}

/// How long a node waits until it asks again to be included.
const AGAIN: Span = Span::millis(100);

/// The name of what a node wants, on stable storage.
const WANTED: &str = "wanted";

impl<L> OrderedMembership<L> {
    /// Membership over this total order.
    pub fn over(lower: L, commanders: Commanders, setup: &Setup<'_>) -> OrderedMembership<L> {
        let switches = Switches {
            view_number_missing: setup.flawed("view-number-missing"),
            self_exclusion_ignored: setup.flawed("self-exclusion-ignored"),
            commands_out_of_order: setup.flawed("commands-out-of-order"),
            no_incarnation: setup.flawed("no-incarnation"),
            open_sender_skips_flush: setup.flawed("open-sender-skips-flush"),
        };
        let everybody = NodeId::first(setup.nodes).collect();
        let (suspected, places) = (BTreeSet::new(), BTreeMap::new());
        OrderedMembership { lower, everybody, suspected, places, commanders, switches }
    }

    /// This life of this node.
    fn me<M>(&self, cx: &Cx<'_, M>) -> Life {
        let incarnation = if self.switches.no_incarnation { 0 } else { cx.incarnation() };
        Life { node: cx.me(), incarnation }
    }

    fn place(&mut self, group: GroupId) -> &mut Place {
        self.places.entry(group).or_insert_with(|| Place::of(&[], false))
    }

    fn is_in<M>(&mut self, group: GroupId, cx: &Cx<'_, M>) -> bool {
        let me = self.me(cx);
        self.place(group).group.holds(me)
    }
}

impl<M: Value, L: Layer<Payload = Ordered<M>>> OrderedMembership<L> {
    /// On the first start and after a crash: the groups as they are at the beginning of the order.
    fn begin(&mut self, cx: &mut Cx<'_, M>) {
        let wanted: Option<BTreeSet<GroupId>> = cx.load(WANTED);
        for group in cx.groups() {
            let first = cx.members(group);
            let is_first = first.contains(&cx.me());
            let wants = wanted.as_ref().map_or(is_first, |wanted| wanted.contains(&group));
            self.places.insert(group, Place::of(&first, wants));
            self.settle(group, cx);
        }
    }

    /// Once a view has begun, or this node wants in: whoever is in installs it, whoever wants in
    /// asks to be included.
    fn settle(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let (me, ignores) = (self.me(cx), self.switches.self_exclusion_ignored);
        let place = self.place(group);
        let is_in = place.group.holds(me);
        if is_in || ignores && place.group.number() > 0 && place.wants {
            cx.indicate(Indication::View(place.group.view(group, me.node)));
        }
        if place.wants && !is_in {
            cx.set_timer(group.0, AGAIN);
        }
        self.command(group, cx);
    }

    /// To command: whatever the present view should lose and gain.
    fn command(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let me = self.me(cx);
        let place = self.places.entry(group).or_insert_with(|| Place::of(&[], false));
        let sent_in = place.group.number();
        for command in place.commands(me, &self.suspected, self.commanders) {
            self.issue(Ordered::Command(group, command, sent_in), cx);
        }
    }

    fn issue(&mut self, command: Ordered<M>, cx: &mut Cx<'_, M>) {
        match self.switches.commands_out_of_order {
            true => self.send_each_below(self.everybody.clone(), command, cx),
            false => self.multicast_below(GroupId::ALL, command, cx),
        }
    }

    fn multicast_from_outside(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let message = Ordered::FromOutside(group, m);
        match self.switches.open_sender_skips_flush {
            true => self.send_each_below(self.everybody.clone(), message, cx),
            false => self.multicast_below(GroupId::ALL, message, cx),
        }
    }

    /// Contacts the next member that is not suspected; without one, acts as a member.
    fn contact(&mut self, group: GroupId, cx: &mut Cx<'_, M>) {
        let me = self.me(cx);
        let place = self.places.entry(group).or_insert_with(|| Place::of(&[], false));
        match place.next_contact(me.node, &self.suspected, self.commanders) {
            Some(member) => self.send_below(member, Ordered::Contact(group, me), cx),
            None => {
                place.join(me);
                self.command(group, cx);
            }
        }
        cx.set_timer(group.0, AGAIN);
    }

    /// What this node wants of a group has changed.
    fn want(&mut self, group: GroupId, wants: bool, cx: &mut Cx<'_, M>) {
        self.place(group).wants = wants;
        let wanted = self.places.iter().filter(|(_, place)| place.wants).map(|(group, _)| *group);
        cx.store(WANTED, &wanted.collect::<BTreeSet<GroupId>>());
        match wants && !self.is_in(group, cx) {
            true => self.contact(group, cx),
            false => self.command(group, cx),
        }
    }

    /// On TO-deliver of a command.
    fn obey(&mut self, group: GroupId, command: Command, sent_in: u64, cx: &mut Cx<'_, M>) {
        let (me, any_view) = (self.me(cx), self.switches.view_number_missing);
        let place = self.place(group);
        let sent_in = if any_view { place.group.number() } else { sent_in };
        let was_in = place.group.holds(me);
        if place.obey(command, sent_in) {
            if was_in && !place.group.holds(me) {
                cx.indicate(Indication::Block(group, place.group.id()));
            }
            self.settle(group, cx);
        }
    }

    /// On TO-deliver of m.
    fn deliver(&mut self, of: Delivery<M>, sent: Option<(Life, u64)>, cx: &mut Cx<'_, M>) {
        let (me, switches) = (self.me(cx), &self.switches);
        let Some(Place { group, wants, .. }) = self.places.get(&of.group) else { return };
        let is_in = group.holds(me) || switches.self_exclusion_ignored && *wants;
        let hears = |(from, sent_in)| group.hears(from, sent_in) || switches.view_number_missing;
        if is_in && sent.is_none_or(hears) {
            cx.deliver(of);
        }
    }
}

impl<M: Value, L: Layer<Payload = Ordered<M>>> Protocol for OrderedMembership<L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        self.begin(cx);
    }

    fn upon_request(&mut self, request: Request<M>, cx: &mut Cx<'_, M>) {
        match request {
            Request::Join(group) => self.want(group, true, cx),
            Request::Leave(group) => self.want(group, false, cx),
            // There is nothing to wait for: whoever is blocked is out.
            Request::BlockOk(..) => {}
            other => cx.refuse(other.name()),
        }
    }

    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        let me = self.me(cx);
        let place = self.place(group);
        if place.group.holds(me) {
            let message = Ordered::Message(group, me, place.group.number(), m);
            self.multicast_below(GroupId::ALL, message, cx);
        } else if cx.groups_are_open() {
            self.multicast_from_outside(group, m, cx);
        } else {
            cx.refuse("multicast from outside the group");
        }
    }

    fn upon_timeout(&mut self, tag: u32, cx: &mut Cx<'_, M>) {
        let group = GroupId(tag);
        if self.place(group).wants && !self.is_in(group, cx) {
            self.contact(group, cx);
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Ordered<M>>, cx: &mut Cx<'_, M>) {
        let of = |group, m: &M| Delivery { group, ..received.with(m.clone()) };
        match &received.message {
            Ordered::Command(group, command, sent_in) => self.obey(*group, *command, *sent_in, cx),
            Ordered::Message(group, from, sent_in, m) => {
                self.deliver(of(*group, m), Some((*from, *sent_in)), cx);
            }
            Ordered::FromOutside(group, m) => self.deliver(of(*group, m), None, cx),
            Ordered::Contact(group, joiner) => {
                self.place(*group).join(*joiner);
                self.command(*group, cx);
            }
        }
    }

    fn upon_indication(&mut self, indication: Indication<M>, cx: &mut Cx<'_, M>) {
        _ = match indication {
            Indication::Suspect(p) => self.suspected.insert(p),
            Indication::Trust(p) => self.suspected.remove(&p),
            _ => false,
        };
        cx.indicate(indication);
        let groups: Vec<GroupId> = self.places.keys().copied().collect();
        groups.into_iter().for_each(|group| self.command(group, cx));
    }
}
