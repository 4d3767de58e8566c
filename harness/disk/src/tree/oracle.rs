//! A slow model beside the fast one: the list of everything that has been done, and what is durable
//! as its definition says, worked out from that list.

use crate::settings::{Names, Settings};
use crate::tree::{Body, Ino, ROOT};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is to be seen: the content of files by path, and nothing for a folder.
pub type Seen = BTreeMap<String, Option<Vec<u8>>>;

/// A name in a folder.
pub type Key = (Ino, &'static str);

/// Something that has been done.
#[derive(Clone, Debug)]
pub enum Event {
    /// A change of names.
    Renamed(Renamed),
    /// The content of a file became this; these pages of it were written.
    Became { ino: Ino, content: Vec<u8>, pages: BTreeSet<usize>, cut: Option<usize> },
    /// A sync.
    Synced { ino: Ino, how: How },
    /// The promises so far were kept.
    Settled,
}

/// What came of a sync.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum How {
    Honest,
    Lying,
    Failing,
}

/// A change of names.
#[derive(Clone, Debug)]
pub struct Renamed {
    pub slots: Vec<(Key, Option<Ino>)>,
    pub inodes: Vec<Ino>,
    pub emptied: Option<Ino>,
    pub moves: bool,
}

/// The list, from a state that was durable.
#[derive(Clone, Debug, Default)]
pub struct Oracle {
    pub events: Vec<Event>,
    pub folders: BTreeSet<Ino>,
    base_names: BTreeMap<Key, Ino>,
    base_content: BTreeMap<Ino, Vec<u8>>,
    pub journalled: bool,
}

const PAGE: usize = 4096;

impl Oracle {
    /// Beside an empty tree.
    pub fn new(settings: Settings) -> Oracle {
        let journalled = settings.names == Names::Journal;
        Oracle { folders: BTreeSet::from([ROOT]), journalled, ..Oracle::default() }
    }

    /// What has a name now.
    pub fn names(&self) -> BTreeMap<Key, Ino> {
        let all: BTreeSet<usize> = (0..self.events.len()).collect();
        self.names_after(&all)
    }

    /// What is in a file now.
    pub fn content(&self, ino: Ino) -> Vec<u8> {
        let last = self.events.iter().rev().find_map(|event| match event {
            Event::Became { ino: this, content, .. } if *this == ino => Some(content.clone()),
            _ => None,
        });
        last.unwrap_or_else(|| self.base_content.get(&ino).cloned().unwrap_or_default())
    }

    /// What the node is to see.
    pub fn seen(&self) -> Seen {
        self.seen_by(&self.names(), |ino| self.content(ino))
    }

    /// What is left when the power fails, and nothing survives that is not durable.
    pub fn lose_power(&mut self) -> Seen {
        let names = self.names_after(&self.durable_renamings());
        let inodes: BTreeSet<Ino> = names.values().copied().collect();
        let content = inodes.into_iter().map(|ino| (ino, self.durable_content(ino))).collect();
        (self.base_names, self.base_content) = (names, content);
        self.events.clear();
        self.seen()
    }

    fn names_after(&self, which: &BTreeSet<usize>) -> BTreeMap<Key, Ino> {
        let mut names = self.base_names.clone();
        for index in which {
            let Event::Renamed(renamed) = &self.events[*index] else { continue };
            for (key, now) in &renamed.slots {
                match now {
                    Some(ino) => names.insert(*key, *ino),
                    None => names.remove(key),
                };
            }
        }
        names
    }

    /// Whether a sync at this place in the list was true, or has become so.
    fn is_true(&self, index: usize, how: How) -> bool {
        let settled = || self.events[index..].iter().any(|e| matches!(e, Event::Settled));
        how == How::Honest || how == How::Lying && settled()
    }

    fn durable_renamings(&self) -> BTreeSet<usize> {
        let mut durable = BTreeSet::new();
        for (at, event) in self.events.iter().enumerate() {
            let Event::Synced { ino, how } = event else { continue };
            for (earlier, event) in self.events[..at].iter().enumerate() {
                let Event::Renamed(renamed) = event else { continue };
                let within = renamed.slots.iter().any(|((folder, _), _)| folder == ino);
                if self.is_true(at, *how) && (within || self.journalled) {
                    durable.insert(earlier);
                }
            }
        }
        while let Some(more) = self.missing(&durable) {
            durable.insert(more);
        }
        durable
    }

    /// A change that must be durable before one that is.
    fn missing(&self, durable: &BTreeSet<usize>) -> Option<usize> {
        let event = |index: usize| match &self.events[index] {
            Event::Renamed(renamed) => Some(renamed),
            _ => None,
        };
        durable.iter().find_map(|later| {
            let before = (0..*later).filter(|earlier| !durable.contains(earlier));
            before.into_iter().find(|earlier| {
                event(*earlier).zip(event(*later)).is_some_and(|(one, two)| one.goes_before(two))
            })
        })
    }

    fn durable_content(&self, ino: Ino) -> Vec<u8> {
        let mut cached = self.base_content.get(&ino).cloned().unwrap_or_default();
        let mut safe = cached.clone();
        let (mut dirty, mut shortest) = (BTreeSet::<usize>::new(), usize::MAX);
        for (index, event) in self.events.iter().enumerate() {
            match event {
                Event::Became { ino: this, content, pages, cut } if *this == ino => {
                    cached.clone_from(content);
                    dirty.retain(|page| cut.is_none_or(|cut| *page < cut.div_ceil(PAGE)));
                    dirty.extend(pages);
                    shortest = shortest.min(cut.unwrap_or(usize::MAX));
                }
                Event::Synced { ino: this, how: How::Failing } if *this == ino => dirty.clear(),
                Event::Synced { ino: this, how } if *this == ino && self.is_true(index, *how) => {
                    safe.truncate(shortest);
                    safe.resize(cached.len(), 0);
                    for page in std::mem::take(&mut dirty) {
                        let end = ((page + 1) * PAGE).min(cached.len());
                        let page = (page * PAGE).min(end)..end;
                        safe[page.clone()].copy_from_slice(&cached[page]);
                    }
                    shortest = usize::MAX;
                }
                _ => {}
            }
        }
        safe
    }

    fn seen_by(&self, names: &BTreeMap<Key, Ino>, content: impl Fn(Ino) -> Vec<u8>) -> Seen {
        let mut seen = Seen::new();
        let mut folders = vec![(ROOT, String::new())];
        while let Some((folder, path)) = folders.pop() {
            for ((_, name), ino) in names.range((folder, "")..(folder + 1, "")) {
                let path = format!("{path}/{name}");
                let is_folder = self.folders.contains(ino);
                seen.insert(path.clone(), (!is_folder).then(|| content(*ino)));
                if is_folder {
                    folders.push((*ino, path));
                }
            }
        }
        seen
    }
}

impl Renamed {
    fn goes_before(&self, later: &Renamed) -> bool {
        let slots = |of: &Renamed| of.slots.iter().map(|(key, _)| *key).collect::<BTreeSet<Key>>();
        let same_name = !slots(self).is_disjoint(&slots(later));
        let same_file = self.inodes.iter().any(|ino| later.inodes.contains(ino));
        let within = self.slots.iter().any(|((folder, _), _)| later.emptied == Some(*folder));
        same_name || same_file || within || self.moves && later.moves
    }
}

/// What the node sees in the tree itself.
pub fn seen_in(tree: &super::Tree) -> Seen {
    let mut seen = Seen::new();
    let mut folders = vec![(ROOT, String::new())];
    while let Some((folder, path)) = folders.pop() {
        let entries: Vec<_> = tree.list(folder, 0).expect("a folder is listed").collect();
        for (_, name, ino) in entries {
            let path = format!("{path}/{}", name.to_string_lossy());
            let inode = tree.inode(ino).expect("what has a name is there");
            let content = match &inode.body {
                Body::File(file) => Some(file.cached.read(0, usize::MAX)),
                _ => None,
            };
            if matches!(inode.body, Body::Folder(_)) {
                folders.push((ino, path.clone()));
            }
            seen.insert(path, content);
        }
    }
    seen
}
