//! How fast the switch is on this machine, beside `veth` and a bridge.

#[cfg(target_os = "linux")]
fn main() -> std::io::Result<()> {
    use pepperland_netns::measure::{self, Options, Wire};
    let figures = measure::beside_veth(&Options::default())?;
    let line = |name: &str, wire: &Wire| {
        let [p50, p99] = [50, 99].map(|percent| wire.latency.percentile(percent));
        let bound = if wire.packets.sender_bound { " (the sender's limit)" } else { "" };
        println!(
            "{name}: one way {p50:?} p50, {p99:?} p99; {} packets/s without loss{bound}; TCP {:.1} \
             Gbit/s",
            wire.packets.lossless,
            wire.tcp / 1e9
        );
    };
    line("switch", &figures.switch);
    match &figures.veth {
        Ok(wire) => line("veth and bridge", wire),
        Err(why) => println!("veth and bridge: {why}"),
    }
    for (nodes, time) in figures.set_up {
        println!("set-up of {nodes} nodes: {time:?}");
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("networks of nodes need Linux");
}
