//! What the command says: results on stdout, all else on stderr. A reader that has gone away is no
//! reason to fail; a device that takes nothing is.

use pepperland_reports::text::visible;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether stdout refused something though its reader was there.
static LOST: AtomicBool = AtomicBool::new(false);

/// Prints results to stdout.
pub fn print(text: &str) {
    print_bytes(text.as_bytes());
}

/// Prints a result that is no text.
pub fn print_bytes(bytes: &[u8]) {
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(bytes).and_then(|()| stdout.flush());
    if written.is_err_and(|error| error.kind() != ErrorKind::BrokenPipe) {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Whether results were lost.
pub fn was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Says something on stderr. Words of files and of the command line may be in it: what a terminal
/// would obey is made visible.
pub fn say(text: &str) {
    let shown: Vec<String> = text.split('\n').map(visible).collect();
    say_raw(&shown.join("\n"));
}

/// Says something on stderr as it is.
pub fn say_raw(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
