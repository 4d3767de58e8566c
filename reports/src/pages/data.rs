//! The finding as data within its page, for scripts and other tools.

use super::events::window;
use crate::json::views;
use crate::text::is_deceptive;
use maud::{Markup, PreEscaped, html};
use pepperland_core::finding::Finding;
use pepperland_core::history::{EventId, History};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::ops::Range;

/// A block of JSON that no browser runs.
pub fn block(finding: &Finding) -> Markup {
    let text = escape(&data(finding).to_string());
    html! { script type="application/json" id="finding" { (PreEscaped(text)) } }
}

/// JSON in which no tag, comment or entity can begin, and in which nothing hides.
pub fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if matches!(c, '<' | '>' | '&') || is_deceptive(c) {
            let mut units = [0; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(out, "\\u{unit:04x}").expect("a string grows");
            }
        } else {
            out.push(c);
        }
    }
    out
}

fn data(finding: &Finding) -> Value {
    let proof: BTreeSet<EventId> = finding.witness.events.iter().copied().collect();
    let shown = window(finding.history.len(), &proof);
    json!({
        "v": 1,
        "finding": finding.id,
        "property": finding.property,
        "statement": finding.statement,
        "scenario": finding.scenario,
        "run": finding.run,
        "seed": finding.seed,
        "because": finding.witness.because,
        "witness": finding.witness.events,
        "clauses": finding.witness.clauses,
        "views": views::lines(finding),
        "reproduced": finding.reproduced,
        "digest": finding.digest,
        "nodes": finding.history.header.nodes,
        "events": columns(&finding.history, shown),
    })
}

/// Events as columns; kinds and messages as places in tables of strings, -1 for none.
fn columns(history: &History, shown: Range<u32>) -> Value {
    let mut kinds = Table::default();
    let mut messages = Table::default();
    let mut columns: [Vec<Value>; 7] = Default::default();
    for event in shown.clone().map(|id| history.event(EventId(id))) {
        let frame = event.transmission();
        let message = event.message_name().map(|name| messages.place(name));
        let row = [
            json!(event.time()),
            json!(event.node().map_or(-1, |node| i64::from(node.0))),
            json!(kinds.place(event.kind().word().to_owned())),
            json!(message.map_or(-1, |place| place as i64)),
            json!(event.causes()),
            json!(frame.map_or(-1, |frame| i64::from(frame.peer.0))),
            json!(frame.map_or(-1, |frame| frame.id as i64)),
        ];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let [t, n, k, m, c, peer, x] = columns;
    json!({
        "first": shown.start,
        "of": history.len(),
        "kinds": kinds.texts,
        "messages": messages.texts,
        "t": t, "n": n, "k": k, "m": m, "c": c, "peer": peer, "x": x,
    })
}

/// Strings, each once.
#[derive(Default)]
struct Table {
    places: BTreeMap<String, usize>,
    texts: Vec<String>,
}

impl Table {
    fn place(&mut self, text: String) -> usize {
        *self.places.entry(text).or_insert_with_key(|text| {
            self.texts.push(text.clone());
            self.texts.len() - 1
        })
    }
}
