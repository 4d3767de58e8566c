//! Protocols of the library on real sockets, under real cuts and kills.

use crate::ground::no_networks;
use crate::pepperland::{Folder, ends};

/// Runs a protocol under each of these faults, a few times; its claims hold.
fn holds(implementation: &str, faults: &[&str]) {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    for faults in faults {
        let run = "--runs 2 --jobs 2 --network netns --runtime process";
        let ended = folder.run(&format!("run --impl {implementation} --faults {faults} {run}"));
        // A cut may fall so that nothing owes its delivery: that is undecided, and no accusation.
        assert!([0, 2].contains(&ended.code), "{}\n{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains("held "), "{}", ended.stdout);
    }
}

#[test]
fn fifo_holds_on_streams() {
    let always =
        ["loss", "duplicate", "corrupt"].map(|fault| format!("{fault}:permanent:rate=30%"));
    holds("fifo", &["none", "partition", "pause", &always[0], &always[1], &always[2]]);
}

#[test]
fn perfect_links_hold_on_datagrams() {
    let always =
        ["loss", "duplicate", "corrupt"].map(|fault| format!("{fault}:permanent:rate=30%"));
    holds("perfect-link", &["partition:one-way", &always[0], &always[1], &always[2]]);
}

#[test]
fn ip_multicast_is_real() {
    holds("ip-multicast", &["none"]);
}

/// What is written to registers goes past the switch: no cut of it reaches that.
#[test]
fn registers_are_written_over_lines_while_messages_cross_sockets() {
    holds("difato", &["none", "partition", "crash"]);
}

#[test]
fn virtual_synchrony_holds_under_cuts_and_kills() {
    holds("virtual-synchrony", &["partition", "crash"]);
}

#[test]
fn partitionable_groups_hold_under_cuts_and_kills() {
    holds("partitionable", &["partition", "crash"]);
}

#[test]
fn a_finding_of_the_simulator_is_confirmed_on_real_sockets() {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    let found = "run --impl perfect-link --flaw no-dedup --faults duplicate --properties \
                 no-duplication --runs 50 --fail-fast";
    ends(&folder.run(found), 1, "violated");
    let finding = folder.only_finding();
    let replayed = folder.run(&format!("replay {finding} --network netns"));
    ends(&replayed, 1, "violates");
    assert!(replayed.stdout.contains("confirmed  on process in real time"), "{}", replayed.stdout);
}
