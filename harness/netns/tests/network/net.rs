//! A network to test with, and sockets on it.

use pepperland_netns::{Namespace, Options, Switch};
use std::collections::BTreeSet;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener, TcpStream, UdpSocket};
use std::time::Duration;

pub const PORT: u16 = 5000;

/// Says that a series of datagrams is over.
const END: u32 = u32::MAX;

/// Long enough for a machine under load: whoever waits so long waits in vain.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A switch between so many nodes; none where the system does not allow one.
pub fn network(nodes: usize, options: Options) -> Option<Switch> {
    match Namespace::make_all(nodes) {
        Ok(namespaces) => Some(Switch::start(namespaces, options).expect("a switch starts")),
        Err(error) if skips(error.kind()) => {
            eprintln!("skipped: {error}");
            None
        }
        Err(error) => panic!("no namespaces: {error}"),
    }
}

fn skips(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::PermissionDenied | ErrorKind::NotFound)
}

pub fn ip(node: usize) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 0, node as u8 + 1)
}

/// Where the nodes of these tests listen.
pub fn at(node: usize) -> SocketAddrV4 {
    SocketAddrV4::new(ip(node), PORT)
}

/// A socket of a node, bound to [`at`] of it.
pub fn udp(switch: &Switch, node: usize) -> UdpSocket {
    let bound = switch.handle(node).run(|| UdpSocket::bind(at(node)));
    let socket = bound.expect("a thread enters").expect("a socket binds");
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket
}

/// How many small datagrams surely fit into the buffer of a socket.
const FIT: u32 = 64;

/// Numbered datagrams from one node to another.
pub struct Series<'a> {
    switch: &'a Switch,
    link: (usize, usize),
    sender: UdpSocket,
    receiver: UdpSocket,
    /// How many have been sent.
    sent: u64,
    arrived: Vec<u32>,
}

impl<'a> Series<'a> {
    pub fn between(switch: &'a Switch, from: usize, to: usize) -> Series<'a> {
        let (sender, receiver) = (udp(switch, from), udp(switch, to));
        Series { switch, link: (from, to), sender, receiver, sent: 0, arrived: Vec::new() }
    }

    /// Sends so many, numbered from 0, and reads meanwhile what arrives. The switch has taken all
    /// when this returns.
    pub fn send(&mut self, count: u32) {
        self.go_on(0, count);
    }

    /// Sends further ones, from this number to before that.
    pub fn go_on(&mut self, first: u32, end: u32) {
        for number in first..end {
            self.say(number);
            if number % FIT == FIT - 1 {
                self.wait_until_taken();
            }
        }
        self.wait_until_taken();
    }

    fn wait_until_taken(&mut self) {
        let (from, to) = self.link;
        while self.switch.counters().link(from, to).taken < self.sent {
            std::thread::yield_now();
        }
        self.read_what_is_there();
    }

    /// The numbers that arrived, in this order, up to the end of the series, which nothing may
    /// stop or overtake.
    pub fn arrived(&mut self) -> Vec<u32> {
        self.receiver.set_nonblocking(false).unwrap();
        self.say(END);
        while let Some(number) = self.read().expect("the end arrives").filter(|n| *n != END) {
            self.arrived.push(number);
        }
        std::mem::take(&mut self.arrived)
    }

    /// The numbers that arrived, in this order, once there are so many: delays may still last.
    pub fn arrived_of(&mut self, count: usize) -> Vec<u32> {
        self.receiver.set_nonblocking(false).unwrap();
        while self.arrived.len() < count {
            let number = self.read().expect("so many arrive");
            self.arrived.extend(number);
        }
        std::mem::take(&mut self.arrived)
    }

    fn say(&mut self, number: u32) {
        self.sent += 1;
        self.sender.send_to(&number.to_be_bytes(), at(self.link.1)).expect("sending works");
    }

    fn read_what_is_there(&mut self) {
        self.receiver.set_nonblocking(true).unwrap();
        while let Ok(number) = self.read() {
            self.arrived.extend(number);
        }
    }

    fn read(&self) -> std::io::Result<Option<u32>> {
        let mut bytes = [0; 64];
        let length = self.receiver.recv(&mut bytes)?;
        Ok((length == 4).then(|| u32::from_be_bytes(bytes[..4].try_into().unwrap())))
    }
}

/// The next datagram.
pub fn received(socket: &UdpSocket) -> Vec<u8> {
    let mut bytes = vec![0; 2048];
    let length = socket.recv(&mut bytes).expect("something arrives");
    bytes.truncate(length);
    bytes
}

/// Whether each number is there once, and none else.
pub fn is_all(arrived: &[u32], count: u32) -> bool {
    arrived.len() == count as usize
        && arrived.iter().copied().collect::<BTreeSet<u32>>() == (0..count).collect()
}

/// What arrives at the one end of a connection of TCP of what the other sends.
pub fn through_tcp(switch: &Switch, from: usize, to: usize, sent: &[u8]) -> Vec<u8> {
    let listener = switch.handle(to).run(|| TcpListener::bind(at(to))).unwrap().unwrap();
    let mut near = switch.handle(from).run(|| TcpStream::connect(at(to))).unwrap().unwrap();
    let (mut far, _) = listener.accept().unwrap();
    far.set_read_timeout(Some(PATIENCE)).unwrap();
    let receive = move || {
        let mut got = Vec::new();
        far.read_to_end(&mut got).map(|_| got)
    };
    let receiver = std::thread::Builder::new().spawn(receive).unwrap();
    near.write_all(sent).unwrap();
    drop(near);
    receiver.join().unwrap().expect("all arrives")
}

/// Bytes of which none looks like its neighbour.
pub fn some_bytes(count: u32) -> Vec<u8> {
    (0..count).map(|number| (number % 251) as u8).collect()
}
