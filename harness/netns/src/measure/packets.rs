//! How many small datagrams cross without a loss.

use super::pair::Pair;
use super::receiver::Receiver;
use crate::clock;
use std::io;
use std::iter::successors;
use std::net::UdpSocket;
use std::time::Duration;

/// What a datagram carries, bytes.
const SIZE: usize = 200;

/// The first rate that is tried, per second; each further one is a quarter higher.
const FIRST: u64 = 20_000;

/// A rate counts as tried if the sender reached so much of it, percent.
const REACHED: u64 = 95;

/// How often a rate may lose a datagram before it counts as too high: the machine does other things
/// too.
const ATTEMPTS: u32 = 2;

/// Rates of datagrams of 200 bytes.
#[derive(Copy, Clone, Debug, Default, Eq, Ord, PartialEq, PartialOrd)]
pub struct Packets {
    /// The highest rate that was tried of which nothing was lost, per second.
    pub lossless: u64,
    /// Whether the sender could go no faster, so that it is the sender's limit.
    pub sender_bound: bool,
}

/// Tries higher and higher rates, each for so long, until one loses something.
pub fn of(pair: &Pair, spell: Duration) -> io::Result<Packets> {
    let mut best = Packets::default();
    for rate in successors(Some(FIRST), |rate| Some(rate + rate / 4)) {
        match attempts(pair, rate, spell)? {
            Some(reached) if reached * 100 >= rate * REACHED => best.lossless = reached,
            Some(_) => return Ok(Packets { sender_bound: true, ..best }),
            None => break,
        }
    }
    Ok(best)
}

fn attempts(pair: &Pair, rate: u64, spell: Duration) -> io::Result<Option<u64>> {
    for _ in 0..ATTEMPTS {
        if let Some(reached) = attempt(pair, rate, spell)? {
            return Ok(Some(reached));
        }
    }
    Ok(None)
}

/// The rate at which datagrams could be sent, if none was lost.
fn attempt(pair: &Pair, rate: u64, spell: Duration) -> io::Result<Option<u64>> {
    let (sender, receiver) = pair.datagrams()?;
    let receiver = Receiver::start(receiver, |arrived: &mut u64, _| *arrived += 1)?;
    let (sent, taken) = send(&sender, rate, spell)?;
    let arrived = receiver.end();
    Ok((arrived == sent).then(|| (u128::from(sent) * 1_000_000_000 / u128::from(taken)) as u64))
}

/// How many were sent, in how many ns: each at its time, or as soon as may be after it.
fn send(sender: &UdpSocket, rate: u64, spell: Duration) -> io::Result<(u64, u64)> {
    let begin = clock::now();
    let spell = spell.as_nanos() as u64;
    let mut sent = 0;
    loop {
        let passed = clock::now() - begin;
        if passed >= spell {
            return Ok((sent, passed));
        }
        let due = (u128::from(passed) * u128::from(rate) / 1_000_000_000) as u64;
        if sent >= due {
            // Spinning would take one of few processors from the switch.
            std::thread::sleep(Duration::from_micros(50));
        }
        while sent < due {
            sender.send(&[0; SIZE])?;
            sent += 1;
        }
    }
}
