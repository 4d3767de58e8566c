//! Who installed which view, and what came before and after: the reading that every property of
//! this family shares.
//!
//! Groups have views each. A view is its id within its group; what a life installs is a sequence
//! of views, and naming the view it stands in once more is no step. A life that forgot starts a
//! sequence of its own. What Byzantine nodes install is void.

use crate::scene::Scene;
use pepperland_core::checker::Case;
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use std::collections::BTreeMap;
use std::sync::Arc;

/// One installation.
#[derive(Clone, Debug)]
pub struct Install {
    /// The event.
    pub event: u32,
    /// Where.
    pub node: u32,
    /// In which life.
    pub life: u32,
    /// The view.
    pub view: u32,
    /// The installation that began the view which this one leaves; [`NONE`] if the life stood in no
    /// view, or in this one.
    pub before: u32,
    /// The installation that leaves this view; [`NONE`] if there is none.
    pub after: u32,
    /// Who is in the view, in ascending order.
    pub members: Vec<u32>,
    /// Whether it is said to be primary.
    pub primary: bool,
}

/// One view.
#[derive(Clone, Debug)]
pub struct View {
    /// Its group.
    pub group: u32,
    /// Its id.
    pub name: ViewName,
    /// The lives that installed it, or say that they delivered in it; their places are ranks.
    pub lives: Vec<u32>,
    /// The first installation; [`NONE`] if nobody installed it.
    pub first: u32,
    /// Whether a life may have come back to it.
    pub again: bool,
}

/// The views of a history.
pub struct Installs {
    /// Every installation, in the order of the history.
    pub all: Vec<Install>,
    /// Every view.
    pub views: Vec<View>,
    /// Whether deliveries state their views.
    pub stated: bool,
    ids: Map<(u32, ViewName), u32>,
    ranks: Map<(u32, u32), u32>,
}

impl Installs {
    /// Those of the scene, worked out once.
    pub fn of(scene: &Scene<'_>) -> Arc<Installs> {
        scene.case.once(|| Installs::read(scene))
    }

    fn read(scene: &Scene<'_>) -> Installs {
        let stated = scene.history.states_views();
        let (ids, ranks) = (Map::default(), Map::default());
        let mut installs = Installs { all: Vec::new(), views: Vec::new(), stated, ids, ranks };
        let mut now = scene.lives.follow(scene.case);
        let mut standing: Map<(u32, u32), u32> = Map::default();
        for event in turns(scene.history.kinds(), stated) {
            let node = scene.history.nodes()[event as usize];
            match scene.history.kinds()[event as usize] {
                Kind::Recover => now.recover(node),
                _ if now.life(node) == NONE => {}
                Kind::View => installs.install(scene, event, now.life(node), &mut standing),
                _ => installs.state(scene, event, now.life(node)),
            }
        }
        installs
    }

    fn install(
        &mut self,
        scene: &Scene<'_>,
        event: u32,
        life: u32,
        standing: &mut Map<(u32, u32), u32>,
    ) {
        let Some(told) = told(scene, event) else { return };
        let (group, views) = (told.group.unwrap_or(0), self.ranks.len());
        let view = self.enter(group, &told.view, life);
        self.views[view as usize].again |= views == self.ranks.len();
        let here = self.all.len() as u32;
        let stands = standing.entry((life, self.views[view as usize].group)).or_insert(NONE);
        let mut before = *stands;
        if before != NONE && self.all[before as usize].view == view {
            before = NONE;
        } else {
            self.all.get_mut(before as usize).into_iter().for_each(|b| b.after = here);
            *stands = here;
        }
        let first = &mut self.views[view as usize].first;
        *first = (*first).min(here);
        let mut members: Vec<u32> = told.members.iter().map(|m| m.0).collect();
        members.sort_unstable();
        members.dedup();
        let (node, primary) = (scene.node(life), told.primary);
        self.all.push(Install { event, node, life, view, before, after: NONE, members, primary });
    }

    /// A delivery may name a view that its node never installed.
    fn state(&mut self, scene: &Scene<'_>, event: u32, life: u32) {
        let delivery = scene.history.event(EventId(event));
        let name = delivery.place().and_then(|place| place.view.as_ref());
        let group = delivery.message().and_then(|row| scene.group(row));
        if let (Some(name), Some(group)) = (name, group) {
            self.enter(group, name, life);
        }
    }

    /// The view of this name, with the life among its lives.
    fn enter(&mut self, group: u32, name: &ViewName, life: u32) -> u32 {
        let fresh = self.views.len() as u32;
        let view = *self.ids.entry((group, name.clone())).or_insert(fresh);
        if view == fresh {
            self.views.push(View {
                group,
                name: name.clone(),
                lives: Vec::new(),
                first: NONE,
                again: false,
            });
        }
        let lives = &mut self.views[view as usize].lives;
        self.ranks.entry((view, life)).or_insert_with(|| {
            lives.push(life);
            lives.len() as u32 - 1
        });
        view
    }

    /// The view of this name.
    pub fn find(&self, group: u32, name: &ViewName) -> Option<u32> {
        self.ids.get(&(group, name.clone())).copied()
    }

    /// Where the life stands among those of the view.
    pub fn rank(&self, view: u32, life: u32) -> Option<u32> {
        self.ranks.get(&(view, life)).copied()
    }

    /// One installation.
    pub fn get(&self, install: u32) -> &Install {
        &self.all[install as usize]
    }

    /// The id of a view, as the file has it.
    pub fn name(&self, view: u32) -> String {
        self.views[view as usize].name.to_string()
    }

    /// The number of a view.
    pub fn number(&self, view: u32) -> u64 {
        self.views[view as usize].name.number
    }

    /// The group of an installation.
    pub fn group(&self, install: &Install) -> u32 {
        self.views[install.view as usize].group
    }

    /// The installation that an installation leaves behind, if any.
    pub fn before(&self, install: &Install) -> Option<&Install> {
        self.all.get(install.before as usize)
    }

    /// Steps from one view to the next: what was left, and what was installed directly after.
    pub fn steps(&self) -> impl Iterator<Item = (&Install, &Install)> {
        self.all.iter().filter_map(|to| Some((self.before(to)?, to)))
    }

    /// The lives that step from one view to another, by both views: the last such step of each.
    pub fn together(&self) -> BTreeMap<(u32, u32), Vec<&Install>> {
        let mut together: BTreeMap<(u32, u32), Vec<&Install>> = BTreeMap::new();
        let mut places: Map<(u32, u32, u32), usize> = Map::default();
        for (from, to) in self.steps() {
            let steps = together.entry((from.view, to.view)).or_default();
            match places.get(&(from.view, to.view, to.life)) {
                Some(place) => steps[*place] = to,
                None => {
                    places.insert((from.view, to.view, to.life), steps.len());
                    steps.push(to);
                }
            }
        }
        together
    }

    /// The first installation of a view. Its members count as those of the view: that another names
    /// others is the business of view-agreement.
    pub fn first(&self, view: u32) -> Option<&Install> {
        self.all.get(self.views[view as usize].first as usize)
    }

    /// Some nodes by name, as a picture has them.
    pub fn set(&self, scene: &Scene<'_>, members: &[u32]) -> String {
        let names: Vec<&str> = members.iter().map(|m| scene.node_name(*m)).collect();
        format!("{{{}}}", names.join(", "))
    }
}

impl Install {
    /// Whether the node is in the view.
    pub fn has(&self, node: u32) -> bool {
        self.members.binary_search(&node).is_ok()
    }

    /// The members that the two have in common.
    pub fn shared<'a>(&'a self, other: &'a Install) -> impl Iterator<Item = u32> + 'a {
        self.members.iter().copied().filter(|m| other.has(*m))
    }

    /// The event.
    pub fn id(&self) -> EventId {
        EventId(self.event)
    }

    /// What the event says beyond that.
    pub fn told<'h>(&self, case: &Case<'h>) -> Option<&'h ViewInstall> {
        case.history.event(self.id()).view()
    }
}

fn told<'a>(scene: &Scene<'a>, event: u32) -> Option<&'a ViewInstall> {
    let told = scene.history.event(EventId(event)).view()?;
    ((told.group.unwrap_or(0) as usize) < scene.group_count()).then_some(told)
}

/// The members that came along, in ascending order, if the event tells.
pub fn along(case: &Case<'_>, install: &Install) -> Option<Vec<u32>> {
    let nodes: &Vec<NodeId> = install.told(case)?.transitional.as_ref()?;
    let mut nodes: Vec<u32> = nodes.iter().map(|n| n.0).collect();
    nodes.sort_unstable();
    nodes.dedup();
    Some(nodes)
}

/// The events that matter: views and restarts, and deliveries if they state their views. Most
/// chunks of a history hold neither of the first.
fn turns(kinds: &[Kind], deliveries: bool) -> impl Iterator<Item = u32> + '_ {
    const CHUNK: usize = 64;
    let rare = |chunk: &[Kind]| chunk.iter().fold(0, |m, k| m.max(*k as u8)) > Kind::Deliver as u8;
    let turn = move |k: &Kind| {
        matches!(k, Kind::Recover | Kind::View) || deliveries && *k == Kind::Deliver
    };
    let chunks = kinds.chunks(CHUNK).enumerate();
    chunks.filter(move |(_, chunk)| deliveries || rare(chunk)).flat_map(move |(i, chunk)| {
        let found = chunk.iter().enumerate().filter(move |(_, k)| turn(k));
        found.map(move |(j, _)| (i * CHUNK + j) as u32)
    })
}
