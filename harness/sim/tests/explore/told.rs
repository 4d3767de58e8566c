//! What a complete run comes to: what each node tells, who crashed, whether anything was lost,
//! and the verdicts on it.

use pepperland_core::checker::{Case, Checker};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::Ruling;

/// What a complete run comes to.
#[derive(Clone, Debug, Eq, PartialEq, Ord, PartialOrd)]
pub struct Outcome {
    told: Vec<String>,
    crashed: Vec<bool>,
    lost: bool,
    verdicts: Vec<Ruling>,
}

/// Properties that are judged by what nodes tell.
const JUDGED: &[&str] = &[
    "agreement",
    "uniform-agreement",
    "validity-self",
    "validity-all",
    "no-duplication",
    "fifo",
    "causal",
    "uniform-total-order",
];

pub fn outcome(history: &History, lost: bool) -> Outcome {
    let mut told = vec![String::new(); history.node_count()];
    let mut crashed = vec![false; history.node_count()];
    for event in history.events() {
        let Some(node) = event.node() else { continue };
        match event.kind() {
            Kind::Crash => crashed[node.index()] = true,
            Kind::Broadcast | Kind::Deliver => {
                let name = event.message_name().expect("it is of a message");
                told[node.index()].push_str(&format!(" {} {name}", event.kind().word()));
            }
            _ => {}
        }
    }
    let case = Case::new(history);
    let ruling = |checker: &'static Checker| (checker.check)(&case).ruling();
    let judged = pepperland_checkers::all().filter(|c| JUDGED.contains(&c.property));
    let verdicts: Vec<Ruling> = judged.map(ruling).collect();
    assert_eq!(verdicts.len(), JUDGED.len());
    Outcome { told, crashed, lost, verdicts }
}
