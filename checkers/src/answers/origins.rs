//! Where values come from: who asked first to add them, and who was refused.

use crate::answers::requests::Requests;
use crate::linearizability::values::Datum;
use crate::replication::operations::Status;
use crate::scene::proof::Proof;
use pepperland_core::collections::Map;
use pepperland_core::history::EventId;
use pepperland_core::verdict::Witness;

/// The reason why nothing can be said where somebody lies.
pub const MADE_UP: &str = "a Byzantine node may have made up anything";

/// Where the values of one object come from.
#[derive(Default)]
pub struct Origins {
    /// Where each value was first asked for in time and not refused, and by which request; by none
    /// if it was there from the start.
    first: Map<Datum, (u64, Option<usize>)>,
    /// For each value the first request that was refused.
    refused: Map<Datum, usize>,
}

/// Who asked for a value, in vain or too late.
#[derive(Copy, Clone, Debug)]
pub enum Origin {
    /// Nobody.
    Nobody,
    /// This request, which was refused.
    Refused(usize),
    /// This request, later.
    Later(usize),
}

impl Origins {
    /// The value was there from the start.
    pub fn start_with(&mut self, value: Datum) {
        self.first.insert(value, (0, None));
    }

    /// The request asks for the value.
    pub fn ask(&mut self, requests: &Requests<'_, '_>, number: usize, value: Datum) {
        let request = requests.at(number);
        if request.operation.status == Status::Fail {
            self.refused.entry(value).or_insert(number);
            return;
        }
        let this = (requests.begin(request), Some(number));
        let first = self.first.entry(value).or_insert(this);
        *first = this.min(*first);
    }

    /// Who asked for the value, if nobody did before that point in time without being refused.
    pub fn created(&self, value: Datum, end: u64) -> Option<Origin> {
        let refused = || self.refused.get(&value).copied().map_or(Origin::Nobody, Origin::Refused);
        match self.first.get(&value) {
            Some((begin, _)) if *begin <= end => None,
            Some((_, Some(later))) => Some(Origin::Later(*later)),
            _ => Some(refused()),
        }
    }
}

/// The proof that the request `shows` what nobody had asked for. The word is for what was asked.
pub fn told(
    requests: &Requests<'_, '_>,
    reader: usize,
    shows: &str,
    word: &str,
    origin: Origin,
) -> Witness {
    let whose = |number| requests.whose(requests.at(number), word);
    let (fate, events): (String, Vec<EventId>) = match origin {
        Origin::Nobody => ("which nobody had asked for".to_owned(), Vec::new()),
        Origin::Refused(by) => {
            (format!("but {} was refused", whose(by)), requests.events(requests.at(by)).collect())
        }
        Origin::Later(by) => {
            let invoke = EventId(requests.at(by).operation.invoke);
            (format!("before {} began", whose(by)), vec![invoke])
        }
    };
    Proof::default()
        .yes(shows, requests.events(requests.at(reader)))
        .no("somebody had asked for it, and was not refused", events)
        .because(format!("{shows}, {fate}"))
}
