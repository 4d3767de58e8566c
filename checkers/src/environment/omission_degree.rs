//! Omission degree: a link loses only so many frames in a row.
//!
//! # Definition
//! A link loses at most `about.bounds.omissions` consecutive frames, or it stays silent from then
//! on (Verissimo & Rodrigues 2001: *bounded omission degree*). Consecutive in the order of sending;
//! a frame of which it is not known whether it arrived interrupts the row. Frames to or from nodes
//! that crash are lost with them, and such links are not judged.
//! # Cost
//! O(events · log(links)).
//! # Witness
//! The losses, at most the first five of the row, and the receipt of a later frame.

use crate::environment::frames::{self, Frames};
use crate::environment::unbounded;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::history::{History, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "omission-degree",
    number: "ENV6",
    statement: "a link loses only so many frames in a row, or stays silent",
    source: "Verissimo & Rodrigues 2001",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(events · log(links))",
    needs: &[Kind::Send],
    given: &[Given::Bound("omissions")],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    let history = case.history;
    let Some(most) = bound(history, "omissions") else { return unbounded("omissions") };
    let scene = Scene::of(case);
    let frames = case.once(|| Frames::of(case));
    let mut sent: Vec<(u32, usize)> = Vec::new();
    for (place, frame) in frames.all.iter().enumerate().filter(|(_, f)| frames.is_steady(f)) {
        sent.extend(frame.at(history, Kind::Send).next().map(|sending| (sending, place)));
    }
    sent.sort_unstable();
    let mut rows: BTreeMap<(u32, u32), Vec<u32>> = BTreeMap::new();
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for frame in sent.into_iter().map(|(_, place)| &frames.all[place]) {
        let row = rows.entry((frame.from, frame.to)).or_default();
        if let Some(lost) = frame.lost(history) {
            let (begin, end) = frame.span(history);
            tally.count(begin, end);
            row.push(lost);
            continue;
        }
        let receipt = frame.at(history, Kind::Recv).next();
        if let Some(receipt) = receipt.filter(|_| row.len() as u64 > most && witness.is_none()) {
            witness = Some(too_many(history, (frame.from, frame.to), row, receipt, most));
        }
        // In a longer row of losses a silent link may have hidden: only a frame that is known to
        // have arrived tells, and one of which nothing is known interrupts.
        row.clear();
    }
    tally.verdict(witness, "no frame between nodes that never crash was lost")
}

/// How many losses a witness names.
const SHOWN: usize = 5;

fn too_many(history: &History, link: (u32, u32), row: &[u32], receipt: u32, most: u64) -> Witness {
    let (from, to) = (frames::name(history, link.0), frames::name(history, link.1));
    let lost = row.len();
    Proof::default()
        .yes(
            format!("{lost} frames in a row from {from} to {to} were lost"),
            frames::events(row.iter().copied().take(SHOWN)),
        )
        .yes("a later frame arrived", frames::events([receipt]))
        .no(format!("at most {most} in a row are lost"), [])
        .because(format!(
            "{lost} frames in a row from {from} to {to} were lost; the bound is {most}"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const ONE: &str = r#""about":{"bounds":{"omissions":1}}"#;

    fn send(x: u32) -> String {
        format!(r#"{{"t":1,"n":"n1","k":"send","to":"n2","x":{x}}}"#)
    }

    fn drop(x: u32) -> String {
        format!(r#"{{"t":1,"n":"n1","k":"drop","to":"n2","x":{x},"why":"loss"}}"#)
    }

    fn recv(x: u32) -> String {
        format!(r#"{{"t":1,"n":"n2","k":"recv","from":"n1","x":{x}}}"#)
    }

    #[test]
    fn losses_in_a_row_are_counted_if_the_link_speaks_again() {
        let judged = |events: &[String]| {
            let events: Vec<&str> = events.iter().map(String::as_str).collect();
            file(ONE, &events)
        };
        let two = [send(1), drop(1), send(2), drop(2)];
        let again = [two.as_slice(), &[send(3), recv(3)]].concat();
        let told = "2 frames in a row from n1 to n2 were lost; the bound is 1";
        assert_eq!(because(&ENTRY, &judged(&again)), told);
        assert_eq!(ruling(&ENTRY, &judged(&two)), Ruling::Held);
        let between = [send(1), drop(1), send(3), recv(3), send(2), drop(2), send(4), recv(4)];
        assert_eq!(ruling(&ENTRY, &judged(&between)), Ruling::Held);
        assert!(undecided(&ENTRY, &file("\"end\":9", &[])).contains("about.bounds.omissions"));
    }
}
