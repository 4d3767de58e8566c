//! What members tell of a view's multicasts in a flush, and what that comes to.
//!
//! ```text
//! report:    what is here and not stable, and how far that goes without a gap
//! settle:    of the reports of those who go on together, what one of them at least has, up to the
//!            first gap of each sender
//! ```
//!
//! A gap means that nobody of them has the message, and so that nobody delivered it or a later one.

use pepperland_core::contract::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a member has of a view's multicasts, or what those who go on together have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report<M> {
    /// For each member of the view, how many of its multicasts, without a gap.
    pub here: Vec<u64>,
    /// By the member's place in the view, and by number.
    pub messages: Vec<(u32, u64, M)>,
}

impl<M> Default for Report<M> {
    fn default() -> Report<M> {
        Report { here: Vec::new(), messages: Vec::new() }
    }
}

impl<M: Value> Report<M> {
    /// What of a view one at least of those who reported has, up to the first gap of each sender.
    pub fn settle(reports: &[&Report<M>]) -> Report<M> {
        let members = reports.iter().map(|report| report.here.len()).max().unwrap_or(0);
        let mut all: BTreeMap<(u32, u64), &M> = BTreeMap::new();
        for (place, number, m) in reports.iter().flat_map(|report| &report.messages) {
            all.entry((*place, *number)).or_insert(m);
        }
        let here = |place: usize| reports.iter().filter_map(move |r| r.here.get(place).copied());
        let until = |place: usize| {
            let mut until = here(place).max().unwrap_or(0);
            while all.contains_key(&(place as u32, until + 1)) {
                until += 1;
            }
            until
        };
        let until: Vec<u64> = (0..members).map(until).collect();
        let least: Vec<u64> = (0..members).map(|place| here(place).min().unwrap_or(0)).collect();
        let missing = all.into_iter().filter(|((place, number), _)| {
            let place = *place as usize;
            place < members && *number > least[place] && *number <= until[place]
        });
        let messages = missing.map(|((place, number), m)| (place, number, m.clone())).collect();
        Report { here: until, messages }
    }
}
