//! Nodes of the library that write to registers, as processes in real time.

use crate::pepperland::Folder;

/// Runs atomic multicast on registers under these faults; its claims hold.
fn holds(faults: &str) {
    let folder = Folder::new();
    let run = format!("run --impl difato --runtime process --real-time --faults {faults}");
    let ended = folder.run(&format!("{run} --runs 2 --jobs 2"));
    // A cut may fall so that nothing owes its delivery: that is undecided, and no accusation.
    assert!([0, 2].contains(&ended.code), "{}\n{}", ended.stdout, ended.stderr);
    assert!(ended.stdout.contains("held "), "{}", ended.stdout);
}

#[test]
fn servers_and_clients_crash() {
    holds("crash");
}

#[test]
fn no_cut_reaches_the_registers() {
    holds("partition");
}

/// What the harness has a liar say comes with the liar's own keys, and no others.
#[test]
fn a_server_lies() {
    holds("byzantine:small-scope");
}
