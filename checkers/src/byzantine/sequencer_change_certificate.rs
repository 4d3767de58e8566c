//! Change certificate: the next server takes over only when enough suspect the sequencer.
//!
//! # Definition
//! Servers change the sequencer only if f + 1 of them suspect it, and then the next of them by
//! number follows (DifATo, Xavier Silva, Lung, Luiz & Magnabosco). That a server becomes the
//! sequencer is its `lead`, with the number of changes as the epoch; the one it follows is the
//! server before it by number, and that is suspected by whoever recorded so since the sequencer
//! last changed, or earlier and did not take it back; it may suspect itself. The next by number: if epochs are stated,
//! the places of two sequencers differ as their epochs do; if not, whom a new one passed over
//! must be faulty. What a liar records is void, so each server that lies may have suspected
//! anybody. The first server may lead first without being asked. On a real clock what may have
//! come first counts.
//! # Cost
//! O(events · log events + changes · servers).
//! # Witness
//! The new sequencer's turn, and the suspicions there were; or the turn before it.

use crate::byzantine::changes::{Change, Changes};
use crate::byzantine::roles::{NO_LIARS, Roles, listed};
use crate::detectors::watch::{Turn, Watch};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};

/// The record.
pub const ENTRY: Checker = Checker {
    property: "sequencer-change-certificate",
    number: "DA7",
    statement: "the next server takes over only when f + 1 servers suspect the sequencer",
    source: "Xavier Silva, Lung, Luiz & Magnabosco: DifATo",
    class: Class::Safety,
    binds: Binds::Uniform,
    models: EVERY_MODEL,
    cost: "O(events · log events + changes · servers)",
    needs: &[Kind::Lead],
    given: &[],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let Some(roles) = Roles::stated(case) else { return Verdict::undecided(NO_LIARS) };
    let scene = Scene::of(case);
    let changes = Changes::of(&scene, &roles);
    let judge = Judge { watch: &Watch::of(&scene), roles: &roles, scene: &scene };
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (place, change) in changes.all.iter().enumerate() {
        let before = place.checked_sub(1).map(|place| &changes.all[place]);
        if before.is_none() && change.place == 0 {
            continue;
        }
        let from = before.map_or(scene.time(change.event), |before| scene.time(before.event));
        tally.count(from, scene.time(change.event));
        witness = witness
            .or_else(|| judge.out_of_turn(before?, change))
            .or_else(|| judge.unasked(before, change));
    }
    tally.verdict(witness, "no server took over from another")
}

struct Judge<'j, 's, 'a> {
    watch: &'j Watch<'s, 'a>,
    roles: &'j Roles,
    scene: &'s Scene<'a>,
}

impl Judge<'_, '_, '_> {
    fn name(&self, place: usize) -> &str {
        self.scene.node_name(self.roles.servers[place])
    }

    /// The proof that the new sequencer is not the next.
    fn out_of_turn(&self, before: &Change, change: &Change) -> Option<Witness> {
        let servers = self.roles.servers.len();
        let steps = (change.place + servers - before.place) % servers;
        let passed = (1..steps).map(|step| (before.place + step) % servers);
        let is_faulty = |place: usize| !self.scene.case.correct[self.roles.servers[place] as usize];
        let fits = match (before.epoch, change.epoch) {
            (Some(from), Some(to)) if to > from => (to - from) % servers as u64 == steps as u64,
            (Some(_), Some(_)) => true,
            _ => passed.clone().all(is_faulty),
        };
        if fits {
            return None;
        }
        let (new, old) = (self.name(change.place), self.name(before.place));
        let events = [before.event, change.event].map(EventId);
        let proof = Proof::default()
            .yes(format!("{old} was the sequencer"), [events[0]])
            .no(format!("{new} was next"), [events[1]]);
        Some(proof.because(format!("{new} took over after {old}, out of turn")))
    }

    /// The proof that too few servers suspected the one before.
    fn unasked(&self, before: Option<&Change>, change: &Change) -> Option<Witness> {
        let servers = self.roles.servers.len();
        let old = self.roles.servers[(change.place + servers - 1) % servers];
        let suspects = |server: &u32| {
            let turns = match *server == old {
                true => self.watch.of_itself.get(server)?,
                false => self.watch.turns.get(&(*server, old))?,
            };
            self.suspicion(turns, before, change).map(|event| (*server, event))
        };
        let found: Vec<(u32, u32)> = self.roles.servers.iter().filter_map(suspects).collect();
        if found.len() as u64 >= self.roles.needed() {
            return None;
        }
        let names: Vec<&str> =
            found.iter().map(|(server, _)| self.scene.node_name(*server)).collect();
        let (new, old) = (self.name(change.place), self.scene.node_name(old));
        let (names, needed) = (listed(&names), self.roles.needed());
        let says = format!("{new} took over from {old}");
        // The first server may lead first without being asked: then the turn before it tells.
        let before = before.filter(|_| change.place == 0).map(|before| EventId(before.event));
        let proof = Proof::default()
            .yes(says.clone(), before.into_iter().chain([EventId(change.event)]))
            .no(
                format!("{needed} servers that do not lie suspected {old}"),
                found.iter().map(|(_, event)| EventId(*event)),
            );
        Some(proof.because(format!("{says}; of {needed} honest servers {names} suspected it")))
    }

    /// The suspicion that counts, if there is one.
    fn suspicion(&self, turns: &[Turn], before: Option<&Change>, change: &Change) -> Option<u32> {
        let early = |turn: &Turn| !self.scene.surely_before(change.event, turn.event);
        let told = &turns[..turns.partition_point(early)];
        let place = told.iter().rposition(|turn| turn.suspects)?;
        let event = told[place].event;
        let stands = place + 1 == told.len();
        let since = before.is_none_or(|before| !self.scene.surely_before(event, before.event));
        (stands || since).then_some(event)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::spoken::spoken;
    use pepperland_core::verdict::Ruling;
    use serde_json::json;

    fn of(words: &str) -> pepperland_core::history::History {
        let header = json!({"nodes": ["c1", "c2", "s1", "s2", "s3"], "byzantine": ["s3"],
            "groups": {"clients": ["c1", "c2"], "servers": ["s1", "s2", "s3"]}});
        spoken(&header, words)
    }

    #[test]
    fn it_takes_enough_suspicions() {
        let told = "s2 took over from s1; of 1 honest servers none suspected it";
        assert_eq!(because(&ENTRY, &of("s1 lead; s2 lead")), told);
        assert_eq!(ruling(&ENTRY, &of("s1 lead; s2 suspect s1; s2 lead")), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &of("s1 lead; s1 suspect s1; s2 lead")), Ruling::Held);
        let revoked = "s2 suspect s1; s2 trust s1; s1 lead; s2 lead";
        assert_eq!(because(&ENTRY, &of(revoked)), told);
        assert!(undecided(&ENTRY, &of("s1 lead")).starts_with("no server took over"));
    }

    #[test]
    fn servers_follow_in_turn() {
        let header = json!({"nodes": ["s1", "s2", "s3"], "failure_model": "byzantine"});
        let all = "s1 suspect s2; s3 suspect s2; s1 suspect s1; s2 suspect s3";
        let of = |words: &str| spoken(&header, &format!("s1 lead epoch=0; {all}; {words}"));
        let told = "s3 took over after s1, out of turn";
        assert_eq!(because(&ENTRY, &of("s3 lead epoch=1")), told);
        assert_eq!(ruling(&ENTRY, &of("s3 lead epoch=2")), Ruling::Held);
        assert_eq!(because(&ENTRY, &of("s3 lead")), told);
        assert_eq!(ruling(&ENTRY, &of("s2 crash; s3 lead")), Ruling::Held);
    }
}
