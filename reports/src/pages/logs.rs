//! What the nodes wrote on the side, folded, and where their frames are.

use super::{lines, said};
use crate::text::count;
use maud::{Markup, html};
use pepperland_core::history::{History, Log};

/// A fold for the log of each node that wrote anything, and the way to what crossed their sockets.
pub fn cards(history: &History) -> Markup {
    let mut written = history.logs.iter().filter(|log| !log.text.is_empty()).peekable();
    html! {
        @if written.peek().is_some() {
            section.card {
                h2 { "Logs" }
                @for log in written { (fold(log)) }
            }
        }
        @if history.capture.is_some() {
            section.card {
                h2 { "Frames" }
                p {
                    a href=(CAPTURE) { (CAPTURE) }
                    " holds every Ethernet frame of this run, each with what the switch did to it \
                     as its comment: open it with Wireshark or tshark."
                }
            }
        }
    }
}

/// The file beside the page.
const CAPTURE: &str = "frames.pcapng";

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
