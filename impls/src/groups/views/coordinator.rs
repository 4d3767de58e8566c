//! The coordinator's side of agreement on views.

use crate::groups::views::agreement::Agreement;
use crate::groups::views::change::{Next, changes};
use crate::groups::views::planted::Planted;
use crate::groups::views::rounds::{Company, Decided, Flush, Frame, Lead, Round, rests_in};
use crate::groups::views::service::Views;
use crate::groups::views::voting::{Ballot, Election};
use pepperland_core::contract::{Cx, Layer, Protocol, Value};
use pepperland_core::id::NodeId;
use std::rc::Rc;

/// A round that lasts so many times as long as a beat is waited for is begun again.
const PATIENCE_FOR_ROUNDS: u32 = 5;

impl<M: Value, L: Layer<Payload = Frame<M>>> Agreement<M, L> {
    /// Begins a round if it is this node's to begin one, and one is needed.
    pub(super) fn consider(&mut self, cx: &mut Cx<'_, M>) {
        let company = self.company(cx);
        if company.keys().next() != Some(&cx.me()) || self.newcomer > 0 {
            self.lead = None;
            return;
        }
        if self.is_at_rest(&company) {
            self.restless = 0;
            return;
        }
        let begin = match &self.lead {
            Some(lead) => {
                lead.company != company || lead.age >= PATIENCE_FOR_ROUNDS * self.patience
            }
            // That others are not at rest in this view may be told by beats older than the view,
            // and they install it when this node already has.
            None => !self.fits(&company) || self.restless >= self.patience_for_rest,
        };
        if begin {
            if self.has(Planted::ForgetsWhoWasSilent) {
                let silent = self.lead.iter().flat_map(Lead::silent);
                silent.for_each(|p| self.reach.forget(p));
            }
            self.begin(company, cx);
        }
    }

    /// Who takes part of those within reach.
    fn company(&self, cx: &Cx<'_, M>) -> Company {
        let others = self.reach.within().filter(|(_, peer)| peer.standing.takes_part);
        let others = others.map(|(p, peer)| (p, (peer.incarnation, peer.standing.wants)));
        let own = self.takes_part().then(|| (cx.me(), (cx.incarnation(), self.kept.wants)));
        others.chain(own).collect()
    }

    /// Whether this node's view is the one that this company should be in.
    fn fits(&self, company: &Company) -> bool {
        let wanting = company.iter().filter(|(_, (_, wants))| *wants).map(|(p, _)| *p).collect();
        let leaving = company.iter().filter(|(_, (_, wants))| !wants).map(|(p, _)| *p);
        let leaving: Vec<NodeId> = leaving.collect();
        let members = self.members(std::iter::once(&self.kept.ballot), wanting, &leaving);
        members.is_some() && members.as_ref() == self.current().map(|view| &view.members)
    }

    /// The members of the next view; none if there may be no view.
    fn members<'b>(
        &self,
        ballots: impl Iterator<Item = &'b Ballot>,
        wanting: Vec<NodeId>,
        leaving: &[NodeId],
    ) -> Option<Vec<NodeId>> {
        match self.service.views {
            Views::Any | Views::Partitionable => Some(wanting),
            Views::Primary => {
                let election = Election { electorate: &self.electorate, planted: self.planted };
                election.members(ballots, wanting, leaving)
            }
        }
    }

    fn is_at_rest(&self, company: &Company) -> bool {
        let Some(view) = self.current() else { return false };
        let mut others = self.reach.within().filter(|(p, _)| company.contains_key(p));
        !self.flushing
            && self.fits(company)
            && company.len() == view.members.len()
            && others.all(|(_, peer)| rests_in(&peer.standing, view.id))
    }

    fn begin(&mut self, company: Company, cx: &mut Cx<'_, M>) {
        self.seen = self.seen.saturating_add(1);
        let (coordinator, incarnation) = (cx.me(), cx.incarnation());
        let round = Round { number: self.seen, coordinator, incarnation };
        let participants: Rc<[NodeId]> = company.keys().copied().collect();
        self.lead = Some(Lead::new(round, company));
        self.send_each_below(participants, Frame::Prepare(round), cx);
    }

    /// A participant has promised a greater round already.
    pub(super) fn refused(&mut self, round: Round, promised: u64, cx: &mut Cx<'_, M>) {
        self.seen = self.seen.max(promised);
        if self.lead.take_if(|lead| lead.round == round).is_some() {
            self.restless = self.patience_for_rest;
            self.consider(cx);
        }
    }

    /// A participant has said what it has.
    pub(super) fn flushed(
        &mut self,
        from: NodeId,
        round: Round,
        flush: Flush<M>,
        cx: &mut Cx<'_, M>,
    ) {
        let lead = self.lead.as_mut().filter(|lead| lead.round == round);
        let Some(lead) = lead.filter(|lead| lead.company.contains_key(&from)) else { return };
        lead.flushes.entry(from).or_insert(flush);
        if self.planted == Some(Planted::FlushOnMajority) {
            lead.answer_for_the_silent(cx.me());
        }
        if lead.is_complete() {
            self.decide(cx);
        }
    }

    /// Proposes the next view, unless some are behind, who are brought up to date first.
    fn decide(&mut self, cx: &mut Cx<'_, M>) {
        let Some(lead) = &mut self.lead else { return };
        let behind = lead.behind();
        if !behind.is_empty() {
            lead.decided = Decided::Refused;
            for (node, round) in behind {
                self.send_below(node, Frame::Install(round), cx);
            }
            return;
        }
        self.propose(cx);
    }

    /// Proposes the next view, if there may be one.
    fn propose(&mut self, cx: &mut Cx<'_, M>) {
        let Some(lead) = &self.lead else { return };
        let (round, flushes) = (lead.round, &lead.flushes);
        let those = |wants: bool| {
            let nodes = flushes.iter().filter(move |(_, flush)| flush.wants == wants);
            nodes.map(|(node, _)| *node).collect::<Vec<NodeId>>()
        };
        let ballots = flushes.values().map(|flush| &flush.ballot);
        let members = self.members(ballots, those(true), &those(false));
        let next = members.map(|members| Next {
            coordinator: cx.me(),
            members,
            primary: self.service.views != Views::Partitionable,
            planted: self.planted,
        });
        let changes = next.map(|next| changes(flushes, next));
        if let Some(lead) = &mut self.lead {
            lead.decided = if changes.is_some() { Decided::Proposed } else { Decided::Refused };
        }
        let Some(changes) = changes else { return };
        // The ids of these views are given away, whoever hears of them.
        let highest = changes.values().map(|change| change.highest).max();
        self.kept.highest = highest.unwrap_or(self.kept.highest);
        cx.store("kept", &self.kept);
        for (node, change) in changes {
            self.send_below(node, Frame::Propose { round, change }, cx);
        }
    }

    /// A participant is ready.
    pub(super) fn accepted_by(&mut self, from: NodeId, round: Round, cx: &mut Cx<'_, M>) {
        let Some(lead) = self.lead.as_mut().filter(|lead| lead.round == round) else { return };
        let enough = lead.company.contains_key(&from)
            && lead.accepted.insert(from)
            && (lead.is_accepted() || self.planted == Some(Planted::InstallsUnaccepted));
        if enough {
            let first: Rc<[NodeId]> = match self.service.views {
                Views::Primary => lead.heirs().into(),
                Views::Any | Views::Partitionable => lead.company.keys().copied().collect(),
            };
            self.send_each_below(first, Frame::Install(round), cx);
        }
    }

    /// Somebody who comes from the last primary view has gone on to the next: all may, and are given
    /// the time for it.
    pub(super) fn installed_by(&mut self, round: Round, cx: &mut Cx<'_, M>) {
        if let Some(lead) = self.lead.take_if(|lead| lead.round == round && lead.is_accepted()) {
            let all: Rc<[NodeId]> = lead.company.keys().copied().collect();
            self.restless = 0;
            self.send_each_below(all, Frame::Install(round), cx);
        }
    }
}
