//! Fault profiles: parameters and a seed become timed disturbances. One more profile is one file,
//! one `mod` line and one line in [`ALL`].

pub mod byzantine;
pub mod churn;
pub mod clock;
pub mod corrupt;
pub mod crash;
pub mod delay;
mod draw;
pub mod duplicate;
pub mod loss;
pub mod none;
pub mod partition;
pub mod pause;
pub mod reorder;
pub mod swarm;

use pepperland_core::fault::Profile;
use pepperland_core::names::did_you_mean;
use std::collections::BTreeSet;

/// Every profile.
pub const ALL: &[&Profile] = &[
    &none::ENTRY,
    &crash::STOP,
    &crash::RECOVERY,
    &churn::ENTRY,
    &partition::ENTRY,
    &loss::ENTRY,
    &delay::DELAY,
    &delay::JITTER,
    &reorder::ENTRY,
    &duplicate::ENTRY,
    &corrupt::ENTRY,
    &pause::ENTRY,
    &clock::ENTRY,
    &byzantine::ENTRY,
    &swarm::ENTRY,
];

/// Resolves `crash,partition:halves` into profiles and their variants.
///
/// # Errors
/// [`UnknownFault`], with the nearest right name.
pub fn resolve(faults: &str) -> Result<Vec<(&'static Profile, String)>, UnknownFault> {
    let resolved = named_once(faults).into_iter().map(resolve_one);
    let resolved = resolved.collect::<Result<Vec<_>, _>>()?;
    if resolved.len() > 1 && resolved.iter().any(|(profile, _)| profile.name == "none") {
        let why =
            "the fault profile \"none\" combines with no other; leave it out, or try it in turn";
        return Err(UnknownFault(why.to_owned()));
    }
    Ok(resolved)
}

/// The names of a combination, each once, in their order.
pub fn named_once(faults: &str) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    faults.split(',').map(str::trim).filter(|name| seen.insert(*name)).collect()
}

fn resolve_one(text: &str) -> Result<(&'static Profile, String), UnknownFault> {
    if text.is_empty() {
        return Err(UnknownFault("an empty name of a fault profile; write \"none\"".to_owned()));
    }
    let (name, variant) = text.split_once(':').unwrap_or((text, ""));
    let profile = ALL.iter().find(|profile| profile.name == name).ok_or_else(|| {
        let hint = did_you_mean(name, ALL.iter().map(|profile| profile.name));
        UnknownFault(format!("there is no fault profile \"{name}\"{hint}"))
    })?;
    if variant.is_empty() || profile.variants.contains(&variant) {
        return Ok((profile, variant.to_owned()));
    }
    let hint = match profile.variants {
        [] => format!("; {name} has no variants"),
        variants => {
            let nearest = did_you_mean(variant, variants.iter().copied());
            format!("{nearest} It has {}", variants.join(", "))
        }
    };
    Err(UnknownFault(format!("there is no variant \"{variant}\" of {name}{hint}")))
}

/// No such profile or variant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct UnknownFault(pub String);

impl std::fmt::Display for UnknownFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnknownFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combines_with_commas_and_names_variants() {
        let resolved = resolve("crash, partition:one-way").unwrap();
        let names: Vec<_> = resolved.iter().map(|(p, v)| (p.name, v.as_str())).collect();
        assert_eq!(names, [("crash", ""), ("partition", "one-way")]);
    }

    #[test]
    fn what_is_named_twice_is_meant_once() {
        let resolved = resolve("crash,loss, crash,partition,partition:one-way").unwrap();
        let names: Vec<_> = resolved.iter().map(|(p, v)| (p.name, v.as_str())).collect();
        assert_eq!(
            names,
            [("crash", ""), ("loss", ""), ("partition", ""), ("partition", "one-way")]
        );
        assert_eq!(resolve("none,none").unwrap().len(), 1);
    }

    #[test]
    fn nothing_is_combined_with_none() {
        for faults in ["none,crash", "crash,none", "crash, none,loss"] {
            let error = resolve(faults).err().expect(faults);
            assert!(error.0.starts_with("the fault profile \"none\" combines with no other"));
        }
    }

    #[test]
    fn a_wrong_name_names_the_nearest() {
        let error = |text| resolve(text).err().map(|e| e.0).unwrap_or_default();
        assert_eq!(error("crsh"), "there is no fault profile \"crsh\"; did you mean \"crash\"?");
        assert!(error("partition:half").contains("did you mean \"halves\"?"));
        assert!(error("loss:often").contains("loss has no variants"));
    }
}
