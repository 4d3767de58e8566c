//! Pieces of a schedule in words.

use pepperland_core::schedule::{Ask, Disturbance, Failing, Fate, Links, Step, Trouble, When};

/// A request: `n1 multicasts at 5 ms`.
pub fn step_in_words(step: &Step) -> String {
    let what = ask_in_words(&step.ask);
    match step.when {
        When::At(at) => format!("{} {what} at {at} ms", step.node),
        When::Upon { of, .. } => format!("{} {what} upon delivery of step {of}", step.node),
    }
}

/// What a node does upon a request: `multicasts`.
pub fn ask_in_words(ask: &Ask) -> &'static str {
    match ask {
        Ask::Multicast { .. } => "multicasts",
        Ask::Join { .. } => "joins",
        Ask::Leave { .. } => "leaves",
        Ask::Propose { .. } => "proposes",
        Ask::Invoke { .. } => "is asked to execute an operation",
    }
}

/// A disturbance: `n1 crashes at 5 ms`.
pub fn in_words(disturbance: &Disturbance) -> String {
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
        Trouble::Starve { node, ration } => format!("{node} gets {ration} {during}"),
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
        Trouble::Strike { from, to, number, fate, .. } => {
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
