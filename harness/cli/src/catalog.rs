//! Everything that has a name on the command line.

mod claims;

use crate::processes;
use crate::programs::{self, Programs};
use claims::{by_chance, claimed_under, combines, decides, invokes, is_brought_out, proposes};
use pepperland_core::checker::Checker;
use pepperland_core::fault::{Choice, Fault, Named, Profile};
use pepperland_core::implementation::{Implementation, Proviso};
use pepperland_core::names::did_you_mean;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Repeats, Runtime};
use pepperland_core::scenario::{Network, Scenario};
use pepperland_core::workload::{Layout, Workload};
use pepperland_search::{Trial, of_frames};
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
                Ok(self.programs.implementation(scenario, service))
            }
            None => self.implementation(&scenario.implementation),
        }
    }

    /// What a scenario is judged by if it does not say.
    fn usual_properties(
        &self,
        implementation: &'static Implementation,
        (scenario, workload): (&Scenario, &Workload),
        faults: &[Named],
    ) -> Result<Vec<&'static str>, Unknown> {
        if scenario.bin.is_some() {
            return programs::usual_properties(workload, invokes(workload));
        }
        let several =
            workload.layout.groups(scenario.nodes.unwrap_or(implementation.nodes)).len() > 1;
        let claimed = claimed_under(implementation, faults, several);
        let is_brought_out = |name: &&'static str| {
            let asked = (scenario, workload);
            let brought_out = |checker| is_brought_out(checker, implementation, asked, faults);
            self.checker(name).map_or(true, brought_out)
        };
        let on_sockets = scenario.network == Network::Netns;
        let may_bind = |name: &&'static str| {
            let proviso = implementation.claim(name).map(|claim| claim.proviso);
            let speaks_of_frames = self.checker(name).is_ok_and(of_frames);
            let binds = match proviso {
                Some(Proviso::SendsSurvive) => !on_sockets,
                Some(Proviso::AskedAtOnce) => !scenario.asks_for_real_time(),
                _ => true,
            };
            binds && !(on_sockets && speaks_of_frames)
        };
        Ok(claimed.filter(is_brought_out).filter(may_bind).collect())
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
        check_leaving(&faults, workload)?;
        check_roles(implementation, (scenario, workload))?;
        check_proposals(implementation, workload)?;
        let mut names: Vec<&str> = match scenario.properties.is_empty() {
            true => self.usual_properties(implementation, (scenario, workload), &faults)?,
            false => scenario.properties.iter().map(String::as_str).collect(),
        };
        let mut seen = BTreeSet::new();
        names.retain(|name| seen.insert(*name));
        let checkers = names.into_iter().map(|name| self.checker(name));
        let checkers: Vec<&'static Checker> = checkers.collect::<Result<_, _>>()?;
        let by_chance = match scenario.properties.is_empty() && faults.iter().any(combines) {
            true => by_chance(implementation, &checkers),
            false => Vec::new(),
        };
        let runtime = self.runtime_of(scenario)?;
        let profiles = self.profiles.iter().copied();
        let profiles = profiles.filter(|profile| can(&*runtime, profile, profile.needs)).collect();
        Ok(Trial {
            plan: Plan {
                scenario,
                implementation,
                workload,
                faults,
                profiles,
                lacks: runtime.lacks(),
            },
            runtime,
            checkers,
            by_chance,
        })
    }

    /// The workload that asks for what the implementation offers: the one that its model names, or
    /// that of its service's name, if there is one; for groups with views one that changes them;
    /// else the first.
    pub fn usual_workload(&self, implementation: &Implementation) -> &'static str {
        let model = &implementation.model;
        let asked = |w: &&&Workload| model.workload == Some(w.name);
        let of_service = |w: &&&Workload| model.service == Some(w.name);
        let changes = |w: &&&Workload| model.views && w.name == "joining";
        let usual = self.workloads.iter().find(asked);
        let usual = usual.or(self.workloads.iter().find(of_service));
        let usual = usual.or(self.workloads.iter().find(changes)).or(self.workloads.first());
        usual.map_or("steady", |workload| workload.name)
    }

    /// The fault profiles that an implementation's claims allow, by name.
    pub fn claimed_faults(&self, implementation: &Implementation) -> Vec<&'static str> {
        self.claimed_faults_on(Network::Stdio, implementation)
    }

    /// The same, and those that the network keeps from it.
    pub fn claimed_faults_on(
        &self,
        network: Network,
        implementation: &Implementation,
    ) -> Vec<&'static str> {
        let absorbed = processes::absorbed(network, implementation.model.channel);
        let allowed = |p: &&&'static Profile| {
            let outside = implementation.outside_model(p.needs);
            let starves = p.needs.contains(&Fault::Starvation);
            outside.iter().all(|fault| absorbed.contains(fault))
                && !(p.exceeds)(&Choice::none_of(p))
                && (!starves || network == Network::Netns)
        };
        self.profiles.iter().filter(allowed).map(|profile| profile.name).collect()
    }
}

/// Whether the runtime can bring about all that is needed for what was chosen of a fault profile.
pub fn can(runtime: &dyn Runtime, profile: &Profile, needs: &[Fault]) -> bool {
    let none = Choice::none_of(profile);
    let foreseen = profile.foresight(&none).is_none() || runtime.repeats() != Repeats::AtARate;
    foreseen && !needs.iter().any(|fault| runtime.lacks().contains(fault))
}

/// Whether there are both clients and servers, and the groups that the workload asks for, where
/// nodes are one or the other.
fn check_roles(
    implementation: &Implementation,
    (scenario, workload): (&Scenario, &Workload),
) -> Result<(), Unknown> {
    if implementation.model.roles.is_none() {
        return Ok(());
    }
    let (name, asked) = (implementation.name, workload.name);
    if implementation.clients(scenario.nodes.unwrap_or(implementation.nodes)) == 0 {
        return Err(Unknown(format!("{name} has clients and servers: it needs at least 2 nodes")));
    }
    if matches!(workload.layout, Layout::Everybody) {
        return Ok(());
    }
    let mend = "take a workload of one group, as \"steady\"";
    Err(Unknown(format!(
        "{name} knows clients and servers, and no other groups as workload \"{asked}\" has; {mend}"
    )))
}

/// Whether it can decide what is proposed: bits are values, but values are no bits.
fn check_proposals(implementation: &Implementation, workload: &Workload) -> Result<(), Unknown> {
    let usual = decides(implementation).filter(|_| proposes(workload));
    match usual.filter(|usual| ![workload.name, ANY_VALUE].contains(usual)) {
        Some(usual) => {
            let (name, asked) = (implementation.name, workload.name);
            Err(Unknown(format!(
                "{name} decides what workload \"{usual}\" proposes, not \"{asked}\": take the former"
            )))
        }
        None => Ok(()),
    }
}

/// Who decides what this workload proposes decides anything.
const ANY_VALUE: &str = "proposals";

/// Whether members can leave, where a fault is that they do.
fn check_leaving(faults: &[Named], workload: &Workload) -> Result<(), Unknown> {
    let leaves = faults.iter().find(|(_, choice)| choice.needs.contains(&Fault::Leave));
    match leaves.filter(|_| !workload.layout.is_changing()) {
        Some((profile, choice)) => {
            let (fault, name) = (format!("{}:{}", profile.name, choice.variant), workload.name);
            let mend = "take one whose groups change, as \"joining\"";
            Err(Unknown(format!("nobody can leave as {fault} asks in workload \"{name}\"; {mend}")))
        }
        None => Ok(()),
    }
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
