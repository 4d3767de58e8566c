//! A thread that receives datagrams.

use std::io;
use std::net::UdpSocket;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Once all has been sent, a datagram that takes longer than this is lost.
const LOST_AFTER: Duration = Duration::from_millis(100);

/// A thread that receives datagrams, and makes something of them.
pub struct Receiver<T> {
    thread: JoinHandle<T>,
    all_sent: Arc<AtomicBool>,
}

impl<T: Default + Send + 'static> Receiver<T> {
    pub fn start(socket: UdpSocket, take: fn(&mut T, &[u8])) -> io::Result<Receiver<T>> {
        socket.set_read_timeout(Some(LOST_AFTER))?;
        let all_sent = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&all_sent);
        let receive = move || {
            let mut made = T::default();
            let mut bytes = [0; 2048];
            loop {
                match socket.recv(&mut bytes) {
                    Ok(length) => take(&mut made, &bytes[..length]),
                    Err(_) if told.load(Ordering::Acquire) => return made,
                    Err(_) => {}
                }
            }
        };
        Ok(Receiver { thread: std::thread::Builder::new().spawn(receive)?, all_sent })
    }

    /// What has been made of all of them: all have been sent.
    pub fn end(self) -> T {
        self.all_sent.store(true, Ordering::Release);
        self.thread.join().unwrap_or_default()
    }
}
