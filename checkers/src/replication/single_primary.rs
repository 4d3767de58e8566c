//! Single primary: no two nodes lead one epoch at once.
//!
//! # Definition
//! At no instant are two nodes primary (Budhiraja, Marzullo, Schneider & Toueg 1993: *Pb1*), where
//! a node is primary from its `lead` to its `unlead`, to the `lead` of its next epoch, or to its
//! crash; a primary that stands still remains one. Where epochs are stated, we take the reading
//! that judges each epoch by itself: a primary whose successor has a higher epoch may not know of
//! it yet, and what it still does is the business of fenced-effects. Leads without an epoch are all
//! of one. Each group has a primary of its own. Binds every node that is not Byzantine. On a real
//! clock, two leads overlap if they do so by more than the clock's error.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The two leads.

use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{Tenure, leads};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "single-primary",
    number: "RP1",
    statement: "no two nodes lead one epoch at once",
    source: "Budhiraja, Marzullo, Schneider & Toueg 1993",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Lead],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let leads = leads(case);
    let mut tally = Tally::of(&scene);
    scene.count_tenures(&mut tally, &leads);
    let clash = scene.clash(&leads, |lead| Some((&lead.what, lead.epoch)));
    tally.verdict(clash.map(|pair| witness(&scene, pair)), "no node led")
}

fn witness(scene: &Scene<'_>, [one, other]: [&Tenure; 2]) -> Witness {
    let who = [one, other].map(|lead| scene.node_name(lead.node));
    let epoch = one.epoch.map(|epoch| format!(" epoch {epoch}")).unwrap_or_default();
    Proof::default()
        .yes(format!("{} led{epoch}", who[0]), [EventId(one.begin)])
        .yes(format!("{} led{epoch}", who[1]), [EventId(other.begin)])
        .no("the one had stopped when the other began", [])
        .because(format!("{} and {} both led{epoch} at once", who[0], who[1]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const LEAD: &str = r#"{"t":1,"n":"n1","k":"lead","epoch":3}"#;

    #[test]
    fn two_at_once_are_told() {
        let both = history(&[], &[LEAD, r#"{"t":2,"n":"n2","k":"lead","epoch":3}"#]);
        assert_eq!(because(&ENTRY, &both), "n1 and n2 both led epoch 3 at once");
        let events = check(&Case::new(&both)).witness().unwrap().events.clone();
        assert_eq!(events, [EventId(0), EventId(1)]);
    }

    #[test]
    fn a_higher_epoch_a_farewell_and_a_crash_make_way() {
        let next = r#"{"t":3,"n":"n2","k":"lead","epoch":4}"#;
        let same = r#"{"t":3,"n":"n2","k":"lead","epoch":3}"#;
        let judge = |events: &[&str]| ruling(&ENTRY, &history(&[], events));
        assert_eq!(judge(&[LEAD, next]), Ruling::Held);
        let way = |k| format!(r#"{{"t":2,"n":"n1","k":"{k}"}}"#);
        assert_eq!(judge(&[LEAD, &way("unlead"), same]), Ruling::Held);
        assert_eq!(judge(&[LEAD, &way("crash"), same]), Ruling::Held);
        assert_eq!(judge(&[LEAD, &way("pause"), same]), Ruling::Violated);
    }

    #[test]
    fn nobody_leads_nobody_is_judged() {
        assert_eq!(undecided(&ENTRY, &history(&[], &[])), "no node led");
        let lies = history(&[r#""byzantine":["n1"]"#], &[LEAD]);
        assert_eq!(undecided(&ENTRY, &lies), "no node led");
    }
}
