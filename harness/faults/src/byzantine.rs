//! Byzantine: nodes lie, and to each receiver as they like (arbitrary faults; Lamport, Shostak &
//! Pease 1982). No protocol needs attack code for it: liars change, repeat, withhold and delay what
//! their own code would send, as small as that may be (Winter et al., *Randomized Testing of
//! Byzantine Fault Tolerant Algorithms*, OOPSLA 2023), or run twice under one name (Bano et al.,
//! *Twins*, 2021).

mod mixed;
mod pillars;
mod rounds;
mod ways;

use crate::draw;
use crate::lasting::{LASTS, Window};
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile, Unit, Variant};
use pepperland_core::history::History;
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Way};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::Time;

/// The record.
pub const ENTRY: Profile = Profile {
    name: "byzantine",
    statement: "nodes lie in 10 to 100 % of what they send, each in one way or in some",
    source: "Lamport, Shostak & Pease 1982",
    variants: VARIANTS,
    parameters: &[RATE, LIARS, CHOICE, LASTS],
    persists: true,
    needs: &[Fault::Byzantine],
    plan,
    foresee: Some(foresee),
    looks_ahead: is_adaptive,
    exceeds: |choice| choice.value(LIARS.name).is_some(),
    ..Profile::PLAIN
};

const fn way(way: Way, statement: &'static str) -> Variant {
    Variant { name: Way::WORDS[way as usize], statement, needs: None }
}

/// The one that runs nodes twice.
const TWINS: &str = "twins";

/// The one of several ways.
const MIXED: &str = "mixed";

const VARIANTS: &[Variant] = &[
    way(Way::SmallScope, "one place of a message is changed a little, for each receiver by itself"),
    way(Way::Earlier, "one field takes the value that it had in an earlier message of the liar"),
    way(Way::Replay, "an earlier message to the same receiver comes instead or besides"),
    way(Way::Readdress, "a message that was meant for another receiver comes instead or besides"),
    way(Way::Equivocate, "some receivers are told one story, and the others another or the truth"),
    way(Way::Silent, "some receivers, or all of one kind of message, are told nothing"),
    way(Way::Late, "some receivers, or all of one kind of message, are told late"),
    way(Way::PartialMac, "of a message's authenticators, one for each node, some are spoilt"),
    Variant {
        name: Way::WORDS[Way::Hasty as usize],
        statement: "all time-outs of a node come 64 times too soon, down to one millisecond; \
                    `rate` says nothing then",
        needs: Some(&[Fault::Byzantine, Fault::Haste]),
    },
    Variant {
        name: MIXED,
        statement: "a node lies in two or three of these ways, each at a rate of its own",
        needs: None,
    },
    Variant {
        name: TWINS,
        statement: "two copies run under one name, and each talks with some, round by round",
        needs: Some(&[Fault::Byzantine, Fault::Twin]),
    },
];

/// In so many per cent of its messages a node lies.
const RATES: [u32; 4] = [10, 30, 60, 100];

const RATE: Parameter = Parameter { default: "10, 30, 60 or 100 %, drawn", ..draw::RATE };

const LIARS: Parameter = Parameter {
    name: "liars",
    statement: "how many nodes lie; if these are more than may, the run is outside of the model",
    unit: Unit::Count,
    default: "one in 7 of 10 runs, else up to as many as may, drawn",
};

const CHOICE: Parameter = Parameter {
    name: "choice",
    statement: "whether liars are drawn, or one is chosen by what happens without it: the node \
                that most deliveries rest on, from such a moment on; each run is had twice then",
    unit: Unit::Word(&["static", "adaptive"]),
    default: "static",
};

fn is_adaptive(choice: &Choice) -> bool {
    choice.value(CHOICE.name) == Some(1)
}

fn plan(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    if is_adaptive(choice) {
        return Vec::new();
    }
    liars(ground, choice, stream)
        .into_iter()
        .flat_map(|node| lies(ground, choice, node, stream))
        .collect()
}

/// Who lies: as many as were asked for, or as may.
fn liars(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<NodeId> {
    if let Some(asked) = choice.value(LIARS.name) {
        let asked = usize::try_from(asked).unwrap_or(usize::MAX);
        return ground.able_to_lie(stream).into_iter().take(asked).collect();
    }
    let most = ground.most(Fault::Byzantine) as u64;
    if most == 0 {
        return Vec::new();
    }
    // One liar is enough for most bugs, and leaves the most correct nodes to be judged.
    let liars = match stream.chance(PerMillion::percent(70)) {
        true => 1,
        false => stream.between(1, most),
    };
    ground.victims(Fault::Byzantine, stream).into_iter().take(liars as usize).collect()
}

/// Some lie from first to last, others for a while.
fn lies(
    ground: &Ground<'_>,
    choice: &Choice,
    node: NodeId,
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let window = match stream.chance(PerMillion::percent(50)) {
        true => (Time::ZERO, ground.heal_at),
        false => draw::window(ground, choice, stream),
    };
    let rate = draw::rate_of(choice, &RATES, stream);
    deceive(ground, choice, (node, window, rate), stream)
}

/// The node that matters lies from a moment at which it matters on.
fn foresee(
    ground: &Ground<'_>,
    choice: &Choice,
    history: &History,
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let mut pillars = pillars::pillars(history, ground.heal_at);
    pillars.retain(|pillar| ground.may_befall(Fault::Byzantine, pillar.node));
    if ground.budget() == 0 || ground.nodes < 2 || pillars.is_empty() {
        return Vec::new();
    }
    let pillar = stream.pick(&pillars);
    let (at, rate) = (*stream.pick(&pillar.moments), PerMillion::percent(100));
    let rate = choice.share(RATE.name).unwrap_or(rate);
    let others = beside(ground, choice, pillar.node, stream);
    let liars = [pillar.node].into_iter().chain(others);
    liars
        .flat_map(|node| deceive(ground, choice, (node, (at, ground.heal_at), rate), stream))
        .collect()
}

/// Who lies beside the node that matters, where more liars than one were asked for.
fn beside(
    ground: &Ground<'_>,
    choice: &Choice,
    pillar: NodeId,
    stream: &mut Stream,
) -> Vec<NodeId> {
    let Some(asked) = choice.value(LIARS.name).filter(|asked| *asked > 1) else {
        return Vec::new();
    };
    let mut others = ground.able_to_lie(stream);
    others.retain(|node| *node != pillar);
    others.truncate(usize::try_from(asked - 1).unwrap_or(usize::MAX));
    others
}

/// A node lies in the way that was chosen, or in any that the runtime can bring about.
fn deceive(
    ground: &Ground<'_>,
    choice: &Choice,
    liar: (NodeId, Window, PerMillion),
    stream: &mut Stream,
) -> Vec<Disturbance> {
    let can = |variant: &&Variant| {
        variant.needs.is_none_or(|needs| needs.iter().all(|fault| !ground.lacks.contains(fault)))
    };
    let all: Vec<&str> = VARIANTS.iter().filter(can).map(|variant| variant.name).collect();
    let variant = draw::variant(choice, &all, stream);
    match Way::ALL.into_iter().find(|way| way.word() == variant) {
        Some(way) => ways::lie(ground, choice, way, liar, stream),
        None if variant == MIXED => mixed::lies(ground, choice, liar, stream),
        None => rounds::twins(ground, choice, liar, stream),
    }
}

/// A node changes what it sends a little, for as long as was chosen: once, it is one message.
pub fn lie(
    ground: &Ground<'_>,
    choice: &Choice,
    liar: (NodeId, Window, PerMillion),
    stream: &mut Stream,
) -> Vec<Disturbance> {
    ways::lie(ground, choice, Way::SmallScope, liar, stream)
}
