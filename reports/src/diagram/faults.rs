//! What the environment does, as bars above the lanes; cuts also as walls between them.

use crate::text::short;
use crate::words;
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;

/// Something the environment does for a while.
#[derive(Debug)]
pub struct Bar {
    pub from: Time,
    pub to: Time,
    pub label: String,
    pub title: String,
    /// The two sides of a cut; empty for anything else.
    pub sides: [Vec<u32>; 2],
    /// Whether nothing passes either way.
    pub wall: bool,
    /// The event that began it.
    pub event: u32,
    /// Whether it ends within what is drawn.
    pub ends: bool,
}

/// Everything the environment does between the two instants, in order.
pub fn bars(history: &History, first: Time, last: Time) -> Vec<Bar> {
    let mut open: BTreeMap<String, usize> = BTreeMap::new();
    let mut points: BTreeMap<Time, Vec<EventId>> = BTreeMap::new();
    let mut bars: Vec<Bar> = Vec::new();
    for event in history.events().filter(|event| event.node().is_none()) {
        let id = event.field("id").map(Value::to_string);
        match (event.kind(), id) {
            (Kind::Heal, Some(id)) => {
                if let Some(index) = open.remove(&id) {
                    bars[index].to = event.time();
                    bars[index].ends = true;
                }
            }
            (Kind::Invoke | Kind::Response, _) => {}
            (_, Some(id)) => {
                open.insert(id, bars.len());
                bars.push(bar(history, event, last));
            }
            (_, None) => points.entry(event.time()).or_default().push(event.id),
        }
    }
    bars.extend(points.into_iter().flat_map(|(at, ids)| point_bars(history, at, &ids)));
    bars.sort_by_key(|bar| bar.from);
    bars.retain(|bar| bar.from <= last && bar.to >= first);
    bars.iter_mut().for_each(|bar| {
        bar.from = bar.from.max(first);
        bar.ends &= bar.to <= last;
        bar.to = bar.to.min(last);
    });
    bars
}

fn bar(history: &History, event: Event<'_>, to: Time) -> Bar {
    let title = words::event(history, event.id);
    let sides = match event.kind() {
        Kind::Cut => [side(history, event, "from"), side(history, event, "to")],
        _ => [Vec::new(), Vec::new()],
    };
    let both = event.field("both_ways") == Some(&Value::Bool(true));
    let apart =
        sides.iter().all(|s| !s.is_empty()) && !sides[0].iter().any(|n| sides[1].contains(n));
    let wall = both && apart;
    let whole = sides[0].len() + sides[1].len() == history.node_count();
    let label = if wall && whole { partition(history, &sides) } else { short(&title, 56) };
    let sides = if apart { sides } else { [Vec::new(), Vec::new()] };
    Bar { from: event.time(), to, label, title, sides, wall, event: event.id.0, ends: false }
}

/// What took no time.
fn point_bars(history: &History, at: Time, ids: &[EventId]) -> Vec<Bar> {
    let said = words::together(history, ids).into_iter();
    let point = |title: String| Bar {
        from: at,
        to: at,
        label: short(&title, 56),
        title,
        sides: Default::default(),
        wall: false,
        event: ids[0].0,
        ends: true,
    };
    said.map(point).collect()
}

fn partition(history: &History, sides: &[Vec<u32>; 2]) -> String {
    let names = sides.each_ref().map(|side| {
        let nodes: Vec<NodeId> = side.iter().map(|node| NodeId(*node)).collect();
        words::nodes(history, &nodes)
    });
    short(&format!("partition {} | {}", names[0], names[1]), 56)
}

fn side(history: &History, event: Event<'_>, key: &str) -> Vec<u32> {
    let names = event.field(key).and_then(Value::as_array).into_iter().flatten();
    let index = |name: &str| history.header.nodes.iter().position(|n| n == name);
    names.filter_map(|name| name.as_str().and_then(index)).map(|i| i as u32).collect()
}

/// Puts bars into rows so that neither they nor their labels overlap; gives each bar's row.
pub fn rows(extents: &[(f64, f64)]) -> Vec<usize> {
    let mut ends: Vec<f64> = Vec::new();
    extents
        .iter()
        .map(|(from, to)| {
            let row = ends.iter().position(|end| *end <= *from).unwrap_or(ends.len());
            if row == ends.len() {
                ends.push(*to);
            }
            ends[row] = *to;
            row
        })
        .collect()
}
