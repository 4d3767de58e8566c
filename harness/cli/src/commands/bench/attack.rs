//! That two armies cannot agree on an attack by messengers that may be caught: every protocol of
//! the family beside a run of its own that shows it. Runs of the simulator, so that the table is
//! the same everywhere.

use crate::catalog::Catalog;
use crate::exit::Failure;
use crate::output::print;
use pepperland_core::runtime::Detail;
use pepperland_impls::agreement::coordinated_attack::ENTRY;
use pepperland_impls::agreement::coordinated_attack::demonstration::{self, Row, demonstrate};
use pepperland_impls::agreement::coordinated_attack::family::Family;
use pepperland_reports::text::count;

/// Prints a row for each number of messengers and pair of thresholds.
///
/// # Errors
/// What the simulator refuses; and a protocol that no run shows to be no solution.
pub fn measure(catalog: &Catalog) -> Result<(), Failure> {
    let runtime = catalog.runtime("sim")?;
    let table = demonstrate(|schedule| runtime.run(schedule, &ENTRY, Detail::Application))?;
    print("| messengers | n1 waits for | n2 waits for | who hears less retreats | or waits |\n");
    print("| ---: | ---: | ---: | --- | --- |\n");
    for protocols in table.chunks(2) {
        let cells: Vec<String> = protocols.iter().map(cell).collect::<Result<_, _>>()?;
        let Family { messengers, thresholds: [first, second], .. } = protocols[0].0;
        print(&format!("| {messengers} | {first} | {second} | {} |\n", cells.join(" | ")));
    }
    Ok(())
}

/// The first run that shows it, and how many do.
fn cell((family, shown): &Row) -> Result<String, Failure> {
    let Some((battle, failure)) = shown.first() else {
        return Err(Failure::Harness(format!(
            "no run shows that {family:?} is no solution: either it is one, or Battle::all in \
             coordinated_attack/demonstration.rs leaves out runs"
        )));
    };
    let wish = |army: usize| if battle.wishes[army] { "attack" } else { "retreat" };
    let how = match failure {
        demonstration::Failure::Disagree => "one attacks alone",
        demonstration::Failure::NeverDecide => "one never decides",
        demonstration::Failure::NeverAttack => "neither ever attacks",
    };
    let (arrive, of) = (battle.arrive, count(shown.len() as u64, "such run", "such runs"));
    let wishes = format!("{} and {}", wish(0), wish(1));
    Ok(format!("{arrive} arrive, {wishes} proposed: {how} ({of})"))
}
