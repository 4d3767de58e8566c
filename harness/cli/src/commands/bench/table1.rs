//! Table 1 of the paper on DifATo (Xavier Silva, Lung, Luiz & Magnabosco) made again: what an
//! atomic multicast costs in messages and steps, counted in runs, beside what the table says and
//! what follows from each protocol as it is built here; and how many faults it lives with, by
//! campaigns with as many, and searches with one more. Runs of the simulator, so that the page is
//! the same everywhere.

mod count;
mod page;
mod resilience;
mod rows;

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use count::{Counted, count};
use rows::{ROWS, Row, Size};

/// Prints the table, what it comes from, and how many faults each protocol lives with.
///
/// # Errors
/// What the simulator refuses; a count that is not what follows from the protocol; a campaign that
/// finds a violation within the bound.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    let mut counted = Vec::new();
    for row in ROWS {
        let cells = row.sizes().map(|size| cell(catalog, row, size));
        counted.push((row, cells.collect::<Result<Vec<Cell>, Failure>>()?));
    }
    print(&page::summary(&counted));
    for (row, cells) in &counted {
        print(&page::by_size(row, cells));
    }
    print(page::RESILIENCE);
    for row in ROWS {
        for bound in row.bounds {
            print(&resilience::told(catalog, row.name, bound)?);
        }
    }
    Ok(())
}

/// A protocol of a size, counted.
struct Cell {
    size: Size,
    counted: Counted,
}

/// Counts, and sees whether it is what follows from the protocol.
fn cell(catalog: &Catalog, row: &Row, size: Size) -> Result<Cell, Failure> {
    let implementation = catalog.implementation(row.name)?;
    let counted = count(catalog.runtime("sim")?, implementation, row, size)?;
    let expected = (row.ours.messages)(&size, counted.turns);
    if (counted.messages - expected).abs() > 0.05 {
        let (name, formula, sum) = (row.name, row.ours.formula, counted.messages);
        return Err(Failure::Harness(format!(
            "{name} with {size:?}: {sum} messages a multicast ({}), and {formula} comes to \
             {expected}: either it has changed, and so should table1/rows.rs, or it sends too much",
            page::labels(&counted)
        )));
    }
    Ok(Cell { size, counted })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::builtin;

    #[test]
    fn what_follows_from_each_protocol_is_what_its_smallest_run_counts() {
        let catalog = builtin();
        for row in ROWS {
            let size = row.sizes().next().unwrap();
            cell(&catalog, row, size).unwrap_or_else(|failure| panic!("{failure}"));
        }
    }

    #[test]
    fn a_formula_that_says_something_else_is_told() {
        let wrong = Row { ours: rows::Ours { messages: |_, _| 1.0, ..ROWS[0].ours }, ..ROWS[0] };
        let told = cell(&builtin(), &wrong, wrong.sizes().next().unwrap());
        assert!(told.is_err_and(|failure| failure.to_string().contains("comes to 1:")));
    }
}
