//! Who is in which view when, as stretches of lanes.

use crate::views::{self, Ending, Stay, Views};
use crate::words;
use pepperland_core::history::{EventId, History, Kind};
use pepperland_core::time::Time;
use std::collections::BTreeMap;

/// What views add to a picture; nothing to that of a history without them.
#[derive(Debug, Default)]
pub struct Memberships {
    /// Stays of members.
    pub ribbons: Vec<Ribbon>,
    /// From the beginning of a flush to the next view.
    pub blocked: Vec<Span>,
    /// Where a node is in no view.
    pub outside: Vec<Span>,
    /// Who begins a view where, from the first lane to the last.
    pub fronts: Vec<Front>,
    /// How many groups have views; each has a strip of the lane.
    pub strips: usize,
}

/// A part of a lane.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Span {
    pub node: u32,
    pub from: Time,
    pub to: Time,
    /// Whether it goes on beyond what is drawn.
    pub goes_on: bool,
}

/// A node in a view.
#[derive(Debug)]
pub struct Ribbon {
    pub span: Span,
    /// The same for the same view, whoever is in it.
    pub colour: usize,
    pub strip: usize,
    pub primary: bool,
    pub title: String,
}

/// The installations of one view.
#[derive(Debug)]
pub struct Front {
    pub colour: usize,
    pub places: Vec<(Time, u32)>,
}

impl Memberships {
    /// Those of the history between two instants.
    pub fn of(history: &History, first: Time, last: Time) -> Memberships {
        if !history.has(Kind::View) {
            return Memberships::default();
        }
        let views = Views::of(history);
        let groups = views.groups();
        let whole = |span: Span| Span {
            from: span.from.max(first),
            to: span.to.min(last),
            goes_on: span.goes_on || span.to > last,
            ..span
        };
        let touches = |span: &Span| span.from <= last && span.to >= first;
        let members = views.stays.iter().filter(|stay| stay.is_member());
        let ribbon = |stay: &Stay<'_>| Ribbon {
            span: span(&views, stay, last),
            colour: views.number(stay),
            strip: groups.iter().position(|group| *group == stay.group).unwrap_or_default(),
            primary: stay.install.primary,
            title: words::event(history, stay.event),
        };
        let mut ribbons: Vec<Ribbon> = members.map(ribbon).collect();
        ribbons.retain(|ribbon| touches(&ribbon.span));
        ribbons.iter_mut().for_each(|ribbon| ribbon.span = whole(ribbon.span));
        let blocked = blocked(history, last).into_iter().filter(touches).map(whole).collect();
        let outside = outside(history, &ribbons, first, last);
        let fronts = fronts(&views, first, last);
        Memberships { ribbons, blocked, outside, fronts, strips: groups.len() }
    }
}

fn span(views: &Views<'_>, stay: &Stay<'_>, last: Time) -> Span {
    let at = |event: EventId| views.history.times()[event.index()];
    let (to, goes_on) = match stay.ends {
        Ending::Next(next) => (at(views.stays[next].event), false),
        Ending::Crash(crash) => (at(crash), false),
        Ending::Open => (last, true),
    };
    Span { node: stay.life.0.0, from: at(stay.event), to, goes_on }
}

/// Where nodes do not send because a flush has begun.
fn blocked(history: &History, last: Time) -> Vec<Span> {
    let mut open: BTreeMap<(u32, u32), Time> = BTreeMap::new();
    let mut spans = Vec::new();
    for event in history.events().filter(|_| history.has(Kind::Block)) {
        let Some(node) = event.node() else { continue };
        let group = views::group(history, event);
        let over: Vec<(u32, u32)> = match event.kind() {
            Kind::Block => {
                open.entry((node.0, group)).or_insert(event.time());
                continue;
            }
            Kind::View => vec![(node.0, group)],
            Kind::Crash => open.range((node.0, 0)..=(node.0, u32::MAX)).map(|(k, _)| *k).collect(),
            _ => continue,
        };
        for key in over {
            let from = open.remove(&key);
            let to = event.time();
            spans.extend(from.map(|from| Span { node: node.0, from, to, goes_on: false }));
        }
    }
    let unended = |((node, _), from)| Span { node, from, to: last, goes_on: true };
    spans.extend(open.into_iter().map(unended));
    spans
}

/// What the ribbons leave free.
fn outside(history: &History, ribbons: &[Ribbon], first: Time, last: Time) -> Vec<Span> {
    let mut inside: Vec<Vec<Span>> = vec![Vec::new(); history.node_count()];
    for ribbon in ribbons {
        inside[ribbon.span.node as usize].push(ribbon.span);
    }
    let mut spans = Vec::new();
    for (node, mut inside) in (0..).zip(inside) {
        inside.sort_by_key(|span| span.from);
        let mut from = first;
        for span in inside {
            let gap = Span { node, from, to: span.from, goes_on: false };
            spans.extend((from < span.from).then_some(gap));
            from = from.max(span.to);
        }
        let rest = Span { node, from, to: last, goes_on: true };
        spans.extend((from < last).then_some(rest));
    }
    spans
}

fn fronts(views: &Views<'_>, first: Time, last: Time) -> Vec<Front> {
    let mut fronts: BTreeMap<usize, BTreeMap<u32, Time>> = BTreeMap::new();
    for stay in &views.stays {
        let at = views.history.times()[stay.event.index()];
        if first <= at && at <= last {
            let front = fronts.entry(views.number(stay)).or_default();
            front.entry(stay.life.0.0).or_insert(at);
        }
    }
    let several = fronts.into_iter().filter(|(_, places)| places.len() > 1);
    let front = |(colour, places): (usize, BTreeMap<u32, Time>)| {
        let places = places.into_iter().map(|(node, at)| (at, node)).collect();
        Front { colour, places }
    };
    several.map(front).collect()
}
