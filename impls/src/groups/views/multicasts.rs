//! The multicasts of a member: each belongs to the view in which it was made.

use crate::groups::views::agreement::{Agreement, Blocked, FIRST};
use crate::groups::views::log::Due;
use crate::groups::views::planted::Planted;
use crate::groups::views::rounds::Frame;
use pepperland_core::contract::{Cx, Delivery, Indication, Layer, Protocol, Value, View, ViewId};
use pepperland_core::id::{GroupId, NodeId};
use std::rc::Rc;

impl<M: Value, L: Layer<Payload = Frame<M>>> Agreement<M, L> {
    /// Multicasts in the view that this node is in.
    pub(super) fn multicast_in(&mut self, view: &View, m: M, cx: &mut Cx<'_, M>) {
        let number = self.log.add_own(m.clone());
        let others: Rc<[NodeId]> = view.members.iter().copied().filter(|p| *p != cx.me()).collect();
        self.send_each_below(others, Frame::Data { view: view.id, number, m }, cx);
        self.deliver_due(cx);
    }

    /// A multicast has come.
    pub(super) fn take(
        &mut self,
        from: NodeId,
        view: ViewId,
        number: u64,
        m: M,
        cx: &mut Cx<'_, M>,
    ) {
        let current = self.current().map(|view| view.id);
        let is_older = current.is_some_and(|current| view.number < current.number);
        if self.has(Planted::HearsTheExcluded) && is_older && !self.has_member(from) {
            cx.deliver(Delivery { from, group: GroupId::ALL, message: m, slot: None });
        } else if current == Some(view) {
            // What comes after the flush has not been told of, and is told of by its sender.
            if !self.is_silent() {
                self.log.add(from, number, m);
                self.deliver_due(cx);
            }
        } else if view.number > current.map_or(FIRST, |current| current.number) && self.takes_part()
        {
            self.early.entry(view).or_default().push((from, number, m));
        }
    }

    fn has_member(&self, node: NodeId) -> bool {
        self.current().is_some_and(|view| view.members.contains(&node))
    }

    /// Whether nothing more is sent or delivered until the next view: what is here has been told.
    /// An application that has not said yet that it has stopped may still multicast.
    pub(super) fn is_silent(&self) -> bool {
        self.flushing && self.service.flushes && self.blocked != Blocked::Asked
    }

    pub(super) fn deliver_due(&mut self, cx: &mut Cx<'_, M>) {
        if !self.is_silent() {
            self.log.due().into_iter().for_each(|due| deliver(due, cx));
        }
    }

    /// Goes on in the view that was just installed.
    pub(super) fn go_on(&mut self, cx: &mut Cx<'_, M>) {
        let Some(view) = self.current().cloned() else { return };
        self.log.open(cx.me(), &view.members);
        for m in std::mem::take(&mut self.waiting) {
            self.multicast_in(&view, m, cx);
        }
        for (from, number, m) in self.early.remove(&view.id).unwrap_or_default() {
            self.log.add(from, number, m);
        }
        self.early.retain(|id, _| id.number > view.id.number);
        self.deliver_due(cx);
    }
}

/// Hands a multicast up.
pub(super) fn deliver<M: Clone>(due: Due<M>, cx: &mut Cx<'_, M>) {
    let Due { from, message, stable } = due;
    let safe = stable.then(|| message.clone());
    cx.deliver(Delivery { from, group: GroupId::ALL, message, slot: None });
    safe.into_iter().for_each(|message| cx.indicate(Indication::Safe(message)));
}
