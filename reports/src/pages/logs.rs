//! What the nodes wrote on the side, folded.

use super::{lines, said};
use crate::text::count;
use maud::{Markup, html};
use pepperland_core::history::Log;

/// A fold for the log of each node that wrote anything.
pub fn cards(logs: &[Log]) -> Markup {
    let mut written = logs.iter().filter(|log| !log.text.is_empty()).peekable();
    html! {
        @if written.peek().is_some() {
            section.card {
                h2 { "Logs" }
                @for log in written { (fold(log)) }
            }
        }
    }
}

fn fold(log: &Log) -> Markup {
    html! {
        details {
            summary {
                "The log of " (said(&log.node, 40)) ": the last "
                (count(log.text.lines().count() as u64, "line", "lines"))
            }
            pre tabindex="0" aria-label="Log" { (lines(&log.text)) }
        }
    }
}
