//! What failure detectors achieved, in the figures of Chen, Toueg & Aguilera (2002), as rows of a
//! table.

use crate::commands::columns::{lines, millis, or_dash};
use pepperland_checkers::detectors::{Figures, Quality, quality};
use pepperland_checkers::spread::Spread;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_reports::text::{short, thousands};

/// Beyond so many pairs, only the figures of all together are told.
const MOST_PAIRS: usize = 30;

/// What the columns are; times are in ms.
pub const HEAD: [&str; 9] =
    ["detected", "T_D", "T_D max", "mistakes", "λ_M /s", "T_MR", "T_M", "T_G", "P_A"];

/// The columns of a row: means, unless the head says otherwise. A dash is nothing to measure.
pub fn columns(figures: &Figures) -> [String; 9] {
    let mean = |spread: &Spread| millis(spread.mean());
    let longest = Some(figures.detection.longest.0 as f64);
    [
        thousands(figures.detection.count),
        mean(&figures.detection),
        millis(longest.filter(|_| figures.detection.count > 0)),
        thousands(figures.mistakes),
        or_dash(figures.mistake_rate().map(|rate| format!("{rate:.3}"))),
        mean(&figures.mistake_recurrence),
        mean(&figures.mistake_duration),
        mean(&figures.good_period),
        or_dash(figures.accuracy().map(|accuracy| format!("{accuracy:.5}"))),
    ]
}

/// The figures of each monitor on each target and of all together, in lines; nothing if no
/// detector speaks in the history.
pub fn of_history(history: &History) -> Option<String> {
    [Kind::Suspect, Kind::Trust].into_iter().find(|kind| history.has(*kind))?;
    let all = quality(history);
    let name = |node: NodeId| short(&history.header.nodes[node.index()], 20);
    let pair = |one: &Quality| {
        (format!("{} on {}", name(one.monitor), name(one.target)), columns(&one.figures))
    };
    let few = all.len() <= MOST_PAIRS;
    let mut rows = vec![("failure detectors, ms".to_owned(), HEAD.map(str::to_owned))];
    rows.extend(all.iter().filter(|_| few).map(pair));
    let together = Figures::together(all.iter().map(|one| &one.figures));
    rows.push((format!("{} pairs", thousands(all.len() as u64)), columns(&together)));
    Some(lines(&rows))
}
