//! Everything that has a name on the command line.

use crate::processes;
use crate::programs::{self, Programs};
use pepperland_core::checker::{Checker, Class, Given};
use pepperland_core::fault::{Fault, Profile};
use pepperland_core::history::Kind;
use pepperland_core::implementation::{Claim, Implementation, Proviso};
use pepperland_core::names::did_you_mean;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::Runtime;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Ask;
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use pepperland_core::workload::{Stage, Workload};
use pepperland_search::Trial;
use pepperland_sim::Simulator;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Implementations, workloads, fault profiles, properties and runtimes, by name.
pub struct Catalog {
    /// The implementations under test.
    pub implementations: Vec<&'static Implementation>,
    /// What clients do.
    pub workloads: Vec<&'static Workload>,
    /// What goes wrong.
    pub profiles: Vec<&'static Profile>,
    /// What is judged.
    pub checkers: Vec<&'static Checker>,
    /// What it runs on, besides processes, which each scenario has of its own.
    pub runtimes: Vec<Arc<dyn Runtime>>,
    /// What is known of programs that are implementations.
    pub programs: Programs,
}

/// All that comes with Pepperland.
pub fn builtin() -> Catalog {
    Catalog {
        implementations: pepperland_impls::all().collect(),
        workloads: pepperland_workloads::all().collect(),
        profiles: pepperland_faults::ALL.to_vec(),
        checkers: pepperland_checkers::all().collect(),
        runtimes: runtimes(),
        programs: Programs::default(),
    }
}

#[cfg(not(feature = "turmoil"))]
fn runtimes() -> Vec<Arc<dyn Runtime>> {
    vec![Arc::new(Simulator)]
}

#[cfg(feature = "turmoil")]
fn runtimes() -> Vec<Arc<dyn Runtime>> {
    use pepperland_turmoil::{Transport, Turmoil};
    let on = |transport| Arc::new(Turmoil { transport });
    vec![Arc::new(Simulator), on(Transport::Udp), on(Transport::Tcp)]
}

/// There is nothing of this name.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct Unknown(pub String);

impl Catalog {
    /// The catalogue with one more implementation, in front of the others.
    #[must_use]
    pub fn with_impl(mut self, implementation: &'static Implementation) -> Catalog {
        self.implementations.insert(0, implementation);
        self
    }

    /// The implementation of this name.
    ///
    /// # Errors
    /// [`Unknown`], with the nearest right name.
    pub fn implementation(&self, name: &str) -> Result<&'static Implementation, Unknown> {
        find("implementation", name, &self.implementations, |i| i.name).copied()
    }

    /// The workload of this name.
    ///
    /// # Errors
    /// [`Unknown`], with the nearest right name.
    pub fn workload(&self, name: &str) -> Result<&'static Workload, Unknown> {
        find("workload", name, &self.workloads, |w| w.name).copied()
    }

    /// The checker of the property of this name.
    ///
    /// # Errors
    /// [`Unknown`], with the nearest right name.
    pub fn checker(&self, property: &str) -> Result<&'static Checker, Unknown> {
        find("property", property, &self.checkers, |c| c.property).copied()
    }

    /// The runtime of this name, if all implementations share it.
    ///
    /// # Errors
    /// [`Unknown`], with the nearest right name.
    pub fn runtime(&self, name: &str) -> Result<&dyn Runtime, Unknown> {
        find("runtime", name, &self.runtimes, |r| r.name()).map(|runtime| &**runtime)
    }

    /// The names of all runtimes, and a sentence on each.
    pub fn runtime_names(&self) -> impl Iterator<Item = (&'static str, &'static str)> + '_ {
        let shared = self.runtimes.iter().map(|runtime| (runtime.name(), runtime.statement()));
        shared.chain([(processes::NAME, processes::STATEMENT)])
    }

    /// The runtime of a scenario.
    fn runtime_of(&self, scenario: &Scenario) -> Result<Arc<dyn Runtime>, Unknown> {
        if scenario.runtime == processes::NAME {
            return Ok(Arc::new(self.programs.runtime(scenario)?));
        }
        let names: Vec<&str> = self.runtime_names().map(|(name, _)| name).collect();
        let name = *find("runtime", &scenario.runtime, &names, |name| name)?;
        find("runtime", name, &self.runtimes, |runtime| runtime.name()).cloned()
    }

    /// What a scenario tests.
    fn tested(
        &self,
        scenario: &Scenario,
        workload: &Workload,
    ) -> Result<&'static Implementation, Unknown> {
        match &scenario.bin {
            Some(_) => {
                let service = invokes(workload).then_some(workload.name);
                Ok(self.programs.implementation(&scenario.implementation, service))
            }
            None => self.implementation(&scenario.implementation),
        }
    }

    /// What a scenario is judged by if it does not say.
    fn usual_properties(
        &self,
        implementation: &'static Implementation,
        (scenario, workload): (&Scenario, &Workload),
        faults: &[(&'static Profile, String)],
    ) -> Result<Vec<&'static str>, Unknown> {
        if scenario.bin.is_some() {
            return programs::usual_properties(workload, invokes(workload));
        }
        let several =
            workload.layout.groups(scenario.nodes.unwrap_or(implementation.nodes)).len() > 1;
        let claimed = claimed_under(implementation, faults, several);
        Ok(claimed.filter(|name| self.is_brought_out(name, (scenario, workload), faults)).collect())
    }

    /// A scenario made ready to run. Without properties of its own it is judged by what its
    /// implementation claims under its faults.
    ///
    /// # Errors
    /// [`Unknown`] for any name that means nothing.
    pub fn trial<'a>(&'a self, scenario: &'a Scenario) -> Result<Trial<'a>, Unknown> {
        scenario.check().map_err(Unknown)?;
        let workload = self.workload(&scenario.workload)?;
        let implementation = self.tested(scenario, workload)?;
        if let Some(flaw) = &scenario.flaw {
            let flaws = format!("flaw of {}", implementation.name);
            let planted = implementation.flaws.iter().map(|planted| planted.name);
            let harmless = implementation.controls().map(|control| control.name);
            let names: Vec<&str> = planted.chain(harmless).collect();
            find(&flaws, flaw, &names, |name| name)?;
        }
        let faults = pepperland_faults::resolve(&scenario.faults)
            .map_err(|error| Unknown(error.to_string()))?;
        let mut names: Vec<&str> = match scenario.properties.is_empty() {
            true => self.usual_properties(implementation, (scenario, workload), &faults)?,
            false => scenario.properties.iter().map(String::as_str).collect(),
        };
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        let checkers = names.into_iter().map(|name| self.checker(name));
        let runtime = self.runtime_of(scenario)?;
        let profiles = self.profiles.iter().copied();
        let profiles = profiles.filter(|profile| can(&*runtime, profile)).collect();
        Ok(Trial {
            plan: Plan { scenario, implementation, workload, faults, profiles },
            runtime,
            checkers: checkers.collect::<Result<_, _>>()?,
        })
    }

    /// The workload that asks for what the implementation offers: the one of its service's name, if
    /// there is one; for groups with views one that changes them; else the first.
    pub fn usual_workload(&self, implementation: &Implementation) -> &'static str {
        let of_service = |w: &&&Workload| Some(w.name) == implementation.model.service;
        let changes = |w: &&&Workload| implementation.model.views && w.name == "joining";
        let usual = self.workloads.iter().find(of_service);
        let usual = usual.or(self.workloads.iter().find(changes)).or(self.workloads.first());
        usual.map_or("steady", |workload| workload.name)
    }

    /// Whether workload and faults bring out what the property is judged of: what clients get for
    /// their operations, and whom a detector may suspect.
    fn is_brought_out(
        &self,
        property: &str,
        (scenario, workload): (&Scenario, &Workload),
        faults: &[(&'static Profile, String)],
    ) -> bool {
        let Ok(checker) = self.checker(property) else { return true };
        let needs = |kinds: &[Kind]| kinds.iter().any(|kind| checker.needs.contains(kind));
        let operations = !needs(&[Kind::Invoke, Kind::Apply]) || invokes(workload);
        let given = |given: Given| checker.given.contains(&given);
        let completeness = checker.class != Class::Safety && needs(&[Kind::Crash]);
        let crashes = !needs(&[Kind::Crash, Kind::Suspect])
            || match completeness || given(Given::Bound("detection")) {
                true => faults.iter().any(may_crash_for_good),
                false => faults.iter().any(may_crash),
            };
        let transfers = !needs(&[Kind::StateGet, Kind::StateSet])
            || workload.layout.is_changing()
            || faults.iter().any(may_come_back);
        let changes = !given(Given::ViewChanges)
            || workload.layout.is_changing()
            || faults.iter().any(may_change_views);
        // To come back one must have been missed, and that takes time.
        let is_long = scenario.chaos_ms >= LONG_MS || !needs(&[Kind::StateSet]);
        let exclusions =
            !given(Given::WrongExclusions) || is_long && faults.iter().any(may_cut_off);
        operations && crashes && transfers && changes && exclusions
    }

    /// The fault profiles that an implementation's claims allow, by name.
    pub fn claimed_faults(&self, implementation: &Implementation) -> Vec<&'static str> {
        let allowed = |p: &&&'static Profile| implementation.outside_model(p.needs).is_empty();
        self.profiles.iter().filter(allowed).map(|profile| profile.name).collect()
    }
}

/// Whether the runtime can bring about all that a fault profile needs.
pub fn can(runtime: &dyn Runtime, profile: &Profile) -> bool {
    !profile.needs.iter().any(|fault| runtime.lacks().contains(fault))
}

/// Whether nodes may crash: by a profile that says so, or one that combines others.
fn may_crash((profile, _): &(&'static Profile, String)) -> bool {
    profile.needs.contains(&Fault::Crash) || profile.needs.is_empty() && profile.name != "none"
}

/// Faults that last as long as this last longer than the patience of whoever waits for a node, ms.
const LONG_MS: u64 = 500;

/// Whether nodes may crash and not come back.
fn may_crash_for_good(fault: &(&'static Profile, String)) -> bool {
    may_crash(fault) && !fault.0.needs.contains(&Fault::Recovery)
}

/// Whether nodes may come back to a group after they were out of it.
fn may_come_back(fault: &(&'static Profile, String)) -> bool {
    let returns = [Fault::Recovery, Fault::Partition, Fault::Pause];
    returns.iter().any(|needed| fault.0.needs.contains(needed))
}

/// Whether views may change by it: whoever crashes or is late leaves them.
fn may_change_views(fault: &(&'static Profile, String)) -> bool {
    may_crash(fault) || may_cut_off(fault) || fault.0.needs.contains(&Fault::Delay)
}

/// Whether a node that lives may be taken for one that has crashed.
fn may_cut_off((profile, _): &(&'static Profile, String)) -> bool {
    let cuts = [Fault::Partition, Fault::Pause].iter().any(|fault| profile.needs.contains(fault));
    cuts || profile.needs.is_empty() && profile.name != "none"
}

/// Whether clients ask for operations.
fn invokes(workload: &Workload) -> bool {
    let nodes = 5;
    let groups = workload.layout.groups(nodes);
    let stage = Stage { nodes, groups, broadcasts: 10, until: Time::millis(100) };
    let steps = (workload.plan)(&stage, &mut Seed(0).stream("workload"));
    steps.iter().any(|step| matches!(step.ask, Ask::Invoke { .. }))
}

/// The faults of which something is late.
const LATE: [Fault; 4] = [Fault::Delay, Fault::Reorder, Fault::Partition, Fault::Pause];

/// The properties claimed while these faults are at work and there are several groups or one: what
/// is claimed only while nobody crashes is not claimed where somebody always does, nor what is
/// claimed only while nothing is late where something always is.
fn claimed_under<'a>(
    implementation: &'a Implementation,
    faults: &[(&'static Profile, String)],
    several: bool,
) -> impl Iterator<Item = &'static str> + use<'a> {
    let needs = |fault| faults.iter().any(|(profile, _)| profile.needs.contains(fault));
    let crashes = needs(&Fault::Crash);
    let late = LATE.iter().any(needs);
    let bound = move |claim: &&Claim| match claim.proviso {
        Proviso::NobodyCrashes => !crashes,
        Proviso::InTime => !late,
        Proviso::OneGroup => !several,
        Proviso::SeveralGroups => several,
        _ => true,
    };
    implementation.claims().filter(bound).map(|claim| claim.property)
}

fn find<'a, T>(
    what: &str,
    name: &str,
    list: &'a [T],
    name_of: impl Fn(&T) -> &str + Copy,
) -> Result<&'a T, Unknown> {
    list.iter().find(|item| name_of(item) == name).ok_or_else(|| {
        let hint = did_you_mean(name, list.iter().map(name_of));
        let all: Vec<&str> = list.iter().map(name_of).collect();
        let all = match list.is_empty() {
            true => "none".to_owned(),
            false => all.join(", "),
        };
        Unknown(format!("there is no {what} \"{name}\"{hint} (there are: {all})"))
    })
}
