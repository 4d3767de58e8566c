//! Programs that misbehave: each is told of once, in its own words where it has any, and is mute
//! from then on. Nobody hangs.

mod common;

use common::{each_line, program, schedule};
use pepperland_core::contract::{Effect, Host, Node, Request};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::implementation::Setup;
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::Guarded;
use pepperland_core::seed::Seed;
use pepperland_core::time::Span;
use pepperland_process::kept::Keeper;
use pepperland_process::program::Program;
use pepperland_process::stepped::{Fleet, features_within};
use std::path::PathBuf;
use std::time::Duration;

const SHORT: Duration = Duration::from_secs(3);
const LONG: Duration = Duration::from_secs(60);

/// A node of one program, and what it has done.
struct One {
    node: Box<Guarded>,
    host: Host,
    _fleet: Fleet,
}

impl One {
    fn start(program: &Program, patience: Duration) -> One {
        let fleet =
            Fleet::new(program, &Keeper::none(), &schedule(1)).unwrap().with_patience(patience);
        let setup = Setup {
            node: NodeId(0),
            nodes: 1,
            flaw: None,
            max_latency: Span::millis(2),
            register_latency: Setup::REGISTER_LATENCY,
        };
        let node = Guarded::new(&|setup| fleet.node(setup), &setup);
        let groups = [[NodeId(0)].into()].into();
        let host = Host::new(NodeId(0), groups, Seed(7).stream(""));
        let mut one = One { node, host, _fleet: fleet };
        one.node.start(&mut one.host);
        one
    }

    /// The application multicasts something.
    fn ask(&mut self) {
        let message = Message { id: MessageId::default(), body: Body::new(b"hello") };
        self.node.request(Request::Multicast(GroupId::ALL, message), &mut self.host);
    }

    /// The notes so far, and how many other effects there are.
    fn effects(&mut self) -> (Vec<String>, usize) {
        let list = std::mem::take(&mut self.host.effects.list);
        let note = |effect: &Effect| match effect {
            Effect::Note(text) | Effect::Breach(_, text) => Some(text.clone()),
            _ => None,
        };
        let notes: Vec<String> = list.iter().filter_map(note).collect();
        let others = list.len() - notes.len();
        (notes, others)
    }
}

/// The one note of a program that misbehaves when it is asked for something, after which it is
/// mute; and what it had done before.
fn last_note(program: &Program, patience: Duration) -> (String, usize) {
    let mut one = One::start(program, patience);
    assert_eq!(one.effects(), (Vec::new(), 0), "it begins well");
    one.ask();
    one.ask();
    let (notes, others) = one.effects();
    assert_eq!(notes.len(), 1, "{notes:?}");
    one.ask();
    assert_eq!(one.effects(), (Vec::new(), 0), "it is mute");
    (notes[0].clone(), others)
}

fn misbehaves(what: &str, patience: Duration, told: &str) {
    let (note, _) = last_note(&each_line("[\"time\"]", what), patience);
    assert!(note.contains(told), "{note}");
}

#[test]
fn what_a_program_did_before_it_ended_stands_and_its_last_words_are_told() {
    let what = "tell('deliver', id=body['id'], payload=body['payload'])\n\
                sys.exit('out of cheese')";
    let (note, others) = last_note(&each_line("[\"time\"]", what), LONG);
    assert!(note.contains("ended by itself with status 1"), "{note}");
    assert!(note.contains("out of cheese"), "{note}");
    assert_eq!(others, 1, "the delivery stands");
}

#[test]
fn lines_that_mean_nothing_are_told_with_the_reason() {
    misbehaves("print('hello', flush=True)", LONG, "“hello”, which is no message");
    misbehaves("tell('dance')", LONG, "says nothing to the harness");
    misbehaves("tell('deliver', id='n1:0:1')", LONG, "missing field `payload`");
    misbehaves("tell('suspect', target='n9')", LONG, "\"n9\" is no node");
    misbehaves("tell('view', view='x', members=[])", LONG, "names no view");
    misbehaves("tell('set_timer', timer=1, after=5)", LONG, "the feature \"timer\"");
    misbehaves("tell('store', key='a', value=5)", LONG, "the feature \"storage\"");
}

#[test]
fn a_program_that_does_not_answer_is_not_waited_for() {
    misbehaves("time.sleep(60)", SHORT, "did not answer");
}

#[test]
fn a_program_that_does_not_read_is_not_waited_for() {
    let mut one = One::start(&each_line("[\"time\"]", "time.sleep(60)"), SHORT);
    let large = format!("\"{}\"", "x".repeat(1 << 20));
    assert!(one.node.receive(NodeId(0), large.as_bytes(), &mut one.host).is_ok());
    let (notes, _) = one.effects();
    assert!(notes[0].contains("did not answer"), "{notes:?}");
}

#[test]
fn a_flood_is_stopped() {
    misbehaves("while True: tell('note', text='x' * 1000000)", LONG, "more than 64 MiB");
}

#[test]
fn a_line_without_end_is_stopped() {
    misbehaves("while True: sys.stdout.write('x' * 1000000)", LONG, "which is no message");
}

#[test]
fn a_flood_of_the_log_disturbs_nobody() {
    let what = "sys.stderr.write('x' * 1000000)\ntell('done')";
    let mut one = One::start(&each_line("[\"time\"]", what), LONG);
    one.ask();
    assert_eq!(one.effects(), (Vec::new(), 0));
}

#[test]
fn whoever_says_done_twice_is_found_out() {
    misbehaves(
        "sys.stdout.write(2 * '{\"src\":\"n1\",\"dest\":\"harness\",\"body\":{\"type\":\"done\"}}\\n'); sys.stdout.flush()",
        LONG,
        "after it had said that it was done",
    );
}

#[test]
fn answers_to_nothing_and_messages_to_nobody_are_told_and_forgiven() {
    let what = "say('harness', {'type': 'multicast_ok', 'in_reply_to': 77})\n\
                say('c9', {'type': 'read_ok', 'in_reply_to': 78})\n\
                say('lin-kv', {'type': 'read', 'key': 1})\n\
                say('harness', {'type': 'error', 'in_reply_to': body['msg_id'], 'code': 11, 'text': 'busy'})\n\
                tell('done')";
    let mut one = One::start(&each_line("[\"time\"]", what), LONG);
    one.ask();
    let (notes, _) = one.effects();
    let told = [
        "answered 77, which is no open request",
        "answered 78, which is no open request",
        "sent to lin-kv, which does not exist",
        "answered \"multicast\" with error 11: busy",
    ];
    assert_eq!(notes, told);
    one.ask();
    assert_eq!(one.effects().0.len(), 4, "it is not mute");
}

#[test]
fn a_program_that_is_not_there_is_told_when_it_starts() {
    let nothing = Program { path: PathBuf::from("/no/such/program"), args: Vec::new() };
    let (notes, _) = One::start(&nothing, LONG).effects();
    assert!(notes[0].contains("could not be started"), "{notes:?}");
}

#[test]
fn a_program_that_will_not_live_in_virtual_time_after_all_is_told() {
    let (notes, _) = One::start(&each_line("[]", "tell('done')"), LONG).effects();
    assert!(notes[0].contains("has not asked for the feature \"time\""), "{notes:?}");
}

/// What is said of a program that is asked what it can do.
fn unfit(program: &Program) -> String {
    features_within(program, &Keeper::none(), SHORT).unwrap_err().to_string()
}

#[test]
fn a_program_says_what_it_can_do() {
    let ready = |features| features_within(&each_line(features, "pass"), &Keeper::none(), LONG);
    let features = ready("[\"time\", \"timer\"]").unwrap();
    assert!(features.time && features.timer && !features.invoke && !features.storage);
    assert!(!ready("[]").unwrap().time);
}

#[test]
fn programs_that_are_no_nodes_are_refused_with_the_reason() {
    let nothing = Program { path: PathBuf::from("/no/such/program"), args: Vec::new() };
    assert!(unfit(&nothing).contains("/no/such/program is no node program: the program could not"));
    let timer = each_line("[\"timer\"]", "pass");
    assert!(
        features_within(&timer, &Keeper::none(), LONG)
            .unwrap_err()
            .to_string()
            .contains("need \"time\"")
    );
    let speed = each_line("[\"speed\"]", "pass");
    assert!(
        features_within(&speed, &Keeper::none(), LONG)
            .unwrap_err()
            .to_string()
            .contains("not offered")
    );
    assert!(unfit(&program("time.sleep(60)")).contains("did not answer"));
    let dies = features_within(&program("sys.exit('no config')"), &Keeper::none(), LONG)
        .unwrap_err()
        .to_string();
    assert!(dies.contains("status 1") && dies.contains("no config"), "{dies}");
}

#[test]
fn a_program_that_needs_a_service_to_be_ready_lives_in_real_time() {
    let waits = r#"
say("lin-kv", {"type": "write", "key": "root", "value": 0, "msg_id": 1})
sys.stdin.readline()
say("c0", {"type": "init_ok", "in_reply_to": init["msg_id"], "features": ["time"]})
"#;
    let features = features_within(&program(waits), &Keeper::none(), LONG).unwrap();
    assert!(!features.time);
}
