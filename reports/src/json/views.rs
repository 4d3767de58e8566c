//! Who delivered what in the views that a violation concerns, as sets of names.

use crate::views::{Cell, Column, Row, Sets, Went, concerned};
use pepperland_core::finding::Finding;
use pepperland_core::history::History;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// One view, its nodes by where they went, and the messages that tell.
#[derive(Serialize, Deserialize)]
pub struct ViewLine {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    group: Option<String>,
    view: String,
    went: Vec<WentLine>,
    /// Those of the proof, and those in which nodes that went on together differ.
    messages: Vec<MessageLine>,
    /// How many more were delivered in the view.
    alike: usize,
}

/// Nodes that went the same way.
#[derive(Serialize, Deserialize)]
struct WentLine {
    how: How,
    /// The view, where it is known: null if they went to none.
    to: Option<String>,
    nodes: Vec<String>,
}

#[derive(Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum How {
    On,
    Stays,
    Crashed,
}

#[derive(Serialize, Deserialize)]
struct MessageLine {
    m: String,
    /// In which view it was multicast: null if that is not known.
    sent_in: Option<String>,
    delivered: Vec<String>,
    lacks: Vec<String>,
    /// Who delivered it in another view, and in which; null if in none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    elsewhere: BTreeMap<String, Option<String>>,
    /// Who may have it from a snapshot.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    snapshot: Vec<String>,
    differs: bool,
}

/// The views that the finding concerns; none if its property is not about deliveries in views.
pub fn lines(finding: &Finding) -> Vec<ViewLine> {
    let all = concerned(&finding.history, &finding.property, &finding.witness.events);
    all.iter().map(|sets| line(&finding.history, sets)).collect()
}

fn line(history: &History, sets: &Sets<'_>) -> ViewLine {
    let told = sets.rows.iter().filter(|row| row.proves || row.differs);
    let messages: Vec<MessageLine> = told.map(|row| message(history, sets, row)).collect();
    let mut went: Vec<WentLine> = Vec::new();
    for column in &sets.columns {
        let (how, to) = match column.went {
            Went::To(view) => (How::On, Some(view.to_string())),
            Went::Nowhere => (How::Stays, None),
            Went::Crashed => (How::Crashed, None),
        };
        let same = |last: &&mut WentLine| last.to == to && last.how == how;
        match went.last_mut().filter(same) {
            Some(last) => last.nodes.push(name(history, column)),
            None => went.push(WentLine { how, to, nodes: vec![name(history, column)] }),
        }
    }
    ViewLine {
        group: sets.group.map(str::to_owned),
        view: sets.view.to_string(),
        went,
        alike: sets.rows.len() - messages.len(),
        messages,
    }
}

fn message(history: &History, sets: &Sets<'_>, row: &Row<'_>) -> MessageLine {
    let mut line = MessageLine {
        m: history.message_name(row.message),
        sent_in: row.sent.map(ToString::to_string),
        delivered: Vec::new(),
        lacks: Vec::new(),
        elsewhere: BTreeMap::new(),
        snapshot: Vec::new(),
        differs: row.differs,
    };
    for (column, cell) in sets.columns.iter().zip(&row.cells) {
        let name = name(history, column);
        match cell {
            Cell::Delivered(_) => line.delivered.push(name),
            Cell::Lacks => line.lacks.push(name),
            Cell::Snapshot => line.snapshot.push(name),
            Cell::Elsewhere(view, _) => {
                line.elsewhere.insert(name, view.map(ToString::to_string));
            }
        }
    }
    line
}

/// A node's name, with `^1` after one restart that forgot.
fn name(history: &History, column: &Column<'_>) -> String {
    let name = history.node_name(column.node);
    if column.restarts > 0 { format!("{name}^{}", column.restarts) } else { name.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn a_violation_of_virtual_synchrony_tells_its_sets() {
        let lines = lines(&fixtures::views::forgotten_in_a_flush());
        let text = serde_json::to_string(&lines).unwrap();
        let expected = r#"[{"view":"1","went":[{"how":"on","to":"2","nodes":["n1","n2","n3"]},"#
            .to_owned()
            + r#"{"how":"crashed","to":null,"nodes":["n4"]}],"messages":[{"m":"n4:0:1","#
            + r#""sent_in":"1","delivered":["n1","n3","n4"],"lacks":["n2"],"differs":true}],"#
            + r#""alike":1}]"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn other_properties_tell_none() {
        assert!(lines(&fixtures::two_sequencers()).is_empty());
    }
}
