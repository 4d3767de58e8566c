//! Whether every message is delivered in one view, and in which.
//!
//! Whatever the view in which a message was sent, it is one view. So where the record does not
//! tell it, each of these properties still asks that the message is delivered in one view only.

use crate::reliability::owed::last_deliveries;
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use crate::views::installs::Installs;
use crate::views::placed::{Placed, Sent};
use pepperland_core::checker::Case;
use pepperland_core::history::EventId;
use pepperland_core::verdict::{Verdict, Witness};

/// Which view a message may be delivered in.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub enum Where {
    /// The one it was sent in.
    Sending,
    /// That one or one of a higher number.
    Later,
    /// Any, the same for all.
    Same,
}

/// What is wrong with a message.
enum Wrong {
    /// A life delivered it in a view in which it was not sent.
    Elsewhere(u32, u32),
    /// Two lives delivered it in two views.
    Apart([(u32, u32); 2]),
}

/// Judges by one of the three.
pub fn judge(case: &Case<'_>, allowed: Where) -> Verdict {
    let scene = Scene::of(case);
    let installs = Installs::of(&scene);
    let placed = Placed::of(&scene);
    let last = last_deliveries(&scene);
    let mut tally = Tally::of(&scene);
    let mut wrong: Option<(u32, Wrong)> = None;
    let mut previous: Option<(u32, u32, u32)> = None;
    placed.each(&installs, |place| {
        let sent =
            if allowed == Where::Same { Sent::Unknown } else { placed.sent(&installs, place.row) };
        let first = || {
            let word = place.by.iter().position(|word| *word != 0).unwrap_or(0);
            let rank = word as u32 * 64 + place.by[word].trailing_zeros();
            installs.views[place.view as usize].lives[rank as usize]
        };
        let before = previous.filter(|(row, ..)| *row == place.row);
        let known = sent != Sent::Unknown || before.is_some();
        let deliveries: u32 = place.by.iter().map(|word| word.count_ones()).sum();
        let count = deliveries - u32::from(!known);
        if tally.is_watching() {
            let to = last[place.row as usize];
            let from = scene.broadcast(place.row).map_or(to, |b| scene.time(b.0));
            (0..count).for_each(|_| tally.count(from.min(to), to));
        } else {
            tally.obligations += u64::from(count);
        }
        if wrong.is_none() {
            if !is_allowed(&installs, allowed, sent, place.view) {
                wrong = Some((place.row, Wrong::Elsewhere(first(), place.view)));
            } else if let Some((row, life, view)) = before {
                wrong = Some((row, Wrong::Apart([(life, view), (first(), place.view)])));
            }
        }
        previous = Some((place.row, first(), place.view));
    });
    let witness = wrong.map(|(row, wrong)| told(&scene, &installs, &placed, row, wrong));
    tally.verdict(witness, "no message was delivered in a view so that there is another to compare")
}

fn is_allowed(installs: &Installs, allowed: Where, sent: Sent, view: u32) -> bool {
    match (allowed, sent) {
        (Where::Same, _) | (_, Sent::Unknown) => true,
        (Where::Sending, Sent::In(one, other)) => view == one || view == other,
        (Where::Sending, Sent::Since(_)) => true,
        (Where::Later, Sent::In(one, _) | Sent::Since(one)) => {
            installs.number(view) >= installs.number(one)
        }
    }
}

fn told(
    scene: &Scene<'_>,
    installs: &Installs,
    placed: &Placed,
    row: u32,
    wrong: Wrong,
) -> Witness {
    let m = scene.name(row);
    let delivery = |life| scene.first(life, row);
    match wrong {
        Wrong::Elsewhere(life, view) => {
            let sender = placed.sender(installs, row);
            let (from, at) = sender.map_or(("?".to_owned(), "?".to_owned()), |install| {
                (scene.who(install.life), installs.name(install.view))
            });
            let (who, v) = (scene.who(life), installs.name(view));
            let installed = sender.map(|install| EventId(install.event));
            let broadcast = scene.broadcast(row);
            Proof::default()
                .yes(
                    format!("{from} sent {m} in view {at}"),
                    installed.into_iter().chain(broadcast),
                )
                .no(format!("{who} delivered {m} in view {at}"), delivery(life))
                .because(format!("{who} delivered {m} in view {v}; {from} sent it in view {at}"))
        }
        Wrong::Apart([(p, v), (q, w)]) => {
            let (one, other) = (scene.who(p), scene.who(q));
            let (v, w) = (installs.name(v), installs.name(w));
            Proof::default()
                .yes(format!("{one} delivered {m} in view {v}"), delivery(p))
                .no(format!("{other} delivered {m} in view {v}"), delivery(q))
                .because(format!("{one} delivered {m} in view {v}, {other} in view {w}"))
        }
    }
}
