//! Views come to rest though the links to a coordinator are slow one way and fast the other: it
//! installs a view long before the others have, and does not take that for a sign that they have
//! missed it.

#[path = "common/judging.rs"]
mod judging;

use judging::{judge, run};
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Ruling;

const A_JOINER: &str = include_str!("schedules/settling-a-joiner.jsonl");
const JOINS_AND_LEAVES: &str = include_str!("schedules/settling-joins-and-leaves.jsonl");
const PRIMARY: &str = include_str!("schedules/settling-primary.jsonl");
const A_PAUSE: &str = include_str!("schedules/settling-a-pause.jsonl");

#[test]
fn the_views_of_a_coordinator_over_slow_links_come_to_rest() {
    let cases = [
        ("virtual-synchrony-causal", A_JOINER, "window"),
        ("virtual-synchrony-stable", JOINS_AND_LEAVES, "reorder"),
        ("primary-partition", PRIMARY, "window"),
        ("partitionable", A_PAUSE, "pause"),
    ];
    for (name, text, faults) in cases {
        let found = pepperland_impls::all().find(|implementation| implementation.name == name);
        let implementation = found.expect("it exists");
        let schedule = Schedule::from_text(text).expect("a schedule");
        let history = run(&schedule, implementation);
        let properties = ["view-stability"].into_iter();
        for (property, verdict) in judge(implementation, faults, &schedule, &history, properties) {
            assert_eq!(verdict.ruling(), Ruling::Held, "{name}: {property}: {verdict:?}");
        }
    }
}
