//! The tree beside its oracle, over random sequences of operations.

use crate::dice::Dice;
use crate::settings::{Names, Settings};
use crate::tree::chunk::SECTOR;
use crate::tree::durable::Depth;
use crate::tree::file::Range;
use crate::tree::names::{How as Rename, New};
use crate::tree::oracle::{Event, How, Key, Oracle, Renamed, Seen, seen_in};
use crate::tree::{Allocation, Attributes, Body, Ino, Moment, ROOT, Tree};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::ffi::OsStr;

const NOW: Moment = Moment { seconds: 1, nanos: 0 };
const WHO: Attributes =
    Attributes { mode: 0o644, uid: 0, gid: 0, accessed: NOW, modified: NOW, changed: NOW };
const NAMES: [&str; 3] = ["a", "b", "c"];

/// A name in one of the folders there have been.
type Place = (usize, usize);

/// Which of the names, or of the files, that there are.
type Nth = usize;

#[derive(Clone, Debug)]
enum Action {
    File(Place),
    Folder(Place),
    Remove(Nth),
    Link(Nth, Place),
    Rename(Nth, Place, Rename),
    Exchange(Nth, Nth),
    Write(Nth, u64, usize, u8),
    Resize(Nth, u64),
    Punch(Nth, u64, u64),
    Sync(Nth, How),
    SyncFolder(usize, How),
    Settle,
    PowerLoss,
}

fn action() -> impl Strategy<Value = Action> {
    use Action::{
        Exchange, File, Folder, Link, PowerLoss, Punch, Remove, Resize, Settle, Sync, SyncFolder,
        Write,
    };
    let place = || (0..3_usize, 0..3_usize);
    let nth = || 0..9_usize;
    let near = || prop_oneof![Just(0_u64), Just(4096), Just(8192), 0..13_000_u64];
    let len = || prop_oneof![Just(4096_usize), 0..9000_usize];
    let how =
        || prop_oneof![4 => Just(How::Honest), 3 => Just(How::Lying), 1 => Just(How::Failing)];
    let rename = prop_oneof![4 => Just(Rename::Replace), 1 => Just(Rename::Keep)];
    prop_oneof![
        4 => place().prop_map(File),
        3 => place().prop_map(Folder),
        3 => nth().prop_map(Remove),
        2 => (nth(), place()).prop_map(|(nth, to)| Link(nth, to)),
        5 => (nth(), place(), rename).prop_map(|(from, to, how)| Action::Rename(from, to, how)),
        2 => (nth(), nth()).prop_map(|(one, two)| Exchange(one, two)),
        8 => (nth(), near(), len(), 1..9_u8).prop_map(|(nth, at, n, b)| Write(nth, at, n, b)),
        5 => (nth(), near()).prop_map(|(nth, size)| Resize(nth, size)),
        2 => (nth(), near(), near()).prop_map(|(nth, at, len)| Punch(nth, at, len)),
        6 => (nth(), how()).prop_map(|(nth, how)| Sync(nth, how)),
        4 => (0..3_usize, how()).prop_map(|(folder, how)| SyncFolder(folder, how)),
        1 => Just(Settle),
        2 => Just(PowerLoss),
    ]
}

fn at((folder, name): Key) -> (Ino, &'static OsStr) {
    (folder, OsStr::new(name))
}

/// The tree and its oracle, side by side.
struct Pair {
    tree: Tree,
    oracle: Oracle,
    folders: Vec<Ino>,
}

impl Pair {
    fn new(names: Names) -> Pair {
        let settings = Settings { names, ..Settings::default() };
        let tree = Tree::new(settings, NOW);
        Pair { tree, oracle: Oracle::new(settings), folders: vec![ROOT] }
    }

    fn key(&self, (folder, name): Place) -> Key {
        (self.folders[folder % self.folders.len()], NAMES[name])
    }

    /// A name that there is, and what has it.
    fn existing(&self, nth: Nth) -> Option<(Key, Ino)> {
        let names = self.oracle.names();
        let reachable = |(folder, _): &Key| self.tree.inode(*folder).is_ok();
        let there: Vec<_> = names.into_iter().filter(|(key, _)| reachable(key)).collect();
        (!there.is_empty()).then(|| there[nth % there.len()])
    }

    /// A file that there is.
    fn file(&self, nth: Nth) -> Option<Ino> {
        let names = self.oracle.names();
        let is_file =
            |ino: &Ino| !self.oracle.folders.contains(ino) && self.tree.inode(*ino).is_ok();
        let files: Vec<Ino> = names.into_values().filter(is_file).collect();
        (!files.is_empty()).then(|| files[nth % files.len()])
    }

    fn act(&mut self, action: &Action) {
        match *action {
            Action::File(place) => self.make(place, New::File),
            Action::Folder(place) => self.make(place, New::Folder),
            Action::Remove(nth) => self.remove(nth),
            Action::Link(nth, to) => self.link(nth, self.key(to)),
            Action::Rename(nth, to, how) => self.rename(nth, self.key(to), how),
            Action::Exchange(one, two) => {
                let to = self.existing(two).map(|(key, _)| key);
                to.into_iter().for_each(|to| self.rename(one, to, Rename::Exchange));
            }
            Action::Write(nth, at, len, byte) => self.write(nth, at, len, byte),
            Action::Resize(nth, size) => self.resize(nth, size),
            Action::Punch(nth, at, len) => self.punch(nth, at, len),
            Action::Sync(nth, how) => {
                self.file(nth).into_iter().for_each(|ino| self.sync(ino, how))
            }
            Action::SyncFolder(folder, how) => {
                self.sync(self.folders[folder % self.folders.len()], how);
            }
            Action::Settle => self.settle(),
            Action::PowerLoss => self.lose_power(),
        }
    }

    fn note(&mut self, slots: &[(Key, Option<Ino>)], inodes: Vec<Ino>, gone: Option<Ino>) {
        let slots = slots.to_vec();
        let is_folder = |ino: &Ino| self.oracle.folders.contains(ino);
        let emptied = gone.filter(is_folder);
        let moved = slots.iter().filter_map(|(_, now)| *now).any(|ino| is_folder(&ino));
        let moves = moved && slots.len() > 1;
        self.oracle.events.push(Event::Renamed(Renamed { slots, inodes, emptied, moves }));
    }

    fn make(&mut self, place: Place, new: New) {
        let key = self.key(place);
        let is_folder = matches!(new, New::Folder);
        let Ok(ino) = self.tree.make(at(key), new, WHO) else { return };
        self.note(&[(key, Some(ino))], vec![ino], None);
        if is_folder {
            self.folders.push(ino);
            self.oracle.folders.insert(ino);
        }
    }

    fn remove(&mut self, nth: Nth) {
        let Some((key, ino)) = self.existing(nth) else { return };
        let done = match self.oracle.folders.contains(&ino) {
            true => self.tree.remove_folder(at(key), NOW),
            false => self.tree.unlink(at(key), NOW),
        };
        if done.is_ok() {
            self.note(&[(key, None)], vec![ino], Some(ino));
        }
    }

    fn link(&mut self, nth: Nth, to: Key) {
        let Some(ino) = self.file(nth) else { return };
        if self.tree.link(ino, at(to), NOW).is_ok() {
            self.note(&[(to, Some(ino))], vec![ino], None);
        }
    }

    fn rename(&mut self, nth: Nth, to: Key, how: Rename) {
        let Some((from, moved)) = self.existing(nth) else { return };
        let other = self.tree.lookup(at(to)).ok();
        if self.tree.rename(at(from), at(to), how, NOW).is_err() || Some(moved) == other {
            return;
        }
        let back = other.filter(|_| how == Rename::Exchange);
        let gone = other.filter(|_| back.is_none());
        let inodes = [moved].into_iter().chain(other).collect();
        self.note(&[(from, back), (to, Some(moved))], inodes, gone);
    }

    fn write(&mut self, nth: Nth, at: u64, len: usize, byte: u8) {
        let Some(ino) = self.file(nth) else { return };
        let mut content = self.oracle.content(ino);
        if self.tree.write(ino, at, &vec![byte; len], NOW).is_err() || len == 0 {
            return;
        }
        let end = at as usize + len;
        content.resize(content.len().max(end), 0);
        content[at as usize..end].fill(byte);
        let pages = (at as usize / 4096..end.div_ceil(4096)).collect();
        self.oracle.events.push(Event::Became { ino, content, pages, cut: None });
    }

    fn resize(&mut self, nth: Nth, size: u64) {
        let Some(ino) = self.file(nth) else { return };
        let mut content = self.oracle.content(ino);
        if self.tree.resize(ino, size, NOW).is_err() {
            return;
        }
        let size = size as usize;
        let cut = (size < content.len()).then_some(size);
        content.resize(size, 0);
        let pages = (size / 4096..size.div_ceil(4096)).collect();
        self.oracle.events.push(Event::Became { ino, content, pages, cut });
    }

    /// The pages of which nothing can be cut out.
    fn holes(&self, ino: Ino) -> BTreeSet<usize> {
        let file = self.tree.file(ino).expect("it is a file");
        (0..8).filter(|page| file.cached.chunk(*page as u64).is_none()).collect()
    }

    fn punch(&mut self, nth: Nth, at: u64, len: u64) {
        let Some(ino) = self.file(nth) else { return };
        let mut content = self.oracle.content(ino);
        let range = Range { offset: at, len, lengthens: false };
        let holes = self.holes(ino);
        if self.tree.allocate(ino, Allocation::Punch, range, NOW).is_err() || len == 0 {
            return;
        }
        let end = content.len().min((at + len) as usize);
        let start = end.min(at as usize);
        content[start..end].fill(0);
        let pages = at as usize / 4096..((at + len) as usize).div_ceil(4096);
        let pages = pages.filter(|page| !holes.contains(page)).collect();
        self.oracle.events.push(Event::Became { ino, content, pages, cut: None });
    }

    fn sync(&mut self, ino: Ino, how: How) {
        let done = match how {
            How::Honest => {
                self.settle();
                self.tree.sync(ino, Depth::Data)
            }
            How::Lying => self.tree.promise(ino, Depth::All, 0),
            How::Failing => {
                self.settle();
                self.tree.abandon(ino)
            }
        };
        if done.is_ok() {
            self.oracle.events.push(Event::Synced { ino, how });
        }
    }

    fn settle(&mut self) {
        self.tree.settle(u64::MAX);
        self.oracle.events.push(Event::Settled);
    }

    fn lose_power(&mut self) {
        self.tree.lose_power(0, &mut Dice::new(0));
        assert_eq!(brief(&seen_in(&self.tree)), brief(&self.oracle.lose_power()));
        audit(&self.tree);
    }
}

/// A digest short enough to be read in a failure.
fn brief(seen: &Seen) -> Vec<String> {
    let runs = |bytes: &Vec<u8>| {
        let mut text = String::new();
        for run in bytes.chunk_by(|one, two| one == two) {
            text += &format!("{}x{} ", run[0], run.len());
        }
        text
    };
    seen.iter().map(|(path, bytes)| format!("{path}: {:?}", bytes.as_ref().map(runs))).collect()
}

/// What the tree counts is what there is.
fn audit(tree: &Tree) {
    let cost: u64 = tree.inodes.values().map(|inode| inode.cost()).sum();
    assert_eq!(tree.used, cost);
    let names = |count: &mut dyn FnMut(Ino), safe: bool| {
        for inode in tree.inodes.values() {
            let Body::Folder(folder) = &inode.body else { continue };
            match safe {
                true => folder.safe.values().for_each(|ino| count(*ino)),
                false => folder.after(0).for_each(|(_, _, ino)| count(ino)),
            }
        }
    };
    for (ino, inode) in &tree.inodes {
        let (mut cached, mut safe) = (u64::from(*ino == ROOT), u64::from(*ino == ROOT));
        names(&mut |other| cached += u64::from(other == *ino), false);
        names(&mut |other| safe += u64::from(other == *ino), true);
        assert_eq!((inode.names, inode.safe_names), (cached, safe), "names of {ino}");
    }
}

/// What may be in a sector after a power failure: what was in it at any time, or nothing.
fn sectors_of_all_times(oracle: &Oracle) -> BTreeSet<Vec<u8>> {
    let all = oracle.events.iter().filter_map(|event| match event {
        Event::Became { content, .. } => Some(content),
        _ => None,
    });
    let padded = |sector: &[u8]| {
        let mut sector = sector.to_vec();
        sector.resize(SECTOR, 0);
        sector
    };
    let mut sectors: BTreeSet<_> =
        all.flat_map(|content| content.chunks(SECTOR)).map(padded).collect();
    sectors.insert(vec![0; SECTOR]);
    sectors
}

fn run(names: Names, actions: &[Action]) -> Pair {
    let mut pair = Pair::new(names);
    actions.iter().for_each(|action| pair.act(action));
    assert_eq!(brief(&seen_in(&pair.tree)), brief(&pair.oracle.seen()), "what the node sees");
    audit(&pair.tree);
    pair
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..Default::default() })]

    #[test]
    fn what_is_durable_is_what_the_definition_says(
        actions in prop::collection::vec(action(), 1..100),
        journal in any::<bool>(),
    ) {
        let names = if journal { Names::Journal } else { Names::ByFolder };
        let mut pair = run(names, &actions);
        pair.lose_power();
    }

    #[test]
    fn what_survives_torn_was_there_once_and_the_tree_is_sound(
        actions in prop::collection::vec(action(), 1..100),
        share in prop_oneof![Just(500_000_u32), Just(1_000_000)],
        draw in any::<u64>(),
        journal in any::<bool>(),
    ) {
        // What could not be written is cut with the file, and gives sectors that never were.
        let calm = |action: &Action| !matches!(
            action,
            Action::PowerLoss | Action::Sync(_, How::Failing) | Action::SyncFolder(_, How::Failing)
        );
        let calm: Vec<Action> = actions.into_iter().filter(calm).collect();
        let names = if journal { Names::Journal } else { Names::ByFolder };
        let mut pair = run(names, &calm);
        let sectors = sectors_of_all_times(&pair.oracle);
        pair.tree.lose_power(share, &mut Dice::new(draw));
        audit(&pair.tree);
        for content in seen_in(&pair.tree).values().flatten() {
            for sector in content.chunks(SECTOR) {
                let known = sectors.iter().any(|known| known.starts_with(sector));
                prop_assert!(known, "a sector that never was: {:?}", &sector[..8.min(sector.len())]);
            }
        }
        // The oracle does not know what survived, but begins anew from that.
        let mut after = Pair { folders: vec![ROOT], ..Pair::new(names) };
        after.tree = pair.tree;
        after.trample();
        after.tree.lose_power(share, &mut Dice::new(draw));
        audit(&after.tree);
    }

    #[test]
    fn no_bytes_nor_numbers_of_the_node_make_it_panic(
        numbers in prop::collection::vec((any::<u64>(), any::<u64>(), any::<u8>()), 1..30),
    ) {
        let mut tree = Tree::new(Settings { bytes: 1 << 16, ..Settings::default() }, NOW);
        let ino = tree.make((ROOT, OsStr::new("f")), New::File, WHO).expect("there is room");
        for (one, two, what) in numbers {
            let range = Range { offset: one, len: two, lengthens: what % 2 == 0 };
            let _ = match what % 8 {
                0 => tree.write(ino, one, &[1; 5000], NOW).map(drop),
                1 => tree.resize(ino, one, NOW),
                2 => tree.allocate(ino, Allocation::Fill, range, NOW),
                3 => tree.allocate(ino, Allocation::Punch, range, NOW),
                4 => tree.allocate(ino, Allocation::Zero, range, NOW),
                5 => tree.read(ino, one, 4096).map(drop),
                6 => tree.sync(one % 4, Depth::All).map(drop),
                _ => tree.make((ROOT, OsStr::new(&"x".repeat(one as usize % 300))), New::File, WHO).map(drop),
            };
            prop_assert!(tree.used() <= 1 << 16);
        }
        tree.lose_power(500_000, &mut Dice::new(1));
        audit(&tree);
    }
}

impl Pair {
    /// Moves and removes whatever there is in the root.
    fn trample(&mut self) {
        let names = NAMES.map(|name| (ROOT, OsStr::new(name)));
        for (from, to) in [(0, 1), (1, 2), (2, 0), (0, 2)] {
            let _ = self.tree.rename(names[from], names[to], Rename::Exchange, NOW);
            let _ = self.tree.rename(names[from], names[to], Rename::Replace, NOW);
            let _ = self.tree.sync(ROOT, Depth::All);
            let _ = self.tree.unlink(names[from], NOW);
            let _ = self.tree.remove_folder(names[to], NOW);
        }
    }
}
