//! Explaining: what each remaining piece of a shrunk schedule is needed for.

use crate::reduce::{with_disturbances, with_steps};
use crate::trial::Trial;
use crate::violation::Violation;
use pepperland_core::checker::Checker;
use pepperland_core::finding::Need;
use pepperland_core::runtime::Repeats;
use pepperland_core::schedule::{
    Ask, Disturbance, Failing, Fate, Links, Schedule, Step, Trouble, When,
};

/// How many replays without a piece, each with other choices of the network.
pub const EXPLAIN_REPLAYS: u32 = 20;

/// As many where a replay starts programs anew, and takes its time.
const FEW_REPLAYS: u32 = 3;

/// Removes each piece in turn and counts the replays that still violate the property. Once time is
/// up the rest is left out.
pub fn needs(
    trial: &Trial<'_>,
    checker: &'static Checker,
    schedule: &Schedule,
    time_is_up: &dyn Fn() -> bool,
) -> Vec<Need> {
    let disturbances = (0..schedule.disturbances.len()).map(|index| {
        let mut rest = schedule.disturbances.clone();
        let removed = rest.remove(index);
        (with_disturbances(schedule, &rest), in_words(&removed))
    });
    let steps = (0..schedule.steps.len()).map(|index| {
        let mut rest = schedule.steps.clone();
        let removed = rest.remove(index);
        (with_steps(schedule, &rest), step_in_words(&removed))
    });
    let pieces = disturbances.chain(steps).take_while(|_| !time_is_up());
    pieces.map(|(without, piece)| need(trial, checker, &without, piece)).collect()
}

fn need(trial: &Trial<'_>, checker: &'static Checker, without: &Schedule, piece: String) -> Need {
    let fails = |replay: &u32| {
        let mut schedule = without.clone();
        schedule.header.seed = without.header.seed.child("explain", u64::from(*replay));
        Violation::of(trial, checker, &schedule, trial.detail()).is_some()
    };
    let replays = match trial.runtime.repeats() {
        Repeats::Exactly => EXPLAIN_REPLAYS,
        Repeats::IfTheProgramDoes | Repeats::AtARate => FEW_REPLAYS,
    };
    let failing = (0..replays).filter(fails).count() as u32;
    Need { piece, failing, replays }
}

fn step_in_words(step: &Step) -> String {
    let what = match &step.ask {
        Ask::Multicast { .. } => "multicasts",
        Ask::Join { .. } => "joins",
        Ask::Leave { .. } => "leaves",
        Ask::Propose { .. } => "proposes",
        Ask::Invoke { .. } => "is asked to execute an operation",
    };
    match step.when {
        When::At(at) => format!("{} {what} at {at} ms", step.node),
        When::Upon { of, .. } => format!("{} {what} upon delivery of step {of}", step.node),
    }
}

fn in_words(disturbance: &Disturbance) -> String {
    let at = disturbance.at;
    let during = match disturbance.until {
        Some(until) => format!("from {at} to {until} ms"),
        None => format!("from {at} ms on"),
    };
    match &disturbance.trouble {
        Trouble::Crash { node, effects: None } => format!("{node} crashes at {at} ms"),
        Trouble::Crash { node, effects: Some(after) } => {
            format!("{node} crashes in the middle of a step, after {after} of its effects")
        }
        Trouble::Pause { node } => format!("{node} stands still {during}"),
        Trouble::Skew { node, .. } => format!("the clock of {node} runs wrong {during}"),
        Trouble::Lie { node, .. } => format!("{node} lies {during}"),
        Trouble::Twin { node, .. } => format!("a second copy of {node} runs {during}"),
        Trouble::Cut { links } => format!("{} cut {during}", links_in_words(links)),
        Trouble::Lose { links, .. } => format!("{} lose messages {during}", links_in_words(links)),
        Trouble::Delay { links, .. } => format!("{} are slow {during}", links_in_words(links)),
        Trouble::Duplicate { links, .. } => {
            format!("{} double messages {during}", links_in_words(links))
        }
        Trouble::Corrupt { links, .. } => {
            format!("{} corrupt messages {during}", links_in_words(links))
        }
        Trouble::Omit { links, degree, .. } => {
            let links = links_in_words(links);
            format!("{links} omit up to {degree} messages in a row {during}")
        }
        Trouble::Garble { links, .. } => {
            format!("{} cut messages short {during}", links_in_words(links))
        }
        Trouble::Throttle { links, every } => {
            let links = links_in_words(links);
            format!("{links} carry one message in {every} ms {during}")
        }
        Trouble::Disk { node, how } => {
            let how = match how {
                Failing::Lost { .. } => "loses what it has just taken",
                Failing::Torn { .. } => "tears its last write",
                Failing::Lying => "loses all it takes",
            };
            format!("the disk of {node} {how} if it crashes {during}")
        }
        Trouble::Strike { from, to, number, fate } => {
            let fate = match fate {
                Fate::Lose => "is lost".to_owned(),
                Fate::Delay { by } => format!("is {by} ms late"),
                Fate::Duplicate { by } => format!("arrives again {by} ms later"),
                Fate::Corrupt => "is corrupted".to_owned(),
                Fate::Garble => "is cut short".to_owned(),
                Fate::Lie { .. } => "is a lie".to_owned(),
                Fate::Earlier { meant_for, earlier, .. } => {
                    format!("says in one place what message {earlier} to {meant_for} said")
                }
                Fate::Replay { meant_for, earlier, besides: false } => {
                    format!("is message {earlier} to {meant_for} again")
                }
                Fate::Replay { meant_for, earlier, besides: true } => {
                    format!("comes with message {earlier} to {meant_for}")
                }
                Fate::Withhold => "is not sent".to_owned(),
                Fate::Stall { by } => format!("is sent {by} ms later"),
                Fate::Spoil { .. } => "has some authenticators that are wrong".to_owned(),
            };
            format!("message {number} from {from} to {to} {fate}")
        }
    }
}

fn links_in_words(links: &Links) -> String {
    let side = |nodes: &Option<Vec<_>>| match nodes {
        None => "all".to_owned(),
        Some(nodes) => {
            let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
            format!("{{{}}}", names.join(" "))
        }
    };
    let arrow = if links.both_ways { "↔" } else { "→" };
    format!("links {} {arrow} {}", side(&links.from), side(&links.to))
}
