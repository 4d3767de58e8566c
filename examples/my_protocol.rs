//! A protocol of one's own, outside Pepperland, with the whole command line.
//!
//! `cargo run --example my_protocol -- run --impl twice` searches it for counterexamples;
//! `-- list impls` has it in front.

use pepperland::prelude::*;
use std::collections::BTreeSet;
use std::process::ExitCode;

/// Sends every message twice, in case one copy is lost, and delivers it once.
struct Twice<L> {
    lower: L,
    delivered: BTreeSet<MessageId>,
}

impl<L: Layer<Payload = Message>> Protocol for Twice<L> {
    type Payload = Message;
    type Lower = L;

    fn lower(&mut self) -> &mut L {
        &mut self.lower
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.send_each_below(cx.members(group), m.clone(), cx);
        self.send_each_below(cx.members(group), m, cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        if self.delivered.insert(delivery.message.id) {
            cx.deliver(delivery);
        }
    }
}

const MY_PROTOCOL: Implementation = Implementation {
    name: "twice",
    number: "my own",
    statement: "every message is sent twice and delivered once",
    source: "this file",
    claims: &[&[
        Claim::always("no-creation"),
        Claim::always("no-duplication"),
        Claim::always("validity-self"),
        Claim::always("validity-all"),
    ]],
    model: Model {
        failures: FailureModel::CrashStop,
        channel: Channel::Perfect,
        tolerates: &[Fault::Crash, Fault::Delay, Fault::Reorder, Fault::Duplication],
        groups: Groups::Open,
        ..Model::ASYNCHRONOUS
    },
    nodes: 4,
    budget: |nodes| nodes - 1,
    flaws: &[],
    controls: &[],
    breaks: &[],
    cost: None,
    build: |_| Stack::node(Twice { lower: Network::payload(), delivered: BTreeSet::new() }),
};

fn main() -> ExitCode {
    pepperland::run(std::env::args_os(), &pepperland::builtin().with_impl(&MY_PROTOCOL))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_under_every_fault_that_it_claims_to_live_with() {
        pepperland::test(&MY_PROTOCOL).runs(50).assert_holds();
    }

    /// A node that crashes between two sends leaves some members without the message: it is not
    /// reliable, and does not say so.
    #[test]
    fn is_not_reliable() {
        let campaign = pepperland::test(&MY_PROTOCOL).faults("crash").properties(&["agreement"]);
        let finding = campaign.assert_violates("agreement");
        assert_eq!(finding.after.requests, 1);
    }

    #[test]
    fn has_the_whole_command_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let out = folder.path().to_str().expect("a name");
        let words = ["my_protocol", "run", "--impl", "twice", "--runs", "2", "--out", out];
        let catalog = pepperland::builtin().with_impl(&MY_PROTOCOL);
        assert_eq!(pepperland::run(words.map(Into::into), &catalog), ExitCode::SUCCESS);
        assert!(folder.path().join("index.html").is_file());
    }
}
