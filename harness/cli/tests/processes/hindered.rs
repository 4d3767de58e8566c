//! Nodes that work against their keeper.

use crate::node::{eventually, script};
use pepperland_process::kept::Exit;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_signal_to_the_node_s_group_is_not_for_the_keeper() {
    let mut node = script("trap 'exit 4' TERM; kill 0; sleep 100");
    assert_eq!(node.kept.ended_within(LONG), Some(Exit::Status(4)));
}

#[test]
fn a_stopped_keeper_still_kills() {
    let mut node = script("kill -STOP $PPID; echo; sleep 100");
    node.line();
    node.kept.kill();
    assert_eq!(node.processes(), []);
    assert_eq!(node.kept.ended(), Some(Exit::Signal(9)));
}

#[test]
fn harmless_signals_to_the_keeper_are_harmless() {
    let signals = "HUP USR1 USR2 ALRM TSTP TTIN TTOU CHLD PIPE";
    let mut node = script(&format!("for s in {signals}; do kill -$s $PPID; done; echo; exec cat"));
    node.line();
    assert_eq!(node.kept.ended_within(Duration::from_millis(50)), None);
    assert_eq!(node.kept.finish(LONG), Exit::Status(0));
}

#[test]
fn when_the_keeper_is_killed_the_node_goes_too() {
    let text = "read line; setsid sleep 100 & sleep 100 & kill -9 $PPID; sleep 100";
    let mut node = script(text);
    node.kept.stdin = None;
    assert_eq!(node.kept.ended_within(LONG), Some(Exit::Signal(9)));
    eventually("no process", || node.processes().is_empty());
}

#[test]
fn a_relay_of_orphans_is_caught() {
    // Each starts the next in a session of its own and ends: nobody lives for long.
    let relay = r#"[ $1 -gt 0 ] && { setsid sh ./relay $(($1 - 1)) & }"#;
    let text = format!("echo '{relay}' > relay; sh ./relay 5000 & sh ./relay 5000 & echo; cat");
    let mut node = script(&text);
    node.line();
    eventually("it runs", || node.processes().len() > 1);
    node.kept.kill();
    assert_eq!(node.processes(), []);
}
