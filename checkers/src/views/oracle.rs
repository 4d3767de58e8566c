//! The properties of views once more, straight from their definitions.

mod membership;
mod multicast;

use crate::crosscheck::definition::{Act, Oracle};
use pepperland_core::history::{EventId, History, Kind, NONE, ViewName};
use pepperland_core::verdict::Ruling;
use std::collections::BTreeSet;

/// What a property says of a history.
pub fn rule(property: &str, history: &History) -> Ruling {
    let views = Views::of(history);
    match property {
        "self-inclusion" => views.self_inclusion(),
        "view-monotonicity" => views.view_monotonicity(),
        "initial-view" => views.initial_view(),
        "view-agreement" => views.view_agreement(),
        "primary-uniqueness" => views.primary_uniqueness(),
        "primary-continuity" => views.primary_continuity(),
        "primary-majority" => views.primary_majority(),
        "primary-static-majority" => views.primary_static_majority(),
        "primary-exclusion-in-time" => views.primary_exclusion_in_time(),
        "transitional-set" => views.transitional_set(),
        "successor-agreement" => views.successor_agreement(),
        "sending-view-delivery" => views.sending(|sent, view| match sent {
            Sent::In(both) => both.contains(view),
            _ => true,
        }),
        "weak-sending-view-delivery" => views.sending(|sent, view| match sent {
            Sent::In(both) => both[0].number <= view.number,
            Sent::Since(one) => one.number <= view.number,
            Sent::Unknown => true,
        }),
        "same-view-delivery" => views.same_view_delivery(),
        "virtual-synchrony" => views.virtual_synchrony(|_, _| true),
        "extended-virtual-synchrony" => views.virtual_synchrony(|p, q| {
            let both = |set: &BTreeSet<usize>| set.contains(&p.node) && set.contains(&q.node);
            p.along == q.along && p.along.as_ref().is_some_and(both)
        }),
        "not-in-next-view" => views.not_in_next_view(),
        "view-atomicity" => views.view_atomicity(),
        "no-delivery-from-excluded" => views.no_delivery_from_excluded(),
        "self-delivery" => views.self_delivery(),
        "dynamic-uniformity" => views.dynamic_uniformity(),
        other => panic!("no oracle for {other}"),
    }
}

/// An installation at a node that does not lie.
#[derive(Clone, Debug)]
struct Installed {
    event: usize,
    node: usize,
    life: usize,
    group: usize,
    view: ViewName,
    members: BTreeSet<usize>,
    primary: bool,
    along: Option<BTreeSet<usize>>,
}

impl Installed {
    fn of(&self, node: usize, life: usize, group: usize) -> bool {
        (self.node, self.life, self.group) == (node, life, group)
    }

    fn is(&self, other: &Installed) -> bool {
        self.group == other.group && self.view == other.view
    }
}

/// A life steps from a view to the next.
#[derive(Clone, Debug)]
struct Step {
    from: Installed,
    to: Installed,
}

impl Step {
    fn is_of(&self, other: &Step) -> bool {
        (self.to.node, self.to.life) == (other.to.node, other.to.life)
    }
}

/// In which view a message was sent.
enum Sent {
    Unknown,
    Since(ViewName),
    In([ViewName; 2]),
}

/// A history with its views.
struct Views<'h> {
    oracle: Oracle<'h>,
    installs: Vec<Installed>,
    steps: Vec<Step>,
    /// First deliveries in a life, with their views.
    deliveries: Vec<(Act, Option<ViewName>)>,
}

impl<'h> Views<'h> {
    fn of(history: &'h History) -> Views<'h> {
        let oracle = Oracle::of(history);
        let mut views = Views { oracle, installs: vec![], steps: vec![], deliveries: vec![] };
        let events = 0..history.len();
        views.installs = events.filter_map(|event| views.read(event)).collect();
        views.steps = views.installs.iter().filter_map(|to| views.step(to)).collect();
        let deliveries = views.oracle.counting();
        views.deliveries = deliveries.into_iter().map(|act| (act, views.view_of(&act))).collect();
        views
    }

    fn history(&self) -> &'h History {
        self.oracle.history
    }

    fn read(&self, event: usize) -> Option<Installed> {
        let node = self.oracle.node(event).filter(|n| !self.oracle.lies(*n))?;
        let told = self.history().event(EventId(event as u32)).view()?;
        let set = |nodes: &Vec<pepperland_core::id::NodeId>| {
            nodes.iter().map(|n| n.index()).collect::<BTreeSet<usize>>()
        };
        Some(Installed {
            event,
            node,
            life: self.oracle.life(node, event),
            group: told.group.unwrap_or(0) as usize,
            view: told.view.clone(),
            members: set(&told.members),
            primary: told.primary,
            along: told.transitional.as_ref().map(set),
        })
    }

    /// The last installation of the life before the event.
    fn stands(&self, node: usize, group: usize, event: usize) -> Option<&Installed> {
        let life = self.oracle.life(node, event);
        self.installs.iter().rfind(|i| i.of(node, life, group) && i.event < event)
    }

    /// The installation that began the view in which the life stands before the event.
    fn began(&self, node: usize, group: usize, event: usize) -> Option<&Installed> {
        let life = self.oracle.life(node, event);
        let own = self.installs.iter().filter(|i| i.of(node, life, group) && i.event < event);
        let last = own.clone().next_back()?;
        own.rev().take_while(|i| i.is(last)).last()
    }

    fn step(&self, to: &Installed) -> Option<Step> {
        let from = self.began(to.node, to.group, to.event)?;
        (!from.is(to)).then(|| Step { from: from.clone(), to: to.clone() })
    }

    fn view_of(&self, act: &Act) -> Option<ViewName> {
        let group = self.oracle.group(act.row)?;
        let place = self.history().event(EventId(act.event as u32)).place();
        let stated = place.and_then(|place| place.view.clone());
        stated.or_else(|| self.stands(act.node, group, act.event).map(|i| i.view.clone()))
    }

    /// Who delivers the message in the view, as node and life.
    fn delivers(&self, node: usize, life: usize, row: usize, view: &ViewName) -> bool {
        let mut deliveries = self.deliveries.iter();
        deliveries.any(|(act, v)| {
            (act.node, act.life, act.row) == (node, life, row) && v.as_ref() == Some(view)
        })
    }

    fn is_in_group(&self, row: usize, group: usize) -> bool {
        self.oracle.group(row) == Some(group)
    }

    fn snapshots(&self) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
        let starts = self.oracle.starts.iter().copied();
        starts.filter(|(.., event)| self.history().kinds()[*event] == Kind::StateSet)
    }

    /// A snapshot stands for the message, for a life that leaves the view at this event.
    fn is_excused(&self, node: usize, life: usize, leaves: usize, row: usize) -> bool {
        let own = || self.snapshots().filter(|(n, l, _)| (*n, *l) == (node, life)).map(|s| s.2);
        let late = self.oracle.starts.iter().any(|(n, l, event)| {
            (*n, *l) == (node, life) && self.history().kinds()[*event] != Kind::StateSet
        });
        if late && own().next().is_none() && self.snapshots().next().is_some() {
            return true;
        }
        let broadcast = self.history().message_table().broadcasts()[row];
        let covers = |snapshot: usize| {
            broadcast == NONE || self.oracle.precedes(broadcast as usize, snapshot)
        };
        let joined = if late { own().next() } else { None };
        own().filter(|s| *s < leaves).chain(joined).any(covers)
    }

    fn is_primary(&self) -> bool {
        let contract = self.history().header.contract.partition;
        contract == pepperland_core::history::PartitionContract::Primary
    }

    fn is_complete(&self) -> bool {
        self.history().header.complete
    }
}
