//! The same experiments with nodes that are processes, in real time: what computing, pipes and the
//! operating system add. Not the same everywhere, so that it is printed and nothing else.

use super::SERVERS;
use super::experiment::{Experiment, Figures, LOADS};
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use crate::processes::NAME;
use pepperland_core::history::History;
use pepperland_core::implementation::Implementation;
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::NetworkOptions;
use pepperland_core::time::{Span, Time};

/// What nodes are told to expect: no honest process is as late.
const PROMISED: Span = Span::millis(50);

/// What an experiment may take, and takes where orders are wrong: it is not over before the faults
/// are.
const END: Time = Time::millis(20_000);

/// Prints a line for each load with the fewest servers, without and with wrong orders.
///
/// # Errors
/// The processes do not start.
pub fn measure(
    catalog: &Catalog,
    protocols: &[&'static Implementation],
    requests: u32,
) -> Result<(), Failure> {
    print("\nin processes, in real time: µs\n");
    for implementation in protocols {
        let scenario = Scenario {
            runtime: NAME.to_owned(),
            real_time: true,
            ..Scenario::new(implementation.name, "none")
        };
        let runtime = catalog.trial(&scenario)?.runtime;
        for wrong_orders in [false, true] {
            for load in &LOADS {
                let servers = SERVERS[0];
                let experiment =
                    Experiment { implementation, load, servers, wrong_orders, requests };
                line(&experiment, &*runtime)?;
            }
        }
    }
    Ok(())
}

fn line(experiment: &Experiment, runtime: &dyn Runtime) -> Result<(), Failure> {
    let orders = if experiment.wrong_orders { "one order in ten wrong" } else { "all well" };
    let name = format!("{} {} {orders}", experiment.implementation.name, experiment.load.name);
    let network = NetworkOptions {
        promised: Some(PROMISED),
        channel: experiment.implementation.model.channel,
        ..NetworkOptions::perfect(Span::ZERO, Span::ZERO)
    };
    let mut schedule = experiment.schedule(network, END)?;
    if !experiment.wrong_orders {
        schedule.header.heal_at = Time::ZERO;
    }
    if let Err(refused) = runtime.accepts(&schedule) {
        print(&format!("  {name:44} not measured: {refused}\n"));
        return Ok(());
    }
    let enough = |history: &History| Figures::of(history).delivered == schedule.steps.len();
    let history =
        runtime.run_until(&schedule, experiment.implementation, Detail::Application, &enough)?;
    let Figures { delivered, mean, median, p99, deviation, changes } = Figures::of(&history);
    let of = schedule.steps.len();
    print(&format!(
        "  {name:44} mean {mean:.0}, median {median:.0}, 99 % {p99:.0}, deviation {deviation:.0}; \
         {changes} changes, {delivered} of {of} delivered\n"
    ));
    Ok(())
}
