//! The exploration of small scopes of eager reliable multicast, beside the same protocol written
//! for Stateright and searched in the same run. Both judge agreement wherever a run may end.

use crate::catalog::Catalog;
use crate::commands::explore::frame;
use crate::exit::Failure;
use crate::output::print;
use crate::stopwatch::Stopwatch;
use pepperland_core::implementation::Implementation;
use pepperland_core::scenario::Scenario;
use pepperland_reports::text::thousands;
use pepperland_search::{Explored, Foreseen, InOrder};
use pepperland_sim::explore::{Scope, explore};
use std::ops::ControlFlow;

/// Nodes, multicasts and crashes.
const SCOPES: [(u32, u32, u32); 4] = [(3, 1, 1), (4, 1, 0), (3, 2, 0), (3, 2, 1)];

/// One search of one scope.
struct Searched {
    states: u64,
    /// States met, those met before included.
    steps: u64,
    /// Runs that were judged, where they are counted.
    runs: Option<u64>,
    holds: bool,
    seconds: f64,
}

/// One line for each scope and searcher.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    let implementation = catalog.implementation("reliable")?;
    print(
        "| nodes, multicasts, crashes | searched by | states | steps | runs judged | seconds | \
         states/s | agreement |\n",
    );
    print("|---|---|---:|---:|---:|---:|---:|---|\n");
    for scope in SCOPES {
        line(scope, "pepperland", &ours(catalog, implementation, scope)?);
        peers(scope);
    }
    #[cfg(not(feature = "stateright"))]
    crate::output::say("build with --features stateright to measure Stateright in the same run");
    Ok(())
}

fn line((nodes, broadcasts, crashes): (u32, u32, u32), by: &str, searched: &Searched) {
    let Searched { states, steps, runs, holds, seconds } = searched;
    let runs = runs.map_or_else(|| "at every end".to_owned(), thousands);
    let rate = thousands((*states as f64 / seconds) as u64);
    let (states, steps) = (thousands(*states), thousands(*steps));
    let verdict = if *holds { "holds" } else { "violated" };
    print(&format!(
        "| {nodes}, {broadcasts}, {crashes} | {by} | {states} | {steps} | {runs} | {seconds:.2} | \
         {rate} | {verdict} |\n"
    ));
}

fn ours(
    catalog: &Catalog,
    implementation: &'static Implementation,
    (nodes, broadcasts, crashes): (u32, u32, u32),
) -> Result<Searched, Failure> {
    let faults = if crashes > 0 { "crash" } else { "none" };
    let properties = vec!["agreement".to_owned()];
    let scenario = Scenario {
        nodes: Some(nodes as usize),
        properties,
        ..Scenario::new(implementation.name, faults)
    };
    let trial = catalog.trial(&scenario)?;
    let header = frame(implementation, None, nodes);
    let scope = Scope {
        header: &header,
        build: &implementation.build,
        delivery: implementation.model.delivery,
        broadcasts,
        crashes,
        losses: 0,
        beginnings: false,
        states: u32::MAX,
    };
    let watch = Stopwatch::start();
    let mut judged = Explored::new(&trial);
    let mut refused = None;
    let explored = explore(&scope, &mut |ends| {
        let foreseen = ends.into_iter().map(|end| Foreseen {
            steps: end.steps,
            is_complete: end.is_complete,
            schedule: end.schedule,
            delivered: end.delivered,
        });
        refused = judged.judge(&foreseen.collect::<Vec<_>>(), &InOrder).err();
        ControlFlow::Continue(())
    });
    let seconds = watch.elapsed().as_secs_f64();
    if let Some(refused) = refused {
        return Err(refused.into());
    }
    Ok(Searched {
        states: explored.states,
        steps: explored.moves,
        runs: Some(explored.ends),
        holds: judged.steps("agreement").is_none(),
        seconds,
    })
}

#[cfg(not(feature = "stateright"))]
fn peers(_: (u32, u32, u32)) {}

#[cfg(feature = "stateright")]
fn peers(scope: (u32, u32, u32)) {
    use pepperland_stateright::{Scope, search};
    let (nodes, broadcasts, crashes) = scope;
    let model = Scope { nodes: nodes as u8, broadcasts, crashes, no_relay: false };
    let all = crate::threads::Threads::new(None).count();
    let threads = if all > 1 { vec![1, all] } else { vec![1] };
    for threads in threads {
        let watch = Stopwatch::start();
        let found = search(model, threads);
        let searched = Searched {
            states: found.states,
            steps: found.generated,
            runs: None,
            holds: found.holds,
            seconds: watch.elapsed().as_secs_f64(),
        };
        let by = pepperland_reports::text::count(threads as u64, "thread", "threads");
        line(scope, &format!("Stateright 0.31, {by}"), &searched);
    }
}
