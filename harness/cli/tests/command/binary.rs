//! The binary itself: what it needs of a machine.

use std::process::Command;

#[test]
fn it_needs_nothing_but_the_systems_c_library() {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../ci/needs-libc-alone");
    let checked = Command::new("bash").args([script, env!("CARGO_BIN_EXE_pepperland")]).output();
    let checked = checked.expect("bash runs");
    let told = String::from_utf8_lossy(&checked.stderr).into_owned();
    assert!(checked.status.success(), "{told}");
}
