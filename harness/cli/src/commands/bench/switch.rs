//! The switch beside what it replaces, the kernel's bridge with veth devices: in turns, in one run.

use super::line;
use crate::exit::Failure;
use crate::namespaces;
use crate::output::print;
use pepperland_netns::measure::{Figures, Options, Wire, beside_veth};
use std::time::Duration;

/// Measures latency, datagrams and TCP on both, and how long networks take to make.
pub fn measure() -> Result<(), Failure> {
    namespaces::need()?;
    let failed = |error: std::io::Error| Failure::Harness(format!("the switch failed: {error}"));
    let figures = beside_veth(&Options::default()).map_err(failed)?;
    print("the switch, and veth with a bridge beside it\n");
    tell("switch", &figures.switch);
    match &figures.veth {
        Ok(wire) => {
            tell("veth and bridge", wire);
            compare(&figures.switch, wire);
        }
        Err(why) => print(&format!("  veth and bridge: not measured: {why}\n")),
    }
    set_up(&figures);
    Ok(())
}

fn tell(name: &str, wire: &Wire) {
    let [p50, p99] = [50, 99].map(|percent| wire.latency.percentile(percent));
    let ways = format!("{:.1} µs (p99 {:.1} µs)", micros(p50), micros(p99));
    print(&format!("  {:34} {ways:>14}\n", format!("{name}: one way")));
    let bound = if wire.packets.sender_bound { "the sender gave no more" } else { "" };
    let lossless = wire.packets.lossless as f64;
    line(&format!("{name}: 200 bytes, no loss"), lossless, "packets/s", bound);
    line(&format!("{name}: TCP"), wire.tcp / 1e6, "Mbit/s", "");
}

fn compare(switch: &Wire, veth: &Wire) {
    let [here, there] = [switch, veth].map(|wire| micros(wire.latency.percentile(50)));
    let packets = switch.packets.lossless as f64 / veth.packets.lossless as f64;
    let tcp = switch.tcp / veth.tcp;
    print(&format!(
        "  added one way {:.1} µs; {packets:.2} × the packets, {tcp:.2} × the TCP of veth and bridge\n",
        here - there
    ));
}

fn set_up(figures: &Figures) {
    for (nodes, time) in &figures.set_up {
        let millis = time.as_secs_f64() * 1e3;
        print(&format!("  set-up of {nodes} nodes {:>31.1} ms\n", millis));
    }
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}
