//! Window: a cut, a pause or a crash just while the nodes disagree (Chen et al., *CoFI:
//! Consistency-Guided Fault Injection for Cloud Systems*, ASE 2020). A schedule knows no future, so
//! the run is had twice: once without, to see when the windows are open, and once with the fault at
//! such an instant. Up to there both runs are the same.

mod open;

use crate::lasting::LASTS;
use open::{Window, windows};
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile, Unit, Variant};
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Links, Trouble};
use pepperland_core::seed::Stream;
use pepperland_core::time::{Span, Time};

/// The record. Its cost: every run twice.
pub const ENTRY: Profile = Profile {
    name: "window",
    statement: "a cut, a pause or a crash just while nodes disagree; each run is had twice",
    source: "Chen et al., ASE 2020",
    variants: &[
        Variant {
            name: "views",
            statement: "some members have installed a view and some have not",
            needs: None,
        },
        Variant { name: "token", statement: "a token is on its way", needs: None },
        Variant {
            name: "unstable",
            statement: "some nodes have delivered a message and some have not",
            needs: None,
        },
        Variant {
            name: "sequencer",
            statement: "whoever orders or leads is suspected or replaced",
            needs: None,
        },
    ],
    parameters: &[ACT, JITTER, LASTS],
    needs: &[Fault::Crash, Fault::Partition, Fault::Pause],
    foresee: Some(foresee),
    ..Profile::PLAIN
};

const ACTS: &[&str] = &["cut", "pause", "crash"];

const ACT: Parameter = Parameter {
    name: "act",
    statement: "what befalls the node at which the window opened",
    unit: Unit::Word(ACTS),
    default: "any of them, drawn",
};

const JITTER: Parameter = Parameter {
    name: "jitter",
    statement: "how long after the window opens it happens at most",
    unit: Unit::Span,
    default: "as long as the window is open",
};

/// In how many windows of a run something happens at most.
const MOST: u64 = 2;

fn foresee(
    ground: &Ground<'_>,
    choice: &Choice,
    history: &History,
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let in_time = |window: &Window| window.opens < ground.heal_at;
    let mut open: Vec<Window> =
        windows(history, choice.variant).into_iter().filter(in_time).collect();
    if open.is_empty() || ground.nodes < 2 {
        return Vec::new();
    }
    stream.shuffle(&mut open);
    open.truncate(stream.between(1, MOST) as usize);
    open.into_iter().map(|window| strike(ground, choice, window, stream)).collect()
}

fn strike(
    ground: &Ground<'_>,
    choice: &Choice,
    window: Window,
    stream: &mut Stream,
) -> Disturbance {
    let node = window.node;
    let at = instant(ground, choice, &window, stream);
    let lasts = stream.between(1, (ground.heal_at.0 - at.0).max(1));
    let lasts = choice.span(LASTS.name).unwrap_or(Span(lasts));
    let until = (at + lasts).min(ground.heal_at);
    let drawn = stream.below(ACTS.len() as u64);
    match ACTS[choice.value(ACT.name).unwrap_or(drawn) as usize] {
        "crash" if ground.budget() > 0 => {
            Disturbance::from(at, Trouble::Crash { node, effects: None })
        }
        "pause" => Disturbance::during(at, until, Trouble::Pause { node }),
        _ => {
            let others = NodeId::first(ground.nodes).filter(|other| *other != node).collect();
            let links = Links::between(vec![node], others);
            Disturbance::during(at, until, Trouble::Cut { links })
        }
    }
}

/// An instant after the window has opened: what opened it has happened.
fn instant(ground: &Ground<'_>, choice: &Choice, window: &Window, stream: &mut Stream) -> Time {
    let open = window.closes.since(window.opens);
    let within = choice.span(JITTER.name).unwrap_or(open);
    let at = window.opens.0 + stream.between(1, within.0.max(1));
    Time(at.min(ground.heal_at.0 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::history::lanes::lanes;

    fn opened(picture: &str, variant: &str) -> Vec<(u32, u64, u64)> {
        let windows = windows(&lanes(picture), variant).into_iter();
        windows.map(|w| (w.node.0 + 1, w.opens.0, w.closes.0)).collect()
    }

    #[test]
    fn a_message_is_unstable_until_the_last_has_delivered_it() {
        let picture = "n1: !a a\nn2:      a\nn3:          a";
        assert_eq!(opened(picture, "unstable"), [(1, 7, 13)]);
        assert_eq!(opened("n1: !a a\nn2:    a", "unstable"), []);
    }

    #[test]
    fn views_differ_from_the_first_install_to_the_last() {
        let picture = "n1: {1,2}\nn2:       {1,2}";
        assert_eq!(opened(picture, "views"), [(1, 4, 10)]);
    }

    #[test]
    fn a_new_first_member_is_a_new_sequencer() {
        let picture = "n1: {1,2}\nn2: {1,2}    {2}";
        assert_eq!(opened(picture, "sequencer"), [(2, 13, 13)]);
    }
}
