//! What a node with namespaces of its own finds, and how it ends.

use crate::node::{
    enclosed, inhabitants, keeper, may_enclose, namespace, private, program, started, within,
};
use pepperland_process::kept::{Bind, Clocks, Enclosure, Exit, Keeper, Kept, Private};
use std::io::Write;
use std::time::Duration;

const LONG: Duration = Duration::from_secs(20);
const SECOND: i64 = 1_000_000_000;

#[test]
fn it_has_a_name_and_processes_and_scratch_folders_of_its_own() {
    if !may_enclose() {
        return;
    }
    let text = "cat /proc/sys/kernel/hostname; echo $$ $PPID; echo /proc/[0-9]*; ls -A /run; \
                ls -A /dev/shm; ls -A /tmp | wc -l; pwd; echo mine > /dev/shm/pepperland-mine";
    let mut node = enclosed(text, &private());
    let folder = node.folder.path().display().to_string();
    let said = node.rest();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[..3], ["n1", "2 1", "/proc/1 /proc/2"], "{said}");
    // Of all that is in /tmp it sees its own folder, and that of the program that runs the tests.
    assert!(["0", "1", "2"].contains(&lines[3]), "{said}");
    assert_eq!(lines[4], folder, "{said}");
    assert!(!std::path::Path::new("/dev/shm/pepperland-mine").exists());
    let here = ["mnt", "pid", "ipc", "uts"].map(|kind| namespace("self", kind));
    let node = enclosed("exec sleep 100", &private());
    let there =
        ["mnt", "pid", "ipc", "uts"].map(|kind| namespace(&node.kept.id().to_string(), kind));
    assert!(there.iter().zip(&here).all(|(there, here)| there.is_some() && there != here));
}

#[test]
fn its_folder_and_its_program_stay_where_they_are() {
    if !may_enclose() {
        return;
    }
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str| files.path().join("bin").join(name).display().to_string();
    std::fs::create_dir(files.path().join("bin")).unwrap();
    std::fs::write(files.path().join("greeting"), "hello").unwrap();
    std::fs::write(
        file("node.sh"),
        "cat $(dirname $0)/../greeting; echo $PWD > left; read x; cat left",
    )
    .unwrap();
    let mut node = within(&program("sh", &[&file("node.sh")]), &keeper(), &private());
    node.kept.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    let folder = node.folder.path().display().to_string();
    assert_eq!(node.rest(), format!("hello{folder}\n"));
    let left = std::fs::read_to_string(node.folder.path().join("left")).unwrap();
    assert_eq!(left.trim_end(), folder);
}

#[test]
fn an_end_inside_is_told_as_it_was() {
    if !may_enclose() {
        return;
    }
    for status in [0, 3, 127, 137, 255] {
        let mut node = enclosed(&format!("exit {status}"), &private());
        assert_eq!(node.kept.ended_within(LONG), Some(Exit::Status(status)));
        assert_eq!(node.kept.left_behind(), 0);
    }
    for signal in [9, 11, 15, 34] {
        let text = format!("import os; os.kill(os.getpid(), {signal})");
        let mut node = within(&program("python3", &["-c", &text]), &keeper(), &private());
        assert_eq!(node.kept.ended_within(LONG), Some(Exit::Signal(signal)));
    }
    let mut node = enclosed("(sleep 100 &); setsid sleep 100 & exit 3", &private());
    assert_eq!(node.kept.ended_within(LONG), Some(Exit::Status(3)));
    assert_eq!((node.kept.left_behind(), node.rest().as_str()), (2, ""));
}

#[test]
fn a_pause_a_resumption_and_a_kill_reach_all_inside() {
    if !may_enclose() {
        return;
    }
    let text = "setsid sh -c 'while :; do /bin/true; done' & while :; do /bin/echo on; done";
    let mut node = enclosed(text, &private());
    let space = namespace(&node.kept.id().to_string(), "pid").unwrap();
    let first = || inhabitants("pid", &space).first().map(|(id, _)| *id);
    for _ in 0..10 {
        node.line();
        node.kept.pause();
        let paused: Vec<_> = inhabitants("pid", &space);
        // The first process is none of the node's: it sees the end of a node that is paused.
        assert!(
            paused.len() >= 3 && paused[1..].iter().all(|(_, s)| "TD".contains(*s)),
            "{paused:?}"
        );
        assert_eq!(inhabitants("pid", &space), paused);
        node.kept.resume();
    }
    assert_ne!(first(), Some(node.kept.id()));
    node.kept.pause();
    node.kept.kill();
    assert_eq!(inhabitants("pid", &space), []);
    assert_eq!(node.kept.ended(), Some(Exit::Signal(9)));
}

#[test]
fn it_is_asked_to_end_before_it_is_made_to() {
    if !may_enclose() {
        return;
    }
    let mut polite = enclosed("exec cat", &private());
    assert_eq!(polite.kept.finish(LONG), Exit::Status(0));
    let text = "trap 'exit 5' TERM; echo; while :; do sleep 0.01; done";
    let mut deaf_to_input = enclosed(text, &private());
    deaf_to_input.line();
    assert_eq!(deaf_to_input.kept.finish(Duration::from_secs(1)), Exit::Status(5));
}

#[test]
fn it_cannot_kill_its_parent() {
    if !may_enclose() {
        return;
    }
    let text = "for s in TERM INT HUP KILL STOP USR1 QUIT; do kill -$s 1; done; echo; exec cat";
    let mut node = enclosed(text, &private());
    node.line();
    assert_eq!(node.kept.ended_within(Duration::from_millis(50)), None);
    assert_eq!(node.kept.finish(LONG), Exit::Status(0));
}

#[test]
fn when_its_first_process_is_killed_from_outside_all_goes() {
    if !may_enclose() {
        return;
    }
    let mut node = enclosed("setsid sleep 100 & echo; sleep 100", &private());
    node.line();
    let space = namespace(&node.kept.id().to_string(), "pid").unwrap();
    let first = inhabitants("pid", &space)[0].0;
    std::process::Command::new("kill").args(["-9", &first.to_string()]).status().unwrap();
    assert_eq!(node.kept.ended_within(LONG), Some(Exit::Signal(9)));
    assert_eq!(inhabitants("pid", &space), []);
}

#[test]
fn its_clocks_count_from_another_start() {
    if !may_enclose() {
        return;
    }
    let clocks = Clocks { monotonic: 1_000_000 * SECOND, boottime: 2_000_000 * SECOND + 5 };
    let mut enclosure = private();
    enclosure.private.as_mut().unwrap().clocks = Some(clocks);
    let ask = "import time; print(*(int(time.clock_gettime(c)) for c in \
               (time.CLOCK_MONOTONIC, time.CLOCK_BOOTTIME, time.CLOCK_REALTIME)))";
    let ask = program("python3", &["-c", ask]);
    let read = |line: String| line.split_whitespace().map(|n| n.parse().unwrap()).collect();
    let here: Vec<i64> = read(started(&ask, &keeper()).line());
    let there: Vec<i64> = read(within(&ask, &keeper(), &enclosure).line());
    let rounded: Vec<i64> = there.iter().zip(&here).map(|(a, b)| (a - b) / 1_000).collect();
    assert_eq!(rounded, [1_000, 2_000, 0], "{here:?} {there:?}");
}

#[test]
fn a_file_of_its_own_is_seen_in_place_of_the_machine_s() {
    if !may_enclose() {
        return;
    }
    let files = tempfile::tempdir().unwrap();
    let source = files.path().join("hosts");
    std::fs::write(&source, "10.77.0.1 n1\n").unwrap();
    let mut enclosure = private();
    let binds = &mut enclosure.private.as_mut().unwrap().binds;
    binds.push(Bind { source, target: "/etc/hosts".into() });
    binds.push(Bind { source: ".".into(), target: "/run/data".into() });
    let mut node = enclosed("cat /etc/hosts; echo kept > /run/data/file; cat file", &enclosure);
    assert_eq!(node.rest(), "10.77.0.1 n1\nkept\n");
    assert!(!std::path::Path::new("/run/data").exists());
}

#[test]
fn its_scratch_folders_have_bounds() {
    if !may_enclose() {
        return;
    }
    let mut enclosure = private();
    enclosure.private.as_mut().unwrap().scratch = 1 << 20;
    let mut node =
        enclosed("head -c 2000000 /dev/zero > /tmp/large; stat -c %s /tmp/large", &enclosure);
    assert_eq!(node.rest(), "1048576\n");
}

#[test]
fn its_environment_and_its_place_are_prepared() {
    if !may_enclose() {
        return;
    }
    let mut enclosure = private().placed(|keeper| {
        keeper.env("PLACED", "yes");
    });
    enclosure.environment.push(("GIVEN".to_owned(), "a b".to_owned()));
    assert_eq!(enclosed("echo $PLACED $GIVEN", &enclosure).rest(), "yes a b\n");
    enclosure.private = None;
    assert_eq!(enclosed("echo $PLACED $GIVEN", &enclosure).rest(), "yes a b\n");
}

#[test]
fn what_it_cannot_have_is_refused_with_the_mend() {
    if !may_enclose() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let why = |program_: &str, keeper: &Keeper, private: Private| {
        let enclosure = Enclosure { private: Some(private), ..Enclosure::none() };
        let started = Kept::start(&program(program_, &[]), keeper, folder.path(), &enclosure);
        started.unwrap_err().to_string()
    };
    let named = |name: &str| Private::named(name);
    let long = why("cat", &keeper(), named(&"n".repeat(100)));
    assert!(long.contains("is no hostname"), "{long}");
    let bound = |source: &str, target: &str| {
        let bind = Bind { source: source.into(), target: target.into() };
        Private { binds: vec![bind], ..named("n1") }
    };
    let nowhere = why("cat", &keeper(), bound("/etc", "/nowhere/to/be/seen"));
    assert!(nowhere.contains("make it, or install the program"), "{nowhere}");
    let nothing = why("cat", &keeper(), bound("/nothing", "/etc"));
    assert!(nothing.starts_with("`/nothing` cannot be shown"), "{nothing}");
    let clocks = Some(Clocks { monotonic: i64::MIN, boottime: 0 });
    let early = why("cat", &keeper(), Private { clocks, ..named("n1") });
    assert!(early.contains("must not come to lie before 0"), "{early}");
    let without = why("cat", &Keeper::none(), named("n1"));
    assert!(without.contains("only with a keeper"), "{without}");
    let foreign = folder.path().join("foreign");
    let write = "printf '\\177ELF' > \"$0\"; chmod +x \"$0\"";
    std::process::Command::new("sh").args(["-c", write]).arg(&foreign).status().unwrap();
    let bad = why(&foreign.display().to_string(), &keeper(), named("n1"));
    assert!(bad.contains("is no program for this system"), "{bad}");
}
