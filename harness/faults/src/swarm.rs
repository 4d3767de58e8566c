//! Swarm: each run draws a random subset of the faults that the implementation claims to live
//! with (swarm testing; Groce et al., ISSTA 2012). Of profiles that need the same faults, or have
//! nodes come back, it draws one at most: two of them would crash more nodes than either means to.

use crate::core;
use pepperland_core::fault::{Choice, Fault, Ground, Profile};
use pepperland_core::schedule::Disturbance;
use pepperland_core::seed::{PerMillion, Stream};

/// The record. Windows are no part of it: they look for their moments in a run of their own; nor
/// is what has more nodes fail than may.
pub const ENTRY: Profile = Profile {
    name: "swarm",
    statement: "a random subset, in each run, of the faults that the model allows",
    source: "Groce et al., ISSTA 2012",
    plan,
    ..Profile::PLAIN
};

/// What is no fault among others: the swarm itself, and what says how all faults of a run end.
const APART: [&str; 2] = [ENTRY.name, core::ENTRY.name];

fn plan(ground: &Ground<'_>, _: &Choice, stream: &mut Stream) -> Vec<Disturbance> {
    let (mut disturbances, mut drawn): (_, Vec<&[Fault]>) = (Vec::new(), Vec::new());
    let foresees = |profile: &Profile| profile.foresight(&Choice::none_of(profile)).is_some();
    let exceeds = |profile: &Profile| (profile.exceeds)(&Choice::none_of(profile));
    let others = |profile: &&&Profile| {
        !APART.contains(&profile.name) && !foresees(profile) && !exceeds(profile)
    };
    for profile in ground.profiles.iter().filter(others) {
        let allowed = ground.implementation.outside_model(profile.needs).is_empty();
        let chosen = allowed && stream.chance(PerMillion::percent(40));
        if chosen && !drawn.iter().any(|needs| exclude(needs, profile.needs)) {
            drawn.push(profile.needs);
            disturbances.extend((profile.plan)(ground, &Choice::none_of(profile), stream));
        }
    }
    disturbances
}

fn exclude(some: &[Fault], others: &[Fault]) -> bool {
    let comes_back = |needs: &[Fault]| needs.contains(&Fault::Recovery);
    some == others || comes_back(some) && comes_back(others)
}
