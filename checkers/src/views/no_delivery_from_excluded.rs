//! No delivery from the excluded: who left the view is not heard any more.
//!
//! # Definition
//! If `q` installed a view with `p` and later, in the same life, one without, then it delivers
//! nothing from `p` until it installs a view with `p` again (Birman 1996: what comes from an
//! excluded node after its exclusion is ignored). It does not matter in which view `m` was sent: a
//! service that delivers leftovers of an earlier view does not have this property. A delivery that
//! states its view is judged by that one's members. Groups are closed: in an open one `p` may
//! multicast from outside. Only the first delivery in a life counts; `q` is not Byzantine.
//! # Cost
//! O(events); a bit for each two nodes.
//! # Witness
//! The installations with and without the sender, and the delivery.

use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::{Delivery, Scene};
use crate::views::installs::{Install, Installs};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, GroupContract, Kind, NONE};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-delivery-from-excluded",
    number: "VS11",
    statement: "after a view without a node that was in one before, nothing of it is delivered",
    source: "Birman 1996",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[Given::Closed, Given::ViewChanges],
    check,
};

const NOTHING: &str = "nobody delivered anything in a view that had lost a member";
const OPEN: &str = "in an open group those outside may multicast";

fn check(case: &Case<'_>) -> Verdict {
    if case.history.header.contract.group != GroupContract::Closed {
        return Verdict::undecided(OPEN);
    }
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let mut watch = Watch::new(&scene, &installs);
    let mut tally = Tally::of(&scene);
    let mut heard: Vec<Delivery> = Vec::new();
    let columns = case.history.kinds().iter().zip(case.history.nodes());
    for (event, ((kind, node), row)) in columns.zip(case.history.messages()).enumerate() {
        match kind {
            Kind::Deliver if *row != NONE && watch.now.life(*node) != NONE => {
                let life = watch.now.life(*node);
                let delivery = Delivery { event: event as u32, life, row: *row };
                let Some(excluded) = watch.judge(&delivery, *node) else { continue };
                tally.count_delivery(&scene, &delivery);
                heard.extend(excluded.then_some(delivery));
            }
            Kind::View => watch.install(event as u32),
            Kind::Recover => watch.recover(*node),
            _ => {}
        }
    }
    let witness = first_of_all(&scene, heard).map(|d| told(&scene, &installs, &d));
    tally.verdict(witness, NOTHING)
}

/// Who has excluded whom.
struct Watch<'s, 'a> {
    scene: &'s Scene<'a>,
    installs: &'s Installs,
    groups: usize,
    now: crate::scene::lives::Now,
    next: usize,
    /// For each node and group, the members of its views so far, and those it has lost.
    known: Vec<Bits>,
    lost: Vec<Bits>,
}

/// A bit for each node; none at all until one is needed.
type Bits = Vec<u64>;

fn has(bits: &Bits, node: u32) -> bool {
    bits.get(node as usize / 64).is_some_and(|word| word >> (node % 64) & 1 == 1)
}

impl<'s, 'a> Watch<'s, 'a> {
    fn new(scene: &'s Scene<'a>, installs: &'s Installs) -> Watch<'s, 'a> {
        let groups = scene.group_count();
        let places = scene.history.node_count() * groups;
        let (known, lost) = (vec![Bits::new(); places], vec![Bits::new(); places]);
        let now = scene.lives.follow(scene.case);
        Watch { scene, installs, groups, now, next: 0, known, lost }
    }

    fn install(&mut self, event: u32) {
        let Some(install) = self.installs.all.get(self.next).filter(|i| i.event == event) else {
            return;
        };
        self.next += 1;
        let group = self.installs.group(install) as usize;
        let (words, at) = (self.scene.history.node_count().div_ceil(64), install.node as usize);
        let at = at * self.groups + group;
        let known = &mut self.known[at];
        known.resize(words, 0);
        let mut members = vec![0; words];
        for member in install.members.iter().filter(|m| (**m as usize / 64) < words) {
            members[*member as usize / 64] |= 1_u64 << (member % 64);
        }
        known.iter_mut().zip(&members).for_each(|(known, new)| *known |= new);
        self.lost[at] = known.iter().zip(&members).map(|(known, new)| known & !new).collect();
    }

    fn recover(&mut self, node: u32) {
        let life = self.now.life(node);
        self.now.recover(node);
        if self.now.life(node) != life {
            let first = node as usize * self.groups;
            self.known[first..first + self.groups].fill(Bits::new());
            self.lost[first..first + self.groups].fill(Bits::new());
        }
    }

    /// Whether the sender is excluded; nothing where nobody is.
    #[inline]
    fn judge(&self, delivery: &Delivery, node: u32) -> Option<bool> {
        let group = if self.groups == 1 { 0 } else { self.scene.group(delivery.row)? };
        let at = node as usize * self.groups + group as usize;
        let lost = &self.lost[at];
        let origin = self.scene.table.origins()[delivery.row as usize];
        if !self.scene.is_recipient(delivery.row, node) {
            return None;
        }
        let excluded = match self.stated(delivery, group) {
            Some(view) => {
                let out = self.installs.first(view).is_some_and(|first| !first.has(origin));
                out && has(&self.known[at], origin)
            }
            None => has(lost, origin),
        };
        (excluded || lost.iter().any(|word| *word != 0)).then_some(excluded)
    }

    fn stated(&self, delivery: &Delivery, group: u32) -> Option<u32> {
        let place = || self.scene.history.event(EventId(delivery.event)).place();
        let named = if self.installs.stated { place() } else { None };
        named.and_then(|p| p.view.as_ref()).and_then(|name| self.installs.find(group, name))
    }
}

/// The first of these that its life had not delivered before.
fn first_of_all(scene: &Scene<'_>, mut heard: Vec<Delivery>) -> Option<Delivery> {
    let suspects: Set<(u32, u32)> = heard.iter().map(|d| (d.life, d.row)).collect();
    if suspects.is_empty() {
        return None;
    }
    let mut firsts: Map<(u32, u32), u32> = Map::default();
    for delivery in scene.deliveries() {
        if suspects.contains(&(delivery.life, delivery.row)) {
            firsts.entry((delivery.life, delivery.row)).or_insert(delivery.event);
        }
    }
    heard.retain(|d| firsts.get(&(d.life, d.row)) == Some(&d.event));
    heard.into_iter().next()
}

fn told(scene: &Scene<'_>, installs: &Installs, delivery: &Delivery) -> Witness {
    let origin = scene.table.origins()[delivery.row as usize];
    let of_group = |i: &&Install| {
        let mine = i.life == delivery.life && i.event < delivery.event;
        mine && scene.group(delivery.row).is_none_or(|g| g == installs.group(i))
    };
    let own: Vec<&Install> = installs.all.iter().filter(of_group).collect();
    let with = own.iter().rposition(|i| i.has(origin));
    let without = with.and_then(|place| own.get(place + 1)).or(own.last());
    let (q, p) = (scene.who(delivery.life), scene.node_name(origin));
    let (m, views) = (scene.name(delivery.row), without.map(|i| installs.name(i.view)));
    let v = views.unwrap_or_else(|| "?".to_owned());
    Proof::default()
        .yes(format!("{q} installed a view with {p}"), with.map(|place| own[place].id()))
        .yes(format!("{q} installed view {v} without {p}"), without.map(|i| i.id()))
        .no(format!("{q} delivers nothing from {p} then"), [EventId(delivery.event)])
        .because(format!(
            "{q} delivered {m} after it installed view {v}, from which {p} is excluded"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::Header;
    use pepperland_core::history::lanes::{lanes, parse};
    use pepperland_core::verdict::Ruling;

    #[test]
    fn who_is_out_is_not_heard() {
        let told = "n1 delivered n2:0:1 after it installed view 2, from which n2 is excluded";
        let history = lanes("n1: {1,2}    {1} a\nn2: {1,2} !a");
        assert_eq!(because(&ENTRY, &history), told);
        let events = check(&Case::new(&history)).witness().unwrap().events.clone();
        assert_eq!(events, [0, 3, 4].map(EventId));
        assert_eq!(ruling(&ENTRY, &lanes("n1: {1,2} {1} !b b\nn2: {1,2} !a")), Ruling::Held);
        let back = "n1: {1,2} {1} {2,1} a\nn2: {1,2} !a";
        assert_ne!(ruling(&ENTRY, &lanes(back)), Ruling::Violated);
    }

    #[test]
    fn who_was_never_in_was_not_excluded() {
        assert_eq!(undecided(&ENTRY, &lanes("n1: {1}    a\nn2:     !a")), NOTHING);
    }

    #[test]
    fn an_open_group_hears_those_outside() {
        let mut header = Header::new(Vec::new());
        header.contract.group = GroupContract::Open;
        let history = parse("n1: {1,2}    {1} a\nn2: {1,2} !a", header).unwrap();
        assert_eq!(undecided(&ENTRY, &history), OPEN);
    }
}
