//! A member's side of agreement on views.

use crate::groups::views::agreement::{Agreement, Blocked};
use crate::groups::views::change::Change;
use crate::groups::views::multicasts::deliver;
use crate::groups::views::planted::Planted;
use crate::groups::views::rounds::{Flush, Frame, Past, Round};
use crate::groups::views::service::Views;
use pepperland_core::contract::{Cx, Indication, Layer, Protocol, Value, View, ViewId};
use pepperland_core::id::{GroupId, NodeId};

impl<M: Value, L: Layer<Payload = Frame<M>>> Agreement<M, L> {
    /// The application asks to be a member, or to be none.
    pub(super) fn want(&mut self, wants: bool, cx: &mut Cx<'_, M>) {
        self.kept.wants = wants;
        cx.store("kept", &self.kept);
        self.consider(cx);
    }

    /// A coordinator begins a round.
    pub(super) fn prepare(&mut self, from: NodeId, round: Round, cx: &mut Cx<'_, M>) {
        self.seen = self.seen.max(round.number);
        if round < self.promised {
            let promised = self.promised.number;
            return self.send_below(from, Frame::Refuse { round, promised }, cx);
        }
        let waits = self.flushing && self.has(Planted::WaitsForItsCoordinator);
        if round == self.promised || waits {
            return;
        }
        (self.promised, self.flushing) = (round, true);
        self.lead.take_if(|lead| lead.round < round);
        match self.current().map(|view| view.id) {
            Some(view) if self.blocks() && self.blocked == Blocked::No => {
                self.blocked = Blocked::Asked;
                cx.indicate(Indication::Block(GroupId::ALL, view));
            }
            _ if self.blocked == Blocked::Asked => {}
            _ => self.flush(cx),
        }
    }

    /// Whether the application must stop sending before a view is left.
    fn blocks(&self) -> bool {
        self.service.flushes && !self.has(Planted::NoBlock)
    }

    /// The application has stopped sending.
    pub(super) fn stopped(&mut self, view: ViewId, cx: &mut Cx<'_, M>) {
        let current = self.current().map(|view| view.id);
        if self.blocked == Blocked::Asked && current == Some(view) {
            self.blocked = Blocked::Yes;
            self.flush(cx);
        }
    }

    /// Tells the coordinator what is here.
    fn flush(&mut self, cx: &mut Cx<'_, M>) {
        let past =
            |view: &View| Past { id: view.id, members: view.members.clone(), left: self.left };
        let flush = Flush {
            wants: self.kept.wants,
            from: self.view.as_ref().map(past),
            accepted: self.accepted.as_ref().map(|(round, change)| (*round, change.next.id)),
            highest: self.kept.highest,
            report: self.log.report(self.service.flushes),
            ballot: self.kept.ballot.clone(),
        };
        let round = self.promised;
        self.send_below(round.coordinator, Frame::Flush { round, flush }, cx);
    }

    /// The coordinator says how to get to the next view.
    pub(super) fn proposed(
        &mut self,
        from: NodeId,
        round: Round,
        change: Change<M>,
        cx: &mut Cx<'_, M>,
    ) {
        let mine = self.view.as_ref().map(|view| view.id);
        let again = self.accepted.as_ref().is_some_and(|(accepted, _)| *accepted == round);
        if !self.flushing || self.promised != round || change.from != mine || again {
            return;
        }
        if !self.has(Planted::NoFlush) {
            self.log.take_in(&change.rest);
        }
        self.kept.highest = self.kept.highest.max(change.highest);
        if self.service.views == Views::Primary && change.next.primary {
            self.kept.ballot.attempt(change.next.id.number, &change.next.members);
        }
        cx.store("kept", &self.kept);
        self.accepted = Some((round, change));
        self.send_below(from, Frame::Accept(round), cx);
    }

    /// Everybody has accepted: the steps are taken.
    pub(super) fn install(&mut self, round: Round, cx: &mut Cx<'_, M>) {
        let accepted = self.accepted.take_if(|(accepted, _)| *accepted == round);
        let Some((_, change)) = accepted else { return };
        let promised = self.promised;
        if self.flushing && promised > round {
            // What this node has said in that round is true no longer.
            let refuse = Frame::Refuse { round: promised, promised: promised.number };
            self.send_below(promised.coordinator, refuse, cx);
        }
        let mut rest = self.log.rest();
        self.log.close();
        if !self.has(Planted::DeliverAfterView) {
            rest.drain(..).for_each(|due| deliver(due, cx));
        }
        (self.flushing, self.blocked, self.restless) = (false, Blocked::No, 0);
        if self.service.views != Views::Primary {
            self.lead.take_if(|lead| lead.round == round);
        }
        let stays = self.has(Planted::StaysWhenExcluded);
        if !change.next.members.contains(&cx.me()) && !stays {
            self.left = true;
            return;
        }
        for view in change.via.into_iter().chain([change.next]) {
            self.enter(view, cx);
        }
        rest.into_iter().for_each(|due| deliver(due, cx));
        if self.service.views == Views::Primary {
            self.send_below(round.coordinator, Frame::Installed(round), cx);
        }
        self.go_on(cx);
    }

    /// What a flawed member does as soon as it suspects others of its view.
    pub(super) fn exclude_at_once(&mut self, cx: &mut Cx<'_, M>) {
        let Some(mut view) = self.current().cloned() else { return };
        let within: Vec<NodeId> = self.reach.within().map(|(p, _)| p).collect();
        let before = view.members.len();
        view.members.retain(|p| *p == cx.me() || within.contains(p));
        if view.members.len() < before {
            let creator = view.members.first().copied();
            view.id = ViewId { number: view.id.number + 1, creator };
            view.transitional = None;
            self.kept.highest = self.kept.highest.max(view.id.number);
            self.enter(view, cx);
            self.go_on(cx);
        }
    }

    /// Installs a view.
    pub(super) fn enter(&mut self, view: View, cx: &mut Cx<'_, M>) {
        if self.service.views == Views::Primary && view.primary {
            self.kept.ballot.install(view.id.number, &view.members);
            cx.store("kept", &self.kept);
        }
        (self.view, self.left) = (Some(view.clone()), false);
        cx.indicate(Indication::View(view));
    }
}
