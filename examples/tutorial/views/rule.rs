//! A rule, and the smallest run in which a flaw breaks it.

use crate::proof::first_finding;
use pepperland::core::finding::Finding;
use pepperland::core::scenario::Scenario;
use pepperland::reports::diagram;
use pepperland::reports::style::Style;
use pepperland::reports::terminal;

/// A rule, and what breaks it.
pub struct Rule {
    /// The name of its drawing.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Why the line that is switched off bears it.
    pub why: &'static str,
    implementation: &'static str,
    flaw: Option<&'static str>,
    property: &'static str,
    faults: &'static str,
    workload: &'static str,
}

/// The four rules.
pub const RULES: &[Rule] = &[
    Rule {
        name: "sent-in-another-view",
        says: "A message that is sent in a view can be delivered in that view alone.",
        why: "The application is not told to stop while the view changes. What it multicasts \
              after its node has told what it has belongs to the old view, and comes too late for \
              it.",
        implementation: "virtual-synchrony",
        flaw: Some("no-block"),
        property: "sending-view-delivery",
        faults: "crash",
        workload: "steady",
    },
    Rule {
        name: "not-the-same-messages",
        says: "A message that is delivered in a view to one member that goes on is delivered in \
               it to all that go on.",
        why: "Nobody tells the others what it has before the view changes. A sender crashes \
              between two of its sends, and some have its message.",
        implementation: "virtual-synchrony",
        flaw: Some("no-flush"),
        property: "virtual-synchrony",
        faults: "crash",
        workload: "steady",
    },
    Rule {
        name: "went-on-without",
        says: "A member that does not get a message is not in the next view.",
        why: "The next view comes when a majority has told what it has. Who is slow is in it all \
              the same, without the message.",
        implementation: "virtual-synchrony",
        flaw: Some("flush-on-majority"),
        property: "not-in-next-view",
        faults: "crash",
        workload: "steady",
    },
    Rule {
        name: "state-without-a-message",
        says: "Who enters a view gets the state of the others, and is then as one that has \
               received all messages delivered before.",
        why: "The state is taken before the view comes, and what is delivered between is in \
              neither.",
        implementation: "state-transfer",
        flaw: Some("snapshot-misses-in-flight"),
        property: "state-transfer-gap",
        faults: "none",
        workload: "joining",
    },
];

/// The second rule at its word, which a protocol without a flaw breaks.
pub const LITERAL: Rule = Rule {
    name: "cut-off-and-correct",
    says: "What a correct node delivers in a view, every correct node of the view delivers in it.",
    why: "No line is switched off: the others cannot wait for ever.",
    implementation: "primary-partition",
    flaw: None,
    property: "view-atomicity",
    faults: "partition",
    workload: "steady",
};

/// A rule with the run in which it breaks.
pub struct Shown<'a> {
    rule: &'a Rule,
    finding: Finding,
}

impl Rule {
    /// The run in which it breaks.
    ///
    /// # Errors
    /// If the search finds none.
    pub fn shown(&self) -> Result<Shown<'_>, String> {
        let scenario = Scenario {
            flaw: self.flaw.map(str::to_owned),
            workload: self.workload.to_owned(),
            properties: vec![self.property.to_owned()],
            ..Scenario::new(self.implementation, self.faults)
        };
        let found = first_finding(&scenario);
        let finding =
            found.ok_or_else(|| format!("{}: no run breaks {}", self.name, self.property))?;
        Ok(Shown { rule: self, finding })
    }

    fn command(&self) -> String {
        let Rule { implementation, property, faults, workload, .. } = self;
        let flaw = self.flaw.map(|flaw| format!(" --flaw {flaw}")).unwrap_or_default();
        format!(
            "pepperland run --impl {implementation}{flaw} --faults {faults} --workload {workload} \
             --properties {property} --seed 0"
        )
    }
}

impl Shown<'_> {
    /// The run as a drawing.
    pub fn drawing(&self) -> String {
        diagram::standalone(&self.finding.history, &self.finding.witness.events)
    }

    /// The rule and the run, in Markdown.
    pub fn text(&self, drawing: &str) -> String {
        let Rule { says, why, property, .. } = self.rule;
        let picture = terminal::picture(&self.finding, Style::Plain);
        let (because, command) = (&self.finding.witness.because, self.rule.command());
        format!(
            "*{says}* The property: `{property}`.\n\n{why}\n\n{because}:\n\n```text\n{picture}```\n\n\
             ![{says}]({drawing})\n\n```sh\n{command}\n```\n\n"
        )
    }
}
