//! The command, where it does not go together, and where it is not root.

use crate::ground::no_networks;
use crate::pepperland::{Folder, ends};

#[test]
fn only_processes_are_in_networks() {
    let folder = Folder::new();
    let refused = folder.run("run --impl fifo --runtime sim --network netns");
    ends(&refused, 64, "usage");
    assert!(refused.stderr.contains("only processes can be in network namespaces"));
    let refused = folder.run("run --impl fifo --network carrier-pigeon");
    ends(&refused, 64, "usage");
    assert!(refused.stderr.contains("it is stdio or netns"), "{}", refused.stderr);
}

#[test]
fn what_cannot_be_done_on_sockets_is_refused_by_name() {
    if no_networks() {
        return;
    }
    let folder = Folder::new();
    for (faults, why) in [
        ("byzantine:silent", "let a node lie on real sockets"),
        ("byzantine:twins", "second copy"),
        ("clock", "clock"),
    ] {
        let refused = folder.run(&format!("run --impl fifo --network netns --faults {faults}"));
        ends(&refused, 64, "usage");
        assert!(refused.stderr.contains(why), "{faults}: {}", refused.stderr);
    }
    let starved = folder.run("run --impl fifo --faults starve");
    ends(&starved, 64, "usage");
    assert!(starved.stderr.contains("cannot keep"), "{}", starved.stderr);
}
