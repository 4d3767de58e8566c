//! Not in the next view: a member that did not deliver what the others did is left out of the next
//! view.
//!
//! # Definition
//! If `p` delivers `m` in `V` and installs `V'` directly after `V`, then every `q` that is in `V`
//! and in `V'` delivered `m` in `V` before it installed `V'` (Birman 1996: who does not get a
//! message is not in the next view). `q` is bound once it has installed `V'`, from whichever view
//! it came: this is what virtual synchrony leaves open. A `q` that never installs `V'` may have
//! crashed or been cut off on the way there, and one whose first view is `V'` was not at work
//! before: neither is accused. What a snapshot stands for need not be delivered.
//! # Cost
//! O(events).
//! # Witness
//! The delivery, the steps of the node that made it, and the installation of the other.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::views::atomic::{Missing, Rules, judge, movers};
use crate::views::installs::{Install, Installs};
use pepperland_core::checker::{BENIGN, Binds, Case, Checker, Class, Given};
use pepperland_core::collections::Map;
use pepperland_core::history::Kind;
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "not-in-next-view",
    number: "VS10",
    statement: "a member that did not deliver in a view what a survivor did is not in the next",
    source: "Birman 1996",
    class: Class::Safety,
    binds: Binds::Survivors,
    models: BENIGN,
    cost: "O(events)",
    needs: &[Kind::View, Kind::Deliver],
    given: &[Given::ViewChanges],
    check,
};

const NOTHING: &str = "nobody who delivered went on to a view with another member of its own";

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let rules = Rules::of(&scene, &installs);
    let others = steps_by_node(&installs);
    let mut made = Vec::new();
    for ((from, to), steps) in &installs.together() {
        let oblige = || steps.iter().map(|step| step.life);
        let mut owe: Vec<(u32, u32)> = movers(&installs, steps).collect();
        let first = owe[0].1;
        if let (Some(left), Some(next)) = (installs.first(*from), installs.first(*to)) {
            for node in left.shared(next) {
                let into = others.get(&(*to, node)).map_or(&[][..], Vec::as_slice);
                owe.extend(strangers(into, *from));
            }
        }
        if owe.len() > 1 {
            made.push(rules.rule(*from, oblige(), owe.into_iter(), first));
        }
    }
    let (tally, missing) = judge(&scene, &installs, &made);
    tally.verdict(missing.map(|missing| witness(&scene, &installs, &missing)), NOTHING)
}

/// The steps into each view by each node: where from, the life, the installation.
type Steps = Map<(u32, u32), Vec<(u32, u32, u32)>>;

fn steps_by_node(installs: &Installs) -> Steps {
    let mut steps = Steps::default();
    for (i, to) in installs.all.iter().enumerate() {
        if let Some(from) = installs.before(to) {
            steps.entry((to.view, to.node)).or_default().push((from.view, to.life, i as u32));
        }
    }
    steps
}

/// Lives that step into the view from elsewhere, and never from `from`: each with its last step.
fn strangers(into: &[(u32, u32, u32)], from: u32) -> Vec<(u32, u32)> {
    let came: Vec<u32> = into.iter().filter(|s| s.0 == from).map(|s| s.1).collect();
    let mut last: Vec<(u32, u32)> = Vec::new();
    for (_, life, step) in into.iter().filter(|s| !came.contains(&s.1)) {
        match last.last_mut().filter(|l| l.0 == *life) {
            Some(known) => known.1 = *step,
            None => last.push((*life, *step)),
        }
    }
    last
}

fn witness(scene: &Scene<'_>, installs: &Installs, missing: &Missing<'_>) -> Witness {
    let (p, q) = (scene.who(missing.has), scene.who(missing.lacks));
    let (from, to) = (missing.rule.view, installs.get(missing.rule.next).view);
    let (m, v, next) = (scene.name(missing.row), installs.name(from), installs.name(to));
    let stepped =
        |(f, t): &(&Install, &Install)| f.view == from && t.view == to && t.life == missing.has;
    let steps = installs.steps().find(stepped).map(|(f, t)| [f.id(), t.id()]);
    let arrives = installs.all.iter().find(|i| i.view == to && i.life == missing.lacks);
    Proof::default()
        .yes(
            format!("{p} installed view {next} directly after view {v}"),
            steps.into_iter().flatten(),
        )
        .yes(format!("{p} delivered {m} in view {v}"), scene.first(missing.has, missing.row))
        .yes(format!("{q} is in both and installed view {next}"), arrives.map(Install::id))
        .no(format!("{q} delivered {m} in view {v}"), [])
        .because(format!(
            "{p} delivered {m} in view {v}, {q} did not; yet {q} is in the next view, {next}"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::find;
    use pepperland_core::history::lanes::lanes;
    use pepperland_core::verdict::Ruling;

    #[test]
    fn a_member_that_missed_the_view_is_in_the_next() {
        let skips = "n1: {1,2,3} !a a {1,2}\nn2: {2}          {1,2}\nn3: {1,2,3}";
        let told = "n1 delivered n1:0:1 in view 1, n2 did not; yet n2 is in the next view, 3";
        assert_eq!(because(&ENTRY, &lanes(skips)), told);
        assert_ne!(ruling(find("virtual-synchrony").unwrap(), &lanes(skips)), Ruling::Violated);
    }

    #[test]
    fn who_did_not_deliver_is_left_out() {
        let left_out = "n1: {1,2,3} !a a   {1,3}\nn2: {1,2,3}\nn3: {1,2,3}    a  {1,3}";
        assert_eq!(ruling(&ENTRY, &lanes(left_out)), Ruling::Held);
        let alone = "n1: {1,2} !a a {1}\nn2: {1,2}";
        assert_eq!(ruling(&ENTRY, &lanes(alone)), Ruling::Undecided);
    }

    #[test]
    fn who_never_came_to_the_next_view_or_came_from_none_is_not_accused() {
        let lost = "n1: {1,2,3} !a a   {1,2,3,4}\nn2: {1,2,3}\nn3: {1,2,3}    #\nn4:     {1,2,3,4}";
        assert!(undecided(&ENTRY, &lanes(lost)).starts_with("nobody who delivered"));
    }
}
