//! A shrunk run as a mermaid sequence diagram, for pages that show no SVG.

use crate::text;
use crate::words;
use pepperland_core::history::{Event, EventId, History, Kind};
use std::collections::BTreeSet;
use std::fmt::Write;

/// More lines than this are unreadable; they are cut around the proof.
const LINES: usize = 60;
/// More lanes than this do not fit a page.
const LANES: usize = 12;

/// The diagram: frames as arrows, lost ones with a cross, everything else as notes.
pub fn sequence(history: &History, proof: &[EventId]) -> String {
    let proof: BTreeSet<EventId> = proof.iter().copied().collect();
    let drawn: Vec<(EventId, String)> = history
        .events()
        .filter_map(|event| Some((event.id, line(history, event, &proof)?)))
        .collect();
    let centre = drawn.iter().rposition(|(id, _)| proof.contains(id)).unwrap_or(0);
    let from = (centre + 6).saturating_sub(LINES).min(drawn.len().saturating_sub(LINES));
    let shown = &drawn[from..drawn.len().min(from + LINES)];
    let mut out = "sequenceDiagram\n".to_owned();
    for node in 0..history.node_count().min(LANES) {
        writeln!(out, "  participant p{node} as {}", plain(&history.header.nodes[node]))
            .expect("a string grows");
    }
    skipped(&mut out, from);
    shown.iter().for_each(|(_, line)| out.push_str(line));
    skipped(&mut out, drawn.len() - from - shown.len());
    out
}

fn skipped(out: &mut String, count: usize) {
    if count > 0 {
        writeln!(out, "  Note over p0: {count} more events left out").expect("a string grows");
    }
}

/// An arrow for the end of a frame, a note for anything else; the beginning of a frame is told by
/// its end.
fn line(history: &History, event: Event<'_>, proof: &BTreeSet<EventId>) -> Option<String> {
    let words = plain(&words::event(history, event.id));
    let last = history.node_count().min(LANES) - 1;
    let Some(node) = event.node().map(|node| node.index()) else {
        return Some(format!("  Note over p0,p{last}: {words}\n"));
    };
    let Some(frame) = event.transmission() else {
        let star = if proof.contains(&event.id) { "✗ " } else { "" };
        return (node <= last).then(|| format!("  Note over p{node}: {star}{words}\n"));
    };
    let peer = frame.peer.index();
    if node > last || peer > last || node == peer {
        return None;
    }
    let what = plain(&words::frame(history, frame));
    match event.kind() {
        Kind::Recv => Some(format!("  p{peer}->>p{node}: {what}\n")),
        Kind::Drop => Some(format!("  p{node}--xp{peer}: {what}\n")),
        _ => None,
    }
}

/// Text without any character that mermaid reads as syntax.
fn plain(text: &str) -> String {
    let keeps = |c: char| c.is_alphanumeric() || " .,:_()→↔⟨⟩+…–".contains(c);
    let short = text::short(text, 80);
    let like = |c: char| match c {
        '{' => '(',
        '}' => ')',
        ';' => ',',
        '#' => '№',
        c if keeps(c) => c,
        _ => '·',
    };
    let kept: String = short.chars().map(like).collect();
    // The bare word `end` closes a block.
    let words: Vec<&str> = kept.split_whitespace().collect();
    let words = words.iter().map(|w| if w.eq_ignore_ascii_case("end") { "(end)" } else { w });
    let line = words.collect::<Vec<_>>().join(" ");
    if line.is_empty() { "·".to_owned() } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures;

    #[test]
    fn of_a_finding() {
        let finding = fixtures::crashed_sender();
        insta::assert_snapshot!(sequence(&finding.history, &finding.witness.events));
    }

    #[test]
    fn of_views() {
        let finding = crate::fixtures::views::forgotten_in_a_flush();
        insta::assert_snapshot!(sequence(&finding.history, &finding.witness.events));
    }

    #[test]
    fn long_runs_are_cut_and_say_so() {
        let (history, proof) = fixtures::long_run(300);
        let text = sequence(&history, &proof);
        assert!(text.contains("more events left out") && text.contains("✗"), "{text}");
        assert!(text.lines().count() <= LINES + 10);
    }
}
