//! A small space-time diagram in text: a column for each node, a row for each instant.

use crate::style::{Style, Tone};
use crate::text;
use crate::words;
use pepperland_core::history::{Event, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

/// More rows than this are cut around the proof.
const ROWS: usize = 30;
/// More nodes than this show only those with events.
const COLUMNS: usize = 9;

/// What happened at one instant.
#[derive(Default)]
struct Row {
    time: Time,
    environment: Vec<EventId>,
    cells: BTreeMap<u32, Vec<(String, bool)>>,
    proves: bool,
}

/// The diagram, each line indented by two; events of the proof carry a star.
pub fn lanes(history: &History, proof: &[EventId], style: Style) -> String {
    let proof: BTreeSet<EventId> = proof.iter().copied().collect();
    let rows = rows(history, &proof);
    let kept = kept(&rows);
    let columns = columns(history, &rows, &kept);
    let mut out = header(history, &columns);
    let mut last = None;
    for index in &kept {
        gap(&mut out, index - last.map_or(0, |l| l + 1), style);
        line(&mut out, history, &rows[*index], &columns, style);
        last = Some(*index);
    }
    gap(&mut out, rows.len() - last.map_or(0, |l| l + 1), style);
    let hidden = history.node_count() - columns.len();
    if hidden > 0 {
        let nodes = text::count(hidden as u64, "node", "nodes");
        writeln!(out, "  ({nodes} without events here left out)").expect("a string grows");
    }
    out
}

fn rows(history: &History, proof: &BTreeSet<EventId>) -> Vec<Row> {
    let mut shown: Vec<EventId> = history
        .events()
        .filter(|event| is_shown(event) || event.node().is_none())
        .map(|event| event.id)
        .collect();
    shown.extend(proof.iter().filter(|id| id.index() < history.len()));
    shown.sort_by_key(|id| (history.times()[id.index()], *id));
    shown.dedup();
    let mut rows: Vec<Row> = Vec::new();
    for id in shown {
        let time = history.times()[id.index()];
        if rows.last().is_none_or(|row| row.time != time) {
            rows.push(Row { time, ..Row::default() });
        }
        rows.last_mut().expect("one was pushed").take(history, id, proof.contains(&id));
    }
    rows
}

impl Row {
    fn take(&mut self, history: &History, id: EventId, proves: bool) {
        self.proves |= proves;
        match history.event(id).node() {
            None => self.environment.push(id),
            Some(node) => {
                let cells = self.cells.entry(node.0).or_default();
                cells.extend(cells_of(history, id).into_iter().map(|cell| (cell, proves)));
            }
        }
    }
}

/// What a view says beside its members has a line of its own if one is too short for both.
fn cells_of(history: &History, id: EventId) -> Vec<String> {
    const WIDTH: usize = 24;
    let brief = words::brief(history, id);
    if history.event(id).kind() == Kind::View && brief.chars().count() > WIDTH {
        let lines = words::view(history, id).into_iter().filter(|line| !line.is_empty());
        return lines.map(|line| text::short(&line, WIDTH)).collect();
    }
    vec![text::short(&brief, WIDTH)]
}

/// Events of the application, not of the network and not mere remarks, unless they tell what a
/// second copy of a node does.
fn is_shown(event: &Event<'_>) -> bool {
    match event.kind() {
        Kind::BroadcastReturn | Kind::Clock => false,
        Kind::Note => words::is_of_second_copy(*event),
        kind => !kind.is_transmission(),
    }
}

/// The rows to print: all, or as many around the rows of the proof as there is room for.
fn kept(rows: &[Row]) -> Vec<usize> {
    if rows.len() <= ROWS {
        return (0..rows.len()).collect();
    }
    let proof: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].proves).collect();
    let around = |radius: usize| -> BTreeSet<usize> {
        let near = |i: &usize| i.saturating_sub(radius)..(i + radius + 1).min(rows.len());
        proof.iter().flat_map(near).collect()
    };
    let fits = (0..10).rev().map(around).find(|near| near.len() <= ROWS);
    let near = match fits {
        Some(near) if !near.is_empty() => near,
        Some(_) => (0..ROWS).collect(),
        None => proof[..ROWS / 2].iter().chain(&proof[proof.len() - ROWS / 2..]).copied().collect(),
    };
    near.into_iter().collect()
}

/// Which nodes are shown, and how wide.
fn columns(history: &History, rows: &[Row], kept: &[usize]) -> Vec<(NodeId, usize)> {
    let nodes = NodeId::first(history.node_count());
    let width = |node: NodeId| {
        let cells = kept.iter().filter_map(|i| rows[*i].cells.get(&node.0)).flatten();
        cells.map(|(cell, proves)| cell.chars().count() + usize::from(*proves)).max()
    };
    let many = history.node_count() > COLUMNS;
    nodes
        .filter(|node| !many || width(*node).is_some())
        .map(|node| {
            let name = name(history, node).chars().count();
            (node, width(node).unwrap_or(1).max(name))
        })
        .collect()
}

fn name(history: &History, node: NodeId) -> String {
    words::lane(history, node, 24)
}

fn header(history: &History, columns: &[(NodeId, usize)]) -> String {
    let names = columns.iter().map(|(node, width)| {
        let name = name(history, *node);
        format!("  {name:<width$}")
    });
    format!("{}\n", format!("  {:>9}{}", "ms", names.collect::<String>()).trim_end())
}

fn line(out: &mut String, history: &History, row: &Row, columns: &[(NodeId, usize)], style: Style) {
    let mut time = text::ms(row.time);
    for said in words::together(history, &row.environment) {
        let said = style.paint(Tone::Warning, &format!("── {said}"));
        writeln!(out, "  {:>9}  {said}", std::mem::take(&mut time)).expect("a string grows");
    }
    let height = row.cells.values().map(Vec::len).max().unwrap_or(0);
    for depth in 0..height {
        let mut text = format!("  {:>9}", std::mem::take(&mut time));
        let mut blanks = 0;
        for (node, width) in columns {
            let cell = row.cells.get(&node.0).and_then(|cells| cells.get(depth));
            let (shown, painted) = cell_text(cell, depth, style);
            write!(text, "{:blanks$}  {painted}", "").expect("a string grows");
            blanks = width.saturating_sub(shown);
        }
        writeln!(out, "{}", text.trim_end()).expect("a string grows");
    }
}

/// A cell's width as shown, and the cell with its colour.
fn cell_text(cell: Option<&(String, bool)>, depth: usize, style: Style) -> (usize, String) {
    match cell {
        Some((text, true)) => {
            let text = format!("*{text}");
            (text.chars().count(), style.paint(Tone::Bad, &text))
        }
        Some((text, false)) => (text.chars().count(), text.clone()),
        None if depth == 0 => (1, style.paint(Tone::Faint, ".")),
        None => (0, String::new()),
    }
}

fn gap(out: &mut String, left_out: usize, style: Style) {
    if left_out > 0 {
        let rows = text::count(left_out as u64, "row", "rows");
        let said = style.paint(Tone::Faint, &format!("… {rows} left out"));
        writeln!(out, "  {:>9}  {said}", "").expect("a string grows");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn long_traces_say_what_they_leave_out() {
        let (history, proof) = fixtures::long_run(400);
        insta::assert_snapshot!(lanes(&history, &proof, Style::Plain));
    }

    #[test]
    fn every_row_is_shown_or_counted() {
        let (history, proof) = fixtures::long_run(400);
        let rows = rows(&history, &proof.iter().copied().collect());
        let text = lanes(&history, &proof, Style::Plain);
        let number =
            |line: &str| line.trim().strip_prefix("… ")?.split(' ').next()?.parse::<usize>().ok();
        let left_out: usize = text.lines().filter_map(number).sum();
        assert_eq!(left_out + kept(&rows).len(), rows.len());
        assert!(kept(&rows).len() <= ROWS && left_out > 0);
    }

    #[test]
    fn a_proof_that_is_too_long_is_cut_too() {
        let (history, _) = fixtures::long_run(200);
        let all: Vec<EventId> = history.events().map(|event| event.id).collect();
        assert!(lanes(&history, &all, Style::Plain).contains("left out"));
    }
}
