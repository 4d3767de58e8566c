//! The stable components of a run: who is up and connected at its end, by what the environment
//! recorded.
//!
//! A component is some nodes that are up, whose links to one another all work both ways, and whose
//! links to everybody else are all cut, at the end of a complete history. Chockler, Keidar and
//! Vitenberg (2001) state what a membership service owes in the end for such components alone, and
//! so do we. They cannot be told where a node may lie or stands still, where links still lose or
//! corrupt, work one way only, or where it is not said which ones are cut; nor for a group of which
//! more than 200 nodes are up while links are cut.
//!
//! Of a component, those nodes are **sure** to belong to the group that have installed a view or
//! asked to join since they started, and did not ask to leave, nor were asked to be excluded. Of
//! the others that are up nobody can say, and they may be in the last view or not. Where only the
//! primary partition goes on, a component is judged only if nobody can doubt that it is primary: it
//! has a majority of the group, and of every primary view in which some node was last, counting
//! only nodes that never crashed.

use crate::membership::stays::{Stays, group_of, named_node};
use crate::scene::Scene;
use pepperland_core::history::{Event, EventId, Kind, PartitionContract};
use std::collections::BTreeMap;

/// The reason why nothing can be owed yet.
pub const INCOMPLETE: &str = "the history is not complete: what is missing may still come";

/// Some nodes that are up and connected at the end.
#[derive(Clone, Debug, Default)]
pub struct Component {
    /// Those that may belong to the group.
    pub live: Vec<u32>,
    /// Those that are sure to.
    pub sure: Vec<u32>,
    /// Those that never crashed.
    pub constant: Vec<u32>,
}

impl Component {
    /// The view in which every node that is sure to belong was last, if it is one view and holds
    /// all of them and nobody from elsewhere.
    pub fn view(&self, scene: &Scene<'_>, stays: &Stays, group: u32) -> Option<u32> {
        let first = stays.last(*self.sure.first()?, group)?.view;
        let fits = |node: &u32| {
            let Some(stay) = stays.last(*node, group).filter(|stay| stay.view == first) else {
                return false;
            };
            let members = stays.members(scene, stay);
            let all = self.sure.iter().all(|q| members.binary_search(q).is_ok());
            all && members.iter().all(|q| self.live.binary_search(q).is_ok())
        };
        self.sure.iter().all(fits).then_some(first)
    }
}

/// Calls `each` for every stable component of every group that has views.
///
/// # Errors
/// Why there is none.
pub fn in_each(
    scene: &Scene<'_>,
    stays: &Stays,
    mut each: impl FnMut(u32, &Component),
) -> Result<(), &'static str> {
    let (mut found, mut reason) = (false, None);
    for group in &stays.groups {
        match components(scene, stays, *group) {
            Ok(components) => {
                found = true;
                components.iter().for_each(|component| each(*group, component));
            }
            Err(why) => reason = reason.or(Some(why)),
        }
    }
    if found { Ok(()) } else { Err(reason.unwrap_or("nobody installed a view")) }
}

/// How the nodes stand at the end.
struct Ends {
    up: Vec<bool>,
    crashed: Vec<bool>,
    paused: Vec<bool>,
    /// Since its start: whether it installed a view of the group or asked to join, last.
    wants: Vec<bool>,
    /// Asked to leave, or to be excluded.
    unwanted: Vec<bool>,
    /// Disturbances of links, by id; several without.
    open: BTreeMap<u64, EventId>,
    nameless: Vec<EventId>,
    vague: bool,
}

/// The stable components of a group.
///
/// # Errors
/// Why they cannot be told.
pub fn components(
    scene: &Scene<'_>,
    stays: &Stays,
    group: u32,
) -> Result<Vec<Component>, &'static str> {
    let header = &scene.history.header;
    if !header.complete {
        return Err(INCOMPLETE);
    }
    if scene.case.byzantine.contains(&true) {
        return Err("where a node may lie, it cannot be told who belongs together in the end");
    }
    if header.end.is_some_and(|end| header.heal_at.is_some_and(|heal| heal > end)) {
        return Err("the faults had not stopped by the end of the run");
    }
    let ends = Ends::of(scene, group);
    if ends.paused.iter().zip(&ends.up).any(|(paused, up)| *paused && *up) {
        return Err("a node stands still at the end of the run");
    }
    let known = group as usize >= scene.group_count();
    let nodes = (0..scene.history.node_count() as u32)
        .filter(|n| ends.up[*n as usize] && (known || scene.is_member(group, *n)));
    let parts = ends.parts(scene, nodes.collect())?;
    let sure = |node: &u32| {
        let n = *node as usize;
        scene.case.correct[n] && ends.wants[n] && !ends.unwanted[n]
    };
    let components = parts.into_iter().map(|live| {
        let sure = live.iter().copied().filter(sure).collect();
        let constant = live.iter().copied().filter(|n| !ends.crashed[*n as usize]).collect();
        Component { live, sure, constant }
    });
    let primary = header.contract.partition == PartitionContract::Primary;
    let judged = |c: &Component| {
        !c.sure.is_empty() && (!primary || ends.is_primary(scene, stays, group, &c.constant))
    };
    let judged: Vec<Component> = components.filter(judged).collect();
    if judged.is_empty() { Err("no component is sure to go on in the end") } else { Ok(judged) }
}

impl Ends {
    fn of(scene: &Scene<'_>, group: u32) -> Ends {
        let nodes = scene.history.node_count();
        let mut ends = Ends {
            up: vec![true; nodes],
            crashed: vec![false; nodes],
            paused: vec![false; nodes],
            wants: vec![false; nodes],
            unwanted: vec![false; nodes],
            open: BTreeMap::new(),
            nameless: Vec::new(),
            vague: false,
        };
        for event in scene.history.events() {
            match event.node().map(|node| node.index()) {
                Some(node) if node < nodes => ends.at_node(scene, group, event, node),
                Some(_) => {}
                None => ends.nowhere(event),
            }
        }
        ends
    }

    fn at_node(&mut self, scene: &Scene<'_>, group: u32, event: Event<'_>, node: usize) {
        let target = || named_node(scene, event, "target").map_or(node, |t| t as usize);
        let here = || group_of(scene, event).is_none_or(|g| g == group);
        match event.kind() {
            Kind::Crash => (self.up[node], self.crashed[node]) = (false, true),
            Kind::Recover => {
                (self.up[node], self.paused[node]) = (true, false);
                (self.wants[node], self.unwanted[node]) = (false, false);
            }
            Kind::Pause => self.paused[node] = true,
            Kind::Resume => self.paused[node] = false,
            Kind::View if event.view().is_some_and(|v| v.group.unwrap_or(0) == group) => {
                self.wants[node] = true;
            }
            Kind::Join if here() => {
                let who = target();
                (self.wants[who], self.unwanted[who]) = (true, false);
            }
            Kind::Leave | Kind::Exclude if here() => self.unwanted[target()] = true,
            _ => {}
        }
    }

    fn nowhere(&mut self, event: Event<'_>) {
        let id = event.field("id").and_then(|id| id.as_u64());
        let single = event.field("message").is_some();
        match (event.kind(), id) {
            (Kind::Cut | Kind::Lose | Kind::Corrupt, Some(id)) => {
                self.vague |= self.open.insert(id, event.id).is_some();
            }
            (Kind::Cut | Kind::Lose | Kind::Corrupt, None) if !single => {
                self.nameless.push(event.id);
            }
            (Kind::Heal, Some(id)) => drop(self.open.remove(&id)),
            (Kind::Heal, None) => {
                self.nameless.clear();
                self.vague |= !self.open.is_empty();
            }
            _ => {}
        }
    }

    /// The nodes by who is connected to whom; none for parts that are not connected throughout.
    fn parts(&self, scene: &Scene<'_>, nodes: Vec<u32>) -> Result<Vec<Vec<u32>>, &'static str> {
        const MOST: usize = 200;
        let open: Vec<EventId> = self.open.values().chain(&self.nameless).copied().collect();
        if self.vague {
            return Err("a heal does not say which disturbance it ends");
        }
        if open.iter().any(|id| scene.history.event(*id).kind() != Kind::Cut) {
            return Err("links still lose or corrupt at the end of the run");
        }
        if open.is_empty() {
            return Ok(vec![nodes]);
        }
        if nodes.len() > MOST {
            return Err("too many nodes to tell which are still connected");
        }
        let cuts: Option<Vec<Cut>> = open.iter().map(|id| Cut::of(scene, *id)).collect();
        let cuts = cuts.ok_or("a cut does not say which links it cuts")?;
        let works = |from: u32, to: u32| !cuts.iter().any(|cut| cut.holds(from, to));
        let mut parts: Vec<Vec<u32>> = Vec::new();
        let mut torn = Vec::new();
        for node in nodes {
            let mut joined = vec![node];
            for part in &parts {
                let links: Vec<bool> = part.iter().map(|other| works(node, *other)).collect();
                let back = part.iter().map(|other| works(*other, node));
                if back.zip(&links).any(|(back, forth)| back != *forth) {
                    return Err("a link works one way only at the end of the run");
                }
                if links.contains(&true) {
                    let first = joined.len() == 1;
                    torn.extend((!first || links.contains(&false)).then_some(node));
                    joined.extend(part);
                }
            }
            parts.retain(|part| !joined.contains(&part[0]));
            joined.sort_unstable();
            parts.push(joined);
        }
        parts.retain(|part| !part.iter().any(|n| torn.contains(n)));
        Ok(parts)
    }

    fn is_primary(&self, scene: &Scene<'_>, stays: &Stays, group: u32, constant: &[u32]) -> bool {
        let nodes = 0..scene.history.node_count() as u32;
        let known = group as usize >= scene.group_count();
        let universe = nodes.filter(|n| known || scene.is_member(group, *n)).count();
        if constant.len() * 2 <= universe {
            return false;
        }
        let mut last: BTreeMap<u32, u32> = BTreeMap::new();
        let here = stays.all.iter().enumerate().filter(|(_, stay)| stay.group == group);
        last.extend(here.map(|(i, stay)| (stay.node, i as u32)));
        let mut majority = last
            .values()
            .filter_map(|stay| stays.get(*stay))
            .filter(|stay| stays.told(scene, stay).primary);
        majority.all(|stay| {
            let members = stays.members(scene, stay);
            let here = members.iter().filter(|m| constant.binary_search(m).is_ok()).count();
            here * 2 > members.len()
        })
    }
}

/// Which links a cut cuts.
struct Cut {
    from: Option<Vec<u32>>,
    to: Option<Vec<u32>>,
    both_ways: bool,
}

impl Cut {
    /// None if it does not say.
    fn of(scene: &Scene<'_>, event: EventId) -> Option<Cut> {
        let event = scene.history.event(event);
        let number = |name: &str| scene.history.header.nodes.iter().position(|n| n == name);
        let side = |key| match event.field(key) {
            None => Some(None),
            Some(side) => {
                let names =
                    side.as_array()?.iter().map(|name| Some(number(name.as_str()?)? as u32));
                names.collect::<Option<Vec<u32>>>().map(Some)
            }
        };
        let (from, to) = (side("from")?, side("to")?);
        let both_ways = event.field("both_ways").and_then(|b| b.as_bool()).unwrap_or(false);
        (from.is_some() || to.is_some()).then_some(Cut { from, to, both_ways })
    }

    fn holds(&self, from: u32, to: u32) -> bool {
        let has = |side: &Option<Vec<u32>>, node| side.as_ref().is_none_or(|s| s.contains(&node));
        let one_way = |from, to| has(&self.from, from) && has(&self.to, to);
        from != to && (one_way(from, to) || self.both_ways && one_way(to, from))
    }
}
