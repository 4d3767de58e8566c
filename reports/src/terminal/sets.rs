//! Who delivered what in the views that a violation concerns, in a few lines.

use crate::style::{Style, Tone};
use crate::text::{count, short};
use crate::views::{self, Cell, Column, Row, Sets, Went};
use crate::words;
use pepperland_core::history::{EventId, History};
use std::fmt::Write;

/// More than these are counted only.
const VIEWS: usize = 3;
const COLUMNS: usize = 7;
const ROWS: usize = 6;

/// The tables, each line indented by two; empty if the property is not about deliveries in views.
pub fn sets(history: &History, property: &str, proof: &[EventId], style: Style) -> String {
    let all = views::concerned(history, property, proof);
    let mut out: String = all.iter().take(VIEWS).map(|sets| table(history, sets, style)).collect();
    if all.len() > VIEWS {
        let views = count((all.len() - VIEWS) as u64, "more view", "more views");
        writeln!(out, "  ({views} in the report)").expect("a string grows");
    }
    out
}

fn table(history: &History, sets: &Sets<'_>, style: Style) -> String {
    let shown = sets.shown(COLUMNS);
    let group = sets.group.map(|group| format!(" of {}", short(group, 16))).unwrap_or_default();
    let mut lines = vec![vec![String::new()], vec!["went".to_owned()]];
    for at in &shown {
        lines[0].push(node(history, &sets.columns[*at]));
        lines[1].push(went(sets.columns[*at].went));
    }
    // What all did alike says nothing, unless the proof names it.
    let told = |row: &&Row<'_>| row.proves || row.differs;
    let rows: Vec<&Row<'_>> = sets.rows.iter().filter(told).take(ROWS).collect();
    for row in &rows {
        let cells = shown.iter().map(|at| cell(row.cells[*at]));
        lines.push(std::iter::once(message(history, row, sets)).chain(cells).collect());
    }
    let differs = |line: usize| line >= 2 && rows[line - 2].differs;
    let mut out = format!("  delivered in view {}{group}\n", views::name(sets.view));
    for (index, text) in align(&lines).iter().enumerate() {
        let text = if differs(index) { style.paint(Tone::Bad, text) } else { text.clone() };
        writeln!(out, "    {text}").expect("a string grows");
    }
    out + &left_out(sets, shown.len(), rows.len())
}

fn node(history: &History, column: &Column<'_>) -> String {
    let name = words::lane(history, column.node, 16);
    if column.restarts > 0 { format!("{name}^{}", column.restarts) } else { name }
}

fn went(went: Went<'_>) -> String {
    match went {
        Went::To(view) => format!("→ {}", views::name(view)),
        Went::Nowhere => "stays".to_owned(),
        Went::Crashed => "crashed".to_owned(),
    }
}

fn message(history: &History, row: &Row<'_>, sets: &Sets<'_>) -> String {
    let name = short(&history.message_name(row.message), 24);
    match row.sent.filter(|sent| *sent != sets.view) {
        Some(sent) => format!("{name} (sent in {})", views::name(sent)),
        None => name,
    }
}

fn cell(cell: Cell<'_>) -> String {
    match cell {
        Cell::Delivered(_) => "yes".to_owned(),
        Cell::Elsewhere(Some(view), _) => format!("in {}", views::name(view)),
        Cell::Elsewhere(None, _) => "in none".to_owned(),
        Cell::Snapshot => "snapshot".to_owned(),
        Cell::Lacks => "no".to_owned(),
    }
}

/// Columns as wide as their widest cell.
fn align(lines: &[Vec<String>]) -> Vec<String> {
    let width = |at: usize| lines.iter().map(|line| line[at].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..lines[0].len()).map(width).collect();
    let aligned = |line: &Vec<String>| {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}  "));
        cells.collect::<String>().trim_end().to_owned()
    };
    lines.iter().map(aligned).collect()
}

fn left_out(sets: &Sets<'_>, columns: usize, rows: usize) -> String {
    let (nodes, messages) = (sets.columns.len() - columns, sets.rows.len() - rows);
    let nodes = (nodes > 0).then(|| count(nodes as u64, "more node", "more nodes"));
    let differing = sets.rows.iter().filter(|row| row.proves || row.differs).count() - rows;
    let messages = (messages > 0).then(|| {
        let alike = if differing == 0 { ", in which nodes that went together agree" } else { "" };
        format!("{}{alike}", count(messages as u64, "more message", "more messages"))
    });
    let all: Vec<String> = nodes.into_iter().chain(messages).collect();
    if all.is_empty() { String::new() } else { format!("    ({})\n", all.join("; ")) }
}
