//! Campaigns in a test: no command line, no files.

use crate::catalog::{Catalog, Unknown, builtin};
use pepperland_core::finding::Finding;
use pepperland_core::implementation::Implementation;
use pepperland_core::scenario::Scenario;
use pepperland_core::seed::Seed;
use pepperland_core::verdict::Ruling;
use pepperland_search::planner::PORTFOLIO;
use pepperland_search::{InOrder, Limits, Progress, Searched, search};

/// A campaign for one implementation: every fault profile its claims allow, 100 runs of each,
/// unless told otherwise.
pub fn test(implementation: &'static Implementation) -> Campaign {
    Campaign {
        catalog: builtin().with_impl(implementation),
        base: Scenario::new(implementation.name, "swarm"),
        faults: None,
        runs: 100,
        seed: Seed(0),
    }
}

/// A campaign that is being put together.
pub struct Campaign {
    catalog: Catalog,
    base: Scenario,
    faults: Option<Vec<String>>,
    runs: u64,
    seed: Seed,
}

impl Campaign {
    /// Only under these faults; a comma combines several into one.
    #[must_use]
    pub fn faults(mut self, faults: &str) -> Campaign {
        self.base.faults = faults.to_owned();
        self.faults.get_or_insert_default().push(faults.to_owned());
        self
    }

    /// With a planted flaw switched on.
    #[must_use]
    pub fn flaw(mut self, flaw: &str) -> Campaign {
        self.base.flaw = Some(flaw.to_owned());
        self
    }

    /// Under this workload.
    #[must_use]
    pub fn workload(mut self, workload: &str) -> Campaign {
        self.base.workload = workload.to_owned();
        self
    }

    /// Judged by these properties instead of those it claims.
    #[must_use]
    pub fn properties(mut self, properties: &[&str]) -> Campaign {
        self.base.properties = properties.iter().map(|name| (*name).to_owned()).collect();
        self
    }

    /// Judged also where the faults are outside its model.
    #[must_use]
    pub fn beyond_model(mut self) -> Campaign {
        self.base.beyond_model = true;
        self
    }

    /// With so many nodes.
    #[must_use]
    pub fn nodes(mut self, nodes: usize) -> Campaign {
        self.base.nodes = Some(nodes);
        self
    }

    /// So many runs of each fault profile.
    #[must_use]
    pub fn runs(mut self, runs: u64) -> Campaign {
        self.runs = runs;
        self
    }

    /// From this seed.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Campaign {
        self.seed = Seed(seed);
        self
    }

    /// Runs the campaign.
    ///
    /// # Errors
    /// [`Unknown`] for any name that means nothing, or what the runtime refuses.
    pub fn search(&self) -> Result<Searched, Unknown> {
        let implementation = self.catalog.implementation(&self.base.implementation)?;
        let claimed = || {
            let names = self.catalog.claimed_faults(implementation);
            names.into_iter().map(str::to_owned).collect()
        };
        let mut all = Searched::default();
        for faults in self.faults.clone().unwrap_or_else(claimed) {
            let scenario = Scenario { faults, ..self.base.clone() };
            let trial = self.catalog.trial(&scenario)?;
            let found = search(&trial, self.seed, &self.limits(), &InOrder, &Quiet);
            let mut found = found.map_err(|refused| Unknown(refused.to_string()))?;
            all.rows.append(&mut found.rows);
            all.findings.append(&mut found.findings);
            all.runs += found.runs;
            all.events += found.events;
        }
        Ok(all)
    }

    /// The campaign as a proptest strategy: schedules under the faults named last, or under a
    /// swarm of all that its claims allow. A failing schedule shrinks, and proptest's own failure
    /// file replays it.
    ///
    /// ```
    /// # const MY_PROTOCOL: &pepperland::prelude::Implementation = &pepperland::impls::multicast::basic::ENTRY;
    /// # use proptest::prelude::*;
    /// let campaign = pepperland::test(MY_PROTOCOL).faults("crash");
    /// let schedules = campaign.schedules();
    /// proptest!(|(schedule in &schedules)| schedules.check(&schedule)?);
    /// ```
    ///
    /// # Panics
    /// If a name means nothing.
    #[cfg(feature = "proptest")]
    pub fn schedules(&self) -> pepperland_search::strategy::Schedules<'_> {
        let trial = self.catalog.trial(&self.base).unwrap_or_else(|error| panic!("{error}"));
        pepperland_search::strategy::schedules(trial)
    }

    fn limits(&self) -> Limits {
        Limits {
            strategy: &PORTFOLIO,
            runs: self.runs,
            shard: 0,
            shards: 1,
            fail_fast: false,
            shrink_replays: 3_000,
        }
    }

    /// Runs the campaign, and panics unless every property held.
    ///
    /// # Panics
    /// If a property was violated (with the shrunk run) or could not be judged (with the reason).
    pub fn assert_holds(&self) {
        let searched = self.search().unwrap_or_else(|error| panic!("{error}"));
        if let Some(finding) = searched.findings.first() {
            panic!("{}", told(finding));
        }
        let undecided = searched.rows.iter().find(|row| row.outcome == Ruling::Undecided);
        if let Some(row) = undecided {
            let reason = row.reason.as_deref().unwrap_or("no run judged it");
            panic!("{} of {} is undecided: {reason}", row.property, row.scenario);
        }
    }

    /// Runs the campaign, and panics unless the property was violated; returns the finding.
    ///
    /// # Panics
    /// If the property was not violated.
    pub fn assert_violates(&self, property: &str) -> Finding {
        let searched = self.search().unwrap_or_else(|error| panic!("{error}"));
        let mut findings = searched.findings.into_iter();
        let found = findings.find(|finding| finding.property == property);
        found.unwrap_or_else(|| panic!("{property} held in all {} runs", searched.runs))
    }
}

fn told(finding: &Finding) -> String {
    format!(
        "{} is violated in run {} of {} (seed {}): {}\nthe shrunk schedule:\n{}",
        finding.property,
        finding.run,
        finding.scenario.name(),
        finding.seed,
        finding.witness.because,
        finding.schedule.to_text()
    )
}

/// Says nothing and never stops.
struct Quiet;

impl Progress for Quiet {
    fn advanced(&self, _: u64) {}
    fn should_stop(&self) -> bool {
        false
    }
}
