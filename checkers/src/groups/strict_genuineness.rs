//! Strict genuineness: a node that no message is for, and that broadcasts none, sends no data.
//!
//! # Definition
//! If no message of the run is for `p` and `p` broadcasts none, then `p` sends no frame of data
//! (Guerraoui & Schiper: *Genuine atomic multicast*, for the whole run). A frame is one of data if
//! it carries a message. Logs that do not tell what frames carry may name, in the header under
//! `about.control`, the types of those that are no data (heartbeats, views): then every other frame
//! with a type is data. A frame counts only if the destinations of all that it carries are known:
//! what a node that may lie has sent may be for anybody; so may what nobody broadcast.
//! # Cost
//! O(events + messages in frames).
//! # Witness
//! The send, and the broadcasts of what the frame carries.

use crate::groups::frames::{self, Frame};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "strict-genuineness",
    number: "MG6-strict",
    statement: "a node that no message is for and that broadcasts none sends no frame of data",
    source: "Guerraoui & Schiper 2001",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Broadcast, Kind::Send],
    given: &[Given::Outsiders],
    check,
};

const NOTHING: &str = "no node was idle while another sent data";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let idle = idle(&scene);
    let control = control(&scene);
    let sends = frames::frames(&scene).filter(|frame| !frame.is_receipt);
    let mut data = sends.filter(|frame| is_data(&scene, frame, control.as_deref())).peekable();
    let mut tally = Tally::of(&scene);
    if data.peek().is_some() {
        let all = idle.iter().filter(|idle| **idle);
        all.for_each(|_| tally.count(Time::ZERO, scene.history.end()));
    }
    let witness = data.find(|frame| idle[frame.node as usize]).map(|frame| told(&scene, &frame));
    tally.verdict(witness, NOTHING)
}

/// Which nodes do not lie, broadcast nothing, and are in no group that something was broadcast to.
fn idle(scene: &Scene<'_>) -> Vec<bool> {
    let mut used = vec![false; scene.group_count()];
    let mut idle: Vec<bool> = scene.case.byzantine.iter().map(|lies| !lies).collect();
    for row in (0..scene.table.len() as u32).filter(|row| scene.is_broadcast(*row)) {
        idle[scene.table.origins()[row as usize] as usize] = false;
        scene.group(row).into_iter().for_each(|group| used[group as usize] = true);
    }
    for (group, _) in used.iter().enumerate().filter(|(_, used)| **used) {
        let idle = idle.iter_mut().enumerate();
        idle.filter(|(n, _)| scene.is_member(group as u32, *n as u32))
            .for_each(|(_, i)| *i = false);
    }
    idle
}

/// The types of frames that are no data, if the header names them.
fn control<'s>(scene: &'s Scene<'_>) -> Option<Vec<&'s str>> {
    let types = scene.history.header.about.get("control")?.as_array()?;
    Some(types.iter().filter_map(|label| label.as_str()).collect())
}

fn is_data(scene: &Scene<'_>, frame: &Frame<'_>, control: Option<&[&str]>) -> bool {
    let carried = frame.told.messages.len();
    if carried > 0 {
        return frame.messages(scene).count() == carried;
    }
    let all_known = !scene.case.byzantine.contains(&true);
    let label = frame.told.label.as_deref().zip(control);
    all_known && label.is_some_and(|(label, control)| !control.contains(&label))
}

fn told(scene: &Scene<'_>, frame: &Frame<'_>) -> Witness {
    let node = scene.node_name(frame.node);
    let carried: Vec<String> = frame.told.messages.iter().map(|row| scene.name(*row)).collect();
    let what = match (carried.is_empty(), frame.told.label.as_deref()) {
        (true, label) => format!("of type {}", label.unwrap_or("?")),
        (false, _) => format!("with {}", carried.join(", ")),
    };
    let broadcasts: Vec<EventId> =
        frame.told.messages.iter().filter_map(|row| scene.broadcast(*row)).collect();
    let says = frame.says(scene);
    Proof::default()
        .yes(format!("no message is for {node}, and {node} broadcast none"), broadcasts)
        .no(format!("{node} sent no data"), [frame.event])
        .because(format!("{says} {what}; no message is for {node}, and {node} broadcast none"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::groups::small::frames_of;
    use pepperland_core::verdict::Ruling;

    const GROUPS: &str = r#"{"g":["n1","n2"],"h":["n3"]}"#;
    const BROADCAST: &str = "{'n':'n1','k':'broadcast','m':'n1:0:1','g':'g'}\n";

    fn history(frames: &str, about: &str) -> pepperland_core::history::History {
        frames_of(GROUPS, about, &format!("{BROADCAST}{frames}"))
    }

    #[test]
    fn an_idle_node_that_relays_is_told() {
        let relayed = history("{'n':'n3','k':'send','to':'n2','x':1,'m':'n1:0:1'}", "");
        let told = "n3 sent n2 a frame with n1:0:1; no message is for n3, and n3 broadcast none";
        assert_eq!(because(&ENTRY, &relayed), told);
    }

    #[test]
    fn types_tell_what_is_data() {
        let sends = "{'n':'n1','k':'send','to':'n2','x':1,'type':'data'}
             {'n':'n3','k':'send','to':'n2','x':2,'type':'?'}";
        let typed = |what, about| history(&sends.replace('?', what), about);
        let named = r#""about":{"control":["ping",7]},"#;
        let told = "n3 sent n2 a frame of type data; no message is for n3, and n3 broadcast none";
        assert_eq!(because(&ENTRY, &typed("data", named)), told);
        assert_eq!(ruling(&ENTRY, &typed("ping", named)), Ruling::Held);
        assert_eq!(undecided(&ENTRY, &typed("data", "")), NOTHING);
        assert_eq!(undecided(&ENTRY, &typed("data", r#""about":{"control":7},"#)), NOTHING);
    }

    #[test]
    fn a_node_that_has_its_part_may_relay() {
        let own = "{'n':'n3','k':'broadcast','m':'n3:0:1','g':'g'}
            {'n':'n3','k':'send','to':'n2','x':1,'m':'n1:0:1'}";
        assert_eq!(ruling(&ENTRY, &history(own, "")), Ruling::Undecided);
        let quiet = history("{'n':'n1','k':'send','to':'n2','x':1,'m':'n1:0:1'}", "");
        assert_eq!(ruling(&ENTRY, &quiet), Ruling::Held);
    }
}
