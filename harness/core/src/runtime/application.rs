//! The application above a node, as groups with views know it: it multicasts only in a view, stops
//! when it is asked to, says so, and goes on in the next view.

use crate::contract::{Indication, ViewId};
use crate::id::{GroupId, NodeId};
use crate::message::Message;
use crate::schedule::{Ask, Step};
use crate::seed::Seed;
use crate::time::Span;
use std::collections::BTreeMap;

/// When the application of one node multicasts, and what it would multicast as soon as it may.
#[derive(Clone, Debug, Default)]
pub struct Application {
    /// Whether it needs a view to multicast.
    in_views: bool,
    /// How long it takes at most to stop, and the key of how long it takes each time.
    stops_within: Span,
    seed: Seed,
    groups: BTreeMap<GroupId, Gate>,
    /// It was asked to stop and has not said that it has.
    asked: Vec<(GroupId, ViewId)>,
}

/// Whether the application multicasts to a group, and the places of the steps that wait for that.
#[derive(Clone, Debug, Default)]
struct Gate {
    is_open: bool,
    waiting: Vec<u32>,
}

/// What the application does upon what its node tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reaction {
    /// Nothing.
    None,
    /// It stops multicasting so much later, and says so.
    Stop(Span),
    /// It makes the requests of these steps, which it has held back.
    GoOn(Vec<u32>),
}

impl Application {
    /// One that multicasts at any time until it is asked to stop, or only in a view.
    pub fn new(in_views: bool) -> Application {
        Application { in_views, ..Application::default() }
    }

    /// It takes up to this long to stop, each time a span of its own.
    #[must_use]
    pub fn taking(self, stops_within: Span, seed: Seed) -> Application {
        Application { stops_within, seed, ..self }
    }

    /// Whether it makes the request of this step, at this place of the schedule, now. If not, the
    /// step waits until it does.
    pub fn makes(&mut self, step: &Step, place: u32) -> bool {
        match step.ask {
            Ask::Multicast { group, .. } => self.may_multicast(group, place),
            Ask::Leave { group } => {
                self.leaves(group);
                true
            }
            _ => true,
        }
    }

    fn may_multicast(&mut self, group: GroupId, step: u32) -> bool {
        let gate = self.gate(group);
        if !gate.is_open {
            gate.waiting.push(step);
        }
        gate.is_open
    }

    /// It asks to leave the group: it multicasts to it no more, unless it comes to another view.
    fn leaves(&mut self, group: GroupId) {
        if self.in_views {
            self.gate(group).is_open = false;
        }
    }

    /// Its node tells it something.
    pub fn hears(&mut self, me: NodeId, told: &Indication<Message>) -> Reaction {
        match told {
            Indication::Block(group, view) => {
                if !self.takes_its_time() {
                    self.blocks(*group);
                }
                self.asked.push((*group, *view));
                Reaction::Stop(self.hesitation(me, *view))
            }
            Indication::View(view) => {
                let steps = self.installs(view.group, view.members.contains(&me));
                if steps.is_empty() { Reaction::None } else { Reaction::GoOn(steps) }
            }
            _ => Reaction::None,
        }
    }

    /// It is told to multicast to the group no more.
    pub fn blocks(&mut self, group: GroupId) {
        self.gate(group).is_open = false;
    }

    /// The group has a new view, of which its node is a member or not. The steps that have waited
    /// for that.
    pub fn installs(&mut self, group: GroupId, is_member: bool) -> Vec<u32> {
        if self.takes_its_time() {
            self.asked.retain(|(asked, _)| *asked != group);
        }
        let gate = self.gate(group);
        gate.is_open = is_member;
        if is_member { std::mem::take(&mut gate.waiting) } else { Vec::new() }
    }

    /// It stops now, if it has to: in the first of the groups and views in which it was asked to.
    pub fn stopped(&mut self) -> Option<(GroupId, ViewId)> {
        if self.asked.is_empty() {
            return None;
        }
        let (group, view) = self.asked.remove(0);
        if self.takes_its_time() {
            self.blocks(group);
        }
        Some((group, view))
    }

    fn takes_its_time(&self) -> bool {
        self.stops_within > Span::ZERO
    }

    /// In whole milliseconds, as the clocks of other runtimes tick.
    fn hesitation(&self, me: NodeId, view: ViewId) -> Span {
        let mut stream = self.seed.child("stop", u64::from(me.0) << 32 ^ view.number).stream("");
        Span::millis(stream.between(0, self.stops_within.0 / Span::millis(1).0))
    }

    /// It begins anew, as its node does. What it held back is forgotten.
    pub fn restart(&mut self) {
        *self = Application::new(self.in_views).taking(self.stops_within, self.seed);
    }

    fn gate(&mut self, group: GroupId) -> &mut Gate {
        let is_open = !self.in_views;
        self.groups.entry(group).or_insert_with(|| Gate { is_open, waiting: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::View;

    const ME: NodeId = NodeId(0);

    fn view(number: u64, members: &[u32]) -> Indication<Message> {
        let members = members.iter().copied().map(NodeId).collect();
        let id = ViewId { number, creator: None };
        Indication::View(View {
            id,
            group: GroupId::ALL,
            members,
            primary: true,
            transitional: None,
        })
    }

    #[test]
    fn without_views_it_multicasts_at_any_time() {
        assert!(Application::default().may_multicast(GroupId::ALL, 0));
    }

    #[test]
    fn what_comes_before_the_first_view_waits_for_it_in_order() {
        let mut application = Application::new(true);
        assert!(!application.may_multicast(GroupId::ALL, 4));
        assert!(!application.may_multicast(GroupId::ALL, 2));
        assert_eq!(application.hears(ME, &view(1, &[1])), Reaction::None);
        assert_eq!(application.hears(ME, &view(2, &[0, 1])), Reaction::GoOn(vec![4, 2]));
        assert!(application.may_multicast(GroupId::ALL, 5));
        application.leaves(GroupId::ALL);
        assert!(!application.may_multicast(GroupId::ALL, 6));
    }

    #[test]
    fn it_stops_when_asked_says_so_once_and_goes_on_in_the_next_view() {
        let mut application = Application::new(true);
        application.hears(ME, &view(1, &[0]));
        let id = ViewId { number: 1, creator: None };
        let block = Indication::Block(GroupId::ALL, id);
        assert_eq!(application.hears(ME, &block), Reaction::Stop(Span::ZERO));
        assert_eq!(application.stopped(), Some((GroupId::ALL, id)));
        assert_eq!(application.stopped(), None);
        assert!(!application.may_multicast(GroupId::ALL, 1));
        assert!(!application.may_multicast(GroupId(1), 1), "no view of the other group yet");
        assert_eq!(application.hears(ME, &view(2, &[0])), Reaction::GoOn(vec![1]));
    }

    #[test]
    fn who_takes_its_time_multicasts_until_it_has_stopped() {
        let mut application = Application::new(true).taking(Span::millis(5), Seed(1));
        application.hears(ME, &view(1, &[0]));
        let block = |number| Indication::Block(GroupId::ALL, ViewId { number, creator: None });
        let Reaction::Stop(after) = application.hears(ME, &block(1)) else { panic!("it stops") };
        assert!(after <= Span::millis(5));
        assert!(application.may_multicast(GroupId::ALL, 1), "it has not stopped yet");
        assert!(application.stopped().is_some());
        assert!(!application.may_multicast(GroupId::ALL, 2));
        assert_eq!(application.hears(ME, &view(2, &[0])), Reaction::GoOn(vec![2]));
        application.hears(ME, &block(2));
        application.hears(ME, &view(3, &[0]));
        assert_eq!(application.stopped(), None, "the view that it was to stop in is over");
        assert!(application.may_multicast(GroupId::ALL, 3));
    }

    #[test]
    fn a_restart_forgets_what_was_held_back() {
        let mut application = Application::new(true);
        application.may_multicast(GroupId::ALL, 1);
        application.restart();
        assert_eq!(application.hears(ME, &view(1, &[0])), Reaction::None);
    }
}
