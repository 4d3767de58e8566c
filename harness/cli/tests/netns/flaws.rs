//! Planted flaws that the simulator finds are confirmed on real sockets: by the very schedules that
//! kill them there.

use crate::ground::no_networks;
use crate::pepperland::Folder;

/// A real run is one of many, and what fails in half of them must not fail the test by chance.
const REPLAYS: usize = 20;

fn is_confirmed(flaw: &str, property: &str) {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    let killer = format!("{}/../../impls/killers/{flaw}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let replay = format!("replay {killer} --network netns --properties {property}");
    let confirmed = (0..REPLAYS).any(|_| {
        let ended = folder.run(&replay);
        assert!([0, 1, 2].contains(&ended.code), "{}{}", ended.stdout, ended.stderr);
        ended.code == 1
    });
    assert!(confirmed, "no replay of {flaw} in {REPLAYS} breaks {property}");
}

#[test]
fn a_frame_that_is_acknowledged_before_its_checksum_is_looked_at() {
    is_confirmed("ack-before-deliver", "validity-all");
}

#[test]
fn one_acknowledgement_for_all() {
    is_confirmed("count-acks", "validity-all");
}

#[test]
fn a_delivery_after_the_view_it_belongs_to() {
    is_confirmed("deliver-after-view", "same-view-delivery");
}

#[test]
fn members_that_are_excluded_without_agreement() {
    is_confirmed("exclude-without-agreement", "view-agreement");
}

#[test]
fn commands_that_are_executed_out_of_order() {
    is_confirmed("commands-out-of-order", "same-view-delivery");
}

#[test]
fn a_delivery_on_first_receipt() {
    is_confirmed("deliver-on-first", "uniform-agreement");
}
