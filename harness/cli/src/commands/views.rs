//! How groups do with their views, as rows of a table.

use crate::commands::columns::{lines, millis, or_dash};
use pepperland_checkers::ViewFigures;
use pepperland_checkers::spread::Spread;
use pepperland_core::history::{History, Kind};
use pepperland_reports::text::thousands;

/// What the columns are; times are in ms.
pub const HEAD: [&str; 9] =
    ["changes", "views", "views/change", "blocked", "max", "excluded", "max", "included", "max"];

/// The columns of a row: means and the longest. A dash is nothing to measure.
pub fn columns(figures: &ViewFigures) -> [String; 9] {
    let mean = |spread: &Spread| millis(spread.mean());
    let longest =
        |spread: &Spread| millis(Some(spread.longest.0 as f64).filter(|_| spread.count > 0));
    let ViewFigures { blocked, excluded, included, .. } = figures;
    [
        thousands(figures.changes),
        thousands(figures.views),
        or_dash(figures.views_per_change().map(|rate| format!("{rate:.2}"))),
        mean(blocked),
        longest(blocked),
        mean(excluded),
        longest(excluded),
        mean(included),
        longest(included),
    ]
}

/// The figures of a history, in lines; nothing if it has no views.
pub fn of_history(history: &History) -> Option<String> {
    history.has(Kind::View).then(|| {
        let head = ("views, ms".to_owned(), HEAD.map(str::to_owned));
        lines(&[head, ("all groups".to_owned(), columns(&ViewFigures::of(history)))])
    })
}
