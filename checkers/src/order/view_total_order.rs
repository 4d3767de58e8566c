//! View total order: messages and views together come in one order.
//!
//! # Definition
//! Of any two messages, or a message and a view, or two views: if `p` and `q` both deliver or
//! install both, they do so in the same order (Birman & Joseph's *gbcast* is ordered so against
//! everything; Chockler, Keidar & Vitenberg's messages of mixed types). Inside one group; it binds
//! every incarnation of every node that is not Byzantine, each message and view where it first
//! came. What a life that starts late (a restart that forgot, a joiner, a snapshot) catches up
//! with, broadcast before it started, is left out: where it belongs is not told.
//! # Cost
//! O(events) if one order fits all; else O(nodes² · events).
//! # Witness
//! Four events: two nodes, and two messages or views.

use crate::order::lateness::Lateness;
use crate::order::pairwise;
use crate::order::within_views::follow_one;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind, NONE, ViewName};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "view-total-order",
    number: "OR18",
    statement: "if any p and q both deliver or install two messages or views, they do so in the \
                same order",
    source: "Birman & Joseph 1987",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events), or O(nodes² · events)",
    needs: &[Kind::Deliver, Kind::View],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let lists = Lists::of(&scene);
    let mut tally = Tally::of(&scene);
    let mut place = vec![NONE; lists.rows];
    let (mut decides, mut found) = (false, None);
    for group in lists.of.chunks(scene.lives.len().max(1)) {
        decides |= count(&scene, group, &mut tally);
        if found.is_none() && !follow_one(group, &mut place) {
            found = pairwise::inversion(group, &mut place);
        }
    }
    match found {
        Some((one, other)) => tally.violated(witness(&scene, one, other)),
        None if decides => tally.held(""),
        None => Verdict::undecided("no two nodes both installed a view and delivered a message"),
    }
}

/// What each life delivered and installed in each group. A view has a row beyond those of messages.
struct Lists {
    of: Vec<Vec<Delivery>>,
    rows: usize,
}

impl Lists {
    fn of(scene: &Scene<'_>) -> Lists {
        let (lives, messages) = (scene.lives.len(), scene.table.len());
        let mut views: Map<(u32, ViewName), u32> = Map::default();
        let mut seen: Set<(u32, u32)> = Set::default();
        let mut lists = Lists { of: vec![Vec::new(); lives * scene.group_count()], rows: 0 };
        let (mut now, mut lateness) = (scene.lives.follow(scene.case), Lateness::of(scene));
        for (event, kind) in scene.history.kinds().iter().enumerate() {
            let (event, node) = (event as u32, scene.history.nodes()[event]);
            lateness.pass(scene, event);
            if *kind == Kind::Recover {
                now.recover(node);
            }
            let life = now.life(node);
            let item = match kind {
                _ if life == NONE => None,
                Kind::View => scene.history.event(EventId(event)).view().map(|install| {
                    let group = install.group.unwrap_or(0);
                    let next = (messages + views.len()) as u32;
                    (group, *views.entry((group, install.view.clone())).or_insert(next))
                }),
                Kind::Deliver => message(scene, &lateness, event, life),
                _ => None,
            };
            let Some((group, row)) = item else { continue };
            let list = lists.of.get_mut(group as usize * lives + life as usize);
            if let Some(list) = list.filter(|_| seen.insert((life, row))) {
                list.push(Delivery { event, life, row });
            }
        }
        lists.rows = messages + views.len();
        lists
    }
}

fn message(scene: &Scene<'_>, lateness: &Lateness, event: u32, life: u32) -> Option<(u32, u32)> {
    let row = Some(scene.history.messages()[event as usize]).filter(|row| *row != NONE)?;
    let counts = scene.is_recipient(row, scene.node(life)) && !lateness.excuses(scene, life, row);
    Some((scene.group(row).filter(|_| counts)?, row))
}

/// Counts as obligations what another life had before; whether some two lives share a view and a
/// message.
fn count(scene: &Scene<'_>, lists: &[Vec<Delivery>], tally: &mut Tally) -> bool {
    let mut lives: Map<u32, Vec<u32>> = Map::default();
    let mut shared: Map<(u32, u32), [bool; 2]> = Map::default();
    let mut decides = false;
    for item in lists.iter().flatten() {
        let is_view = item.row as usize >= scene.table.len();
        let others = lives.entry(item.row).or_default();
        match others.is_empty() {
            false if is_view => tally.count(scene.time(item.event), scene.time(item.event)),
            false => tally.count_delivery(scene, item),
            true => {}
        }
        for other in others.iter() {
            if decides {
                break;
            }
            let kinds = shared.entry((*other, item.life)).or_default();
            kinds[usize::from(is_view)] = true;
            decides = *kinds == [true; 2];
        }
        others.push(item.life);
    }
    decides
}

fn witness(scene: &Scene<'_>, one: [Delivery; 2], other: [Delivery; 2]) -> Witness {
    let says = |item: Delivery| match scene.history.event(EventId(item.event)).view() {
        Some(install) => format!("installed view {}", install.view),
        None => format!("delivered {}", scene.name(item.row)),
    };
    let (p, q) = (scene.who(one[0].life), scene.who(other[0].life));
    let (a, b) = (says(one[0]), says(one[1]));
    let events = |pair: [Delivery; 2]| pair.map(|item| EventId(item.event));
    Proof::default()
        .yes(format!("{p} {a} before it {b}"), events(one))
        .yes(format!("{q} did both"), events(other))
        .no(format!("{q} {a} before it {b}"), events(other))
        .because(format!("{p} {a} before it {b}; {q} did so the other way round"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_message_and_a_view_have_one_order() {
        let history = lanes("n1: {1,2} !a a {1}\nn2: {1,2}      {1} a");
        let told = "n1 delivered n1:0:1 before it installed view 2; n2 did so the other way round";
        assert_eq!(because(&ENTRY, &history), told);
        let agreed = lanes("n1: {1,2} !a a {1}\nn2: {1,2}     a {1}");
        assert_eq!(ruling(&ENTRY, &agreed), Ruling::Held);
        undecided(&ENTRY, &lanes("n1: {1,2} !a a\nn2: {2} a"));
    }

    #[test]
    fn two_messages_have_one_order_too() {
        let history = lanes("n1: {1,2} !a !b a b\nn2: {1,2}       b a");
        let told = "n1 delivered n1:0:1 before it delivered n1:0:2; n2 did so the other way round";
        assert_eq!(because(&ENTRY, &history), told);
    }

    #[test]
    fn what_a_joiner_catches_up_with_is_left_out() {
        let history = lanes("n1: {1} !a a {1,2}  !b b\nn2:           {1,2} a     b");
        assert_eq!(ruling(&ENTRY, &history), Ruling::Held);
    }
}
