//! What to do where the system lets no more files be open.

/// What to say after what was told of a failure, if too few files may be open and it does not say so
/// itself.
///
/// Every step of a start opens files, and which one is refused depends on the limit. Errors that
/// name their place are text, in which the system's number is all that is left.
pub fn mend(told: &str) -> &'static str {
    let of_this_process = "(os error 24)";
    let of_the_machine = "(os error 23)";
    let refused = told.contains(of_this_process) || told.contains(of_the_machine);
    match refused && !told.contains("ulimit -n") {
        true => ": let more files be open, by `ulimit -n`",
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::mend;
    use nix::errno::Errno;
    use std::io;

    #[test]
    fn too_few_files_are_seen_to_wherever_they_are_missing() {
        for number in [Errno::EMFILE, Errno::ENFILE] {
            let refused = io::Error::from(number);
            assert!(mend(&format!("/dev/net/tun: {refused}")).contains("ulimit -n"));
        }
        let said = "too many (os error 24): raise `ulimit -n`";
        assert_eq!(mend(said), "");
    }

    #[test]
    fn any_other_failure_has_no_such_mend() {
        assert_eq!(mend("/dev/net/tun: Permission denied (os error 13)"), "");
    }
}
