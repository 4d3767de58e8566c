//! Processors that do not fall asleep: a frame wakes two threads on its way, and a virtual machine
//! takes longer to wake a processor than the switch takes for the frame.

use std::fs::File;
use std::io::Write;

/// The kernel's door for those who cannot wait (its documentation: `pm_qos_interface`).
const DOOR: &str = "/dev/cpu_dma_latency";

/// So many µs a processor may take to wake up.
const NONE: i32 = 0;

/// For as long as this lives, processors without work wait awake. Root alone may ask for it; where
/// that is refused they sleep as ever, and frames come later by the time they take to wake.
#[derive(Debug)]
pub struct Awake(#[expect(dead_code, reason = "it holds for as long as it is open")] Option<File>);

impl Awake {
    /// Asks for it.
    pub fn keep() -> Awake {
        let asked = File::options().write(true).open(DOOR);
        Awake(asked.and_then(|mut file| file.write_all(&NONE.to_ne_bytes()).map(|()| file)).ok())
    }
}
