//! The page on faults: its table is that of the profiles, and its examples mean something.

use pepperland_core::fault::{Fault, Parameter, Persistence, Profile};
use pepperland_faults::variant_in_words;
use std::fs;
use std::path::Path;

const BEGIN: &str =
    "<!-- profiles: UPDATE=1 cargo test -p pepperland-faults --test documents -->\n";
const END: &str = "<!-- end -->\n";

fn page() -> (std::path::PathBuf, String) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md");
    let text = fs::read_to_string(&path).expect("the page is there");
    (path, text)
}

fn table() -> String {
    pepperland_faults::ALL.iter().map(|profile| told(profile)).collect()
}

fn told(profile: &Profile) -> String {
    let Profile { name, statement, source, .. } = profile;
    let needs: Vec<&str> = profile.needs.iter().map(|fault: &Fault| fault.word()).collect();
    let mut text = format!("### {name}\n\n{statement}");
    if !needs.is_empty() {
        text += &format!("; needs {}", needs.join(", "));
    }
    if !source.is_empty() {
        text += &format!("; {source}");
    }
    text += "\n";
    let variants = profile.variants.iter();
    let variants = variants.map(|v| format!("- `{name}:{}`: {}\n", v.name, variant_in_words(v)));
    let lasting = Persistence::ALL.map(|lasting| format!("`{name}:{}`", lasting.word())).join(", ");
    let parameter = |p: &Parameter| {
        let (unit, statement, default) = (p.unit.in_words(), p.statement, p.default);
        format!("- `{name}:{}=…`: {statement}: {unit}; by default {default}\n", p.name)
    };
    let mut choices: Vec<String> = variants.collect();
    choices.extend(profile.persists.then(|| format!("- {lasting}\n")));
    choices.extend(profile.parameters.iter().map(parameter));
    if !choices.is_empty() {
        text += &format!("\n{}", choices.concat());
    }
    text + "\n"
}

#[test]
fn the_page_lists_every_profile_as_it_is() {
    let (path, text) = page();
    let (before, rest) = text.split_once(BEGIN).expect("the list has a beginning");
    let (listed, after) = rest.split_once(END).expect("the list has an end");
    let wanted = format!("\n{}", table());
    if std::env::var_os("UPDATE").is_some() {
        let text = format!("{before}{BEGIN}{wanted}{END}{after}");
        fs::write(path, text).expect("the page can be written");
    } else {
        assert!(listed == wanted, "docs/faults.md is stale: run this test with UPDATE=1");
    }
}

#[test]
fn the_examples_of_the_page_resolve() {
    let (_, text) = page();
    let lines = text.lines().filter(|line| line.starts_with("pepperland run"));
    let faults = lines.filter_map(|line| line.split_once("--faults ")?.1.split(' ').next());
    let faults: Vec<&str> = faults.collect();
    assert!(faults.len() >= 5, "{faults:?}");
    for named in faults {
        pepperland_faults::resolve(named).unwrap_or_else(|error| panic!("{named}: {error}"));
    }
}
