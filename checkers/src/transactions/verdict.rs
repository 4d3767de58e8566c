//! From an anomaly to a verdict with the fewest transactions that prove it.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::transactions::judged::{Judged, View, whole};
use crate::transactions::txns::Chosen;
use pepperland_core::checker::Case;
use pepperland_core::history::{EventId, NONE};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeSet;

/// An anomaly that was found.
pub struct Found {
    /// The transactions that prove it, or more.
    pub txns: Vec<u32>,
    /// What is true, and of which transactions.
    pub clauses: Vec<(String, Vec<u32>)>,
    /// What would have to be.
    pub must: String,
    /// The anomaly in a sentence.
    pub because: String,
}

/// Looks for an anomaly.
pub type Find = fn(&View<'_>) -> Option<Found>;

/// What a property is judged by.
pub struct Anomaly {
    /// What breaks it: the first that is found is told.
    pub finds: &'static [Find],
    /// The transactions to which something could have happened, once for each time.
    pub exposed: fn(&Judged) -> Vec<u32>,
    /// Why nothing is decided where there are none.
    pub nothing: &'static str,
}

impl Anomaly {
    /// Whether it shows.
    pub fn judge(&self, case: &Case<'_>) -> Verdict {
        let whole = whole(case);
        let (judged, names) = match &*whole {
            Ok((judged, names)) => (judged, names),
            Err(reason) => return Verdict::undecided(reason),
        };
        let view = View { judged, names, history: case.history };
        let mut tally = Tally::of(&Scene::of(case));
        for txn in (self.exposed)(judged) {
            let txn = judged.txns.all[txn as usize];
            let time = |event: u32| case.history.times()[event as usize];
            let answered = if txn.response == NONE { txn.invoke } else { txn.response };
            tally.count(time(txn.invoke), time(answered));
        }
        let found = self.finds.iter().find_map(|find| Some((find, find(&view)?)));
        match found {
            Some((find, found)) => tally.violated(proof(&view, *find, found)),
            None => tally.held(self.nothing),
        }
    }
}

/// So often is it tried to do without a transaction.
const TRIALS: usize = 4_000;

/// The fewest of the transactions that still show the anomaly.
fn proof(view: &View<'_>, find: Find, found: Found) -> Witness {
    let answered = |txn: u32| view.judged.txns.all[txn as usize].response != NONE;
    let mut txns = found.txns.clone();
    txns.extend(view.judged.banning(&found.txns));
    txns.sort_unstable();
    txns.dedup();
    let mut chosen: Vec<Chosen> =
        txns.iter().map(|txn| Chosen { txn: *txn, answered: answered(*txn) }).collect();
    let shows = |chosen: &[Chosen]| {
        let shows = |judged: &Judged| find(&View { judged, ..*view }).is_some();
        let whole = view.judged;
        shows(&whole.only(chosen)) && (!whole.has_banned() || shows(&whole.alone(chosen)))
    };
    if !shows(&chosen) {
        return told(view, found);
    }
    let mut trials = 0;
    loop {
        let before = chosen.clone();
        for place in (0..before.len()).rev() {
            for fewer in smaller(&chosen, place) {
                trials += 1;
                if trials < TRIALS && shows(&fewer) {
                    chosen = fewer;
                    break;
                }
            }
        }
        if chosen == before || trials >= TRIALS {
            break;
        }
    }
    let few = view.judged.only(&chosen);
    let few = View { judged: &few, ..*view };
    let found = find(&few).unwrap_or(found);
    told(&few, Found { txns: few.judged.txns.ids().collect(), ..found })
}

/// The same without the transaction at this place, or at least without its answer.
fn smaller(chosen: &[Chosen], place: usize) -> Vec<Vec<Chosen>> {
    let Some(one) = chosen.get(place).copied() else { return Vec::new() };
    let mut without = chosen.to_vec();
    without.remove(place);
    let mut open = chosen.to_vec();
    open[place].answered = false;
    if one.answered { vec![without, open] } else { vec![without] }
}

/// The witness of what was found among just these transactions.
fn told(view: &View<'_>, found: Found) -> Witness {
    let events = |txns: &[u32]| {
        let txns = txns.iter().map(|txn| view.judged.txns.all[*txn as usize]);
        let events = txns.flat_map(|txn| [txn.invoke, txn.response]);
        events.filter(|event| *event != NONE).map(EventId).collect::<Vec<_>>()
    };
    let mut untold: BTreeSet<u32> = found.txns.iter().copied().collect();
    let mut proof = Proof::default();
    for (says, txns) in found.clauses {
        untold.retain(|txn| !txns.contains(txn));
        proof = proof.yes(says, events(&txns));
    }
    for txn in untold {
        proof = proof.yes(format!("{} has read what shows it", view.who(txn)), events(&[txn]));
    }
    proof.no(found.must, []).because(found.because)
}
