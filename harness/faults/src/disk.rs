//! Disk: what a node has written is not there when it comes back (Pillai et al., OSDI 2014, for
//! what file systems promise; Alagappan et al., FAST 2018, for what protocols make of it).

use crate::crash;
use crate::draw;
use pepperland_core::fault::{Choice, Fault, Ground, Parameter, Profile, Unit, Variant};
use pepperland_core::schedule::{Disturbance, Failing, Trouble};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "disk",
    statement: "nodes crash and come back without some of what they had written",
    source: "Alagappan et al., FAST 2018",
    variants: &[
        Variant {
            name: "lost",
            statement: "what was written last is lost, by default in the crashing step",
            needs: None,
        },
        Variant {
            name: "torn",
            statement: "of the last write the beginning alone is left",
            needs: None,
        },
        Variant {
            name: "lying-sync",
            statement: "all is lost since some instant, though the disk said it was safe",
            needs: None,
        },
    ],
    parameters: &[UNSYNCED, KEEP],
    needs: &[Fault::Crash, Fault::Recovery, Fault::Disk],
    plan,
    ..Profile::PLAIN
};

const UNSYNCED: Parameter = Parameter {
    name: "unsynced",
    statement: "how long a write takes to be safe, where writes are lost",
    unit: Unit::Span,
    default: "no time, so that the crashing step alone loses its writes",
};

const KEEP: Parameter = Parameter {
    name: "keep",
    statement: "how much of a torn write is left",
    unit: Unit::Share,
    default: "0 to 100 %, drawn",
};

/// Crashes from which nodes come back, each of a node whose disk fails from some time before.
fn plan(ground: &Ground<'_>, choice: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    let mut planned = Vec::new();
    for fall in crash::restarting(ground, stream) {
        let (Trouble::Crash { node, .. }, Some(until)) = (&fall.trouble, fall.until) else {
            continue;
        };
        let how = failing(choice, stream);
        let at = Time(stream.between(0, fall.at.0));
        planned.push(Disturbance::during(at, until, Trouble::Disk { node: *node, how }));
        planned.push(fall);
    }
    planned
}

fn failing(choice: &Choice, stream: &mut Stream) -> Failing {
    let keep = PerMillion(stream.below(1_000_001) as u32);
    match draw::variant(choice, &["lost", "torn", "lying-sync"], stream) {
        "lost" => Failing::Lost { unsynced: choice.span(UNSYNCED.name).unwrap_or(Span::ZERO) },
        "torn" => Failing::Torn { keep: choice.share(KEEP.name).unwrap_or(keep) },
        _ => Failing::Lying,
    }
}
