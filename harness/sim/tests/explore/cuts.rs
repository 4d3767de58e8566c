//! Explorations that are not exhaustive say so; the order in which ends are shown.

use crate::common::{ALARM, COUNTS};
use crate::scopes::{Small, all, frame, implementation, scope};
use pepperland_core::history::DeliveryContract;
use pepperland_core::id::NodeId;
use pepperland_sim::explore::{Cut, Scope, explore};
use std::ops::ControlFlow;

#[test]
fn too_many_states_are_too_many() {
    let (entry, small) = (implementation("basic"), Small(3, 1, 0, 0));
    let header = frame(entry, None, small.0);
    let limited = |states| Scope { states, ..scope(entry, &header, small) };
    let (whole, _) = all(&limited(u32::MAX));
    assert_eq!(whole.cut, None);
    let enough = u32::try_from(whole.states).unwrap();
    assert_eq!(all(&limited(enough)).0, whole);
    let (less, _) = all(&limited(enough - 1));
    assert_eq!((less.cut, less.states), (Some(Cut::States), whole.states - 1));
}

#[test]
fn a_timer_ends_what_can_be_explored() {
    let small = Small(2, 1, 0, 0);
    let header = frame(&ALARM, None, small.0);
    // A body that is no number of milliseconds sets no timer.
    assert_eq!(all(&scope(&ALARM, &header, small)).0.cut, None);
    let entry = implementation("ack");
    let header = frame(entry, None, small.0);
    let cut = all(&scope(entry, &header, small)).0.cut;
    assert!(matches!(cut, Some(Cut::Timer(NodeId(0 | 1)))), "{cut:?}");
}

#[test]
fn whoever_has_enough_says_so_and_sees_short_runs_first() {
    let (entry, small) = (implementation("reliable"), Small(2, 1, 1, 0));
    let header = frame(entry, None, small.0);
    let mut steps = Vec::new();
    let explored = explore(&scope(entry, &header, small), &mut |ends| {
        steps.extend(ends.iter().map(|end| end.steps));
        if steps.len() > 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    });
    assert_eq!(explored.cut, Some(Cut::Enough));
    assert!(steps.is_sorted() && steps[0] == 0, "{steps:?}");
}

#[test]
fn where_the_log_delivers_no_crash_falls_between_it_and_the_delivery() {
    let small = Small(1, 1, 1, 0);
    let header = frame(&COUNTS, None, small.0);
    let ends = |delivery| all(&Scope { delivery, ..scope(&COUNTS, &header, small) }).1.len();
    // Nobody can tell a crash after the write from one before it, which forgets it.
    assert_eq!(ends(DeliveryContract::Volatile), ends(DeliveryContract::Logged));
}

#[test]
fn beginnings_are_shown_as_soon_as_nodes_tell_something_new() {
    let (entry, small) = (implementation("fifo-basic"), Small(2, 2, 0, 0));
    let header = frame(entry, Some("no-hold-back-queue"), small.0);
    let (_, runs) = all(&Scope { beginnings: true, ..scope(entry, &header, small) });
    let overtaken = |run: &&pepperland_sim::explore::Told| {
        run.delivered[1].first().is_some_and(|first| first.number == 2)
    };
    let first = runs.iter().find(overtaken).expect("the second message comes first");
    assert_eq!((first.steps, first.is_complete), (3, false));
    let ends = |beginnings| {
        let (explored, runs) = all(&Scope { beginnings, ..scope(entry, &header, small) });
        let complete = runs.into_iter().filter(|run| run.is_complete);
        (explored.ends, complete.map(|run| run.schedule).collect::<Vec<_>>())
    };
    assert_eq!(ends(true), ends(false));
}
