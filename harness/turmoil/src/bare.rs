//! The same work without the harness, to measure the harness against: eager reliable broadcast
//! (deliver and send on, at the first receipt) on turmoil alone, and on a heap alone.

use crate::clock::{TICK, duration, epoch};
use crate::director::CURVE;
use pepperland_core::seed::Stream;
use std::cell::Cell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};
use turmoil::net::UdpSocket;

const PORT: u16 = 9000;

/// Least and greatest latency, milliseconds.
const LATENCY: (u64, u64) = (1, 50);

/// What one bare node is told.
#[derive(Clone)]
struct Work {
    me: usize,
    nodes: usize,
    broadcasts: u64,
    spacing_ms: u64,
    receipts: Rc<Cell<u64>>,
}

/// Runs reliable broadcast on bare turmoil, the broadcasts one after the other in turn among the
/// nodes; how many datagrams were received.
pub fn bare_turmoil(nodes: usize, broadcasts: u64, spacing_ms: u64, seed: u64) -> u64 {
    let mut sim = turmoil::Builder::new()
        .rng_seed(seed)
        .epoch(epoch())
        .tick_duration(duration(TICK))
        .min_message_latency(Duration::from_millis(LATENCY.0))
        .max_message_latency(Duration::from_millis(LATENCY.1))
        .udp_capacity(1 << 20)
        .build();
    sim.set_message_latency_curve(CURVE);
    let receipts = Rc::new(Cell::new(0));
    for me in 0..nodes {
        let work = Work { me, nodes, broadcasts, spacing_ms, receipts: receipts.clone() };
        sim.host(format!("n{}", me + 1), move || bare_node(work.clone()));
    }
    let due = broadcasts * (nodes * (nodes - 1)) as u64;
    let longest = broadcasts * spacing_ms + 4 * LATENCY.1;
    for _ in 0..longest {
        if receipts.get() == due {
            break;
        }
        sim.step().expect("no host fails");
    }
    receipts.get()
}

async fn bare_node(work: Work) -> turmoil::Result {
    let socket = UdpSocket::bind((IpAddr::from(Ipv4Addr::UNSPECIFIED), PORT)).await?;
    let peers: Vec<SocketAddr> = (0..work.nodes)
        .filter(|peer| *peer != work.me)
        .map(|peer| SocketAddr::new(turmoil::lookup(format!("n{}", peer + 1)), PORT))
        .collect();
    let origin = Instant::now();
    let mut seen = vec![false; work.broadcasts as usize];
    let mut buffer = [0; 16];
    let mut next = work.me as u64;
    loop {
        let at = origin + Duration::from_millis(next * work.spacing_ms);
        tokio::select! {
            biased;
            () = sleep_until(at), if next < work.broadcasts => {
                seen[next as usize] = true;
                spread(&socket, &peers, next)?;
                next += work.nodes as u64;
            }
            received = socket.recv_from(&mut buffer) => {
                received?;
                work.receipts.set(work.receipts.get() + 1);
                let (number, _) = buffer.split_first_chunk().expect("sixteen bytes");
                let number = u64::from_le_bytes(*number);
                if !std::mem::replace(&mut seen[number as usize], true) {
                    spread(&socket, &peers, number)?;
                }
            }
        }
    }
}

fn spread(socket: &UdpSocket, peers: &[SocketAddr], number: u64) -> std::io::Result<()> {
    let mut payload = [0; 16];
    payload[..8].copy_from_slice(&number.to_le_bytes());
    peers.iter().try_for_each(|peer| socket.try_send_to(&payload, *peer).map(drop))
}

/// The same on nothing but a heap of numbers; how many messages were received.
pub fn bare_event_loop(nodes: usize, broadcasts: u64, spacing_ms: u64, seed: u64) -> u64 {
    let mut stream = Stream::keyed(seed);
    let mut queue = BinaryHeap::new();
    let mut turn = 0u64;
    let mut seen = vec![false; nodes * broadcasts as usize];
    let mut receipts = 0;
    for number in 0..broadcasts {
        let node = number as usize % nodes;
        queue.push(Reverse((number * spacing_ms * 1000, number, node, number, true)));
        turn = number;
    }
    while let Some(Reverse((at, _, node, number, own))) = queue.pop() {
        receipts += u64::from(!own);
        if std::mem::replace(&mut seen[node * broadcasts as usize + number as usize], true) {
            continue;
        }
        for peer in (0..nodes).filter(|peer| *peer != node) {
            turn += 1;
            let latency = stream.between(LATENCY.0 * 1000, LATENCY.1 * 1000);
            queue.push(Reverse((at + latency, turn, peer, number, false)));
        }
    }
    receipts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_receive_every_message() {
        assert_eq!(bare_turmoil(5, 20, 1, 1), 20 * 5 * 4);
        assert_eq!(bare_event_loop(5, 20, 1, 1), 20 * 5 * 4);
    }
}
