//! What a member does; the pseudocode stands in the folder's head.

use crate::groups::transfer::flaws::Switches;
use crate::groups::transfer::state::{Packet, Standing, State};
use pepperland_core::contract::{
    Cx, Delivery, Indication, Layer, Protocol, Request, StateHash, View, ViewId,
};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::Message;
use std::collections::BTreeMap;

/// A replica that gets its state from the others.
pub struct StateTransfer<L> {
    lower: L,
    pub(super) state: State,
    /// The last view in which the state was the group's; none if there is no state here.
    pub(super) standing: Option<ViewId>,
    /// The view that this node came from to the present one.
    along: Option<ViewId>,
    /// What was delivered as views ended, and is to be executed when it is sure that the others do.
    left: Vec<Message>,
    pub(super) view: Option<View>,
    /// The application was asked to stop: not all may get what comes now.
    pub(super) ending: bool,
    told: BTreeMap<NodeId, Option<Standing>>,
    /// Everybody has told.
    compared: bool,
    /// Everybody in the view has the state, or will have it before the view ends.
    served: bool,
    /// It wants to leave, and does when others have the state as well.
    leaves: Option<GroupId>,
    /// The place in the order of the first message of the view.
    pub(super) base: u64,
    /// How much was executed before what former views left.
    pub(super) safe: usize,
    /// How many messages of the view were delivered below.
    came: u64,
    /// Those that were not executed yet: their numbers in the view, their senders.
    pub(super) held: Vec<(u64, NodeId, Message)>,
    /// The second half of the snapshot that this node is giving, and where it begins.
    pub(super) giving: Option<(usize, Vec<Message>)>,
    /// The first half of the snapshot that this node is getting, from whom, and of how many.
    pub(super) getting: Option<(NodeId, u64, Vec<Message>)>,
    pub(super) switches: Switches,
}

impl<L: Layer<Payload = Packet>> StateTransfer<L> {
    /// State transfer over total order inside views.
    pub fn over(lower: L, setup: &Setup<'_>) -> StateTransfer<L> {
        StateTransfer {
            lower,
            state: State::default(),
            standing: None,
            along: None,
            left: Vec::new(),
            view: None,
            ending: false,
            told: BTreeMap::new(),
            compared: false,
            served: false,
            leaves: None,
            base: 0,
            safe: 0,
            came: 0,
            held: Vec::new(),
            giving: None,
            getting: None,
            switches: Switches::of(setup),
        }
    }

    fn standing(&self) -> Option<Standing> {
        let length = self.state.executed() + self.left.len() as u64;
        Some(Standing { view: self.standing?, length, along: self.along? })
    }

    fn is_of(&self, view: ViewId) -> bool {
        self.view.as_ref().is_some_and(|current| current.id == view)
    }

    fn tell(&mut self, view: ViewId, cx: &mut Cx<'_, Message>) {
        let told = Packet::Told(view, self.standing());
        self.multicast_below(GroupId::ALL, told, cx);
    }

    fn hear(&mut self, from: NodeId, standing: Option<Standing>, cx: &mut Cx<'_, Message>) {
        self.told.insert(from, standing);
        let Some(view) = &self.view else { return };
        if !self.compared && view.members.iter().all(|p| self.told.contains_key(p)) {
            let (id, members) = (view.id, view.members.clone());
            self.compare(id, &members, cx);
        }
    }

    /// Everybody has told: who has the group's state goes on, and the least of them gives it to
    /// the others.
    fn compare(&mut self, view: ViewId, members: &[NodeId], cx: &mut Cx<'_, Message>) {
        self.compared = true;
        let best = best(&self.told, members);
        let keeps = self.switches.keeps_its_own_state && self.standing.is_some();
        if self.has(best, cx.me()) || keeps {
            self.standing = Some(view);
            self.execute_left(cx);
        } else {
            (self.standing, self.state, self.base) = (None, State::default(), 0);
            self.left.clear();
        }
        let mut having = members.iter().copied().filter(|p| self.has(best, *p));
        let donor = having.next();
        let lacking = members.iter().any(|p| !self.has(best, *p));
        if self.switches.apply_twice {
            self.execute_held(cx);
        }
        if donor == Some(cx.me()) && lacking {
            self.give(view, cx);
        }
        self.execute_held(cx);
        if !lacking {
            self.serve(cx);
        }
    }

    /// Everybody has the state: who wants to leave takes nothing with it.
    fn serve(&mut self, cx: &mut Cx<'_, Message>) {
        self.served = true;
        if let Some(group) = self.leaves.take() {
            self.ask(Request::Leave(group), cx);
        }
    }

    /// Whether the member has told that it has the best state, and there is one.
    fn has(&self, best: Option<Standing>, p: NodeId) -> bool {
        best.is_some() && self.told.get(&p).is_some_and(|standing| *standing == best)
    }

    /// Executes what is held, if the state is here and the view goes on.
    pub(super) fn execute_held(&mut self, cx: &mut Cx<'_, Message>) {
        let may = self.standing.is_some() || self.switches.serves_before_set_state;
        if self.compared && may && !self.ending {
            self.execute_all(cx);
        }
    }

    fn execute_all(&mut self, cx: &mut Cx<'_, Message>) {
        for (number, from, message) in std::mem::take(&mut self.held) {
            let slot = Some(self.base.saturating_add(number));
            self.state.execute(message.clone());
            let delivery = Delivery { from, group: GroupId::ALL, message, slot };
            cx.deliver(delivery.clone());
            self.tell_state(delivery.message, slot, cx);
        }
    }

    /// What state it has after this message.
    fn tell_state(&self, value: Message, slot: Option<u64>, cx: &mut Cx<'_, Message>) {
        let state = StateHash { value, slot, hash: self.state.hash() };
        cx.indicate(Indication::StateHash(Box::new(state)));
    }

    /// Executes what was left of former views, and begins the new one.
    fn execute_left(&mut self, cx: &mut Cx<'_, Message>) {
        self.safe = self.state.log().len();
        for value in std::mem::take(&mut self.left) {
            let slot = Some(self.state.executed());
            self.state.execute(value.clone());
            self.tell_state(value, slot, cx);
        }
        self.base = self.state.executed();
    }

    /// What the view leaves is delivered by those who have the best state of all who go on
    /// together.
    fn end(&mut self, old: ViewId, next: &View, cx: &mut Cx<'_, Message>) {
        let along = next.transitional.as_deref().unwrap_or_default();
        let held = std::mem::take(&mut self.held);
        if self.standing.is_some() && (self.compared || self.has(best(&self.told, along), cx.me()))
        {
            for (_, from, message) in held {
                self.left.push(message.clone());
                cx.deliver(Delivery { from, group: GroupId::ALL, message, slot: None });
            }
        }
        self.along = Some(old);
    }
}

/// The best standing that these have told.
fn best(told: &BTreeMap<NodeId, Option<Standing>>, of: &[NodeId]) -> Option<Standing> {
    of.iter().filter_map(|p| told.get(p).copied().flatten()).max()
}

impl<L: Layer<Payload = Packet>> Protocol for StateTransfer<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Packet::Run(m), cx);
    }

    fn upon_deliver(&mut self, received: Delivery<Packet>, cx: &mut Cx<'_, Message>) {
        let from = received.from;
        match received.message {
            Packet::Run(m) => {
                self.held.push((self.came, from, m));
                self.came += 1;
                self.execute_held(cx);
            }
            Packet::Told(view, standing) if self.is_of(view) => self.hear(from, standing, cx),
            Packet::FirstHalf(view, ..) if self.is_of(view) && from == cx.me() => {
                self.give_second_half(view, cx);
            }
            Packet::FirstHalf(view, slot, first) if self.is_of(view) && self.standing.is_none() => {
                self.get_first_half(from, slot, first, cx);
            }
            Packet::SecondHalf(view, second) if self.is_of(view) => {
                self.get_second_half(from, second, cx);
                self.serve(cx);
            }
            Packet::Told(..) | Packet::FirstHalf(..) | Packet::SecondHalf(..) => {}
        }
    }

    fn upon_request(&mut self, request: Request<Message>, cx: &mut Cx<'_, Message>) {
        match request {
            Request::Leave(group) if self.standing.is_some() && !self.served => {
                self.leaves = Some(group);
            }
            Request::Leave(group) => self.ask(Request::Leave(group), cx),
            Request::Join(group) => {
                self.leaves = None;
                self.ask(Request::Join(group), cx);
            }
            Request::BlockOk(group, view) => self.ask(Request::BlockOk(group, view), cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_indication(&mut self, indication: Indication<Message>, cx: &mut Cx<'_, Message>) {
        self.ending |= matches!(indication, Indication::Block(..));
        cx.indicate(indication);
    }

    fn upon_view(&mut self, view: View, cx: &mut Cx<'_, Message>) {
        match self.view.as_ref().map(|old| old.id) {
            Some(old) => self.end(old, &view, cx),
            // The first members begin with the empty state.
            None if cx.incarnation() == 0 && cx.members(view.group).contains(&cx.me()) => {
                (self.standing, self.along) = (Some(view.id), Some(view.id));
            }
            None => {}
        }
        let together = view.transitional.as_ref() == Some(&view.members);
        (self.ending, self.compared, self.served) = (false, false, false);
        (self.base, self.came) = (0, 0);
        (self.giving, self.getting) = (None, None);
        self.told.clear();
        self.view = Some(view.clone());
        cx.indicate(Indication::View(view.clone()));
        if self.switches.no_second_exchange && together {
            self.compared = true;
            self.execute_left(cx);
        } else if view.primary {
            self.tell(view.id, cx);
        }
    }
}
