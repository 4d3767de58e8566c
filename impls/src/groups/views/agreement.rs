//! Agreement on views.
//!
//! ```text
//! participants:   who is within reach both ways and wants to be a member, or is one
//! The least participant coordinates. When its view is not just the participants that want to be
//! members, or when some of them rest elsewhere for long, it begins a round greater than any seen:
//!     send(p, prepare) to each participant
//! On prepare(r), r greater than any promised:
//!     promise r;  block the application;  deliver nothing more in this view
//!     send(coordinator, (flush, view, what is here, the greatest number of a view seen))
//! When all participants have flushed:
//!     send(p, (propose, the steps from p's view to the next)) to each
//! On propose(r), r promised:   take in what others of the same view have;  send(coordinator, accept)
//! When all have accepted:      send(p, install) to each
//! On install(r), r the last that was accepted:
//!     deliver the rest;  install the view on the way, if any, and the next
//! If some have flushed from a view that others have but accepted:
//!     send(p, install) to those, and begin again
//! ```
//!
//! A participant that is not heard of for long, or another that comes, makes another round. Whoever
//! installs a view after it has flushed for a greater round accepts nothing in that; so what all
//! have said of themselves in a round is true until its view is installed. A multicast belongs to the view in which it
//! was made: whoever is in a later one drops it, and whoever is not there yet keeps it until then.

use crate::groups::views::change::Change;
use crate::groups::views::log::Log;
use crate::groups::views::planted::Planted;
use crate::groups::views::reach::{Beat, PERIOD, Reach, Standing, patience, patience_for_answers};
use crate::groups::views::rounds::{Frame, Lead, Round};
use crate::groups::views::service::{Service, Views};
use crate::groups::views::voting::Ballot;
use pepperland_core::contract::{
    Cx, Delivery, Layer, Network, Protocol, Request, Value, View, ViewId,
};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Setup;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::rc::Rc;

/// The timer of the next beat.
const BEAT: u32 = 0;

/// The number of the first view, in which the first members begin.
pub(super) const FIRST: u64 = 1;

/// The layer of a service on a network of the scenario.
pub fn agreement<M: Value>(
    setup: &Setup<'_>,
    service: Service,
) -> impl Layer<Payload = M> + use<M> {
    Agreement::over(Network::<Frame<M>>::payload(), setup, service)
}

/// A member's side and a coordinator's side of agreement on views.
pub struct Agreement<M, L> {
    pub(super) lower: L,
    pub(super) service: Service,
    pub(super) planted: Option<Planted>,
    /// The members of the first view; everybody if it has none.
    pub(super) electorate: Vec<NodeId>,
    pub(super) reach: Reach,
    pub(super) log: Log<M>,
    /// The last view that was installed in this life.
    pub(super) view: Option<View>,
    /// It was left for no other.
    pub(super) left: bool,
    pub(super) kept: Kept,
    pub(super) blocked: Blocked,
    /// The greatest round promised.
    pub(super) promised: Round,
    /// It has not led to a view yet.
    pub(super) flushing: bool,
    /// The last steps that were accepted and not taken, and in which round.
    pub(super) accepted: Option<(Round, Change<M>)>,
    /// The greatest number of a round that was seen.
    pub(super) seen: u64,
    /// The round that this node coordinates.
    pub(super) lead: Option<Lead<M>>,
    /// For how many periods more a node that has come knows too little to coordinate.
    pub(super) newcomer: u32,
    /// For how many periods the participants have not all been at rest in this node's view.
    pub(super) restless: u32,
    pub(super) patience: u32,
    /// For how many of them that is no sign that somebody has missed the view.
    pub(super) patience_for_rest: u32,
    /// What is to be multicast in the next view.
    pub(super) waiting: Vec<M>,
    /// Multicasts of views that are not installed here yet.
    pub(super) early: BTreeMap<ViewId, Vec<(NodeId, u64, M)>>,
}

/// What survives a crash.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// Whether the node wants to be a member.
    pub wants: bool,
    /// The greatest number of a view that it has seen.
    pub highest: u64,
    /// What it knows of primary views.
    pub ballot: Ballot,
}

/// Whether the application has stopped sending.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Blocked {
    /// It may send.
    No,
    /// It was asked to stop.
    Asked,
    /// It has stopped.
    Yes,
}

impl<M: Value, L: Layer<Payload = Frame<M>>> Agreement<M, L> {
    /// Agreement on views over these links.
    pub fn over(lower: L, setup: &Setup<'_>, service: Service) -> Agreement<M, L> {
        Agreement {
            lower,
            service,
            planted: Planted::of(setup),
            electorate: NodeId::first(setup.nodes).collect(),
            reach: Reach::new(setup),
            log: Log::new(service.when, Planted::of(setup)),
            view: None,
            left: false,
            kept: Kept { wants: false, highest: FIRST, ballot: Ballot::default() },
            blocked: Blocked::No,
            promised: Round::default(),
            flushing: false,
            accepted: None,
            seen: 0,
            lead: None,
            newcomer: 0,
            restless: 0,
            patience: patience(setup.max_latency),
            patience_for_rest: patience_for_answers(setup.max_latency),
            waiting: Vec::new(),
            early: BTreeMap::new(),
        }
    }

    /// The view that this node is in.
    pub(super) fn current(&self) -> Option<&View> {
        self.view.as_ref().filter(|_| !self.left)
    }

    /// Whether this node takes part in rounds.
    pub(super) fn takes_part(&self) -> bool {
        self.kept.wants || self.current().is_some() || self.accepted.is_some()
    }

    /// Whether this flaw is switched on.
    pub(super) fn has(&self, flaw: Planted) -> bool {
        self.planted == Some(flaw)
    }

    /// What holds before anything happens.
    fn initial(&mut self, first: &[NodeId], me: NodeId) -> Kept {
        if !first.is_empty() {
            self.electorate = first.to_vec();
        }
        let ballot = match self.service.views {
            Views::Primary => Ballot::first(FIRST, &self.electorate),
            Views::Any | Views::Partitionable => Ballot::default(),
        };
        Kept { wants: first.contains(&me), highest: FIRST, ballot }
    }

    /// The first members begin in the first view together.
    fn begin_together(&mut self, first: Rc<[NodeId]>, cx: &mut Cx<'_, M>) {
        let id = ViewId { number: FIRST, creator: None };
        let view = Some(id);
        self.reach.assume(
            &first,
            &Standing { wants: true, takes_part: true, view, ..Standing::default() },
        );
        let primary = self.service.views != Views::Partitionable;
        let (group, members) = (GroupId::ALL, first.to_vec());
        self.enter(View { id, group, members, primary, transitional: None }, cx);
        self.go_on(cx);
    }

    fn standing(&self) -> Standing {
        Standing {
            wants: self.kept.wants,
            takes_part: self.takes_part(),
            view: self.current().map(|view| view.id),
            flushing: self.flushing,
            seen: self.seen,
            has: self.log.has(),
        }
    }

    fn beat(&mut self, cx: &mut Cx<'_, M>) {
        let beat = self.reach.beat(cx.incarnation(), self.standing());
        let others: Rc<[NodeId]> = self.reach.others().collect();
        self.send_each_below(others, Frame::Beat(beat), cx);
        cx.set_timer(BEAT, PERIOD);
    }

    fn hear(&mut self, from: NodeId, beat: &Beat, cx: &mut Cx<'_, M>) {
        if !self.reach.hear(from, beat) {
            return;
        }
        let standing = beat.standing();
        self.seen = self.seen.max(standing.seen);
        if standing.view.is_some() && standing.view == self.current().map(|view| view.id) {
            self.log.hear(from, &standing.has);
            self.deliver_due(cx);
        }
        self.consider(cx);
    }
}

impl<M: Value, L: Layer<Payload = Frame<M>>> Protocol for Agreement<M, L> {
    type Payload = M;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, M>) {
        let first = cx.members(GroupId::ALL);
        self.kept = self.initial(&first, cx.me());
        self.newcomer = if self.kept.wants { 0 } else { self.patience };
        if self.kept.wants {
            self.begin_together(first, cx);
        }
        self.beat(cx);
    }

    fn upon_recover(&mut self, cx: &mut Cx<'_, M>) {
        let initial = self.initial(&cx.members(GroupId::ALL), cx.me());
        self.kept = cx.load("kept").unwrap_or(initial);
        if self.has(Planted::ViewIdsRestart) {
            self.kept.highest = 0;
        }
        self.newcomer = self.patience;
        self.beat(cx);
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, M>) {
        self.reach.count_down();
        self.newcomer = self.newcomer.saturating_sub(1);
        self.restless += 1;
        if let Some(lead) = &mut self.lead {
            lead.age += 1;
        }
        self.beat(cx);
        if self.has(Planted::ExcludeWithoutAgreement) {
            self.exclude_at_once(cx);
        }
        self.consider(cx);
    }

    /// Multicasts wait while there is no view, or the next one is being made.
    fn multicast(&mut self, group: GroupId, m: M, cx: &mut Cx<'_, M>) {
        if group != GroupId::ALL {
            return cx.refuse("multicast to another group");
        }
        match self.current().cloned() {
            Some(view) if !self.is_silent() => self.multicast_in(&view, m, cx),
            _ => self.waiting.push(m),
        }
    }

    fn send(&mut self, to: NodeId, m: M, cx: &mut Cx<'_, M>) {
        self.send_below(to, Frame::Single(m), cx);
    }

    fn upon_request(&mut self, request: Request<M>, cx: &mut Cx<'_, M>) {
        match request {
            Request::Join(GroupId::ALL) => self.want(true, cx),
            Request::Leave(GroupId::ALL) => self.want(false, cx),
            Request::BlockOk(GroupId::ALL, view) => self.stopped(view, cx),
            other => cx.refuse(other.name()),
        }
    }

    fn upon_deliver(&mut self, received: Delivery<Frame<M>>, cx: &mut Cx<'_, M>) {
        let from = received.from;
        match received.message {
            Frame::Beat(beat) => self.hear(from, &beat, cx),
            Frame::Data { view, number, m } => self.take(from, view, number, m, cx),
            Frame::Single(m) => {
                cx.deliver(Delivery { from, group: GroupId::ALL, message: m, slot: None });
            }
            Frame::Prepare(round) => self.prepare(from, round, cx),
            Frame::Refuse { round, promised } => self.refused(round, promised, cx),
            Frame::Flush { round, flush } => self.flushed(from, round, flush, cx),
            Frame::Propose { round, change } => self.proposed(from, round, change, cx),
            Frame::Accept(round) => self.accepted_by(from, round, cx),
            Frame::Install(round) => self.install(round, cx),
            Frame::Installed(round) => self.installed_by(round, cx),
        }
    }
}
