//! Exclusion certificate: a member is excluded only when more members ask for it than may lie.
//!
//! # Definition
//! If a member installs a view without `q` right after a view `V` with `q`, then ⌊(|V| − 1) / 3⌋ + 1
//! members of `V` have asked for it since they installed `V` (Reiter, *A secure group membership
//! protocol*, 1996: as many liars as there may be cannot exclude a correct member by themselves). A member asks by a `suspect` of `q`; that it takes it back later does
//! not count, nor does what it suspected in an earlier view. What a liar records is void, so each
//! member of `V` that lies may have asked. Whoever leaves of its own will is not excluded. On a real
//! clock what may have come first counts.
//! # Cost
//! O(events + exclusions · members · log events).
//! # Witness
//! The view with `q`, the view without it, and the suspicions there were, each with the view in
//! which it was told.

use crate::byzantine::roles::{NO_LIARS, Roles, listed};
use crate::detectors::watch::Watch;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::{Install, Installs};
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "exclusion-certificate",
    number: "DA10",
    statement: "a member is excluded only when more members ask for it than may lie",
    source: "Reiter 1996",
    class: Class::Safety,
    binds: Binds::Correct,
    models: EVERY_MODEL,
    cost: "O(events + exclusions · members · log events)",
    needs: &[Kind::View, Kind::Suspect],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if Roles::stated(case).is_none() {
        return Verdict::undecided(NO_LIARS);
    }
    let scene = Scene::of(case);
    let (installs, watch) = (Installs::of(&scene), Watch::of(&scene));
    let judge = Judge::of(&scene, &installs, &watch);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    let correct = |node: u32| case.correct[node as usize];
    for (from, to) in judge.installs.steps().filter(|(_, to)| correct(to.node)) {
        for out in judge.excluded(from, to) {
            tally.count(scene.time(from.event), scene.time(to.event));
            witness = witness.or_else(|| judge.unasked(from, to, out));
        }
    }
    tally.verdict(witness, "nobody was excluded from a view")
}

struct Judge<'j, 's, 'a> {
    scene: &'j Scene<'a>,
    installs: &'j Installs,
    watch: &'j Watch<'s, 'a>,
    /// When a node first installed a view, by both.
    began: BTreeMap<(u32, u32), u32>,
}

impl<'j, 's, 'a> Judge<'j, 's, 'a> {
    fn of(scene: &'j Scene<'a>, installs: &'j Installs, watch: &'j Watch<'s, 'a>) -> Self {
        let mut began = BTreeMap::new();
        for install in &installs.all {
            began.entry((install.view, install.node)).or_insert(install.event);
        }
        Judge { scene, installs, watch, began }
    }

    /// The members of the view that was left who are not in the next, and did not leave.
    fn excluded(&self, from: &Install, to: &Install) -> Vec<u32> {
        let left = |node: u32| self.watch.left.get(node as usize) == Some(&true);
        let gone = from.members.iter().copied().filter(|member| !to.has(*member));
        gone.filter(|member| !left(*member)).collect()
    }

    /// The proof that too few members asked for it.
    fn unasked(&self, from: &Install, to: &Install, out: u32) -> Option<Witness> {
        let lies = |member: &&u32| self.scene.case.byzantine.get(**member as usize) == Some(&true);
        let liars = from.members.iter().filter(lies).count();
        let needed = (from.members.len().saturating_sub(1) / 3 + 1).saturating_sub(liars);
        let asked: Vec<(u32, [u32; 2])> = from
            .members
            .iter()
            .filter_map(|member| Some((*member, self.suspicion(from.view, *member, out, to)?)))
            .collect();
        (asked.len() < needed).then(|| self.told((from, to, out), needed, &asked))
    }

    /// The member's suspicion that counts, and the view in which it was told.
    fn suspicion(&self, view: u32, member: u32, out: u32, to: &Install) -> Option<[u32; 2]> {
        let began = *self.began.get(&(view, member))?;
        let turns = self.watch.turns.get(&(member, out))?;
        let later = &turns[turns.partition_point(|turn| turn.event < began)..];
        let first = later.iter().find(|turn| turn.suspects)?.event;
        (!self.scene.surely_before(to.event, first)).then_some([began, first])
    }

    fn told(
        &self,
        (from, to, out): (&Install, &Install, u32),
        needed: usize,
        asked: &[(u32, [u32; 2])],
    ) -> Witness {
        let name = |node: u32| self.scene.node_name(node);
        let names: Vec<&str> = asked.iter().map(|(member, _)| name(*member)).collect();
        let (who, out, names) = (name(to.node), name(out), listed(&names));
        let (v, w) = (self.installs.name(from.view), self.installs.name(to.view));
        let says = format!("{who} installed view {w} without {out} after view {v} with it");
        let events = asked.iter().flat_map(|(_, events)| events.map(EventId));
        Proof::default()
            .yes(says.clone(), [from.id(), to.id()])
            .no(format!("{needed} members of view {v} that do not lie suspected {out}"), events)
            .because(format!("{says}; of {needed} honest members {names} suspected it"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use pepperland_core::history::History;
    use pepperland_core::verdict::Ruling;

    /// Four members, of which n4 lies, and one event a word: `1=1234` installs view 1 of n1 to n4 at
    /// n1, `2?3` is n2's suspicion of n3, `2!3` takes it back.
    fn of(words: &str) -> History {
        file(r#""byzantine":["n4"]"#, words)
    }

    fn file(header: &str, words: &str) -> History {
        let names: Vec<String> = (1..=4).map(|node| format!(r#""n{node}""#)).collect();
        let head = r#"{"format":"pepperland.history","version":1,"complete":true"#;
        let mut file = format!("{head},\"nodes\":[{}],{header}}}\n", names.join(","));
        let mut views = [0; 5];
        for (at, word) in words.split_whitespace().enumerate() {
            let node = &word[..1];
            let what = match (&word[1..2], &word[2..]) {
                ("=", members) => {
                    let view = &mut views[node.parse::<usize>().expect("a node")];
                    *view += 1;
                    let members: Vec<String> =
                        members.chars().map(|member| format!(r#""n{member}""#)).collect();
                    format!(r#""k":"view","view":{view},"members":[{}]"#, members.join(","))
                }
                ("?", other) => format!(r#""k":"suspect","target":"n{other}""#),
                (_, other) => format!(r#""k":"trust","target":"n{other}""#),
            };
            file.push_str(&format!("{{\"t\":{at},\"n\":\"n{node}\",{what}}}\n"));
        }
        History::read(file.as_bytes()).unwrap_or_else(|error| panic!("{error}: {file}"))
    }

    const FIRST: &str = "1=1234 2=1234 3=1234";

    #[test]
    fn it_takes_one_who_does_not_lie() {
        let told = "n1 installed view 2 without n3 after view 1 with it; of 1 honest members none \
                    suspected it";
        assert_eq!(because(&ENTRY, &of(&format!("{FIRST} 1=124"))), told);
        assert_eq!(ruling(&ENTRY, &of(&format!("{FIRST} 2?3 1=124"))), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &of(&format!("{FIRST} 2?3 2!3 1=124"))), Ruling::Held);
        assert_eq!(because(&ENTRY, &of(&format!("{FIRST} 1=124 2?3"))), told, "too late");
        assert_eq!(because(&ENTRY, &of(&format!("{FIRST} 3?3 1=124"))), told, "its own");
        assert_eq!(because(&ENTRY, &of(&format!("{FIRST} 4?3 1=124"))), told, "a liar's");
    }

    #[test]
    fn where_nobody_lies_it_takes_two() {
        let byzantine = r#""failure_model":"byzantine""#;
        let one = file(byzantine, &format!("{FIRST} 4=1234 2?3 1=124"));
        let told = "n1 installed view 2 without n3 after view 1 with it; of 2 honest members n2 \
                    suspected it";
        assert_eq!(because(&ENTRY, &one), told);
        let two = file(byzantine, &format!("{FIRST} 4=1234 2?3 4?3 1=124"));
        assert_eq!(ruling(&ENTRY, &two), Ruling::Held);
    }

    #[test]
    fn what_was_suspected_in_an_earlier_view_does_not_count() {
        let words = "1=1234 2=1234 2?3 1=1234 2=1234 1=124";
        assert_eq!(ruling(&ENTRY, &of(words)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &of("1=1234 2=1234 1=1234 2=1234 2?3 1=124")), Ruling::Held);
    }

    #[test]
    fn what_may_have_come_first_counts_on_a_real_clock() {
        let real = r#""byzantine":["n4"],"clock":"real","clock_error""#;
        let words = format!("{FIRST} 1=124 2?3");
        assert_eq!(ruling(&ENTRY, &file(&format!("{real}:0"), &words)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &file(&format!("{real}:1"), &words)), Ruling::Held);
    }

    #[test]
    fn without_exclusions_or_liars_there_is_nothing_to_say() {
        let nobody = undecided(&ENTRY, &of("1=124 1=1234"));
        assert_eq!(nobody, "nobody was excluded from a view");
        let benign = file(r#""clock":"virtual""#, &format!("{FIRST} 1=124"));
        assert_eq!(undecided(&ENTRY, &benign), NO_LIARS);
    }
}
