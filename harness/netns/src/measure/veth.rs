//! What the switch is measured beside: two namespaces on a bridge of the kernel, in a third.

use super::pair::Pair;
use crate::Handle;
use crate::errors::at;
use crate::namespace::address::{PREFIX, ip};
use crate::namespace::bare;
use std::io;
use std::os::fd::AsRawFd;
use std::process::{Command, id as own_id};

/// Makes it. The bridge, and all cables with it, vanish with its namespace.
pub fn pair() -> io::Result<Pair> {
    let handles: [Handle; 3] = bare(3)?.try_into().expect("three were asked for");
    let [bridge, near, far] = handles;
    run_ip(&bridge, "link add br0 type bridge")?;
    run_ip(&bridge, "link set br0 up")?;
    for (node, handle) in [&near, &far].into_iter().enumerate() {
        let namespace = format!("/proc/{}/fd/{}", own_id(), handle.fd().as_raw_fd());
        run_ip(&bridge, &format!("link add v{node} type veth peer name eth0 netns {namespace}"))?;
        run_ip(&bridge, &format!("link set v{node} master br0 up"))?;
        run_ip(handle, &format!("address add {}/{PREFIX} dev eth0", ip(node)))?;
        run_ip(handle, "link set eth0 up")?;
    }
    Ok(Pair { nodes: [near, far], _joint: Box::new(bridge) })
}

fn run_ip(handle: &Handle, words: &str) -> io::Result<()> {
    let mut command = Command::new("ip");
    command.args(words.split(' '));
    handle.place(&mut command);
    let output = command
        .output()
        .map_err(|error| at("running `ip` (install the package iproute2)", error))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(io::Error::other(format!("`ip {words}` failed: {}", said.trim())))
}
