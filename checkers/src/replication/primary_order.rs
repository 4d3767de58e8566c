//! Primary order: backups execute operations in the order in which the primary did.
//!
//! # Definition
//! If a primary executes `a` before `b` while it leads, then no replica that executes both executes
//! `b` before `a` (Budhiraja, Marzullo, Schneider & Toueg 1993; Junqueira, Reed & Serafini 2011:
//! *local primary order*). Operations are told apart by their message or by their client and its
//! number; the first execution in a life counts. An operation that was executed in several leads
//! has no one primary's order and is not judged. Replicas may leave operations out. Binds every
//! node that is not Byzantine.
//! # Cost
//! O(n log n) in events.
//! # Witness
//! The lead, the primary's two executions and the replica's.

use crate::replication::applied::{Applied, applied, identity};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::scene::tenures::{Tenure, leads};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "primary-order",
    number: "RP5",
    statement: "replicas execute operations in the order in which their primary did",
    source: "Budhiraja, Marzullo, Schneider & Toueg 1993; Junqueira, Reed & Serafini 2011",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Lead, Kind::Apply],
    given: &[],
    check,
};

/// An execution, of the operation with this name.
type Named = (Applied, String);

fn check(case: &Case<'_>) -> Verdict {
    let scene = Scene::of(case);
    let leads = leads(case);
    let firsts = firsts(case);
    let homes = homes(&scene, &leads, &firsts);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let mut latest: Map<(u32, usize), (u32, usize)> = Map::default();
    for (place, (apply, name)) in firsts.iter().enumerate() {
        let Some((lead, at)) = homes.get(name.as_str()).copied().flatten() else { continue };
        if at == apply.event {
            continue;
        }
        let key = (apply.life, lead);
        let Some((later, of)) = latest.get(&key).copied() else {
            latest.insert(key, (at, place));
            continue;
        };
        tally.count(scene.time(firsts[of].0.event), scene.time(apply.event));
        if at < later && witness.is_none() {
            let pair = [(later, &firsts[of]), (at, &firsts[place])];
            witness = Some(told(&scene, &leads[lead], pair));
        }
        if at > later {
            latest.insert(key, (at, place));
        }
    }
    tally.verdict(witness, "no replica executed two operations of one primary")
}

/// The first execution of each operation in each life.
fn firsts(case: &Case<'_>) -> Vec<Named> {
    let mut seen = Set::default();
    let named = |apply: &Applied| Some((*apply, identity(apply.of(case.history))?));
    let all = applied(case);
    let named = all.iter().filter_map(named);
    named.filter(|(apply, name)| seen.insert((apply.life, name.clone()))).collect()
}

/// For each operation that a primary executed while it led: the lead, by its place, and the event;
/// nothing if several leads did.
fn homes<'f>(
    scene: &Scene<'_>,
    leads: &[Tenure],
    firsts: &'f [Named],
) -> Map<&'f str, Option<(usize, u32)>> {
    let mut of_node = vec![Vec::new(); scene.history.node_count()];
    for (place, lead) in leads.iter().enumerate() {
        of_node[lead.node as usize].push((lead.begin, place));
    }
    let mut homes: Map<&str, Option<(usize, u32)>> = Map::default();
    for (apply, name) in firsts {
        let own: &Vec<(u32, usize)> = &of_node[apply.node as usize];
        let begun = own.partition_point(|(begin, _)| *begin < apply.event);
        let Some((_, place)) = begun.checked_sub(1).map(|last| own[last]) else { continue };
        if leads[place].end.is_none_or(|end| end > apply.event) {
            let home = homes.entry(name).or_insert(Some((place, apply.event)));
            *home = home.filter(|(_, event)| *event == apply.event);
        }
    }
    homes
}

/// What the replica executed first stands first, with the primary's execution of it.
fn told(scene: &Scene<'_>, lead: &Tenure, pair: [(u32, &Named); 2]) -> Witness {
    let [(second, (apply, later)), (first, (other, earlier))] = pair;
    let (who, primary) = (apply.who(scene.history), scene.node_name(lead.node));
    Proof::default()
        .yes(format!("{primary} was primary"), [EventId(lead.begin)])
        .yes(
            format!("{primary} executed {earlier} before {later}"),
            [EventId(first), EventId(second)],
        )
        .no(format!("{who} executed {earlier} before {later}"), [apply.id(), other.id()])
        .because(format!(
            "{who} executed {later} before {earlier}; {primary}, the primary, did so the other way \
             round"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::history;
    use pepperland_core::verdict::Ruling;

    const LEAD: &str = r#"{"t":1,"n":"n1","k":"lead","epoch":1}"#;

    fn done(node: &str, message: &str) -> String {
        format!(r#"{{"t":1,"n":"{node}","k":"apply","op":{{"m":"{message}"}}}}"#)
    }

    fn run(first: &str, second: &str) -> [String; 4] {
        [done("n1", "a"), done("n1", "b"), done("n2", first), done("n2", second)]
    }

    fn judged(run: &[String; 4], lead: bool) -> pepperland_core::history::History {
        let lead = lead.then_some(LEAD);
        let events: Vec<&str> = lead.into_iter().chain(run.iter().map(String::as_str)).collect();
        history(&[], &events)
    }

    #[test]
    fn another_order_than_the_primary_s_is_told() {
        let told = "n2 executed b before a; n1, the primary, did so the other way round";
        assert_eq!(because(&ENTRY, &judged(&run("b", "a"), true)), told);
    }

    #[test]
    fn the_primary_s_order_holds_and_without_a_primary_there_is_none() {
        assert_eq!(ruling(&ENTRY, &judged(&run("a", "b"), true)), Ruling::Held);
        let reason = "no replica executed two operations of one primary";
        assert_eq!(undecided(&ENTRY, &judged(&run("b", "a"), false)), reason);
    }
}
