//! What each disturbance of nodes means.

mod common;

use common::{
    Counts, PLAIN, during, lines, multicast, multicasts, on_network, quiet, run, toy, with,
};
use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Stack};
use pepperland_core::history::{Channel, Kind};
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::schedule::{Deceit, Disturbance, Failing, InFlight, Step, Trouble, Way, When};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::{Span, Time};

fn crash(node: u32) -> Trouble {
    Trouble::Crash { node: NodeId(node), effects: None }
}

#[test]
fn a_crashed_node_hears_nothing_and_is_asked_nothing() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 40]);
    schedule.steps.push(multicast(9, 1, 30));
    schedule.disturbances = vec![Disturbance::from(Time::millis(5), crash(1))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2"), ["5 n2 crash"]);
    assert_eq!(with(&history, "n3 deliver").len(), 2);
}

#[test]
fn a_crash_falls_between_two_sends_of_one_multicast() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    let trouble = Trouble::Crash { node: NodeId(0), effects: Some(2) };
    schedule.disturbances = vec![Disturbance::from(Time::ZERO, trouble)];
    let history = run(&schedule, &PLAIN);
    let expected = ["1 n1 broadcast n1:0:1", "1 n1 crash", "11 n2 deliver n1:0:1"];
    assert_eq!(lines(&history), expected);
}

#[test]
fn a_handler_with_few_effects_is_survived() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    let trouble = Trouble::Crash { node: NodeId(0), effects: Some(3) };
    schedule.disturbances = vec![Disturbance::from(Time::ZERO, trouble)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "deliver").len(), 3);
    assert!(with(&history, "crash").is_empty());
}

#[test]
fn a_restarted_node_finds_what_it_had_stored() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 2, 25, 60]);
    schedule.steps.push(multicast(9, 1, 61));
    schedule.disturbances = vec![during(20, 50, crash(1))];
    let history = run(&schedule, &on_network::<Counts>());
    let expected = [
        "11 n2 deliver n1:0:1",
        "12 n2 deliver n1:0:2",
        "20 n2 crash",
        "50 n2 recover",
        "50 n2 note recovered with 2",
        "61 n2 broadcast n2:1:1",
        "70 n2 deliver n1:0:4",
        "71 n2 deliver n2:1:1",
    ];
    let at_n2: Vec<String> =
        lines(&history).into_iter().filter(|line| line.contains(" n2 ")).collect();
    assert_eq!(at_n2, expected);
}

#[test]
fn a_failing_disk_does_not_bring_back_what_was_stored() {
    for (how, count, touched) in [
        (Failing::Lying, 1, 2),
        (Failing::Torn { keep: PerMillion::percent(50) }, 0, 1),
        (Failing::Lost { unsynced: Span::millis(4) }, 2, 1),
    ] {
        let mut schedule = multicasts(Channel::FairLoss, &[1, 5, 9]);
        let disk = Trouble::Disk { node: NodeId(1), how };
        schedule.disturbances = vec![during(12, 50, disk), during(20, 50, crash(1))];
        let history = run(&schedule, &on_network::<Counts>());
        assert_eq!(with(&history, "note"), [format!("50 n2 note recovered with {count}")]);
        assert_eq!(with(&history, "heal"), [format!("50 heal touched={touched} id=0")]);
    }
}

/// turmoil brings what was sent to a crashed host to its next incarnation; the fence does not.
#[test]
fn a_frame_to_an_earlier_incarnation_is_discarded() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 7]);
    schedule.disturbances = vec![during(5, 8, crash(1))];
    let history = run(&schedule, &PLAIN);
    assert!(with(&history, "n2 deliver").is_empty());
    assert_eq!(with(&history, "n3 deliver").len(), 2);
}

#[test]
fn what_a_crashed_node_had_sent_is_kept_or_lost() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    schedule.disturbances = vec![during(5, 7, crash(0))];
    let kept = run(&schedule, &PLAIN);
    assert_eq!(with(&kept, "deliver"), ["11 n2 deliver n1:0:1", "11 n3 deliver n1:0:1"]);
    schedule.header.network.in_flight = InFlight::Lost;
    assert!(with(&run(&schedule, &PLAIN), "deliver").is_empty());
}

#[test]
fn a_paused_node_does_everything_when_it_goes_on() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    schedule.steps.push(multicast(9, 1, 15));
    schedule.disturbances = vec![during(5, 30, Trouble::Pause { node: NodeId(1) })];
    let history = run(&schedule, &PLAIN);
    let expected = [
        "5 n2 pause",
        "30 n2 resume",
        "30 n2 deliver n1:0:1",
        "30 n2 broadcast n2:0:1",
        "40 n2 deliver n2:0:1",
    ];
    let at_n2: Vec<String> =
        lines(&history).into_iter().filter(|line| line.contains(" n2 ")).collect();
    assert_eq!(at_n2, expected);
}

#[test]
fn a_node_that_comes_back_into_a_pause_recovers_after_it() {
    let mut schedule = quiet(Channel::FairLoss);
    let pause = Trouble::Pause { node: NodeId(1) };
    schedule.disturbances = vec![during(50, 100, crash(1)), during(100, 120, pause)];
    let history = run(&schedule, &on_network::<Counts>());
    let after = ["100 n2 recover", "100 n2 pause", "120 n2 resume", "120 n2 note recovered with 0"];
    assert_eq!(lines(&history)[1..], after);
}

#[test]
fn requests_that_waited_for_a_node_are_lost_in_its_crash() {
    let mut schedule = quiet(Channel::FairLoss);
    schedule.steps = vec![multicast(0, 1, 15)];
    schedule.disturbances =
        vec![during(5, 30, Trouble::Pause { node: NodeId(1) }), during(20, 25, crash(1))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(lines(&history), ["5 n2 pause", "20 n2 crash", "25 n2 recover"]);
}

#[test]
fn a_request_waits_for_the_delivery_of_another() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    let when = When::Upon { of: 0, after: Span::millis(4) };
    schedule.steps.push(Step { when, ..multicast(9, 2, 0) });
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "broadcast n3"), ["15 n3 broadcast n3:0:1"]);
    assert_eq!(with(&history, "deliver n3").len(), 3);
}

/// Tells its clock each 10 ms, five times, unless a delivery comes first.
struct Ticks {
    network: Network<Message>,
    left: u32,
}

impl Protocol for Ticks {
    type Payload = Message;
    type Lower = Network<Message>;

    fn lower(&mut self) -> &mut Network<Message> {
        &mut self.network
    }

    fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, m, cx);
    }

    fn upon_deliver(&mut self, _: Delivery<Message>, cx: &mut Cx<'_, Message>) {
        cx.cancel_timer(0);
    }

    fn upon_start(&mut self, cx: &mut Cx<'_, Message>) {
        cx.set_timer(0, Span::millis(10));
    }

    fn upon_timeout(&mut self, _: u32, cx: &mut Cx<'_, Message>) {
        cx.note(format!("it is {}", cx.now()));
        self.left -= 1;
        if self.left > 0 {
            cx.set_timer(0, Span::millis(10));
        }
    }
}

const TICKS: Implementation = toy(|_| Stack::node(Ticks { network: Network::payload(), left: 5 }));

#[test]
fn timers_run_out_and_are_cancelled() {
    let history = run(&multicasts(Channel::FairLoss, &[15]), &TICKS);
    let expected = ["10 n1 note it is 10", "20 n1 note it is 20"];
    assert_eq!(with(&history, "n1 note"), expected);
}

#[test]
fn time_outs_of_a_liar_in_haste_come_too_soon_from_the_first_on() {
    let mut schedule = quiet(Channel::FairLoss);
    let (rate, how) = (PerMillion::percent(100), Deceit::plain(Way::Hasty));
    schedule.disturbances = vec![during(0, 200, Trouble::Lie { node: NodeId(1), rate, how })];
    let history = run(&schedule, &TICKS);
    let expected = [1, 2, 3, 4, 5].map(|at| format!("{at} n2 note it is {at}"));
    assert_eq!(with(&history, "n2 note"), expected);
    assert_eq!(with(&history, "n1 note")[0], "10 n1 note it is 10");
    assert_eq!(with(&history, "heal"), ["200 heal touched=5 id=0"]);
}

#[test]
fn a_skewed_clock_jumps_and_drifts() {
    let mut schedule = quiet(Channel::FairLoss);
    let skew = Trouble::Skew { node: NodeId(1), jump: 100_000_000, drift: 1_000_000 };
    schedule.disturbances = vec![during(15, 32, skew)];
    let history = run(&schedule, &TICKS);
    // At 20, five fast milliseconds after the jump; then twice as fast until 32.
    let expected = [
        "10 n2 note it is 10",
        "20 n2 note it is 125",
        "25 n2 note it is 135",
        "30 n2 note it is 145",
        "35 n2 note it is 35",
    ];
    assert_eq!(with(&history, "n2 note"), expected);
    assert_eq!(with(&history, "n1 note").last().unwrap(), "50 n1 note it is 50");
    let skew = history.events().find(|event| event.kind() == Kind::Skew).unwrap();
    assert_eq!((skew.time(), skew.node()), (Time::millis(15), None));
    assert_eq!((skew.field("node").unwrap(), skew.field("n")), (&"n2".into(), None));
    assert_eq!(with(&history, "heal"), ["32 heal touched=1 id=0"]);
}

#[test]
fn a_crash_takes_the_timers_with_it() {
    let mut schedule = quiet(Channel::FairLoss);
    schedule.disturbances = vec![during(15, 18, crash(1))];
    let history = run(&schedule, &TICKS);
    let notes = with(&history, "n2 note");
    assert_eq!(notes[..2], ["10 n2 note it is 10", "28 n2 note it is 28"]);
    assert_eq!(notes.len(), 6);
}

#[test]
fn a_run_that_never_rests_ends_at_its_end() {
    const RESTLESS: Implementation =
        toy(|_| Stack::node(Ticks { network: Network::payload(), left: u32::MAX }));
    let mut schedule = quiet(Channel::FairLoss);
    schedule.header.end = Time::millis(105);
    schedule.header.heal_at = Time::millis(100);
    let history = run(&schedule, &RESTLESS);
    assert_eq!(with(&history, "n1 note").len(), 10);
    assert_eq!(history.header.end, Some(Time::millis(105)));
}
