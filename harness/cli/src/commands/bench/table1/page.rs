//! The counts as Markdown: the table of the paper with a column beside each of its own, and each
//! protocol by size.

use super::rows::{Row, Size};
use super::{Cell, Counted};

/// The head of what is told of faults.
pub const RESILIENCE: &str = "## How many faults they live with\n\n";

/// The table of the paper, at the smallest size of each protocol.
pub fn summary(rows: &[(&Row, Vec<Cell>)]) -> String {
    let mut text = "## The table\n\n\
        | protocol | here | faults | resilience | steps: said | counted | messages: said | as built here \
         | at | said | counted |\n\
        | --- | --- | --- | --- | ---: | ---: | --- | --- | --- | ---: | ---: |\n"
        .to_owned();
    for (row, cells) in rows {
        text += &summary_row(row, &cells[0]);
    }
    text + "\n"
}

fn summary_row(row: &Row, cell: &Cell) -> String {
    let (said, counted, size) = (&row.said, &cell.counted, shown(&cell.size));
    let says = short((said.messages)(&cell.size));
    format!(
        "| {} | `{}` | {} | {} | {} | {} | {} | {} | {size} | {says} | {} |\n",
        row.paper,
        row.name,
        said.faults,
        said.resilience,
        said.steps.map_or("–".to_owned(), |steps| steps.to_string()),
        counted.steps,
        said.formula,
        row.ours.formula,
        short(counted.messages),
    )
}

/// One protocol: which messages are counted, why they are not those of the table, and how many there
/// are at each size.
pub fn by_size(row: &Row, cells: &[Cell]) -> String {
    let first = &cells[0];
    let mut text = format!(
        "## {}\n\n`{}`: {} messages: {}. At {} that is {}.\n\n",
        row.paper,
        row.name,
        row.ours.formula,
        row.ours.derived,
        shown(&first.size),
        labels(&first.counted),
    );
    if !row.quiet.is_empty() {
        let quiet: Vec<String> = row.quiet.iter().map(|label| format!("`{label}`")).collect();
        text += &format!("Not counted: {}, sent at any time.\n\n", quiet.join(", "));
    }
    if !row.why.is_empty() {
        text += &format!("{}\n\n", row.why);
    }
    text += &sizes(row, cells);
    text + "\n"
}

/// How many messages of each label.
pub fn labels(counted: &Counted) -> String {
    let labels = counted.labels.iter().map(|(label, sum)| format!("{} `{label}`", short(*sum)));
    labels.collect::<Vec<String>>().join(", ")
}

/// A row for each size.
fn sizes(row: &Row, cells: &[Cell]) -> String {
    let agrees = cells.iter().any(|cell| cell.counted.turns > 0.0);
    let (head, rule) = if agrees { (" m |", " ---: |") } else { ("", "") };
    let mut text = format!(
        "| n | n_c | n_s | f |{head} said | as built here | counted | steps |\n\
         | ---: | ---: | ---: | ---: |{rule} ---: | ---: | ---: | ---: |\n"
    );
    for Cell { size, counted } in cells {
        let (clients, servers) = match size.clients {
            0 => ("–".to_owned(), "–".to_owned()),
            clients => (clients.to_string(), (size.nodes - clients).to_string()),
        };
        let turns = if agrees { format!(" {} |", short(counted.turns)) } else { String::new() };
        let said = short((row.said.messages)(size));
        let ours = short((row.ours.messages)(size, counted.turns));
        text += &format!(
            "| {} | {clients} | {servers} | {} |{turns} {said} | {ours} | {} | {} |\n",
            size.nodes,
            size.f,
            short(counted.messages),
            counted.steps
        );
    }
    text
}

/// `n = 4`, or `n_c = 2, n_s = 3`.
fn shown(size: &Size) -> String {
    match size.clients {
        0 => format!("n = {}", size.nodes),
        clients => format!("n_c = {clients}, n_s = {}", size.nodes - clients),
    }
}

/// A number with one decimal, if it needs it.
fn short(number: f64) -> String {
    format!("{number:.1}").trim_end_matches(".0").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::bench::table1::count::Counted;
    use crate::commands::bench::table1::rows::ROWS;
    use std::collections::BTreeMap;

    #[test]
    fn what_is_said_stands_beside_what_is_counted() {
        let row = ROWS.iter().find(|row| row.name == "difato").unwrap();
        let size = row.sizes().next().unwrap();
        let labels = BTreeMap::from([("Order".to_owned(), 1.0), ("Result".to_owned(), 9.0)]);
        let cells =
            vec![Cell { size, counted: Counted { messages: 10.0, labels, steps: 4, turns: 0.0 } }];
        let told = by_size(row, &cells);
        assert!(told.contains("At n_c = 1, n_s = 3 that is 1 `Order`, 9 `Result`."), "{told}");
        assert!(told.contains("| 4 | 1 | 3 | 1 | 8 | 10 | 10 | 4 |"), "{told}");
        assert!(summary(&[(row, cells)]).contains("| n_c = 1, n_s = 3 | 8 | 10 |"));
    }
}
