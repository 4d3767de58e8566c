//! How much one connection of TCP carries.

use super::pair::Pair;
use crate::clock;
use crate::namespace::address::ip;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::Duration;

/// Written at once, bytes.
const PIECE: usize = 128 * 1024;

/// Bits per second, from the first byte that arrives to the last.
pub fn of(pair: &Pair, spell: Duration) -> io::Result<f64> {
    let listener = pair.nodes[1].run(|| TcpListener::bind((ip(1), 0)))??;
    let place = listener.local_addr()?;
    let mut near = pair.nodes[0].run(|| TcpStream::connect(place))??;
    let (far, _) = listener.accept()?;
    let read = std::thread::Builder::new().spawn(move || receive(far))?;
    let end = clock::now() + spell.as_nanos() as u64;
    let piece = vec![0; PIECE];
    while clock::now() < end {
        near.write_all(&piece)?;
    }
    drop(near);
    read.join().unwrap_or(Ok(0.0))
}

fn receive(mut far: TcpStream) -> io::Result<f64> {
    let mut piece = vec![0; PIECE];
    far.read_exact(&mut piece[..1])?;
    let begin = clock::now();
    let mut bytes = 0_u64;
    loop {
        match far.read(&mut piece)? {
            0 => return Ok(bytes as f64 * 8e9 / (clock::now() - begin).max(1) as f64),
            length => bytes += length as u64,
        }
    }
}
