//! SQLite on a disk that loses its power: what each of its settings promises, and no more.
#![cfg(target_os = "linux")]

mod node;

use node::{Node, disks_can_be_had};
use pepperland_disk::{Disk, Kept, Modes, Names, Settings, Survives, Sync};

const ROWS: usize = 20;

/// Commits rows one by one, and is gone without closing anything.
fn insert(journal: &str, synchronous: &str) -> String {
    format!(
        "
base = sqlite3.connect('base', isolation_level=None)
base.execute('PRAGMA journal_mode={journal}')
base.execute('PRAGMA synchronous={synchronous}')
base.execute('CREATE TABLE IF NOT EXISTS t (n)')
for n in range({ROWS}):
    base.execute('INSERT INTO t VALUES (?)', (n,))
sys.stdout.flush()
os._exit(0)"
    )
}

const COUNT: &str = "
base = sqlite3.connect('base')
assert base.execute('PRAGMA integrity_check').fetchone() == ('ok',)
tables = base.execute('SELECT count(*) FROM sqlite_master').fetchone()[0]
rows = [n for (n,) in base.execute('SELECT n FROM t')] if tables else []
assert rows == list(range(len(rows))), rows
print(len(rows))";

/// How many rows are left when the power fails after the last commit.
fn rows_left(names: Names, modes: Modes, journal: &str, synchronous: &str) -> usize {
    let disk = Disk::new(Settings { names, ..Settings::default() });
    disk.behave(modes);
    Node::run(&disk, &insert(journal, synchronous));
    let loss = disk.power_loss(Survives::Nothing, 0);
    disk.behave(Modes::default());
    let left = Node::run(&disk, COUNT).parse().expect("it says a number");
    println!("{journal} {synchronous} {names:?} {:?}: {left} rows left, {loss:?}", modes.sync);
    left
}

fn honest(names: Names, journal: &str, synchronous: &str) -> usize {
    rows_left(names, Modes::default(), journal, synchronous)
}

#[test]
fn extra_keeps_all_that_was_committed() {
    if disks_can_be_had() {
        assert_eq!(honest(Names::ByFolder, "DELETE", "EXTRA"), ROWS);
        assert_eq!(honest(Names::Journal, "DELETE", "EXTRA"), ROWS);
    }
}

/// Its journal's end, by which it commits, is a name taken away; it does not sync the folder after.
#[test]
fn full_keeps_all_but_the_last_where_names_are_durable_by_their_folder_alone() {
    if disks_can_be_had() {
        assert_eq!(honest(Names::ByFolder, "DELETE", "FULL"), ROWS - 1);
    }
}

#[test]
fn a_write_ahead_log_keeps_all_that_was_committed() {
    if disks_can_be_had() {
        assert_eq!(honest(Names::Journal, "WAL", "FULL"), ROWS);
    }
}

#[test]
fn off_and_a_lying_disk_lose_everything() {
    if disks_can_be_had() {
        assert_eq!(honest(Names::ByFolder, "DELETE", "OFF"), 0);
        let lying = Modes { sync: Sync::Lying(Kept::Never), ..Modes::default() };
        assert_eq!(rows_left(Names::ByFolder, lying, "DELETE", "EXTRA"), 0);
    }
}

#[test]
fn whatever_survives_torn_is_whole_for_sqlite() {
    if !disks_can_be_had() {
        return;
    }
    let mut kept = 0;
    for draw in 0..6 {
        let disk = Disk::new(Settings::default());
        Node::run(&disk, &insert("DELETE", "EXTRA"));
        // One more transaction, which the power cuts short.
        let cut = "
base = sqlite3.connect('base', isolation_level=None)
base.execute('PRAGMA synchronous=EXTRA')
base.execute('PRAGMA cache_size=1')
base.execute('BEGIN')
base.execute('UPDATE t SET n = -1')
base.execute('CREATE TABLE filler AS SELECT randomblob(9000) FROM t')
os._exit(0)";
        Node::run(&disk, cut);
        kept += disk.power_loss(Survives::Some(500_000), draw).bytes_kept;
        assert_eq!(Node::run(&disk, COUNT), ROWS.to_string(), "draw {draw}");
    }
    assert!(kept > 0, "something was torn");
}
