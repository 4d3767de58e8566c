//! What a user can do about a refusal of the system.

use crate::user_namespace::Step;
use rustix::io::Errno;
use std::io;

/// What to do if this step fails with this error.
pub fn of(step: Step, error: &io::Error) -> String {
    let errno = Errno::from_io_error(error).unwrap_or(Errno::IO);
    match step {
        Step::User | Step::Identity => user_namespace(errno),
        Step::Network => network_namespace(errno),
        Step::OpenTun => tun(errno),
        Step::MakeTap => tap(errno),
    }
}

/// Settings of the kernel that forbid user namespaces, with the value that does, and the mend.
const FORBID: [(&str, &str, &str); 3] = [
    (
        "kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "AppArmor forbids user namespaces: `sudo sysctl -w \
         kernel.apparmor_restrict_unprivileged_userns=0`, or run it as root",
    ),
    (
        "kernel/unprivileged_userns_clone",
        "0",
        "a setting forbids them: `sudo sysctl -w kernel.unprivileged_userns_clone=1`, or run it as \
         root",
    ),
    (
        "user/max_user_namespaces",
        "0",
        "a setting forbids them: `sudo sysctl -w user.max_user_namespaces=10000`, or run it as root",
    ),
];

fn user_namespace(errno: Errno) -> String {
    let is = |setting: &str, value: &str| {
        std::fs::read_to_string(format!("/proc/sys/{setting}"))
            .is_ok_and(|text| text.trim() == value)
    };
    let forbidden = FORBID.iter().find(|(setting, value, _)| is(setting, value));
    match (forbidden, errno) {
        (Some((_, _, mend)), _) => (*mend).to_owned(),
        (None, Errno::NOSPC) => "there are too many, or they are nested too deeply: \
                                 `sudo sysctl -w user.max_user_namespaces=10000`, or run it as root"
            .to_owned(),
        (None, Errno::INVAL) => "the kernel has none (CONFIG_USER_NS), or the process has threads \
                                 already: run it as root"
            .to_owned(),
        (None, _) => "run it as root (`sudo`); a container must allow user namespaces \
                      (`--security-opt seccomp=unconfined`, or `--privileged`)"
            .to_owned(),
    }
}

fn network_namespace(errno: Errno) -> String {
    match errno {
        Errno::PERM => "run it as root (`sudo`) or in a user namespace; a container needs \
                        `--cap-add SYS_ADMIN --cap-add NET_ADMIN`"
            .to_owned(),
        Errno::NOSPC => {
            "there are too many: `sudo sysctl -w user.max_net_namespaces=10000`".to_owned()
        }
        _ => "the kernel must have network namespaces (CONFIG_NET_NS)".to_owned(),
    }
}

fn tun(errno: Errno) -> String {
    match errno {
        Errno::NOENT | Errno::NOTDIR => "`sudo modprobe tun`; if it stays away, `sudo mkdir -p \
                                         /dev/net && sudo mknod -m 0666 /dev/net/tun c 10 200`; a \
                                         container needs `--device /dev/net/tun`"
            .to_owned(),
        Errno::NODEV | Errno::NXIO => "the kernel lacks the module: `sudo modprobe tun`".to_owned(),
        Errno::ACCESS => "it is not for everybody: `sudo chmod 0666 /dev/net/tun`, or run it as \
                          root"
            .to_owned(),
        Errno::PERM => {
            "the container forbids the device: start it with `--device /dev/net/tun`".to_owned()
        }
        Errno::MFILE | Errno::NFILE => "too many files are open: `ulimit -n 65536`".to_owned(),
        _ => "see whether /dev/net/tun is the character device 10:200".to_owned(),
    }
}

fn tap(errno: Errno) -> String {
    match errno {
        Errno::PERM => "run it as root (`sudo`) or in a user namespace; a container needs \
                        `--cap-add NET_ADMIN`"
            .to_owned(),
        _ => "see whether /dev/net/tun is the character device 10:200".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mend(step: Step, errno: Errno) -> String {
        of(step, &errno.into())
    }

    #[test]
    fn a_device_for_root_alone_is_mended_by_its_mode() {
        assert!(mend(Step::OpenTun, Errno::ACCESS).contains("chmod 0666 /dev/net/tun"));
    }

    #[test]
    fn a_device_that_is_missing_is_mended_by_the_module_or_by_the_container() {
        let mend = mend(Step::OpenTun, Errno::NOENT);
        assert!(mend.contains("modprobe tun") && mend.contains("--device /dev/net/tun"), "{mend}");
    }

    #[test]
    fn without_the_right_to_networks_root_is_asked_for() {
        assert!(mend(Step::Network, Errno::PERM).contains("sudo"));
        assert!(mend(Step::MakeTap, Errno::PERM).contains("NET_ADMIN"));
    }
}
