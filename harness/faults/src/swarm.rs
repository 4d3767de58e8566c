//! Swarm: each run draws a random subset of the faults that the implementation claims to live
//! with (swarm testing; Groce et al., ISSTA 2012). Of profiles that need the same faults it draws one
//! at most: two of them would crash more nodes than either means to.

use pepperland_core::fault::{Ground, Profile};
use pepperland_core::schedule::Disturbance;
use pepperland_core::seed::{PerMillion, Stream};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "swarm",
    statement: "a random subset, in each run, of the faults that the model allows",
    source: "Groce et al., ISSTA 2012",
    variants: &[],
    needs: &[],
    plan,
};

fn plan(ground: &Ground<'_>, _: &str, stream: &mut Stream) -> Vec<Disturbance> {
    let (mut disturbances, mut drawn) = (Vec::new(), Vec::new());
    for profile in ground.profiles.iter().filter(|profile| profile.name != ENTRY.name) {
        let allowed = ground.implementation.outside_model(profile.needs).is_empty();
        let chosen = allowed && stream.chance(PerMillion::percent(40));
        if chosen && !drawn.contains(&profile.needs) {
            drawn.push(profile.needs);
            disturbances.extend((profile.plan)(ground, "", stream));
        }
    }
    disturbances
}
