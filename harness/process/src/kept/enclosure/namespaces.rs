//! The namespaces that a node does not share with the harness.

use crate::kept::enclosure::Private;
use nix::errno::Errno;
use nix::sched::{CloneFlags, unshare};

impl Private {
    /// From now on the children of this process have a process namespace of their own, whose first
    /// process the first of them is, and clocks of their own if that is wanted.
    ///
    /// # Errors
    /// What is not possible here, and the mend.
    pub fn leave_namespaces(&self) -> Result<(), String> {
        unshare(CloneFlags::CLONE_NEWPID).map_err(|errno| not_made("processes", "pid", errno))?;
        let Some(clocks) = self.clocks else { return Ok(()) };
        unshare(CloneFlags::from_bits_retain(nix::libc::CLONE_NEWTIME))
            .map_err(|errno| not_made("clocks", "time", errno))?;
        std::fs::write("/proc/self/timens_offsets", clocks.to_string()).map_err(|error| {
            format!(
                "the node's clocks cannot be shifted ({error}): they must not come to lie before \
                 0, nor 146 years ahead"
            )
        })
    }

    /// Leaves the namespaces of the mounts, of inter-process communication and of the hostname.
    ///
    /// # Errors
    /// What is not possible here, and the mend.
    pub fn leave_the_others(&self) -> Result<(), String> {
        let others = [
            (CloneFlags::CLONE_NEWNS, "mounts", "mnt"),
            (CloneFlags::CLONE_NEWIPC, "inter-process communication", "ipc"),
            (CloneFlags::CLONE_NEWUTS, "hostname", "uts"),
        ];
        for (flag, what, name) in others {
            unshare(flag).map_err(|errno| not_made(what, name, errno))?;
        }
        nix::unistd::sethostname(&self.hostname)
            .map_err(|errno| format!("`{}` is no hostname: {}", self.hostname, errno.desc()))
    }
}

/// Why there is no namespace of this kind, and the mend.
fn not_made(what: &str, name: &str, errno: Errno) -> String {
    let mend = match errno {
        Errno::EPERM | Errno::EACCES => {
            "run as root, or as root of a user namespace: `unshare -Ur pepperland …`".to_owned()
        }
        Errno::ENOSPC | Errno::EUSERS => {
            format!("raise /proc/sys/user/max_{name}_namespaces")
        }
        Errno::EINVAL | Errno::ENOSYS => {
            "this kernel has none of this kind: start the node without it".to_owned()
        }
        _ => "start the node without it".to_owned(),
    };
    format!("the node can have no namespace of its own for its {what} ({}): {mend}", errno.desc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_there_is_no_namespace_is_told_with_the_mend() {
        let told = |errno| not_made("mounts", "mnt", errno);
        assert!(told(Errno::EPERM).contains("for its mounts (Operation not permitted): run as"));
        assert!(told(Errno::ENOSPC).ends_with("raise /proc/sys/user/max_mnt_namespaces"));
        assert!(told(Errno::EINVAL).contains("this kernel has none"));
    }
}
