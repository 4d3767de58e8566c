//! Faults by their names: `loss:rate=30%,partition:one-way:transient`.

use crate::ALL;
use pepperland_core::fault::{
    Choice, Fault, Named, Parameter, Persistence, Profile, Unit, Variant,
};
use pepperland_core::names::did_you_mean;
use std::collections::BTreeSet;

/// Resolves `crash,partition:halves:lasts=50ms` into profiles and what was chosen of each.
///
/// # Errors
/// [`UnknownFault`], with the nearest right name, or what a value must be.
pub fn resolve(faults: &str) -> Result<Vec<Named>, UnknownFault> {
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

fn resolve_one(text: &str) -> Result<Named, UnknownFault> {
    if text.is_empty() {
        return Err(UnknownFault("an empty name of a fault profile; write \"none\"".to_owned()));
    }
    let mut parts = text.split(':');
    let name = parts.next().unwrap_or_default();
    let profile = ALL.iter().find(|profile| profile.name == name).ok_or_else(|| {
        let hint = did_you_mean(name, ALL.iter().map(|profile| profile.name));
        UnknownFault(format!("there is no fault profile \"{name}\"{hint}"))
    })?;
    let mut choice = Choice::none_of(profile);
    for part in parts {
        match part.split_once('=') {
            Some((name, value)) => give(profile, &mut choice, name, value)?,
            None => choose(profile, &mut choice, part)?,
        }
    }
    Ok((profile, choice))
}

/// A word without a value: a variant, or how long the fault lasts.
fn choose(profile: &Profile, choice: &mut Choice, word: &str) -> Result<(), UnknownFault> {
    if let Some(variant) = profile.variants.iter().find(|variant| variant.name == word) {
        if !choice.variant.is_empty() {
            return Err(two_of("variants", profile, choice.variant, word));
        }
        choice.variant = variant.name;
        choice.needs = variant.needs.unwrap_or(profile.needs);
        return Ok(());
    }
    let persistence = Persistence::ALL.into_iter().find(|persistence| persistence.word() == word);
    if let Some(persistence) = persistence.filter(|_| profile.persists) {
        if let Some(before) = choice.persistence.replace(persistence) {
            return Err(two_of("persistences", profile, before.word(), word));
        }
        return Ok(());
    }
    let name = profile.name;
    let words = words_of(profile);
    let takes =
        |parameter: &&Parameter| matches!(parameter.unit, Unit::Word(all) if all.contains(&word));
    if let Some(parameter) = profile.parameters.iter().find(takes) {
        let mend = format!("write \"{}={word}\"", parameter.name);
        return Err(UnknownFault(format!("there is no variant \"{word}\" of {name}; {mend}")));
    }
    let hint = match &words[..] {
        [] => format!("; {name} has no variants"),
        all => {
            let nearest = did_you_mean(word, all.iter().copied());
            format!("{nearest} (there are: {})", all.join(", "))
        }
    };
    Err(UnknownFault(format!("there is no variant \"{word}\" of {name}{hint}")))
}

/// The words that may follow the profile's name.
pub fn words_of(profile: &Profile) -> Vec<&'static str> {
    let variants = profile.variants.iter().map(|variant| variant.name);
    let lasting = Persistence::ALL.into_iter().filter(|_| profile.persists);
    variants.chain(lasting.map(Persistence::word)).collect()
}

fn two_of(what: &str, profile: &Profile, one: &str, other: &str) -> UnknownFault {
    let name = profile.name;
    UnknownFault(format!("{name} is given two {what}, {one} and {other}; it can have one"))
}

fn give(
    profile: &Profile,
    choice: &mut Choice,
    name: &str,
    value: &str,
) -> Result<(), UnknownFault> {
    let Some(known) = profile.parameters.iter().find(|known| known.name == name) else {
        return Err(unknown_parameter(profile, name));
    };
    let number = read(known.unit, value).ok_or_else(|| {
        let (of, wanted) = (profile.name, known.unit.in_words());
        UnknownFault(format!("\"{name}\" of {of} is \"{value}\"; it must be {wanted}"))
    })?;
    match choice.values.insert(known.name, number) {
        None => Ok(()),
        Some(_) => Err(UnknownFault(format!("\"{name}\" of {} is given twice", profile.name))),
    }
}

fn unknown_parameter(profile: &Profile, name: &str) -> UnknownFault {
    let of = profile.name;
    let names = profile.parameters.iter().map(|known| known.name);
    let all: Vec<&str> = names.clone().collect();
    let hint = match &all[..] {
        [] => format!("; {of} has none"),
        all => format!("{} (there are: {})", did_you_mean(name, names), all.join(", ")),
    };
    UnknownFault(format!("there is no parameter \"{name}\" of {of}{hint}"))
}

/// The longest span that can be given: an hour, in ns.
const LONGEST: f64 = 3_600e9;

/// A value as its unit keeps it.
fn read(unit: Unit, value: &str) -> Option<u64> {
    match unit {
        Unit::Share => {
            let percent = number(value.strip_suffix('%')?)?;
            (percent <= 100.0).then_some((percent * 10_000.0).round() as u64)
        }
        Unit::Span => {
            let units = [("ns", 1.0), ("us", 1e3), ("ms", 1e6), ("s", 1e9)];
            let (digits, ns) = units.iter().find_map(|(unit, ns)| {
                let digits = value.strip_suffix(unit)?;
                digits.ends_with(|last: char| last.is_ascii_digit()).then_some((digits, *ns))
            })?;
            let span = (number(digits)? * ns).round();
            (1.0..=LONGEST).contains(&span).then_some(span as u64)
        }
        Unit::Count => value.parse().ok().filter(|count| *count > 0),
        Unit::Word(words) => words.iter().position(|word| *word == value).map(|at| at as u64),
    }
}

/// A number in digits, with a point perhaps.
fn number(digits: &str) -> Option<f64> {
    let plain = |c: char| c.is_ascii_digit() || c == '.';
    digits.chars().all(plain).then(|| digits.parse().ok()).flatten()
}

/// A parameter in words: `rate: how many of the messages (2, 10, 30 or 60 %, drawn)`.
pub fn in_words(parameter: &Parameter) -> String {
    let Parameter { name, statement, default, unit } = parameter;
    format!("{name}: {statement}; {}; by default {default}", unit.in_words())
}

/// A variant in words: what it does and, if that is less than its profile, what it needs.
pub fn variant_in_words(variant: &Variant) -> String {
    let words = |needs: &[Fault]| needs.iter().map(|fault| fault.word()).collect::<Vec<_>>();
    let needs = variant.needs.map(|needs| format!("; needs {}", words(needs).join(", ")));
    format!("{}{}", variant.statement, needs.unwrap_or_default())
}

/// No such profile, variant or parameter, or no such value.
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
    use pepperland_core::seed::PerMillion;
    use pepperland_core::time::Span;

    fn error(text: &str) -> String {
        resolve(text).err().map(|error| error.0).unwrap_or_default()
    }

    fn one(text: &str) -> Choice {
        resolve(text).unwrap_or_else(|error| panic!("{error}")).remove(0).1
    }

    #[test]
    fn combines_with_commas_and_names_variants() {
        let resolved = resolve("crash, partition:one-way").unwrap();
        let names: Vec<_> = resolved.iter().map(|(p, c)| (p.name, c.variant)).collect();
        assert_eq!(names, [("crash", ""), ("partition", "one-way")]);
    }

    #[test]
    fn what_is_named_twice_is_meant_once() {
        let resolved = resolve("crash,loss, crash,partition,partition:one-way").unwrap();
        let names: Vec<_> = resolved.iter().map(|(p, c)| (p.name, c.variant)).collect();
        assert_eq!(
            names,
            [("crash", ""), ("loss", ""), ("partition", ""), ("partition", "one-way")]
        );
        assert_eq!(resolve("none,none").unwrap().len(), 1);
    }

    #[test]
    fn nothing_is_combined_with_none() {
        for faults in ["none,crash", "crash,none", "crash, none,loss"] {
            assert!(error(faults).starts_with("the fault profile \"none\" combines with no other"));
        }
    }

    #[test]
    fn a_wrong_name_names_the_nearest() {
        assert_eq!(error("crsh"), "there is no fault profile \"crsh\"; did you mean \"crash\"?");
        assert!(error("partition:half").contains("did you mean \"halves\"?"));
        let mend = "there is no variant \"adaptive\" of byzantine; write \"choice=adaptive\"";
        assert_eq!(error("byzantine:adaptive"), mend);
        assert!(error("crash:often").contains("crash has no variants"));
        assert!(error("loss:often").contains("(there are: transient, intermittent, permanent)"));
    }

    #[test]
    fn words_and_numbers_may_stand_in_any_order() {
        let choice = one("omission:k=2:transient:send");
        assert_eq!((choice.variant, choice.value("k")), ("send", Some(2)));
        assert_eq!(choice.persistence, Some(Persistence::Transient));
        assert_eq!(choice, one("omission:send:transient:k=2"));
    }

    #[test]
    fn numbers_have_units() {
        assert_eq!(one("loss:rate=30%").share("rate"), Some(PerMillion::percent(30)));
        assert_eq!(one("loss:rate=0.5%").share("rate"), Some(PerMillion(5_000)));
        for (text, span) in [("200ms", 200_000_000), ("1.5s", 1_500_000_000), ("7us", 7_000)] {
            assert_eq!(one(&format!("delay:most={text}")).span("most"), Some(Span(span)));
        }
        assert_eq!(one("window:act=pause").value("act"), Some(1));
    }

    #[test]
    fn a_wrong_value_says_what_it_must_be() {
        assert_eq!(
            error("loss:rate=30"),
            "\"rate\" of loss is \"30\"; it must be a share from 0% to 100%, as 30%"
        );
        for wrong in ["101%", "-1%", "%", "1e1%", "inf%", "NaN%", "1.2.3%"] {
            assert!(error(&format!("loss:rate={wrong}")).contains("a share from"), "{wrong}");
        }
        for wrong in ["200", "0ms", "ms", "-1ms", "9999999s", "1e9ns", "5m", "1 ms", "0.1ns"] {
            assert!(error(&format!("delay:most={wrong}")).contains("a span of time"), "{wrong}");
        }
        for wrong in ["0", "-1", "1.5", "", "99999999999999999999"] {
            assert!(error(&format!("omission:k={wrong}")).contains("a whole number"), "{wrong}");
        }
        assert!(error("window:act=burn").contains("one of cut, pause, crash"));
    }

    #[test]
    fn what_does_not_go_together_is_refused() {
        assert!(error("loss:rte=3%").contains("did you mean \"rate\"? (there are: rate, lasts)"));
        assert!(error("crash:rate=3%").contains("crash has none"));
        assert!(error("loss:rate=3%:rate=4%").contains("is given twice"));
        assert!(error("partition:halves:ring").contains("two variants, halves and ring"));
        assert!(error("loss:transient:permanent").contains("two persistences"));
        assert!(error("crash:transient").contains("crash has no variants"));
    }

    #[test]
    fn a_variant_may_need_less_than_its_profile() {
        assert_eq!(one("timing:early").needs, [Fault::Clock]);
        assert_eq!(one("timing").needs, [Fault::Delay, Fault::Reorder, Fault::Clock]);
    }
}
