//! How long DifATo takes over a request, as its authors measured it (section 6 of the paper): one
//! client makes one request after the other, empty or of 4 KiB, with empty answers or such of
//! 4 KiB, while all is well and while one order in ten is wrong. Virtual time on a network like
//! theirs, so that tables and figures are the same everywhere.

mod experiment;
mod figure;
mod processes;
mod table;

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::files;
use crate::options::Bench;
use crate::output::print;
use experiment::{Experiment, LOADS};
use pepperland_core::implementation::Implementation;
use std::path::Path;
use table::Cell;

/// How many requests the authors made.
const REQUESTS: u32 = 10_000;

/// How many servers there are: 2f + 1 for one, two and three that are faulty.
const SERVERS: [u32; 3] = [3, 5, 7];

/// Those that are measured, where they are there.
const PROTOCOLS: [&str; 2] = ["difato", "difato-literal"];

/// Prints the tables, and writes the figures if they are asked for.
///
/// # Errors
/// What the simulator refuses; a folder that takes no files.
pub fn measure(catalog: &Catalog, options: &Bench) -> Result<(), Failure> {
    let requests = options.requests.map_or(REQUESTS, |requests| requests.get());
    let cells = cells(catalog, requests)?;
    print(&table::latencies(&cells, requests));
    print(&table::ratios(&cells));
    if let Some(folder) = &options.figures {
        draw(&cells, folder)?;
    }
    if options.processes {
        processes::measure(catalog, &measured(catalog), requests)?;
    }
    Ok(())
}

/// What is there of what is measured.
fn measured(catalog: &Catalog) -> Vec<&'static Implementation> {
    PROTOCOLS.iter().filter_map(|name| catalog.implementation(name).ok()).collect()
}

/// Every experiment of the page: first those without faults, by protocol, servers and load.
fn cells(catalog: &Catalog, requests: u32) -> Result<Vec<Cell>, Failure> {
    let runtime = catalog.runtime("sim")?;
    let mut cells = Vec::new();
    for wrong_orders in [false, true] {
        for implementation in measured(catalog) {
            for servers in SERVERS {
                for load in &LOADS {
                    let experiment =
                        Experiment { implementation, load, servers, wrong_orders, requests };
                    let figures = experiment.figures(runtime)?;
                    cells.push(Cell { experiment, figures });
                }
            }
        }
    }
    Ok(cells)
}

/// The figures 3(a) and 3(b) of the paper.
fn draw(cells: &[Cell], folder: &Path) -> Result<(), Failure> {
    let drawn = [
        ("difato-3a.svg", false, "while all is well"),
        ("difato-3b.svg", true, "while one order in ten is wrong"),
    ];
    for (file, wrong_orders, when) in drawn {
        let chart = table::chart(cells, wrong_orders, &format!("DifATo, {when}"));
        files::write(&folder.join(file), figure::svg(&chart).as_bytes())?;
    }
    Ok(())
}
