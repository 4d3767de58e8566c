//! A mounted disk, as real programs see it.
#![cfg(target_os = "linux")]

mod node;

use node::{Node, disks_can_be_had, here};
use pepperland_disk::{
    Disk, Enclosure, Errors, Kept, Latency, Modes, Names, Settings, Survives, Sync, receive_fd,
};
use std::time::Duration;

fn disk() -> Disk {
    Disk::new(Settings { bytes: 16 << 20, ..Settings::default() })
}

const WRITE: &str = "
with open('synced', 'wb') as f:
    f.write(b'a' * 5000)
    f.flush()
    os.fsync(f.fileno())
os.fsync(os.open('.', os.O_RDONLY))
with open('unsynced', 'wb') as f:
    f.write(b'b' * 5000)
";

const LIST: &str = "print(*(f'{name} {os.stat(name).st_size}' for name in sorted(os.listdir())))";

#[test]
fn what_is_written_outlives_its_process_but_not_the_power_unless_it_was_synced() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    Node::run(&disk, WRITE);
    assert_eq!(Node::run(&disk, LIST), "synced 5000 unsynced 5000");
    let loss = disk.power_loss(Survives::Nothing, 0);
    assert_eq!((loss.bytes_lost, loss.names_lost), (8192, 1));
    assert_eq!(Node::run(&disk, LIST), "synced 5000");
    assert!(!disk.power_loss(Survives::Nothing, 0).is_some(), "nothing has been written since");
}

#[test]
fn a_killed_process_loses_nothing_of_a_shared_mapping() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    let script = "
fd = os.open('mapped', os.O_RDWR | os.O_CREAT)
os.ftruncate(fd, 8192)
memory = mmap.mmap(fd, 8192)
memory[5000:5005] = b'hello'
print('written', flush=True)
sys.stdin.read()";
    let mut node = Node::start(&disk, here(), script);
    assert_eq!(node.line(), "written");
    node.kill();
    assert_eq!(Node::run(&disk, "print(open('mapped').read()[5000:5005])"), "hello");
}

#[test]
fn programs_find_what_posix_promises() {
    if !disks_can_be_had() {
        return;
    }
    let said = Node::run(&disk(), include_str!("posix.py"));
    assert_eq!(said, "all is well");
}

#[test]
fn a_user_namespace_is_enough() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    let node = Node::start(&disk, Enclosure::InUserNamespace, WRITE);
    assert_eq!(node.finish(), "");
    disk.power_loss(Survives::Nothing, 0);
    let node = Node::start(&disk, Enclosure::InUserNamespace, LIST);
    assert_eq!(node.finish(), "synced 5000");
}

#[test]
fn a_lying_disk_loses_what_was_synced_unless_it_is_healed_before() {
    if !disks_can_be_had() {
        return;
    }
    for healed in [false, true] {
        let disk = disk();
        disk.behave(Modes { sync: Sync::Lying(Kept::Never), ..Modes::default() });
        Node::run(&disk, WRITE);
        let tally = disk.tally();
        assert_eq!((tally.syncs_lied, tally.bytes_lied, tally.names_lied), (2, 8192, 1));
        if healed {
            disk.behave(Modes::default());
        }
        disk.power_loss(Survives::Nothing, 0);
        assert_eq!(Node::run(&disk, LIST), if healed { "synced 5000" } else { "" });
    }
}

#[test]
fn a_failing_sync_says_so_once_and_the_data_is_lost_though_the_next_succeeds() {
    if !disks_can_be_had() {
        return;
    }
    let disk = Disk::new(Settings { names: Names::Journal, ..Settings::default() });
    let script = "
fd = os.open('file', os.O_RDWR | os.O_CREAT)
os.write(fd, b'content')
sys.stdin.readline()
try:
    os.fsync(fd)
except OSError as error:
    print(errno.errorcode[error.errno], flush=True)
sys.stdin.readline()
os.fsync(fd)
print(os.pread(fd, 9, 0).decode())";
    disk.behave(Modes { sync: Sync::Failing, ..Modes::default() });
    let mut node = Node::start(&disk, here(), script);
    node.tell("the disk fails");
    assert_eq!(node.line(), "EIO");
    disk.behave(Modes::default());
    node.tell("the disk works");
    assert_eq!(node.finish(), "content");
    let tally = disk.tally();
    assert_eq!((tally.syncs_failed, tally.bytes_abandoned), (1, 4096));
    disk.power_loss(Survives::Nothing, 0);
    assert_eq!(Node::run(&disk, "print(open('file', 'rb').read())"), repr(&[0; 7]));
}

fn repr(bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("b'{hex}'")
}

const TRY: &str = "
def attempt(what):
    try:
        return what()
    except OSError as error:
        return errno.errorcode[error.errno]
";

#[test]
fn full_read_only_and_erring_disks_refuse_and_count_it() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    Node::run(&disk, WRITE);
    let attempt = |modes: Modes, what: &str| {
        disk.behave(modes);
        Node::run(&disk, &format!("{TRY}print(attempt(lambda: {what}))"))
    };
    let write = "os.write(os.open('synced', os.O_WRONLY | os.O_APPEND), b'c' * 9000)";
    let over = "os.pwrite(os.open('synced', os.O_WRONLY), b'c' * 4096, 0)";
    let full = Modes { full: Some(0), ..Modes::default() };
    assert_eq!(attempt(full, write), "3192", "what its last chunk has room for");
    assert_eq!(attempt(full, write), "ENOSPC");
    assert_eq!(attempt(full, over), "4096", "what is there may be written over");
    assert_eq!(attempt(full, "os.mkdir('new')"), "ENOSPC");
    let read_only = Modes { read_only: true, ..Modes::default() };
    assert_eq!(attempt(read_only, write), "EROFS");
    assert_eq!(attempt(read_only, "os.unlink('synced')"), "EROFS");
    assert_eq!(attempt(read_only, "len(open('synced').read())"), "8192");
    let errors = |reads, writes| Some(Errors { reads, writes, draw: 1 });
    let reads = Modes { errors: errors(1_000_000, 0), ..Modes::default() };
    assert_eq!(attempt(reads, "open('synced').read()"), "EIO");
    let writes = Modes { errors: errors(0, 1_000_000), ..Modes::default() };
    assert_eq!(attempt(writes, over), "EIO");
    let tally = disk.tally();
    assert!(tally.refused_full >= 2 && tally.refused_read_only == 2, "{tally:?}");
    assert!(tally.reads_failed > 0 && tally.writes_failed == 1, "{tally:?}");
    assert_eq!(attempt(Modes::default(), write), "9000");
}

#[test]
fn a_slow_disk_lets_go_when_it_is_healed() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    let latency = Latency { sync: Duration::from_secs(86_400), ..Latency::default() };
    disk.behave(Modes { latency, ..Modes::default() });
    let script = "
fd = os.open('file', os.O_RDWR | os.O_CREAT)
print('waits', flush=True)
os.fsync(fd)
print('synced')";
    let mut node = Node::start(&disk, here(), script);
    assert_eq!(node.line(), "waits");
    while disk.tally().slowed == 0 {
        std::thread::yield_now();
    }
    disk.behave(Modes::default());
    assert_eq!(node.finish(), "synced");
    assert_eq!(disk.tally().slowed, 1);
}

#[test]
fn what_still_runs_when_the_power_has_failed_reaches_the_disk_no_more() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    let script = format!(
        "{TRY}
fd = os.open('file', os.O_RDWR | os.O_CREAT)
os.write(fd, b'before')
os.fsync(fd), os.fsync(os.open('.', os.O_RDONLY))
print('ready', flush=True)
sys.stdin.readline()
print(attempt(lambda: os.write(fd, b'after')), attempt(lambda: os.fsync(fd)))
print(attempt(lambda: os.open('other', os.O_CREAT)))"
    );
    let mut node = Node::start(&disk, here(), &script);
    assert_eq!(node.line(), "ready");
    disk.power_loss(Survives::Nothing, 0);
    node.tell("go on");
    assert_eq!(node.finish(), "EIO EIO\nEIO");
    assert_eq!(Node::run(&disk, LIST), "file 6");
}

#[test]
fn a_second_mount_cuts_the_first_off() {
    if !disks_can_be_had() {
        return;
    }
    let disk = disk();
    let script = format!(
        "{TRY}
print('ready', flush=True)
sys.stdin.readline()
print(attempt(lambda: os.mkdir('first')))"
    );
    let mut first = Node::start(&disk, here(), &script);
    assert_eq!(first.line(), "ready");
    assert_eq!(Node::run(&disk, "os.mkdir('second')"), "");
    first.tell("go on");
    assert_eq!(first.finish(), "EIO");
    assert_eq!(Node::run(&disk, "print(os.listdir())"), "['second']");
}

#[test]
fn a_node_finds_no_disk_when_nobody_serves_it_any_more() {
    if !disks_can_be_had() {
        return;
    }
    let script = "
try:
    os.listdir(sys.argv[1])
except OSError as error:
    print(errno.errorcode[error.errno])";
    // It goes to its folder first, and waits there for the answer of a server.
    let (node, fd) = Node::unserved(here(), script);
    drop(fd);
    let (succeeded, said) = node.end();
    assert!(!succeeded && said.is_empty(), "the folder is not there");
    let disk = disk();
    let waits = format!("print('ready', flush=True)\nsys.stdin.readline()\n{script}");
    let mut node = Node::start(&disk, here(), &waits);
    assert_eq!(node.line(), "ready");
    drop(node.served.take());
    node.tell("the server is gone");
    assert_eq!(node.finish(), "EIO");
}

#[test]
fn who_may_not_mount_is_told_what_to_do() {
    let nowhere = std::path::Path::new("/nowhere at all");
    let command = std::process::Command::new("true");
    let Err(error) = pepperland_disk::enclosed(command, nowhere, here()) else {
        panic!("there is no such folder");
    };
    let text = error.to_string();
    let mends = ["make the folder first", "chmod 0666 /dev/fuse", "load the module", "namespaces"];
    assert!(mends.iter().any(|mend| text.contains(mend)), "{text}");
}

#[test]
fn a_torn_loss_is_the_same_for_the_same_draw() {
    if !disks_can_be_had() {
        return;
    }
    let left = |draw| {
        let disk = disk();
        Node::run(&disk, &format!("{WRITE}\nopen('synced', 'r+b').write(b'c' * 5000)"));
        let loss = disk.power_loss(Survives::Some(500_000), draw);
        (loss, Node::run(&disk, "print(open('synced').read())"))
    };
    let (loss, text) = left(7);
    assert_eq!((loss, text.clone()), left(7));
    assert!(loss.bytes_kept > 0 && loss.bytes_lost > 0, "{loss:?}");
    let sectors = text.as_bytes().chunks(512);
    assert!(sectors.clone().all(|sector| sector.iter().all(|byte| *byte == sector[0])));
    assert!(text.contains('a') && text.contains('c'));
}

#[test]
fn nothing_is_passed_by_whoever_ends_before() {
    let (ours, theirs) = std::os::unix::net::UnixStream::pair().expect("there are sockets");
    drop(theirs);
    let error = receive_fd(&ours).expect_err("nothing was sent");
    assert_eq!(error.kind(), std::io::ErrorKind::UnexpectedEof);
}
