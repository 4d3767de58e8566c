//! The context through which a layer acts.

use crate::contract::host::{Effect, Host, Timer};
use crate::contract::layer::{Layer, Value};
use crate::contract::vocabulary::{Delivery, Indication};
use crate::id::{GroupId, NetworkId, NodeId};
use crate::seed::Stream;
use crate::time::{Span, Time};
use std::ops::Range;
use std::rc::Rc;

/// The context of one layer while it handles something. `M` is what the layer hands upwards.
pub struct Cx<'a, M> {
    pub(super) host: &'a mut Host,
    pub(super) place: u32,
    risen: &'a mut Risen<M>,
}

/// What a layer reported upwards while it handled something, and after which effect.
///
/// Reports are handed on when the layer below has finished, yet take their place among its
/// effects: what the layer above does on a report comes before the effects that followed it.
pub struct Risen<M> {
    /// Most handlers report at most once.
    first: Option<(usize, Indication<M>)>,
    more: Vec<(usize, Indication<M>)>,
}

impl<M> Default for Risen<M> {
    fn default() -> Risen<M> {
        Risen { first: None, more: Vec::new() }
    }
}

impl<M> Risen<M> {
    #[inline(always)]
    fn push(&mut self, place: usize, report: Indication<M>) {
        match self.first {
            None => self.first = Some((place, report)),
            Some(_) => self.more.push((place, report)),
        }
    }

    /// Hands each report to `upon`, in order, at its place among the effects.
    #[inline(always)]
    pub fn hand_up<N>(
        &mut self,
        cx: &mut Cx<'_, N>,
        mut upon: impl FnMut(Indication<M>, &mut Cx<'_, N>),
    ) {
        let Some((place, first)) = self.first.take() else { return };
        let mut shift = insert(place, first, cx, &mut upon);
        for (place, report) in self.more.drain(..) {
            shift += insert(place + shift, report, cx, &mut upon);
        }
    }

    /// The reports in order, wherever they stand among the effects.
    pub fn into_reports(self) -> impl Iterator<Item = Indication<M>> {
        self.first.into_iter().chain(self.more).map(|(_, report)| report)
    }
}

/// Hands one report up: what is done on it comes before the effects from `place` on. Returns how
/// many effects that were.
#[inline(always)]
fn insert<M, N>(
    place: usize,
    report: Indication<M>,
    cx: &mut Cx<'_, N>,
    upon: &mut impl FnMut(Indication<M>, &mut Cx<'_, N>),
) -> usize {
    if place == cx.host.effects.list.len() {
        upon(report, cx);
        return cx.host.effects.list.len() - place;
    }
    let later = cx.host.effects.list.split_off(place);
    upon(report, cx);
    let done = cx.host.effects.list.len() - place;
    cx.host.effects.list.extend(later);
    done
}

impl<'a, M> Cx<'a, M> {
    /// The context of the top layer of a stack.
    pub fn top(host: &'a mut Host, risen: &'a mut Risen<M>) -> Cx<'a, M> {
        Cx { host, place: 0, risen }
    }

    /// This node.
    pub fn me(&self) -> NodeId {
        self.host.me
    }

    /// How often this node has recovered from a crash.
    pub fn incarnation(&self) -> u32 {
        self.host.incarnation
    }

    /// The members of a group.
    pub fn members(&self, group: GroupId) -> Rc<[NodeId]> {
        self.host.members(group)
    }

    /// The groups that there are.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + use<M> {
        (0..self.host.groups.len() as u32).map(GroupId)
    }

    /// Whether this node may multicast to the group: it is a member, or groups are open.
    pub fn may_multicast(&self, group: GroupId) -> bool {
        self.host.open || self.host.members(group).contains(&self.host.me)
    }

    /// Whether nodes may multicast to groups that they are not in.
    pub fn groups_are_open(&self) -> bool {
        self.host.open
    }

    /// The local clock; it may drift and jump.
    pub fn now(&self) -> Time {
        self.host.now
    }

    /// The node's own random stream.
    pub fn random(&mut self) -> &mut Stream {
        &mut self.host.stream
    }

    /// Delivers a message to the layer above.
    pub fn deliver(&mut self, delivery: Delivery<M>) {
        self.indicate(Indication::Deliver(delivery));
    }

    /// Reports something to the layer above.
    pub fn indicate(&mut self, indication: Indication<M>) {
        self.risen.push(self.host.effects.list.len(), indication);
    }

    /// Runs this layer's timer `tag` out after `span` of local time, in place of any set before.
    pub fn set_timer(&mut self, tag: u32, span: Span) {
        let timer = Timer { place: self.place, tag };
        self.host.effects.list.push(Effect::SetTimer(timer, span));
    }

    /// Forgets this layer's timer `tag`.
    pub fn cancel_timer(&mut self, tag: u32) {
        self.host.effects.list.push(Effect::CancelTimer(Timer { place: self.place, tag }));
    }

    /// Writes a value of this layer to stable storage.
    pub fn store<T: Value>(&mut self, name: &'static str, value: &T) {
        let key = (self.place, name);
        let bytes = self.host.stable.write(key, value);
        self.host.effects.list.push(Effect::Store(key, bytes));
    }

    /// Reads a value of this layer from stable storage.
    pub fn load<T: Value>(&self, name: &'static str) -> Option<T> {
        self.host.stable.read((self.place, name))
    }

    /// Leaves a remark in the history.
    pub fn note(&mut self, text: impl Into<String>) {
        self.host.effects.list.push(Effect::Note(text.into()));
    }

    /// Says that this stack does not offer the request.
    pub fn refuse(&mut self, request: &'static str) {
        self.host.effects.list.push(Effect::Refuse(request));
    }

    /// Runs the only layer below, which reports to `risen`.
    #[inline(always)]
    pub(super) fn below<L: Layer, T>(
        &mut self,
        lower: &mut L,
        risen: &mut Risen<L::Payload>,
        run: impl FnOnce(&mut L, &mut Cx<'_, L::Payload>) -> T,
    ) -> T {
        run(lower, &mut Cx { host: self.host, place: 2 * self.place + 1, risen })
    }

    /// Runs one of two layers below and returns what it reported, to be handed up before this layer
    /// reports or does anything else. `branch` is 0 for the first and
    /// 1 for the second: the index of the stack's variant in its `Wire` enum.
    pub fn branch<L: Layer>(
        &mut self,
        branch: u8,
        lower: &mut L,
        run: impl FnOnce(&mut L, &mut Cx<'_, L::Payload>),
    ) -> Risen<L::Payload> {
        self.host.branch.push(branch);
        let place = 2 * self.place + 1 + u32::from(branch);
        let mut risen = Risen::default();
        run(lower, &mut Cx { host: self.host, place, risen: &mut risen });
        self.host.branch.pop();
        risen
    }

    /// The network over which the frame came that is being received.
    pub(super) fn arrived_over(&self) -> NetworkId {
        self.host.arrived_over
    }

    /// Whether the timer belongs to this layer.
    pub fn owns(&self, timer: Timer) -> bool {
        timer.place == self.place
    }

    /// Which branch below leads to the timer's layer.
    pub fn branch_of(&self, timer: Timer) -> Option<u8> {
        let mut place = timer.place;
        while place > self.place {
            let parent = (place - 1) / 2;
            if parent == self.place {
                return Some(((place - 1) % 2) as u8);
            }
            place = parent;
        }
        None
    }
}

impl<M: Value> Cx<'_, M> {
    /// Puts a value on a network, once for each node: what the bottom of a stack does.
    pub(super) fn put_on_wire(&mut self, network: NetworkId, to: &[NodeId], value: &M) {
        let frame = self.frame(value);
        let send = |to: &NodeId| Effect::Send { to: *to, network, frame: frame.clone() };
        self.host.effects.list.extend(to.iter().map(send));
    }

    /// Puts a value on a network, once for all members of a group.
    pub(super) fn put_on_wire_for(&mut self, network: NetworkId, group: GroupId, value: &M) {
        let frame = self.frame(value);
        self.host.effects.list.push(Effect::GroupSend { group, network, frame });
    }

    /// The frame of a value among those of the running handler.
    #[inline(always)]
    fn frame(&mut self, value: &M) -> Range<u32> {
        let effects = &mut self.host.effects;
        let start = effects.bytes.len() as u32;
        effects.bytes.extend_from_slice(&self.host.branch);
        effects.bytes = postcard::to_extend(value, std::mem::take(&mut effects.bytes))
            .expect("a value of a protocol has a wire form");
        start..effects.bytes.len() as u32
    }
}
