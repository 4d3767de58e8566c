//! Corosync as a node. Where it is not installed, each test of it says so and passes.

use crate::ground::{lacks, no_networks};
use crate::pepperland::{Folder, ends};
use std::process::Command;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/corosync");

fn no_corosync() -> bool {
    let found = Command::new("corosync").arg("-v").output();
    no_networks()
        || lacks(found.map(|_| String::new()).map_err(|error| format!("corosync: {error}")))
}

/// Its process groups keep their order, and their members agree on who they are.
fn keeps_its_order(faults: &str, nodes: u32) {
    if no_corosync() {
        return;
    }
    let properties = "uniform-total-order,uniform-fifo-order,uniform-no-duplication,no-creation,\
                      self-inclusion,view-monotonicity,initial-view";
    let ended = Folder::new().run(&format!(
        "run --bin {EXAMPLE}/adapter.py --network netns --nodes {nodes} --faults {faults} \
         --properties {properties} --runs 1 --seed 0x1"
    ));
    ends(&ended, 0, "every property held");
}

#[test]
fn order_is_kept_while_rings_break_and_are_mended() {
    keeps_its_order("partition:halves:lasts=2000ms", 3);
}

#[test]
fn order_is_kept_while_nodes_are_killed_and_come_back() {
    keeps_its_order("crash-recovery", 5);
}

#[test]
fn order_is_kept_while_nodes_stand_still() {
    keeps_its_order("pause", 3);
}

#[test]
fn views_are_named_alike_at_all_members() {
    let tested = Command::new("python3").arg("views_test.py").current_dir(EXAMPLE).output();
    let tested = tested.expect("python3 runs");
    assert!(tested.status.success(), "{}", String::from_utf8_lossy(&tested.stderr));
}
