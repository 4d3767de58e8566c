//! Where the nodes of a view came from.

use crate::views::installs::Installs;
use pepperland_core::collections::Map;
use std::collections::BTreeSet;

/// How a node came to a view, over all its lives.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Came {
    /// Always from this view; with its first installation.
    From(u32, u32),
    /// From several views.
    Several,
}

/// Where the nodes of each view came from; who came from nowhere has no place here.
pub struct Origins {
    came: Map<(u32, u32), Came>,
    /// By view and the view before: those who always came from there.
    from: Map<(u32, u32), BTreeSet<u32>>,
}

impl Origins {
    /// Those of all views.
    pub fn of(installs: &Installs) -> Origins {
        let mut came: Map<(u32, u32), Came> = Map::default();
        for (i, to) in installs.all.iter().enumerate() {
            let Some(from) = installs.before(to) else { continue };
            let known = came.entry((to.view, to.node)).or_insert(Came::From(from.view, i as u32));
            if !matches!(known, Came::From(view, _) if *view == from.view) {
                *known = Came::Several;
            }
        }
        let mut from: Map<(u32, u32), BTreeSet<u32>> = Map::default();
        for to in &installs.all {
            if let Some(Came::From(view, _)) = came.get(&(to.view, to.node)) {
                from.entry((to.view, *view)).or_default().insert(to.node);
            }
        }
        Origins { came, from }
    }

    /// How the node came to the view, if it came from another.
    pub fn came(&self, view: u32, node: u32) -> Option<Came> {
        self.came.get(&(view, node)).copied()
    }

    /// Whether the node always came to the view from that one.
    pub fn came_from(&self, view: u32, node: u32, from: u32) -> bool {
        matches!(self.came(view, node), Some(Came::From(known, _)) if known == from)
    }

    /// The installation by which it first came.
    pub fn event(&self, view: u32, node: u32) -> Option<u32> {
        match self.came(view, node)? {
            Came::From(_, install) => Some(install),
            Came::Several => None,
        }
    }

    /// Those who always came to the view from that one, in ascending order.
    pub fn from(&self, view: u32, from: u32) -> impl Iterator<Item = u32> + '_ {
        self.from.get(&(view, from)).into_iter().flatten().copied()
    }

    /// How many those are.
    pub fn count(&self, view: u32, from: u32) -> usize {
        self.from.get(&(view, from)).map_or(0, BTreeSet::len)
    }
}
