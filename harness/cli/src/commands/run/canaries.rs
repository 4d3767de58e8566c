//! Canaries: every planted flaw must be found by the schedule that kills it. A tester that finds
//! nothing must prove that it still can.

use crate::catalog::Catalog;
use crate::exit::Failure;
use pepperland_core::checker::Case;
use pepperland_core::finding::Canary;
use pepperland_core::implementation::{Flaw, Implementation};
use pepperland_core::runtime::Detail;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Schedule;
use pepperland_core::verdict::Ruling;

/// Tries every planted flaw of these implementations.
pub fn try_all(catalog: &Catalog, implementations: &[String]) -> Result<Vec<Canary>, Failure> {
    let mut canaries = Vec::new();
    for name in implementations {
        let implementation = catalog.implementation(name)?;
        for flaw in implementation.flaws {
            canaries.push(try_one(catalog, implementation, flaw)?);
        }
    }
    Ok(canaries)
}

fn try_one(
    catalog: &Catalog,
    implementation: &Implementation,
    flaw: &Flaw,
) -> Result<Canary, Failure> {
    let schedule = killer(implementation, flaw)?;
    let scenario =
        Scenario { flaw: Some(flaw.name.to_owned()), ..Scenario::new(implementation.name, "none") };
    let trial = catalog.trial(&scenario)?;
    let history = trial.run(&schedule, Detail::Network)?;
    let case = Case::new(&history);
    let violated = |property: &str| -> Result<bool, Failure> {
        let verdict = (catalog.checker(property)?.check)(&case);
        Ok(verdict.ruling() == Ruling::Violated)
    };
    let mut collateral = Vec::new();
    for property in flaw.keeps {
        if violated(property)? {
            collateral.push((*property).to_owned());
        }
    }
    Ok(Canary {
        implementation: implementation.name.to_owned(),
        flaw: flaw.name.to_owned(),
        property: flaw.breaks.to_owned(),
        found: violated(flaw.breaks)?,
        collateral,
    })
}

/// The schedule that kills a flaw. It may be shared by several implementations.
fn killer(implementation: &Implementation, flaw: &Flaw) -> Result<Schedule, Failure> {
    let wrong = |error| {
        let (flaw, of) = (flaw.name, implementation.name);
        Failure::Harness(format!("the killing schedule of {flaw} of {of}: {error}"))
    };
    let mut schedule = Schedule::from_text(flaw.killer).map_err(wrong)?;
    schedule.header.implementation = implementation.name.to_owned();
    schedule.header.flaw = Some(flaw.name.to_owned());
    Ok(schedule)
}
