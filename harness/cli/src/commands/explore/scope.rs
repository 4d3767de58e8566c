//! What is explored, and what cannot be.

use crate::exit::Failure;
use crate::options::Explore;
use crate::output::say;
use pepperland_core::implementation::Implementation;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Frame, NetworkOptions};
use pepperland_search::{Trial, not_explored};
use pepperland_sim::explore::TICK;

/// The scenario that the options stand for.
pub fn scenario(options: &Explore) -> Result<Scenario, Failure> {
    if options.crashes > options.nodes {
        let (crashes, nodes) = (options.crashes, options.nodes);
        let why = format!("of {nodes} nodes {crashes} cannot crash: lower --crashes");
        return Err(Failure::Usage(why));
    }
    let crash = (options.crashes > 0).then_some("crash");
    let loss = (options.losses > 0).then_some("loss");
    let faults: Vec<&str> = crash.into_iter().chain(loss).collect();
    let faults = if faults.is_empty() { "none".to_owned() } else { faults.join(",") };
    Ok(Scenario {
        flaw: options.flaw.clone(),
        nodes: Some(options.nodes as usize),
        broadcasts: options.broadcasts as usize,
        properties: options.properties.clone(),
        beyond_model: options.beyond_model,
        ..Scenario::new(&options.implementation, &faults)
    })
}

/// The nodes and the network. Each step of a run has an instant of its own.
pub fn frame(implementation: &Implementation, flaw: Option<&str>, nodes: u32) -> Frame {
    Frame {
        flaw: flaw.map(str::to_owned),
        ..Frame::of(
            implementation.name,
            nodes,
            NetworkOptions {
                channel: implementation.model.channel,
                ..NetworkOptions::perfect(TICK, TICK)
            },
        )
    }
}

/// Refuses what cannot be explored; of the properties claimed, those are left out.
pub fn check(options: &Explore, trial: &mut Trial<'_>) -> Result<(), Failure> {
    let Implementation { name, model, .. } = trial.plan.implementation;
    if model.roles.is_some() || model.controlled.is_some() {
        let why = "it knows clients and servers, or a controlled network";
        return Err(Failure::Usage(format!("{name} cannot be explored: {why}")));
    }
    let why = match (model.views, model.service) {
        (true, _) => "its groups have views, which change with time",
        (_, Some(_)) => "it serves clients, and multicasts are all that is explored",
        _ => return leave_out(options, trial),
    };
    Err(Failure::Usage(format!("{name} cannot be explored: {why}")))
}

fn leave_out(options: &Explore, trial: &mut Trial<'_>) -> Result<(), Failure> {
    let name = trial.plan.implementation.name;
    let refused =
        trial.checkers.iter().filter_map(|c| not_explored(c).map(|why| (c.property, why)));
    for (property, why) in refused {
        if !options.properties.is_empty() {
            let why = format!("{property} cannot be judged by exploring: {why}");
            return Err(Failure::Usage(why));
        }
        say(&format!("left out: {property}: {why}"));
    }
    trial.checkers.retain(|checker| not_explored(checker).is_none());
    if trial.checkers.is_empty() {
        let why = format!("{name} claims nothing that exploring can judge: name --properties");
        return Err(Failure::Usage(why));
    }
    Ok(())
}
