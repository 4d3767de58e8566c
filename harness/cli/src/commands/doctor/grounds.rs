//! What nodes in network namespaces stand on: each is tried for real.

use super::Finding;
use pepperland_netns::{probe, user_namespace};
use pepperland_process::kept::cgroups;
use pepperland_process::kept::faketime::Library;

/// Networks, and what is done to processes.
pub fn tried() -> Vec<Finding> {
    let mut findings = vec![network()];
    findings.extend(cgroups::offered().into_iter().map(of_cgroups));
    findings.extend([disks(), clocks()]);
    findings
}

/// A datagram between two nodes and back, by a switch; of a plain user, up to where one may go
/// without becoming somebody else.
fn network() -> Finding {
    let tried = match user_namespace::is_needed() {
        true => probe::user_namespace(),
        false => probe::network(),
    };
    Finding {
        what: tried.what,
        works: tried.works,
        mend: tried.mend,
        without: "--network stdio: nodes are joined by their standard streams, without privileges",
    }
}

fn of_cgroups(tried: cgroups::Check) -> Finding {
    Finding {
        what: tried.what,
        works: tried.works,
        mend: tried.mend.to_owned(),
        without: "all but --faults starve; nodes are paused by SIGSTOP",
    }
}

/// A file system of our own, mounted and read.
fn disks() -> Finding {
    Finding {
        what: "disks of nodes",
        works: pepperland_disk::probe(),
        mend: pepperland_disk::MEND.to_owned(),
        without: "all but --faults disk and starve:disk on real sockets",
    }
}

fn clocks() -> Finding {
    let found = Library::found();
    let caveat = |library: &Library| {
        library.caveat().map(|caveat| format!(", but {caveat}")).unwrap_or_default()
    };
    let seen = |library: Library| format!("{}{}", library.path().display(), caveat(&library));
    Finding {
        what: "clocks of programs",
        works: found.as_ref().map(|library| seen(library.clone())).map_err(Clone::clone),
        mend: pepperland_process::kept::faketime::MEND.to_owned(),
        without: "all but --faults clock of programs on real sockets; programs that ask for virtual \
                  time have clocks that can be set",
    }
}
