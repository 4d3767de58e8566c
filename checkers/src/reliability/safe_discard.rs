//! Safe discard: a message leaves a retransmission buffer only when everybody has it.
//!
//! # Definition
//! If `p` discards `m`, every other member of `p`'s group that has not crashed received `m` before,
//! its sender aside: it is *stable* (Birman & Joseph 1987). The group is the last view that `p`
//! installed of it, else the members that the header names. A node has received what it broadcast,
//! delivered in any way, or took from the network in a frame that names it, in any incarnation.
//!
//! Excused is a member that crashed before the discard, even if it came back; one whose life starts
//! late after the broadcast (a joiner, a restart that forgot, a snapshot); one that `p` counts in
//! but that never installed a view. What a member received can be known for certain only where the
//! history records frames to it that name messages; elsewhere a receipt may have gone unseen before
//! the delivery, and only those discards are counted that came after it. On a real clock, a receipt
//! within the clock's error counts as earlier.
//! # Cost
//! O(events + discards · nodes).
//! # Witness
//! The discard; the later receipt, if there is one; a frame that shows that receipts are recorded.

use crate::reliability::receipts::{self, Receipts};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "safe-discard",
    number: "RB11",
    statement: "a node discards a message only when every member that is up has received it",
    source: "Birman & Joseph 1987",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events + discards · nodes)",
    needs: &[Kind::Discard],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let members = Members::of(&scene);
    let receipts = Receipts::of(&scene);
    let mut views: Map<(u32, u32), u32> = Map::default();
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (event, kind) in scene.history.kinds().iter().enumerate() {
        let (event, node) = (event as u32, scene.history.nodes()[event]);
        if case.byzantine.get(node as usize) != Some(&false) {
            continue;
        }
        if *kind == Kind::View {
            let view = scene.history.event(EventId(event)).view();
            views.insert((node, view.and_then(|v| v.group).unwrap_or(0)), event);
            continue;
        }
        let row = scene.history.messages()[event as usize];
        let group = if row == NONE { None } else { scene.group(row) };
        let Some(group) = group.filter(|_| *kind == Kind::Discard) else { continue };
        let discard = Discard { event, node, row };
        for member in members.bound(&discard, group, views.get(&(node, group)).copied()) {
            let receipt = receipts.first(member, row);
            let in_time = receipt.is_some_and(|r| scene.key(r) <= scene.start_key(event));
            let known = receipts.recorded(member);
            if !in_time && known.is_none() {
                continue;
            }
            let from = scene.broadcast(row).map_or(event, |b| b.0.min(event));
            tally.count(scene.time(from), scene.time(event));
            if !in_time && witness.is_none() {
                witness = known.map(|known| too_soon(&scene, &discard, member, receipt, known));
            }
        }
    }
    tally.verdict(witness, "no discard whose receipts are known")
}

/// One discard.
struct Discard {
    event: u32,
    node: u32,
    row: u32,
}

/// What excuses members.
struct Members<'s, 'a> {
    scene: &'s Scene<'a>,
    /// The first crash of each node.
    crash: Vec<Option<u32>>,
    /// The key of the last late start of each node.
    late: Vec<Option<u64>>,
    has_view: Vec<bool>,
}

impl<'s, 'a> Members<'s, 'a> {
    fn of(scene: &'s Scene<'a>) -> Members<'s, 'a> {
        let nodes = scene.history.node_count();
        let (mut crash, mut has_view) = (vec![None; nodes], vec![false; nodes]);
        let columns = scene.history.kinds().iter().zip(scene.history.nodes()).enumerate();
        for (event, (kind, node)) in columns.filter(|(_, (_, n))| (**n as usize) < nodes) {
            match kind {
                Kind::Crash => drop(crash[*node as usize].get_or_insert(event as u32)),
                Kind::View => has_view[*node as usize] = true,
                _ => {}
            }
        }
        let mut late = vec![None; nodes];
        for start in &scene.lives.starts {
            let node = scene.node(start.life) as usize;
            late[node] = Some(scene.start_key(start.event)).max(late[node]);
        }
        Members { scene, crash, late, has_view }
    }

    /// The members that must have received what is discarded.
    fn bound(&self, discard: &Discard, group: u32, view: Option<u32>) -> Vec<u32> {
        let view = view.and_then(|v| self.scene.history.event(EventId(v)).view());
        let nodes = self.has_view.len() as u32;
        let mut members: Vec<u32> = match view {
            Some(view) => view.members.iter().map(|member| member.0).collect(),
            None => (0..nodes).filter(|node| self.scene.is_member(group, *node)).collect(),
        };
        let is_here = |node: u32| view.is_none() || self.has_view[node as usize];
        let origin = self.scene.table.origins()[discard.row as usize];
        let known = |node: u32| node < nodes && node != discard.node && node != origin;
        members.retain(|n| known(*n) && is_here(*n) && self.is_bound(discard, *n));
        members
    }

    fn is_bound(&self, discard: &Discard, node: u32) -> bool {
        let scene = self.scene;
        let crash = self.crash[node as usize];
        let crashed = crash.is_some_and(|c| scene.key(c) <= scene.start_key(discard.event));
        let missed = self.late[node as usize].is_some_and(|start| {
            scene.broadcast(discard.row).is_none_or(|b| scene.key(b.0) <= start)
        });
        !scene.case.byzantine[node as usize] && !crashed && !missed
    }
}

fn too_soon(
    scene: &Scene<'_>,
    discard: &Discard,
    member: u32,
    receipt: Option<u32>,
    known: u32,
) -> Witness {
    let (who, other) = (scene.node_name(discard.node), scene.node_name(member));
    let message = scene.name(discard.row);
    let frame = receipt.and_then(|_| receipts::frame(scene, member, discard.row));
    let (receipt, known) = (frame.or(receipt), frame.unwrap_or(known));
    let because = match receipt {
        Some(_) => format!("{who} discarded {message} before {other} received it"),
        None => format!("{who} discarded {message}, which {other} never received"),
    };
    Proof::default()
        .yes(format!("{who} discarded {message}"), [EventId(discard.event)])
        .yes(format!("{other} is a member, is up, and its receipts are recorded"), [EventId(known)])
        .no(format!("{other} received {message} before that"), receipt.map(EventId))
        .because(because)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    const BROADCAST: &str = r#"{"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    const DISCARD: &str = r#"{"n":"n1","k":"discard","m":"n1:0:1"}"#;
    const ARRIVES: &str = r#"{"n":"n2","k":"recv","from":"n1","x":1,"m":"n1:0:1"}"#;

    fn file(events: &[&str]) -> History {
        let header = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],
            "complete":true,"clock":"virtual"}"#;
        let header = header.replace('\n', " ");
        let timed = |(at, event): (usize, &&str)| event.replacen('{', &format!("{{\"t\":{at},"), 1);
        let events: String = events.iter().enumerate().map(|e| timed(e) + "\n").collect();
        History::read((header + "\n" + &events).as_bytes()).unwrap()
    }

    #[test]
    fn a_discard_waits_for_the_receipts() {
        assert_eq!(ruling(&ENTRY, &file(&[BROADCAST, ARRIVES, DISCARD])), Ruling::Held);
        let told = "n1 discarded n1:0:1 before n2 received it";
        let early = file(&[BROADCAST, DISCARD, ARRIVES]);
        assert_eq!(because(&ENTRY, &early), told);
        let events = check(&Case::new(&early)).witness().unwrap().events.clone();
        assert_eq!(events, [EventId(1), EventId(2)]);
        let other = r#"{"n":"n2","k":"recv","from":"n1","x":1,"m":"n1:0:9"}"#;
        let told = "n1 discarded n1:0:1, which n2 never received";
        assert_eq!(because(&ENTRY, &file(&[BROADCAST, other, DISCARD])), told);
    }

    #[test]
    fn a_crashed_member_is_not_waited_for() {
        let other = r#"{"n":"n2","k":"recv","from":"n1","x":1,"m":"n1:0:9"}"#;
        let crash = r#"{"n":"n2","k":"crash"}"#;
        assert_eq!(ruling(&ENTRY, &file(&[BROADCAST, other, crash, DISCARD])), Ruling::Undecided);
    }

    #[test]
    fn what_was_not_seen_to_arrive_may_have() {
        let delivery = r#"{"n":"n2","k":"deliver","m":"n1:0:1"}"#;
        let nothing = "no discard whose receipts are known";
        assert_eq!(undecided(&ENTRY, &file(&[BROADCAST, DISCARD, delivery])), nothing);
    }

    #[test]
    fn a_view_says_who_is_a_member() {
        let alone = r#"{"n":"n1","k":"view","view":"1","members":["n1"]}"#;
        let both = r#"{"n":"n1","k":"view","view":"1","members":["n1","n2"]}"#;
        let installed = r#"{"n":"n2","k":"view","view":"1","members":["n1","n2"]}"#;
        assert_eq!(ruling(&ENTRY, &file(&[alone, BROADCAST, DISCARD, ARRIVES])), Ruling::Undecided);
        let early = [both, installed, BROADCAST, DISCARD, ARRIVES];
        assert_eq!(ruling(&ENTRY, &file(&early)), Ruling::Violated);
    }
}
