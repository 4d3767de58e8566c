//! Membership gating: who has left a group hears nothing of it.
//!
//! # Definition
//! A node delivers messages of a group only while it is a member: nothing after it left (that
//! nothing is delivered by a crashed node is a rule of histories). Leaving takes effect where the
//! node sees it: in a group with views, when it installs one without itself, until it installs one
//! with itself again; a request to leave is no more than a request there. In a group without views,
//! when it asks to leave, until it asks to join. A restart leaves it open whether the node is a
//! member. Binds every node that does not lie. Obligations are the times that a node is out, and
//! its deliveries while it is known to be in.
//! # Cost
//! O(events + members of views).
//! # Witness
//! What took the node out, and the delivery.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::id::NodeId;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "membership-gating",
    number: "RB13",
    statement: "a node that has left a group delivers nothing more of it",
    source: "Chockler, Keidar & Vitenberg 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + members of views)",
    needs: &[Kind::Deliver],
    given: &[Given::AnyOf(&[Kind::View, Kind::Join, Kind::Leave])],
    check,
};

const NOTHING: &str = "no node is known to have been in a group or out of it";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let mut doors = Doors { viewed: viewed(&scene), state: Map::default() };
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (event, kind) in scene.history.kinds().iter().enumerate() {
        let (event, node) = (event as u32, scene.history.nodes()[event]);
        if case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        if *kind == Kind::Recover {
            for group in 0..scene.group_count() as u32 {
                doors.state.remove(&(node, group));
            }
        }
        if *kind != Kind::Deliver {
            if doors.pass(&scene, event, node, *kind) {
                tally.count(scene.time(event), scene.history.end());
            }
            continue;
        }
        let row = scene.history.messages()[event as usize];
        let Some(group) = (row != NONE).then(|| scene.group(row)).flatten() else { continue };
        match doors.state.get(&(node, group)) {
            Some(Door::In) => tally.count(scene.time(event), scene.time(event)),
            Some(Door::Out(exit)) if witness.is_none() => {
                witness = Some(outside(&scene, node, group, *exit, event));
            }
            _ => {}
        }
    }
    tally.verdict(witness, NOTHING)
}

/// Whether a node is in a group, or the event that took it out.
#[derive(Copy, Clone)]
enum Door {
    In,
    Out(u32),
}

/// What is known of each node and group.
struct Doors {
    /// The groups that have views.
    viewed: Set<u32>,
    state: Map<(u32, u32), Door>,
}

impl Doors {
    /// Takes an event at a node; whether it took the node out.
    fn pass(&mut self, scene: &Scene<'_>, event: u32, node: u32, kind: Kind) -> bool {
        let (group, is_in) = match kind {
            Kind::View => {
                let Some(view) = scene.history.event(EventId(event)).view() else { return false };
                (view.group.unwrap_or(0), view.members.contains(&NodeId(node)))
            }
            Kind::Join | Kind::Leave => {
                let Some(group) = requested(scene, event, node) else { return false };
                if self.viewed.contains(&group) {
                    return false;
                }
                (group, kind == Kind::Join)
            }
            _ => return false,
        };
        if group as usize >= scene.group_count() {
            return false;
        }
        let was_out = matches!(self.state.get(&(node, group)), Some(Door::Out(_)));
        if is_in {
            self.state.insert((node, group), Door::In);
        } else if !was_out {
            self.state.insert((node, group), Door::Out(event));
        }
        !is_in && !was_out
    }
}

fn viewed(scene: &Scene<'_>) -> Set<u32> {
    let events = (0..scene.history.len()).filter(|e| scene.history.kinds()[*e] == Kind::View);
    let views = events.filter_map(|e| scene.history.event(EventId(e as u32)).view());
    views.map(|view| view.group.unwrap_or(0)).collect()
}

/// The group that a node asks to join or leave for itself.
fn requested(scene: &Scene<'_>, event: u32, node: u32) -> Option<u32> {
    let event = scene.history.event(EventId(event));
    let target = event.field("target").and_then(|target| target.as_str());
    if target.is_some_and(|target| target != scene.node_name(node)) {
        return None;
    }
    let groups = scene.history.groups();
    match event.field("g") {
        Some(group) => {
            let name = group.as_str()?;
            groups.iter().position(|(group, _)| group == name).map(|g| g as u32)
        }
        None => (groups.len() == 1).then_some(0),
    }
}

fn outside(scene: &Scene<'_>, node: u32, group: u32, exit: u32, delivery: u32) -> Witness {
    let who = scene.node_name(node);
    let group = scene.history.groups().get(group as usize).map_or("?", |(name, _)| name);
    let message = scene.name(scene.history.messages()[delivery as usize]);
    let left = match scene.history.event(EventId(exit)).view() {
        Some(view) => format!("it installed view {} of {group} without itself", view.view),
        None => format!("it left {group}"),
    };
    Proof::default()
        .yes(format!("{who} is out of {group}"), [EventId(exit)])
        .no(format!("{who} delivers nothing of {group} after that"), [EventId(delivery)])
        .because(format!("{who} delivered {message} after {left}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    fn file(events: &[&str]) -> History {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"]}"#;
        let lines = [&[header], events].concat();
        History::read((lines.join("\n") + "\n").as_bytes()).unwrap()
    }

    const BROADCAST: &str = r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const LEAVE: &str = r#"{"t":2,"n":"n2","k":"leave"}"#;
    const JOIN: &str = r#"{"t":3,"n":"n2","k":"join"}"#;
    const DELIVER: &str = r#"{"t":4,"n":"n2","k":"deliver","m":"n1:0:1"}"#;

    #[test]
    fn without_views_leaving_is_at_once() {
        let told = "n2 delivered n1:0:1 after it left g";
        let history = file(&[BROADCAST, LEAVE, DELIVER]);
        assert_eq!(because(&ENTRY, &history), told);
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [EventId(1), EventId(2)]);
        assert_eq!(ruling(&ENTRY, &file(&[BROADCAST, LEAVE, JOIN, DELIVER])), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &file(&[BROADCAST, DELIVER])), NOTHING);
    }

    #[test]
    fn with_views_a_request_is_a_request() {
        let in_view = r#"{"t":1,"n":"n2","k":"view","view":"1","members":["n1","n2"]}"#;
        let out_of_view = r#"{"t":3,"n":"n2","k":"view","view":"2","members":["n1"]}"#;
        let waiting = [BROADCAST, in_view, LEAVE, DELIVER];
        assert_eq!(ruling(&ENTRY, &file(&waiting)), Ruling::Held);
        let out = file(&[BROADCAST, in_view, LEAVE, out_of_view, DELIVER]);
        let told = "n2 delivered n1:0:1 after it installed view 2 of g without itself";
        assert_eq!(because(&ENTRY, &out), told);
    }

    #[test]
    fn a_restart_leaves_it_open() {
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2: {1} # ^ a")), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &lanes("n1: !a\nn2: {1}     a")), Ruling::Violated);
    }
}
