//! Where each message was delivered in each life, and where everybody went.

use super::sets::{Cell, Column, Row, Sets, Went};
use super::stays::{Life, Stay, forgets};
use super::{Ending, Views, group};
use pepperland_core::history::{Event, EventId, History, Kind, ViewName};
use pepperland_core::id::NodeId;
use std::collections::{BTreeMap, BTreeSet};

/// What a proof names.
pub struct Named {
    messages: BTreeSet<u32>,
    nodes: BTreeSet<NodeId>,
}

impl Named {
    /// Its nodes and messages.
    pub fn of(history: &History, proof: &[EventId]) -> Named {
        let known = proof.iter().filter(|id| id.index() < history.len());
        let events: Vec<Event<'_>> = known.map(|id| history.event(*id)).collect();
        Named {
            messages: events.iter().filter_map(|event| event.message()).collect(),
            nodes: events.iter().filter_map(|event| event.node()).collect(),
        }
    }
}

/// Where a message was delivered first in a life.
struct Delivery<'h> {
    view: Option<&'h ViewName>,
    event: EventId,
}

/// All that the sets are made of.
pub struct Reading<'h> {
    views: Views<'h>,
    /// The first delivery of each message in each life.
    delivered: BTreeMap<(u32, Life), Delivery<'h>>,
    /// The messages that anybody delivered in each view.
    messages: BTreeMap<(u32, &'h ViewName), BTreeSet<u32>>,
    /// The view in which each message was multicast, and the event.
    sent: BTreeMap<u32, (Option<&'h ViewName>, EventId)>,
    /// When each life installed snapshots.
    snapshots: BTreeMap<Life, Vec<EventId>>,
}

impl<'h> Reading<'h> {
    /// One scan of the history beside that for its stays.
    pub fn of(history: &'h History) -> Reading<'h> {
        let mut reading = Reading {
            views: Views::of(history),
            delivered: BTreeMap::new(),
            messages: BTreeMap::new(),
            sent: BTreeMap::new(),
            snapshots: BTreeMap::new(),
        };
        let mut restarts: BTreeMap<NodeId, u32> = BTreeMap::new();
        for event in history.events() {
            let Some(node) = event.node().filter(|node| !lies(history, *node)) else { continue };
            let group = group(history, event);
            let stay = reading.views.at(node, group, event.id);
            let stands = stay.map(|stay| &stay.install.view);
            let life = (node, restarts.get(&node).copied().unwrap_or(0));
            match (event.kind(), event.message()) {
                (Kind::Recover, _) if forgets(history) => {
                    *restarts.entry(node).or_default() += 1;
                }
                (Kind::StateSet, _) => {
                    reading.snapshots.entry(life).or_default().push(event.id);
                }
                (Kind::Broadcast, Some(row)) => {
                    reading.sent.insert(row, (stands, event.id));
                }
                (Kind::Deliver, Some(row)) => {
                    let stated = event.place().and_then(|place| place.view.as_ref());
                    reading.deliver((row, life), group, stated.or(stands), event.id);
                }
                _ => {}
            }
        }
        reading
    }

    fn deliver(
        &mut self,
        (row, life): (u32, Life),
        group: u32,
        view: Option<&'h ViewName>,
        event: EventId,
    ) {
        if self.delivered.contains_key(&(row, life)) {
            return;
        }
        self.delivered.insert((row, life), Delivery { view, event });
        if let Some(view) = view {
            self.messages.entry((group, view)).or_default().insert(row);
        }
    }

    /// Those of every view, in order.
    pub fn sets(&self, named: &Named) -> Vec<Sets<'h>> {
        let columns = self.columns(&named.nodes);
        let made = columns.into_iter().map(|((group, view), columns)| {
            let rows = self.messages.get(&(group, view)).into_iter().flatten();
            let row = |row: &u32| self.row(view, &columns, *row, named.messages.contains(row));
            let mut rows: Vec<Row<'h>> = rows.map(row).collect();
            rows.sort_by_key(|row| (!row.proves, !row.differs));
            let groups = self.views.history.groups();
            let group = groups.get(group as usize).filter(|_| groups.len() > 1);
            Sets { group: group.map(|(name, _)| name.as_str()), view, columns, rows }
        });
        made.collect()
    }

    /// Who was in each view, in the order in which they will stand.
    fn columns(&self, named: &BTreeSet<NodeId>) -> BTreeMap<(u32, &'h ViewName), Vec<Column<'h>>> {
        let mut columns: BTreeMap<(u32, &'h ViewName), Vec<Column<'h>>> = BTreeMap::new();
        let history = self.views.history;
        let honest = |life: &Life| !lies(history, life.0);
        let founders = self.founders();
        for stay in self.views.stays.iter().filter(|stay| honest(&stay.life)) {
            let next = match stay.ends {
                Ending::Next(next) => Some(&self.views.stays[next]),
                _ => None,
            };
            let went = match stay.ends {
                Ending::Crash(_) => Went::Crashed,
                _ => next.map_or(Went::Nowhere, |next| Went::To(&next.install.view)),
            };
            let until = next.map_or(EventId(u32::MAX), |next| next.event);
            let snapshots = self.snapshots.get(&stay.life).map_or(&[][..], Vec::as_slice);
            let meanwhile = snapshots.iter().filter(|set| stay.event <= **set && **set < until);
            let on_joining = snapshots.first().filter(|_| !founders.contains(&stay.life));
            let snapshot = meanwhile.chain(on_joining).max().copied();
            let (node, restarts) = stay.life;
            let proves = named.contains(&node);
            let column = Column { node, restarts, went, proves, snapshot };
            columns.entry((stay.group, &stay.install.view)).or_default().push(column);
        }
        for columns in columns.values_mut() {
            columns.sort_by_key(|column| (column.went, column.node, column.restarts));
        }
        columns
    }

    /// Those who were in the oldest views, and so never had to catch up.
    fn founders(&self) -> BTreeSet<Life> {
        let number = |stay: &&Stay<'_>| stay.install.view.number;
        let oldest = self.views.stays.iter().map(|stay| number(&stay)).min();
        let first = self.views.stays.iter().filter(|stay| stay.from.is_none() && stay.life.1 == 0);
        first.filter(|stay| Some(number(stay)) == oldest).map(|stay| stay.life).collect()
    }

    fn row(
        &self,
        view: &'h ViewName,
        columns: &[Column<'h>],
        message: u32,
        proves: bool,
    ) -> Row<'h> {
        let (sent, multicast) = self.sent.get(&message).copied().unzip();
        let cell = |column: &Column<'h>| {
            let key = (message, (column.node, column.restarts));
            match self.delivered.get(&key) {
                Some(first) if first.view == Some(view) => Cell::Delivered(first.event),
                Some(first) => Cell::Elsewhere(first.view, first.event),
                None if column.snapshot > multicast => Cell::Snapshot,
                None => Cell::Lacks,
            }
        };
        let cells: Vec<Cell<'h>> = columns.iter().map(cell).collect();
        let differs = differ(columns, &cells);
        Row { message, sent: sent.flatten(), cells, proves, differs }
    }
}

/// Whether nodes that went on to the same view differ.
fn differ(columns: &[Column<'_>], cells: &[Cell<'_>]) -> bool {
    let mut seen: BTreeMap<&ViewName, BTreeSet<bool>> = BTreeMap::new();
    for (column, cell) in columns.iter().zip(cells) {
        if let (Went::To(next), false) = (column.went, *cell == Cell::Snapshot) {
            seen.entry(next).or_default().insert(matches!(cell, Cell::Delivered(_)));
        }
    }
    seen.values().any(|both| both.len() > 1)
}

/// What a node that may lie records is void.
fn lies(history: &History, node: NodeId) -> bool {
    history.header.byzantine.iter().any(|liar| liar == history.node_name(node))
}
