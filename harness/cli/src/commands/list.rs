//! `pepperland list`: what has a name.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::options::{List, ListFormat, Listed};
use crate::output::print;
use pepperland_core::checker::Given;
use pepperland_core::fault::{Persistence, Profile};
use pepperland_core::implementation::Claim;
use pepperland_search::{Strategy, planner};
use serde_json::{Map, Value, json};
use std::process::ExitCode;

/// Lists what is asked for.
pub fn list(options: &List, catalog: &Catalog) -> Result<ExitCode, Failure> {
    let rows = rows(options.what, catalog);
    let text = match options.format {
        ListFormat::Json => {
            rows.iter().map(|row| format!("{}\n", Value::from(row.clone()))).collect()
        }
        ListFormat::Markdown => markdown(&rows),
        ListFormat::Human if matches!(options.what, Listed::Properties) => definitions(&rows),
        ListFormat::Human if matches!(options.what, Listed::Faults) => {
            catalog.profiles.iter().map(|profile| profile_in_words(profile)).collect()
        }
        ListFormat::Human => human(&rows),
    };
    print(&text);
    Ok(ExitCode::SUCCESS)
}

fn rows(what: Listed, catalog: &Catalog) -> Vec<Map<String, Value>> {
    let values: Vec<Value> = match what {
        Listed::Impls => implementations(catalog),
        Listed::Flaws => flaws(catalog),
        Listed::Workloads => catalog
            .workloads
            .iter()
            .map(|w| {
                let (statement, groups) = (w.statement, w.layout.needs().words());
                json!({"name": w.name, "statement": statement, "needs": groups, "source": w.source})
            })
            .collect(),
        Listed::Faults => faults(catalog),
        Listed::Properties => properties(catalog),
        Listed::Runtimes => catalog
            .runtime_names()
            .map(|(name, statement)| json!({"name": name, "statement": statement}))
            .collect(),
        Listed::Strategies => strategies(),
    };
    let object = |value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    values.into_iter().map(object).collect()
}

fn implementations(catalog: &Catalog) -> Vec<Value> {
    catalog
        .implementations
        .iter()
        .map(|i| {
            let flaws: Vec<&str> = i.flaws.iter().map(|flaw| flaw.name).collect();
            let controls: Vec<&str> = i.controls().map(|control| control.name).collect();
            let breaks = i.breaks.iter().map(|b| format!("{} ({})", b.property, b.name));
            let breaks: Vec<String> = breaks.collect();
            let tolerates: Vec<&str> = i.model.tolerates.iter().map(|fault| fault.word()).collect();
            json!({
                "name": i.name, "number": i.number, "statement": i.statement, "source": i.source,
                "claims": i.claims().map(Claim::to_string).collect::<Vec<_>>(), "tolerates": tolerates,
                "groups": i.model.groups.words(), "timing": i.model.timing,
                "failures": i.model.failures, "channel": i.model.channel,
                "nodes": i.nodes, "flaws": flaws, "controls": controls, "breaks": breaks,
            })
        })
        .collect()
}

fn flaws(catalog: &Catalog) -> Vec<Value> {
    let of = |i: &&'static pepperland_core::implementation::Implementation| {
        let name = i.name;
        i.flaws.iter().map(move |f| {
            json!({
                "name": f.name, "number": f.number, "impl": name, "statement": f.statement,
                "breaks": f.breaks, "keeps": f.keeps, "faults": f.faults,
                "workload": f.workload,
            })
        })
    };
    catalog.implementations.iter().flat_map(of).collect()
}

fn faults(catalog: &Catalog) -> Vec<Value> {
    catalog
        .profiles
        .iter()
        .map(|p| {
            let needs: Vec<&str> = p.needs.iter().map(|fault| fault.word()).collect();
            let variants: Vec<&str> = p.variants.iter().map(|variant| variant.name).collect();
            let lasting = Persistence::ALL.into_iter().filter(|_| p.persists);
            let lasting: Vec<&str> = lasting.map(Persistence::word).collect();
            let parameters: Vec<String> =
                p.parameters.iter().map(pepperland_faults::in_words).collect();
            json!({
                "name": p.name, "statement": p.statement, "variants": variants,
                "persistence": lasting, "parameters": parameters,
                "needs": needs, "source": p.source,
            })
        })
        .collect()
}

fn strategies() -> Vec<Value> {
    let told =
        |s: &&Strategy| json!({"name": s.name, "statement": s.statement, "source": s.source});
    planner::ALL.iter().map(told).collect()
}

fn properties(catalog: &Catalog) -> Vec<Value> {
    catalog
        .checkers
        .iter()
        .map(|c| {
            let events = c.needs.iter().map(|kind| kind.word().to_owned());
            let needs: Vec<String> = events.chain(c.given.iter().map(Given::to_string)).collect();
            let models: Vec<&str> = c.models.iter().map(|model| model.word()).collect();
            json!({
                "name": c.property, "number": c.number, "class": c.class.word(),
                "statement": c.statement, "source": c.source, "binds": c.binds.words(),
                "models": models, "cost": c.cost, "needs": needs,
            })
        })
        .collect()
}

fn cell(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

fn human(rows: &[Map<String, Value>]) -> String {
    let width = rows.iter().map(|row| cell(&row["name"]).len()).max().unwrap_or(0);
    let statement = |row: &Map<String, Value>| row.get("statement").map(cell).unwrap_or_default();
    let of = |row: &Map<String, Value>| {
        row.get("impl").map(|name| format!("{}: ", cell(name))).unwrap_or_default()
    };
    let line = |row: &Map<String, Value>| {
        format!("{:width$}  {}{}\n", cell(&row["name"]), of(row), statement(row))
    };
    rows.iter().map(line).collect()
}

/// A fault profile with all that can be chosen of it.
fn profile_in_words(profile: &Profile) -> String {
    let needs: Vec<&str> = profile.needs.iter().map(|fault| fault.word()).collect();
    let needs = if needs.is_empty() { "nothing".to_owned() } else { needs.join(", ") };
    let source = match profile.source {
        "" => String::new(),
        source => format!("; {source}"),
    };
    let mut text = format!("{}\n  {}\n  needs {needs}{source}\n", profile.name, profile.statement);
    for variant in profile.variants {
        let words = pepperland_faults::variant_in_words(variant);
        text += &format!("  :{}  {words}\n", variant.name);
    }
    if profile.persists {
        text += &format!("  :{}\n", Persistence::ALL.map(Persistence::word).join(" :"));
    }
    for parameter in profile.parameters {
        text += &format!("  :{}\n", pepperland_faults::in_words(parameter));
    }
    text
}

/// Each property with what there is to know of it.
fn definitions(rows: &[Map<String, Value>]) -> String {
    let told = |row: &Map<String, Value>| {
        let of = |key: &str| cell(&row[key]);
        let models = row["models"].as_array().map_or(0, Vec::len);
        let models = if models == 4 { "every failure model".to_owned() } else { of("models") };
        format!(
            "{} ({}, {})\n  {}\n  binds {} in {models}; needs {}; {}; {}\n",
            of("name"),
            of("number"),
            of("class"),
            of("statement"),
            of("binds"),
            of("needs"),
            of("cost"),
            of("source"),
        )
    };
    rows.iter().map(told).collect()
}

fn markdown(rows: &[Map<String, Value>]) -> String {
    let Some(first) = rows.first() else { return String::new() };
    let line = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let head = line(first.keys().cloned().collect());
    let rule = line(first.keys().map(|_| "---".to_owned()).collect());
    let body =
        rows.iter().map(|row| line(row.values().map(|v| cell(v).replace('|', "\\|")).collect()));
    head + &rule + &body.collect::<String>()
}
