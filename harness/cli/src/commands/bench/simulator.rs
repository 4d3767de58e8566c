//! The simulator beside turmoil: eager reliable broadcast, 5 nodes, latency 1 to 50 ms.

use super::{Contender, line, rates};
use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Ask, Frame, NetworkOptions, Schedule, Step, When};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};

const NODES: u32 = 5;

/// Dense: a broadcast each millisecond. Sparse: one each 100 ms.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    compare(catalog, "dense: 1,000 broadcasts, one a millisecond", 1_000, 1)?;
    compare(catalog, "sparse: 1,000 broadcasts, one each 100 ms", 1_000, 100)
}

fn compare(catalog: &Catalog, title: &str, broadcasts: u32, spacing: u64) -> Result<(), Failure> {
    print(&format!(
        "{title}; {NODES} nodes, eager reliable broadcast, messages received a second\n"
    ));
    let schedule = schedule(broadcasts, spacing);
    let implementation = catalog.implementation("reliable")?;
    let receipts = u64::from(broadcasts) * u64::from(NODES) * u64::from(NODES - 1);
    let run = |runtime: &str, detail: Detail| -> Result<Box<dyn FnMut() -> u64>, Failure> {
        let runtime = catalog.runtime(runtime)?;
        runtime.accepts(&schedule)?;
        let schedule = &schedule;
        Ok(Box::new(move || {
            let history = runtime.run(schedule, implementation, detail);
            assert!(history.is_ok_and(|history| history.len() >= broadcasts as usize));
            receipts
        }))
    };
    let mut contenders = vec![
        Contender { name: "simulator, application events", work: run("sim", Detail::Application)? },
        Contender { name: "simulator, every frame too", work: run("sim", Detail::Network)? },
    ];
    #[cfg(feature = "turmoil")]
    contenders.extend([
        Contender { name: "our turmoil runtime", work: run("turmoil", Detail::Application)? },
        Contender {
            name: "bare turmoil program",
            work: Box::new(move || {
                pepperland_turmoil::bare::bare_turmoil(
                    NODES as usize,
                    broadcasts.into(),
                    spacing,
                    1,
                )
            }),
        },
        Contender {
            name: "bare event loop",
            work: Box::new(move || {
                pepperland_turmoil::bare::bare_event_loop(
                    NODES as usize,
                    broadcasts.into(),
                    spacing,
                    1,
                )
            }),
        },
    ]);
    let rates = rates(&mut contenders);
    let bare = contenders.iter().position(|c| c.name == "bare turmoil program");
    for (contender, rate) in contenders.iter().zip(&rates) {
        let remark = bare.map(|bare| format!("{:.2} × bare turmoil", rate / rates[bare]));
        line(contender.name, *rate, "msgs/s", &remark.unwrap_or_default());
    }
    Ok(())
}

fn schedule(broadcasts: u32, spacing: u64) -> Schedule {
    let steps: Vec<Step> = (0..broadcasts)
        .map(|id| Step {
            id,
            when: When::At(Time::millis(u64::from(id) * spacing)),
            node: NodeId(id % NODES),
            ask: Ask::Multicast { group: GroupId::ALL, body: format!("message {id:>8}") },
        })
        .collect();
    let end = Time::millis(u64::from(broadcasts) * spacing + 1_000);
    let header = Frame {
        seed: Seed(1),
        heal_at: end,
        end,
        ..Frame::of("reliable", NODES, NetworkOptions::perfect(Span::millis(1), Span::millis(50)))
    };
    Schedule { header, steps, disturbances: Vec::new() }
}
