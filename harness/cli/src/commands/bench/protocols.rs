//! What one multicast costs in each protocol: messages, communication steps and bytes, counted in
//! the simulator beside the formula of the source. Counts, so that the table is the same
//! everywhere.

use super::causes::steps;
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_core::history::{History, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{Ask, Frame, NetworkOptions, Schedule, Step, When};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};

/// The sizes of the group.
const SIZES: std::ops::RangeInclusive<u32> = 3..=10;

/// The size for which bytes are told.
const BYTES_AT: u32 = 5;

/// How many multicasts are made, all by one node.
const MULTICASTS: u32 = 10;

/// They are so far apart that each is over before the next begins.
const SPACING: Span = Span::seconds(1);

/// Not the first node, which is the sequencer or the coordinator where there is one.
const SENDER: NodeId = NodeId(1);

/// What one multicast costs.
struct Figures {
    messages: f64,
    bytes: f64,
    steps: u32,
}

/// Prints a row for each implementation.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    let sizes: Vec<String> = SIZES.map(|n| format!(" n = {n} |")).collect();
    print(&format!("| protocol | formula |{} steps | bytes | remark |\n", sizes.concat()));
    print(&format!("| --- | --- |{} ---: | ---: | --- |\n", " ---: |".repeat(sizes.len())));
    for implementation in &catalog.implementations {
        let figures: Vec<Option<Figures>> =
            SIZES.map(|n| figures(catalog, implementation, n)).collect::<Result<_, _>>()?;
        print(&row(implementation, &figures.into_iter().collect::<Option<Vec<_>>>()));
    }
    Ok(())
}

fn row(implementation: &Implementation, figures: &Option<Vec<Figures>>) -> String {
    let name = implementation.name;
    let formula = implementation.cost.as_ref().map_or("", |cost| cost.formula);
    let Some(figures) = figures else {
        let empty = " |".repeat(SIZES.count() + 2);
        let remark = note(implementation).unwrap_or("a multicast is not delivered");
        return format!("| {name} | {formula} |{empty} {remark} |\n");
    };
    let messages: Vec<String> =
        figures.iter().map(|f| format!(" {} |", short(f.messages))).collect();
    let at = &figures[(BYTES_AT - SIZES.start()) as usize];
    let (steps, bytes, remark) = (at.steps, short(at.bytes), remark(implementation, figures));
    format!("| {name} | {formula} |{} {steps} | {bytes} | {remark} |\n", messages.concat())
}

/// Whether the figures are what the source says, where they first are not, and why.
fn remark(implementation: &Implementation, figures: &[Figures]) -> String {
    let Some(cost) = &implementation.cost else { return "no formula given".to_owned() };
    let mut remarks = Vec::new();
    for (n, measured) in SIZES.zip(figures) {
        let expected = (cost.messages)(f64::from(n));
        if (measured.messages - expected).abs() > 0.05 {
            remarks.push(format!("the formula says {} for n = {n}", short(expected)));
            break;
        }
    }
    let other = SIZES.zip(figures).find(|(_, measured)| measured.steps != cost.steps);
    if let Some((n, measured)) = other {
        let (steps, expected) = (measured.steps, cost.steps);
        remarks.push(format!("steps for n = {n}: {steps}, by the source {expected}"));
    }
    remarks.extend(note(implementation).map(str::to_owned));
    remarks.join("; ")
}

fn note(implementation: &Implementation) -> Option<&'static str> {
    let cost = implementation.cost.as_ref()?;
    Some(cost.note).filter(|note| !note.is_empty())
}

/// A number with one decimal, if it needs it.
fn short(number: f64) -> String {
    format!("{number:.1}").trim_end_matches(".0").to_owned()
}

/// What one of several multicasts costs, over what the group sends without them; none if nobody
/// delivers any.
fn figures(
    catalog: &Catalog,
    implementation: &Implementation,
    nodes: u32,
) -> Result<Option<Figures>, Failure> {
    let runtime = catalog.runtime("sim")?;
    let run = |multicasts| history(runtime, implementation, nodes, multicasts);
    let (without, with) = (run(0)?, run(MULTICASTS)?);
    if !with.has(Kind::Deliver) {
        return Ok(None);
    }
    let each =
        |of: fn(&History) -> u64| (of(&with) as f64 - of(&without) as f64) / f64::from(MULTICASTS);
    Ok(Some(Figures { messages: each(messages), bytes: each(bytes), steps: steps(&with) }))
}

fn messages(history: &History) -> u64 {
    history.kinds().iter().filter(|kind| **kind == Kind::Send).count() as u64
}

fn bytes(history: &History) -> u64 {
    let sends = history.events().filter(|event| event.kind() == Kind::Send);
    let bytes = sends.filter_map(|send| send.transmission()?.bytes);
    bytes.map(u64::from).sum()
}

/// A run in which nothing goes wrong, every message takes as long, and one node multicasts. It is
/// equally long however many multicasts there are.
fn history(
    runtime: &dyn Runtime,
    implementation: &Implementation,
    nodes: u32,
    multicasts: u32,
) -> Result<History, Failure> {
    let at = |id: u32| Time(SPACING.0 * u64::from(id + 1));
    let step = |id| Step {
        id,
        when: When::At(at(id)),
        node: SENDER,
        ask: Ask::Multicast { group: GroupId::ALL, body: format!("{id:>8}") },
    };
    let latency = Span::millis(10);
    let network = NetworkOptions {
        channel: implementation.model.channel,
        ..NetworkOptions::perfect(latency, latency)
    };
    let end = at(MULTICASTS + 1);
    let header = Frame {
        seed: Seed(1),
        heal_at: end,
        end,
        ..Frame::of(implementation.name, nodes, network)
    };
    let steps = (0..multicasts).map(step).collect();
    let schedule = Schedule { header, steps, disturbances: Vec::new() };
    Ok(runtime.run(&schedule, implementation, Detail::Network)?)
}
