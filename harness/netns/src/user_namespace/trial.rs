//! Trying steps in a child, which ends at once.

use super::step::{Step, Steps};
use super::{Refusal, refused};
use nix::libc;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};

/// Tries to take these steps, and says which is the first that fails.
pub fn of(steps: &'static [Step]) -> Result<(), Refusal> {
    let tried = |last: usize| refused(steps[last], in_child(&steps[..=last]));
    (0..steps.len()).try_for_each(tried)
}

/// Takes the steps in a child. What fails between fork and exec, and nothing else, comes back as
/// the error of starting it; if nothing does it ends there, so that the program, which is our own,
/// is never run.
#[expect(unsafe_code, reason = "the way to run something in a child without running a program")]
fn in_child(steps: &'static [Step]) -> io::Result<()> {
    let mut prepared = Steps::prepare();
    let take_all = move || -> io::Result<()> {
        steps.iter().try_for_each(|step| prepared.take(*step))?;
        // SAFETY: it ends the process, and is allowed between fork and exec.
        unsafe { libc::_exit(0) }
    };
    let mut command = Command::new("/proc/self/exe");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    // SAFETY: the steps are system calls with what has been prepared; they do not allocate.
    unsafe { command.pre_exec(take_all) };
    command.spawn()?.wait().map(drop)
}
