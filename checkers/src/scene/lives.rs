//! Lives: the spans over which a node remembers what it delivered.
//!
//! Where deliveries are logged, a node has one life. Elsewhere each incarnation is a life of its
//! own: what an earlier one delivered is forgotten, and nobody can ask the later one for it.
//!
//! A life may **start late**: with a restart, with the first view of a node that was no founder,
//! with a view by which it comes back after views without it, or with a snapshot. What was broadcast before then is excused: the life may do without it.

use pepperland_core::checker::Case;
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{DeliveryContract, EventId, History, Kind, NONE, ViewInstall};
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;

/// The lives of a history. Those of a node's first incarnation have the node's number.
pub struct Lives {
    /// The node of each life.
    pub node: Vec<u32>,
    /// The last life of each node.
    pub last: Vec<u32>,
    /// Where lives start late, in the order of the history; a life may do so several times.
    pub starts: Vec<Start>,
    forgetful: bool,
}

/// An instant before which a life can owe nothing.
#[derive(Copy, Clone, Debug)]
pub struct Start {
    /// The restart, view or snapshot.
    pub event: u32,
    /// Whose.
    pub life: u32,
}

impl Lives {
    /// Finds the lives. One scan of the kinds.
    pub fn of(case: &Case<'_>) -> Lives {
        let contract = case.history.header.contract.delivery;
        Lives::forgetting(case, contract != DeliveryContract::Logged)
    }

    /// Finds the lives as if every restart forgot, or as if none did, whatever the contract.
    pub fn forgetting(case: &Case<'_>, forgetful: bool) -> Lives {
        let history = case.history;
        let nodes = history.node_count() as u32;
        let (node, last) = ((0..nodes).collect(), (0..nodes).collect());
        let mut lives = Lives { node, last, starts: Vec::new(), forgetful };
        let turns: Vec<u32> = turns(history.kinds()).collect();
        let oldest = turns.iter().filter_map(|e| view_number(history, *e)).min();
        let mut viewed = vec![false; if oldest.is_some() { nodes as usize } else { 0 }];
        let returns = returns(history, &turns);
        for event in turns {
            lives.turn(history, event, oldest, &mut viewed);
            if returns.contains(&event) {
                lives.start(history, event);
            }
        }
        lives
    }

    fn turn(&mut self, history: &History, event: u32, oldest: Option<u64>, viewed: &mut [bool]) {
        let node = history.nodes()[event as usize] as usize;
        if node >= self.last.len() {
            return;
        }
        let late = match history.kinds()[event as usize] {
            Kind::Recover if self.forgetful => {
                self.last[node] = self.node.len() as u32;
                self.node.push(node as u32);
                viewed.get_mut(node).into_iter().for_each(|v| *v = false);
                true
            }
            Kind::View => {
                let viewed = viewed.get_mut(node);
                let first = viewed.is_some_and(|viewed| !std::mem::replace(viewed, true));
                first && view_number(history, event) > oldest
            }
            kind => kind == Kind::StateSet,
        };
        if late {
            self.start(history, event);
        }
    }

    fn start(&mut self, history: &History, event: u32) {
        if let Some(life) = self.last.get(history.nodes()[event as usize] as usize) {
            self.starts.push(Start { event, life: *life });
        }
    }

    /// How many lives there are.
    pub fn len(&self) -> usize {
        self.node.len()
    }

    /// Follows the lives through the history; Byzantine nodes have none.
    pub fn follow(&self, case: &Case<'_>) -> Now {
        let live = |n| if case.byzantine[n as usize] { NONE } else { n };
        let nodes = self.last.len() as u32;
        let now = (0..nodes).map(live).collect();
        Now { now, next: nodes, forgetful: self.forgetful }
    }

    /// Whether the life starts late at some time, for each life.
    pub fn late(&self) -> Vec<bool> {
        let mut late = vec![false; self.len()];
        self.starts.iter().for_each(|s| late[s.life as usize] = true);
        late
    }
}

/// The life of each node at one point of the history.
pub struct Now {
    now: Vec<u32>,
    next: u32,
    forgetful: bool,
}

impl Now {
    /// The life of the node; [`NONE`] if it is unknown or Byzantine.
    #[inline]
    pub fn life(&self, node: u32) -> u32 {
        self.now.get(node as usize).copied().unwrap_or(NONE)
    }

    /// The node restarts.
    pub fn recover(&mut self, node: u32) {
        if let Some(now) = self.now.get_mut(node as usize).filter(|_| self.forgetful) {
            if *now != NONE {
                *now = self.next;
            }
            self.next += 1;
        }
    }
}

/// The views by which nodes come back: since the node's view before, there were views of the group
/// without it.
fn returns(history: &History, turns: &[u32]) -> Set<u32> {
    let view = |event: &u32| Some((*event, history.event(EventId(*event)).view()?));
    let views: Vec<(u32, &ViewInstall)> = turns.iter().filter_map(view).collect();
    let mut known: BTreeMap<u64, Vec<&ViewInstall>> = BTreeMap::new();
    for (_, view) in &views {
        let same = known.entry(view.view.number).or_default();
        if !same.iter().any(|k| k.group == view.group && k.members == view.members) {
            same.push(view);
        }
    }
    let mut before: Map<(u32, Option<u32>), u64> = Map::default();
    let mut returns = Set::default();
    for (event, view) in views {
        let (node, number) = (history.nodes()[event as usize], view.view.number);
        let last = before.insert((node, view.group), number).filter(|last| *last < number);
        let Some(last) = last else { continue };
        let lacks = |k: &&ViewInstall| k.group == view.group && !k.members.contains(&NodeId(node));
        let mut between = known.range(last + 1..number);
        if between.any(|(_, views)| views.iter().any(lacks)) {
            returns.insert(event);
        }
    }
    returns
}

/// The events that may begin a life or a late start. Most chunks of a history hold none.
fn turns(kinds: &[Kind]) -> impl Iterator<Item = u32> + '_ {
    const CHUNK: usize = 64;
    let rare = |chunk: &[Kind]| chunk.iter().fold(0, |m, k| m.max(*k as u8)) > Kind::Deliver as u8;
    let turn = |k: &Kind| matches!(k, Kind::Recover | Kind::View | Kind::StateSet);
    kinds.chunks(CHUNK).enumerate().filter(move |(_, chunk)| rare(chunk)).flat_map(
        move |(i, chunk)| {
            let found = chunk.iter().enumerate().filter(move |(_, k)| turn(k));
            found.map(move |(j, _)| (i * CHUNK + j) as u32)
        },
    )
}

fn view_number(history: &History, event: u32) -> Option<u64> {
    history.event(EventId(event)).view().map(|v| v.view.number)
}
