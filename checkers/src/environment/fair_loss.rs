//! Fair loss: what is sent again and again arrives some time.
//!
//! # Definition
//! On channels that are fair-loss or better, if a correct node sends a correct node infinitely many
//! frames, infinitely many arrive (Cachin, Guerraoui & Rodrigues: *Fair-loss*). On a finite run: of
//! 100 frames (or `about.bounds.losses`) that a node sends another after the faults have stopped,
//! and that had time to arrive, one does. Faults have stopped when the header says so, when the
//! last disturbance that ends has ended, and when the last node that stood still goes on; a cut
//! that never heals is no excuse, unless channels are perfect and it only holds frames back.
//!
//! Judged on complete runs, between nodes that never crash, and of receivers whose receipts are
//! recorded.
//! # Cost
//! O(events).
//! # Witness
//! The first sending and the last.

use crate::environment::frames::{self, Frames};
use crate::environment::{UNKNOWN_CHANNEL, promised};
use crate::reliability::owed::INCOMPLETE;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{Channel, History, Kind};
use pepperland_core::time::Time;
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "fair-loss",
    number: "ENV2",
    statement: "of many frames that a correct node sends a correct node, some arrive",
    source: "Cachin, Guerraoui & Rodrigues 2011",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events)",
    needs: &[Kind::Send, Kind::Recv],
    given: &[Given::Channel(Channel::FairLoss)],
    check,
};

/// How many frames in a row may be lost, unless the header says otherwise.
const MANY: u64 = 100;

fn check(case: &Case<'_>) -> Verdict {
    if !promised(case, &ENTRY) {
        return Verdict::undecided(UNKNOWN_CHANNEL);
    }
    let history = case.history;
    if !history.header.complete {
        return Verdict::undecided(INCOMPLETE);
    }
    let perfect = history.header.contract.channel == Some(Channel::Perfect);
    if perfect && frames::is_cut_for_good(history) {
        return Verdict::undecided("a cut that never heals holds frames back");
    }
    let scene = Scene::of(case);
    let frames = case.once(|| Frames::of(case));
    let many = bound(history, "losses").unwrap_or(MANY).max(1);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for ((from, to), link) in links(history, &frames) {
        if link.sent < many {
            continue;
        }
        tally.count(history.times()[link.first as usize], history.times()[link.last as usize]);
        if !link.arrived && witness.is_none() {
            witness = Some(silent(history, from, to, &link));
        }
    }
    tally.verdict(witness, "no node sent another so many frames after the faults")
}

/// What was sent over a link after the faults.
struct Link {
    /// Frames that had time to arrive.
    sent: u64,
    arrived: bool,
    first: u32,
    last: u32,
}

fn links(history: &History, frames: &Frames) -> BTreeMap<(u32, u32), Link> {
    let quiet = quiet_from(history);
    let mut links = BTreeMap::new();
    for frame in frames.all.iter().filter(|frame| frames.is_steady(frame)) {
        let Some(sent) = frame.at(history, Kind::Send).next() else { continue };
        let at = history.times()[sent as usize];
        if at < quiet || frame.from == frame.to || !frames.receives[frame.to as usize] {
            continue;
        }
        let link = links.entry((frame.from, frame.to)).or_insert(Link {
            sent: 0,
            arrived: false,
            first: sent,
            last: sent,
        });
        link.sent += u64::from(frames.is_overdue(history, at));
        link.arrived |= frame.arrived(history);
        link.last = sent;
    }
    links
}

/// When the faults have stopped.
fn quiet_from(history: &History) -> Time {
    let ends = |kind: &Kind| matches!(kind, Kind::Heal | Kind::Resume);
    let events = history.kinds().iter().zip(history.times()).filter(|(kind, _)| ends(kind));
    let last = events.map(|(_, at)| *at).max().unwrap_or_default();
    last.max(history.header.heal_at.unwrap_or_default())
}

fn silent(history: &History, from: u32, to: u32, link: &Link) -> Witness {
    let (from, to) = (frames::name(history, from), frames::name(history, to));
    let (sent, ends) = (link.sent, frames::events([link.first, link.last]));
    Proof::default()
        .yes(format!("{from} sent {to} {sent} frames after the faults"), ends)
        .yes(format!("{from} and {to} are correct and never crashed"), [])
        .no(format!("{to} received one of them"), [])
        .because(format!("{from} sent {to} {sent} frames after the faults, and none arrived"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const FAIR: &str = r#""complete":true,"contract":{"channel":"fair-loss"},"end":9000000000,
        "about":{"bounds":{"losses":2}}"#;
    const OTHER: &str = r#"{"t":1,"n":"n2","k":"recv","from":"n3","x":9}"#;
    const FIRST: &str = r#"{"t":1,"n":"n1","k":"send","to":"n2","x":1}"#;
    const SECOND: &str = r#"{"t":2,"n":"n1","k":"send","to":"n2","x":2}"#;
    const RECV: &str = r#"{"t":3,"n":"n2","k":"recv","from":"n1","x":1}"#;

    #[test]
    fn some_of_many_arrive() {
        assert_eq!(ruling(&ENTRY, &file(FAIR, &[FIRST, SECOND, RECV])), Ruling::Held);
        let told = "n1 sent n2 2 frames after the faults, and none arrived";
        assert_eq!(because(&ENTRY, &file(FAIR, &[OTHER, FIRST, SECOND])), told);
        assert_eq!(ruling(&ENTRY, &file(FAIR, &[OTHER, FIRST])), Ruling::Undecided);
    }

    #[test]
    fn before_the_faults_stop_nothing_is_promised() {
        let heal = r#"{"t":2,"k":"heal","id":1}"#;
        assert_eq!(ruling(&ENTRY, &file(FAIR, &[OTHER, FIRST, heal, SECOND])), Ruling::Undecided);
        let lossy = FAIR.replace("fair-loss", "lossy");
        assert_eq!(undecided(&ENTRY, &file(&lossy, &[OTHER, FIRST, SECOND])), UNKNOWN_CHANNEL);
    }
}
