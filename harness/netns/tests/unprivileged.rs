//! A plain user, without root: in a user namespace all works, if /dev/net/tun is for everybody;
//! if it is not, the user is told how to mend it.
//!
//! Root plays the plain user, in a mount namespace with a device of its own, by util-linux and the
//! example `checks`. Whoever lacks one of them skips these tests.

#![cfg(target_os = "linux")]

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What `checks` says to a plain user for whom the device has this mode; none if it cannot be tried.
fn checks(mode: &str, arguments: &str) -> Option<String> {
    if !nix::unistd::geteuid().is_root() {
        eprintln!("skipped: only root can play a plain user");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let program = for_everybody(&example(), folder.path());
    let device = folder.path().join("tun").display().to_string();
    let script = format!(
        "mknod -m {mode} {device} c 10 200 && mount --bind {device} /dev/net/tun && \
         exec setpriv --reuid 65534 --regid 65534 --clear-groups {} {arguments}",
        program.display()
    );
    let mut unshare = Command::new("unshare");
    unshare.args(["--mount", "--propagation", "private", "sh", "-c", &script]);
    let Output { stdout, stderr, .. } = unshare.output().ok()?;
    let errors = String::from_utf8(stderr).unwrap();
    if stdout.is_empty() {
        eprintln!("skipped: {errors}");
        return None;
    }
    Some(String::from_utf8(stdout).unwrap())
}

/// Tests lie in `deps`, examples beside it.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.parent().and_then(Path::parent).unwrap().join("examples/checks")
}

/// A copy where a plain user can reach it.
fn for_everybody(program: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join("checks");
    std::fs::copy(program, &copy).expect("the example is built with the tests");
    for path in [folder, &copy] {
        set_permissions(path, Permissions::from_mode(0o755)).unwrap();
    }
    copy
}

#[test]
fn a_plain_user_joins_nodes_in_a_user_namespace() {
    let Some(said) = checks("0666", "--user-namespace") else { return };
    assert!(said.contains("networks of nodes: two nodes joined by a switch"), "{said}");
}

#[test]
fn a_plain_user_without_one_is_told_to_be_root_or_take_one() {
    let Some(said) = checks("0666", "") else { return };
    assert!(said.contains("networks of nodes: failed to make a network namespace"), "{said}");
    assert!(said.contains("run it as root (`sudo`) or in a user namespace"), "{said}");
    assert!(
        said.contains("networks of nodes without root: root in a user namespace can"),
        "{said}"
    );
}

#[test]
fn a_plain_user_whom_the_device_refuses_is_told_its_mode() {
    let Some(said) = checks("0600", "--user-namespace") else { return };
    assert!(said.contains("failed to open /dev/net/tun"), "{said}");
    assert!(said.contains("sudo chmod 0666 /dev/net/tun"), "{said}");
}
