//! What a node finds when it begins, and why it does not.

use crate::node::{keeper, program, script, started};
use pepperland_process::kept::{Enclosure, Exit, Keeper, Kept};
use std::io::Write;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);

#[test]
fn a_relative_program_is_the_harness_s_and_runs_in_the_node_s_folder() {
    let up = "../".repeat(30);
    for keeper in [keeper(), Keeper::none()] {
        let mut node = started(&program(&format!("{up}bin/pwd"), &["-P"]), &keeper);
        let folder = node.folder.path().canonicalize().unwrap();
        assert_eq!(node.line(), folder.display().to_string());
    }
}

#[test]
fn arguments_and_streams_are_the_node_s_own() {
    let text = r#"echo "$@" $#; read line; echo "$line"; echo log >&2"#;
    let program = program("sh", &["-c", text, "sh", "--harness", "-h", "--", "a b", ""]);
    let mut node = started(&program, &keeper());
    assert_eq!(node.line(), "--harness -h -- a b  5");
    node.kept.stdin.as_mut().unwrap().write_all("ä\n".as_bytes()).unwrap();
    assert_eq!(node.rest(), "ä\n");
    let log = std::io::read_to_string(node.kept.stderr.take().unwrap()).unwrap();
    assert_eq!((log.as_str(), node.kept.ended_within(LONG)), ("log\n", Some(Exit::Status(0))));
}

#[test]
fn a_node_that_closes_its_output_is_seen_to() {
    let mut node = script("exec >&-; exec sleep 100");
    assert_eq!(node.rest(), "");
    assert_eq!(node.kept.ended(), None);
}

#[test]
fn why_a_program_does_not_start() {
    let folder = tempfile::tempdir().unwrap();
    // Another process writes the files: who has one open for writing keeps it from being executed.
    let write = "echo 'print(1)' > bare.py; cp bare.py plain.py; printf '\\177ELF' > foreign
        printf '#!/nowhere\\n' > lost.py; chmod +x bare.py lost.py foreign";
    Command::new("sh").args(["-c", write]).current_dir(folder.path()).status().unwrap();
    let why = |name: &str, keeper: &Keeper| {
        let path = folder.path().join(name).display().to_string();
        let error = Kept::start(&program(&path, &[]), keeper, folder.path(), &Enclosure::none())
            .unwrap_err();
        error.to_string().replace(&path, "PROGRAM")
    };
    for keeper in [keeper(), Keeper::none()] {
        let bare = why("bare.py", &keeper);
        assert!(bare.starts_with("`PROGRAM` is no program for this system"), "{bare}");
        assert!(bare.ends_with("--bin python3 --arg PROGRAM"), "{bare}");
        assert!(why("foreign", &keeper).starts_with("`PROGRAM` is no program for this system"));
        assert!(why("plain.py", &keeper).contains("chmod +x PROGRAM"));
        assert!(why("lost.py", &keeper).contains("names the interpreter `/nowhere`"));
        assert_eq!(why("none.py", &keeper), "there is no program `PROGRAM`");
        let nowhere = folder.path().join("none");
        let error = Kept::start(&program("cat", &[]), &keeper, &nowhere, &Enclosure::none())
            .unwrap_err()
            .to_string();
        assert!(error.contains("/none` that `"), "{error}");
        assert!(error.ends_with("is to run in: No such file or directory"), "{error}");
    }
}

#[test]
fn a_keeper_that_is_none_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let why = |path: &str| {
        let keeper = Keeper::executable(PathBuf::from(path));
        Kept::start(&program("cat", &[]), &keeper, folder.path(), &Enclosure::none())
            .unwrap_err()
            .to_string()
    };
    let ended = why("/bin/true");
    assert!(
        ended.contains("`/bin/true` has not started the node, and ended with status 0"),
        "{ended}"
    );
    assert!(why("/bin/nobody").starts_with("`/bin/nobody` needs an interpreter"), "{ended}");
}

#[test]
fn a_node_outlives_the_thread_that_started_it() {
    #[expect(clippy::disallowed_methods, reason = "a thread that ends is what is tested")]
    let thread = std::thread::spawn(|| started(&program("cat", &[]), &keeper()));
    let mut node = thread.join().unwrap();
    assert_eq!(node.kept.ended_within(Duration::from_millis(100)), None);
    node.kept.stdin.as_mut().unwrap().write_all(b"still here\n").unwrap();
    assert_eq!(node.line(), "still here");
}
