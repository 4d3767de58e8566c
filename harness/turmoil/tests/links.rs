//! What each disturbance of links means.

mod common;

use common::{PLAIN, during, lines, multicast, multicasts, run, toy, with};
use pepperland_core::contract::{Cx, Delivery, Network, Protocol, Stack};
use pepperland_core::history::Channel;
use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::implementation::Implementation;
use pepperland_core::message::Message;
use pepperland_core::schedule::{Deceit, Fate, Links, Trouble, Way};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::{Span, Time};
use serde::{Deserialize, Serialize};

const ALWAYS: PerMillion = PerMillion::percent(100);

fn n1_to_n2() -> Links {
    Links::one_way(vec![NodeId(0)], vec![NodeId(1)])
}

#[test]
fn a_message_takes_its_latency() {
    let history = run(&multicasts(Channel::FairLoss, &[5]), &PLAIN);
    let expected = [
        "5 n1 broadcast n1:0:1",
        "15 n1 deliver n1:0:1",
        "15 n2 deliver n1:0:1",
        "15 n3 deliver n1:0:1",
    ];
    assert_eq!(lines(&history), expected);
    assert_eq!(history.header.end, Some(Time::millis(15)));
    assert!(history.header.complete);
}

#[test]
fn latencies_are_rounded_up_to_whole_milliseconds() {
    let mut schedule = multicasts(Channel::FairLoss, &[0]);
    schedule.header.network.min_latency = Span::micros(1200);
    schedule.header.network.max_latency = Span::micros(1200);
    let delivered = with(&run(&schedule, &PLAIN), "deliver");
    assert!(delivered.iter().all(|line| line.starts_with("2 ")), "{delivered:?}");
}

#[test]
fn no_latency_is_one_tick_between_nodes() {
    let mut schedule = multicasts(Channel::FairLoss, &[3]);
    schedule.header.network.min_latency = Span::ZERO;
    schedule.header.network.max_latency = Span::ZERO;
    let history = run(&schedule, &PLAIN);
    let expected = ["3 n1 deliver n1:0:1", "4 n2 deliver n1:0:1", "4 n3 deliver n1:0:1"];
    assert_eq!(with(&history, "deliver"), expected);
    assert_eq!(history.header.end, Some(Time::millis(4)));
}

#[test]
fn a_frame_of_one_tick_has_its_turn_among_what_needs_no_socket() {
    let mut schedule = multicasts(Channel::FairLoss, &[3]);
    schedule.header.network.min_latency = Span::millis(1);
    schedule.header.network.max_latency = Span::millis(1);
    schedule.steps.push(multicast(9, 1, 3));
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver"), ["4 n2 deliver n1:0:1", "4 n2 deliver n2:0:1"]);
}

#[test]
fn a_cut_loses_both_ways_and_in_flight() {
    let mut schedule = multicasts(Channel::FairLoss, &[15, 25, 40]);
    schedule.steps.push(multicast(9, 1, 25));
    let links = Links::between(vec![NodeId(0)], vec![NodeId(1)]);
    schedule.disturbances = vec![during(20, 35, Trouble::Cut { links })];
    let history = run(&schedule, &PLAIN);
    // The first was in flight when the cut began, the second was sent while it lasted.
    assert_eq!(with(&history, "n2 deliver n1"), ["50 n2 deliver n1:0:3"]);
    assert!(with(&history, "n1 deliver n2").is_empty());
    assert_eq!(with(&history, "n3 deliver").len(), 4);
    assert_eq!(with(&history, "cut"), ["20 cut id=0"]);
    assert_eq!(with(&history, "heal"), ["35 heal touched=3 id=0"]);
}

#[test]
fn components_omit_garble_and_throttle() {
    let faults = |trouble| {
        let mut schedule = multicasts(Channel::FairLoss, &[1, 2, 3, 4, 5, 6]);
        schedule.disturbances = vec![during(0, 100, trouble)];
        run(&schedule, &PLAIN)
    };
    let links = n1_to_n2();
    let omitted = faults(Trouble::Omit { links: links.clone(), rate: ALWAYS, degree: 2 });
    let passed = ["13 n2 deliver n1:0:3", "16 n2 deliver n1:0:6"];
    assert_eq!(with(&omitted, "n2 deliver"), passed, "two in a row, then one passes");
    let garbled = faults(Trouble::Garble { links: links.clone(), rate: ALWAYS });
    assert!(with(&garbled, "n2 deliver").is_empty());
    assert_eq!(with(&garbled, "garbled").len(), 6);
    let slow = faults(Trouble::Throttle { links, every: Span::millis(5) });
    let last = with(&slow, "n2 deliver").pop();
    assert_eq!(last.as_deref(), Some("36 n2 deliver n1:0:6"), "the sixth sets out at 26 ms");
}

#[test]
fn a_one_way_cut_leaves_the_other_way() {
    let mut schedule = multicasts(Channel::FairLoss, &[25]);
    schedule.steps.push(multicast(9, 1, 25));
    schedule.disturbances = vec![during(20, 45, Trouble::Cut { links: n1_to_n2() })];
    let history = run(&schedule, &PLAIN);
    assert!(with(&history, "n2 deliver n1").is_empty());
    assert_eq!(with(&history, "n1 deliver n2"), ["35 n1 deliver n2:0:1"]);
}

#[test]
fn a_perfect_channel_holds_messages_until_the_cut_heals() {
    let mut schedule = multicasts(Channel::Perfect, &[15, 25]);
    schedule.disturbances = vec![during(20, 45, Trouble::Cut { links: n1_to_n2() })];
    let history = run(&schedule, &PLAIN);
    let held = ["55 n2 deliver n1:0:1", "55 n2 deliver n1:0:2"];
    let mut late = with(&history, "n2 deliver");
    late.sort();
    assert_eq!(late, held);
    assert_eq!(with(&history, "heal"), ["45 heal touched=2 id=0"]);
}

#[test]
fn what_a_cut_held_outlives_its_sender() {
    let mut schedule = multicasts(Channel::Perfect, &[25]);
    schedule.disturbances = vec![
        during(20, 45, Trouble::Cut { links: n1_to_n2() }),
        during(30, 900, Trouble::Crash { node: NodeId(0), effects: None }),
    ];
    schedule.disturbances[1].until = None;
    assert_eq!(with(&run(&schedule, &PLAIN), "n2 deliver"), ["55 n2 deliver n1:0:1"]);
}

#[test]
fn a_strike_hits_one_message() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 2, 3]);
    let strike = |number, fate| {
        let (from, to) = (NodeId(0), NodeId(1));
        during(0, 100, Trouble::strike(from, to, number, fate))
    };
    schedule.disturbances = vec![
        strike(1, Fate::Lose),
        strike(2, Fate::Delay { by: Span::millis(7) }),
        strike(3, Fate::Duplicate { by: Span::millis(20) }),
    ];
    let history = run(&schedule, &PLAIN);
    let expected = ["13 n2 deliver n1:0:3", "19 n2 deliver n1:0:2", "33 n2 deliver n1:0:3"];
    assert_eq!(with(&history, "n2 deliver"), expected);
    assert_eq!(with(&history, "n3 deliver").len(), 3);
    assert_eq!(with(&history, "lose"), ["1 lose"]);
    assert_eq!(with(&history, " delay"), ["2 delay"]);
    assert_eq!(with(&history, "duplicate"), ["3 duplicate"]);
}

/// What breaking the link for a while would not do: the messages around the lost one, and those
/// on the way back, arrive.
#[test]
fn a_lost_message_takes_no_other_with_it() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 2, 3, 4, 5]);
    schedule.steps.extend((0..5).map(|i| multicast(10 + i, 1, u64::from(i) + 1)));
    let fate = Fate::Lose;
    let strike = Trouble::strike(NodeId(0), NodeId(1), 3, fate);
    schedule.disturbances = vec![during(0, 100, strike)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver n1").len(), 4);
    assert_eq!(with(&history, "n1 deliver n2").len(), 5);
}

/// turmoil's `fail_rate` at 5 % loses a third of this traffic, in long gaps.
#[test]
fn a_rate_of_loss_is_the_share_of_messages_lost() {
    let times: Vec<u64> = (0..2000).collect();
    let mut schedule = multicasts(Channel::FairLoss, &times);
    schedule.header.network.min_latency = Span::millis(1);
    schedule.header.network.max_latency = Span::millis(50);
    schedule.header.heal_at = Time::millis(3000);
    schedule.header.end = Time::millis(3000);
    let lose = Trouble::Lose { links: Links::all(), rate: PerMillion::percent(5) };
    schedule.disturbances = vec![during(0, 3000, lose)];
    let history = run(&schedule, &PLAIN);
    let arrived: Vec<u32> = with(&history, "n2 deliver").iter().map(|line| number(line)).collect();
    let lost = 2000 - arrived.len();
    assert!((60..=140).contains(&lost), "{lost} of 2000 lost at 5 %");
    let mut sorted = arrived;
    sorted.sort_unstable();
    let gap = sorted.windows(2).map(|pair| pair[1] - pair[0] - 1).max();
    assert!(gap <= Some(4), "{gap:?} lost in a row at 5 %");
}

/// The number of the message that a line names.
fn number(line: &str) -> u32 {
    let (_, number) = line.rsplit_once(':').expect("a message has a name");
    number.parse().expect("a message has a number")
}

#[test]
fn a_delay_comes_on_top() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 30]);
    let (least, most) = (Span::millis(5), Span::millis(5));
    let delay = Trouble::Delay { links: n1_to_n2(), least, most, rate: ALWAYS };
    schedule.disturbances = vec![during(0, 20, delay)];
    let history = run(&schedule, &PLAIN);
    let expected = ["16 n2 deliver n1:0:1", "40 n2 deliver n1:0:2"];
    assert_eq!(with(&history, "n2 deliver"), expected);
    assert_eq!(with(&history, "heal"), ["20 heal touched=1 id=0"]);
}

#[test]
fn a_duplicate_arrives_twice() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    let most = Span::millis(9);
    let duplicate = Trouble::Duplicate { links: n1_to_n2(), rate: ALWAYS, most };
    schedule.disturbances = vec![during(0, 20, duplicate)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver").len(), 2);
    assert_eq!(with(&history, "n3 deliver").len(), 1);
    assert_eq!(with(&history, "n1 deliver").len(), 1);
}

#[test]
fn a_message_to_oneself_is_never_disturbed() {
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    let lose = Trouble::Lose { links: Links::all(), rate: ALWAYS };
    schedule.disturbances = vec![during(0, 20, lose)];
    assert_eq!(with(&run(&schedule, &PLAIN), "deliver"), ["11 n1 deliver n1:0:1"]);
}

/// Sends bytes of which every pattern can be read.
struct Bits(Network<[u8; 8]>);

impl Protocol for Bits {
    type Payload = Message;
    type Lower = Network<[u8; 8]>;

    fn lower(&mut self) -> &mut Network<[u8; 8]> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, _: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, [0; 8], cx);
    }

    fn upon_deliver(&mut self, delivery: Delivery<[u8; 8]>, cx: &mut Cx<'_, Message>) {
        let ones: u32 = delivery.message.iter().map(|byte| byte.count_ones()).sum();
        cx.note(format!("{ones} bits"));
    }
}

#[test]
fn corruption_changes_one_bit() {
    const BITS: Implementation = toy(|_| Stack::node(Bits(Network::payload())));
    let mut schedule = multicasts(Channel::FairLoss, &[1, 2, 3]);
    let corrupt = Trouble::Corrupt { links: n1_to_n2(), rate: ALWAYS };
    schedule.disturbances = vec![during(0, 20, corrupt)];
    let history = run(&schedule, &BITS);
    let expected = ["11 n2 note 1 bits", "12 n2 note 1 bits", "13 n2 note 1 bits"];
    assert_eq!(with(&history, "n2 note"), expected);
    assert_eq!(with(&history, " 0 bits").len(), 6);
}

/// Sends a word that no other bytes stand for.
#[derive(Clone, Debug, Serialize, Deserialize)]
enum Word {
    Only,
}

struct Strict(Network<Word>);

impl Protocol for Strict {
    type Payload = Message;
    type Lower = Network<Word>;

    fn lower(&mut self) -> &mut Network<Word> {
        &mut self.0
    }

    fn multicast(&mut self, group: GroupId, _: Message, cx: &mut Cx<'_, Message>) {
        self.multicast_below(group, Word::Only, cx);
    }

    fn upon_deliver(&mut self, _: Delivery<Word>, cx: &mut Cx<'_, Message>) {
        cx.note("understood");
    }
}

#[test]
fn a_garbled_frame_is_discarded_with_a_note() {
    const STRICT: Implementation = toy(|_| Stack::node(Strict(Network::payload())));
    let mut schedule = multicasts(Channel::FairLoss, &[1]);
    let corrupt = Trouble::Corrupt { links: n1_to_n2(), rate: ALWAYS };
    schedule.disturbances = vec![during(0, 20, corrupt)];
    let history = run(&schedule, &STRICT);
    assert_eq!(with(&history, "n2"), ["11 n2 note a frame from n1 was garbled"]);
    assert_eq!(with(&history, "understood").len(), 2);
}

#[test]
fn a_liar_says_something_else_to_others_and_is_byzantine() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 2, 3]);
    let lie = Trouble::Lie { node: NodeId(0), rate: ALWAYS, how: Deceit::default() };
    schedule.disturbances = vec![during(0, 20, lie)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(history.header.byzantine, ["n1"]);
    assert_eq!(with(&history, "garbled").len(), 0, "a lie is a message");
    let delivered = |node: NodeId| -> Vec<_> {
        let own = |e: &pepperland_core::history::Event<'_>| {
            e.node() == Some(node) && e.kind().is_delivery()
        };
        history.events().filter(own).map(|e| (e.message_name(), e.digest())).collect()
    };
    let truth = delivered(NodeId(0));
    assert_eq!(truth.len(), 3);
    for other in [NodeId(1), NodeId(2)] {
        assert_eq!(delivered(other).len(), 3);
        assert!(delivered(other).iter().all(|message| !truth.contains(message)), "{other}");
    }
    assert_eq!(with(&history, "heal"), ["20 heal touched=6 id=0"]);
}

#[test]
fn a_liar_repeats_delays_and_withholds_what_it_sends() {
    let deliveries = |way: Way| {
        let mut schedule = multicasts(Channel::FairLoss, &[1, 20, 40]);
        let how = Deceit { to: Some(vec![NodeId(1)]), most: Span::millis(1), ..Deceit::plain(way) };
        let lie = Trouble::Lie { node: NodeId(0), rate: ALWAYS, how };
        schedule.disturbances = vec![during(0, 200, lie)];
        let history = run(&schedule, &PLAIN);
        assert_eq!(with(&history, "n3 deliver").len(), 3, "{way:?}: it lies to n2 alone");
        with(&history, "n2 deliver")
    };
    let truth = ["11 n2 deliver n1:0:1", "30 n2 deliver n1:0:2", "50 n2 deliver n1:0:3"];
    assert_eq!(deliveries(Way::Silent), [""; 0]);
    let late = deliveries(Way::Late);
    assert_eq!(late[0], "12 n2 deliver n1:0:1");
    let replayed = deliveries(Way::Replay);
    assert_eq!(replayed[0], truth[0], "there is nothing to replay yet");
    assert!(replayed[1] == "30 n2 deliver n1:0:1", "{replayed:?}");
}

#[test]
fn every_way_of_lying_repeats_exactly() {
    for way in Way::ALL {
        let mut schedule = multicasts(Channel::FairLoss, &[1, 20, 40, 60, 80]);
        let how = Deceit { most: Span::millis(30), ..Deceit::plain(way) };
        let rate = PerMillion::percent(60);
        let lie = Trouble::Lie { node: NodeId(0), rate, how };
        schedule.disturbances = vec![during(0, 200, lie)];
        let once = run(&schedule, &PLAIN);
        assert_eq!(lines(&once), lines(&run(&schedule, &PLAIN)), "{way:?}");
        let drawn = with(&once, "heal");
        assert_eq!(drawn.len(), 1, "{way:?}");
        let nothing = drawn[0].contains("touched=0");
        let silent = matches!(way, Way::PartialMac | Way::Hasty);
        assert_eq!(nothing, silent, "{way:?}: {drawn:?}");
    }
}
