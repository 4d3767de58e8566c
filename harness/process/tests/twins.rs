//! A second copy of a node, as a process in virtual time: it lives beside the first.

mod common;

use common::{program, schedule};
use pepperland_core::contract::{Effect, Host, Node};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Setup;
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use pepperland_process::kept::Keeper;
use pepperland_process::stepped::Fleet;

/// Notes the folder in which it lives.
const WHERE: &str = r#"
import os
say("c0", {"type": "init_ok", "in_reply_to": init["msg_id"], "features": ["time"]})
tell("note", text=os.path.basename(os.getcwd()))
tell("done")
for line in sys.stdin:
    pass
"#;

/// What a process notes as it begins.
fn lives_in(node: &mut dyn Node) -> Vec<String> {
    let groups = [[NodeId(0)].into()].into();
    let mut host = Host::new(NodeId(0), groups, Seed(7).stream(""));
    node.start(&mut host);
    let note = |effect: Effect| match effect {
        Effect::Note(text) | Effect::Breach(_, text) => Some(text),
        _ => None,
    };
    host.effects.list.into_iter().filter_map(note).collect()
}

#[test]
fn a_second_copy_has_a_folder_of_its_own_and_the_next_incarnation_the_old_one() {
    let fleet = Fleet::new(&program(WHERE), &Keeper::none(), &schedule(1)).unwrap();
    let setup = Setup {
        node: NodeId(0),
        nodes: 1,
        flaw: None,
        max_latency: Span::millis(2),
        register_latency: Setup::REGISTER_LATENCY,
    };
    let (mut first, mut second) = (fleet.node(&setup), fleet.node(&setup));
    assert_eq!(lives_in(&mut *first), ["n1"]);
    assert_eq!(lives_in(&mut *second), ["n1.second"]);
    first.stop();
    let mut next = fleet.node(&setup);
    assert_eq!(lives_in(&mut *next), ["n1"]);
}
