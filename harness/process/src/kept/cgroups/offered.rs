//! What of control groups works here, tried for real.

use crate::kept::cgroups::{Cgroup, Limits};
use std::io;
use std::process::{Child, Command, Stdio};

/// One thing that was tried.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// What.
    pub what: &'static str,
    /// How it works, or why it does not.
    pub works: Result<String, String>,
    /// What to do if it does not.
    pub mend: &'static str,
}

const MEND: &str = "run as root on a machine whose control groups can be written; without them \
                    nodes are paused by SIGSTOP, and have no limits";

/// Makes a control group, freezes a process in it and limits it, and removes it.
pub fn offered() -> [Check; 3] {
    let cgroup = Cgroup::make();
    let tried = |try_it: fn(&Cgroup) -> io::Result<String>| match &cgroup {
        Some(cgroup) => try_it(cgroup).map_err(|error| error.to_string()),
        None => Err("this user can make no control group here".to_owned()),
    };
    let checks = [
        Check { what: "freezing nodes", works: tried(frozen), mend: MEND },
        Check { what: "limiting processors", works: tried(slowed), mend: MEND },
        Check { what: "limiting memory", works: tried(narrowed), mend: MEND },
    ];
    cgroup.iter().for_each(Cgroup::remove);
    checks
}

fn frozen(cgroup: &Cgroup) -> io::Result<String> {
    let mut sleeper = Sleeper::in_group(cgroup)?;
    cgroup.freeze()?;
    let stands = cgroup.is_frozen() && sleeper.0.try_wait()?.is_none();
    cgroup.thaw();
    match stands && !cgroup.is_frozen() {
        true => Ok("a process stood still and went on".to_owned()),
        false => Err(io::Error::other("a process that was frozen went on")),
    }
}

fn slowed(cgroup: &Cgroup) -> io::Result<String> {
    cgroup.limit_cpu(Some(50))?;
    cgroup.limit_cpu(None)?;
    Ok("half of one processor could be given".to_owned())
}

fn narrowed(cgroup: &Cgroup) -> io::Result<String> {
    cgroup.limit(Limits { cpu_percent: None, memory_bytes: Some(64 << 20) })?;
    cgroup.limit_memory(None)?;
    Ok("64 MB could be given".to_owned())
}

/// A process that does nothing.
struct Sleeper(Child);

impl Sleeper {
    fn in_group(cgroup: &Cgroup) -> io::Result<Sleeper> {
        let mut command = Command::new("sleep");
        command.arg("60").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let sleeper = Sleeper(command.spawn()?);
        cgroup.adopt(sleeper.0.id())?;
        Ok(sleeper)
    }
}

impl Drop for Sleeper {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
