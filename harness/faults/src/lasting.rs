//! How long faults last: once, now and then, or until they are mended (the persistence of faults as
//! the lectures have it; Avižienis, Laprie, Randell & Landwehr 2004).

use pepperland_core::fault::{Choice, Ground, Parameter, Persistence, Unit};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Fate, Links, Trouble};
use pepperland_core::seed::Stream;
use pepperland_core::time::Time;

/// For how long, wherever a fault has a beginning and an end.
pub const LASTS: Parameter = Parameter {
    name: "lasts",
    statement: "how long it lasts, up to the end of the faults",
    unit: Unit::Span,
    default: "at least a tenth of the time that is left, drawn",
};

/// When a fault is at work.
pub type Window = (Time, Time);

/// How often an intermittent fault comes at most.
const BOUTS: u64 = 4;

/// A trouble of links, for as long as was chosen: by default in its window. Once, it is one message
/// that suffers the fate.
pub fn spread(
    ground: &Ground<'_>,
    choice: &Choice,
    window: Window,
    trouble: Trouble,
    fate: Fate,
    stream: &mut Stream,
) -> Vec<Disturbance> {
    if choice.persistence == Some(Persistence::Transient) {
        let everywhere = Links::all();
        let links = trouble.links().unwrap_or(&everywhere);
        return one_message(ground, links, fate, stream).into_iter().collect();
    }
    let bouts = bouts(ground, choice, window, stream).into_iter();
    bouts.map(|(at, until)| Disturbance::during(at, until, trouble.clone())).collect()
}

/// One message on one of these links. There are at least as many on a link as its sender
/// multicasts, so that most strikes find theirs.
pub fn one_message(
    ground: &Ground<'_>,
    links: &Links,
    fate: Fate,
    stream: &mut Stream,
) -> Option<Disturbance> {
    let pairs = NodeId::first(ground.nodes)
        .flat_map(|from| NodeId::first(ground.nodes).map(move |to| (from, to)));
    let meant: Vec<_> = pairs.filter(|(from, to)| links.contain(*from, *to)).collect();
    if meant.is_empty() {
        return None;
    }
    let (from, to) = *stream.pick(&meant);
    let asked = ground.requests.iter().filter(|step| step.node == from).count() as u64;
    let number = stream.between(1, asked.max(1)) as u32;
    let strike = Trouble::strike(from, to, number, fate);
    Some(Disturbance::during(Time::ZERO, ground.heal_at, strike))
}

/// The windows of a fault that was to have this one: by default just that.
pub fn bouts(
    ground: &Ground<'_>,
    choice: &Choice,
    window: Window,
    stream: &mut Stream,
) -> Vec<Window> {
    let (at, until) = window;
    match choice.persistence {
        None => vec![window],
        Some(Persistence::Permanent) => vec![(at, ground.heal_at)],
        Some(Persistence::Transient) => {
            let shortest = Time(at.0 + (ground.heal_at.0 - at.0).div_ceil(10));
            vec![(at, until.min(shortest))]
        }
        Some(Persistence::Intermittent) => now_and_then(ground, choice, stream),
    }
}

/// Two to four windows, one after the other.
fn now_and_then(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Window> {
    let bouts = stream.between(2, BOUTS);
    let each = ground.heal_at.0 / bouts;
    let bout = |place: u64| {
        let (begin, end) = (each * place, each * (place + 1));
        let at = begin + stream.below(each.max(1));
        let until = stream.between(at, end.max(at));
        let given = choice.span(LASTS.name).map(|span| at.saturating_add(span.0));
        (Time(at), Time(given.unwrap_or(until).min(end.max(at))))
    };
    (0..bouts).map(bout).filter(|(at, _)| *at < ground.heal_at).collect()
}
