//! What each disturbance of links means, and that it counts what it touched.

mod common;

use common::*;
use pepperland_core::history::Channel::{FairLoss, Perfect};
use pepperland_core::history::History;
use pepperland_core::schedule::{Disturbance, Fate, Frame, Links, Reseed, Schedule, Trouble};
use pepperland_core::seed::{PerMillion, Seed};
use pepperland_core::time::{Span, Time};

fn cut(links: Links) -> Trouble {
    Trouble::Cut { links }
}

fn strike(number: u32, fate: Fate) -> Disturbance {
    from(0, Trouble::strike(N1, N2, number, fate))
}

/// When n2 delivers what n1 multicasts at these milliseconds while this goes wrong.
fn n2_hears(at: &[u64], disturbances: Vec<Disturbance>) -> Vec<String> {
    let mut schedule = multicasts(FairLoss, at);
    schedule.disturbances = disturbances;
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n3 deliver").len(), at.len(), "the other link is not concerned");
    with(&history, "n2 deliver")
}

/// What the heal of the only disturbance says.
fn touched(history: &History) -> u64 {
    let heals: Vec<u64> = history.events().filter_map(|e| e.field("touched")?.as_u64()).collect();
    assert_eq!(heals.len(), 1, "one disturbance, one heal");
    heals[0]
}

#[test]
fn a_perfect_channel_holds_what_is_cut_until_it_heals() {
    let mut schedule = multicasts(Perfect, &[15, 27, 40]);
    schedule.steps.push(multicast(9, N2, 25));
    let links = Links::between(vec![N1], vec![N2]);
    schedule.disturbances = vec![during(20, 35, cut(links))];
    let history = run(&schedule, &PLAIN);
    // The first was in flight when the cut began, the second was sent while it lasted: both set
    // off again when it heals.
    let late = ["45 n2 deliver n1:0:1", "45 n2 deliver n1:0:2", "50 n2 deliver n1:0:3"];
    assert_eq!(with(&history, "n2 deliver n1"), late);
    assert_eq!(with(&history, "n1 deliver n2"), ["45 n1 deliver n2:0:1"]);
    assert_eq!(with(&history, "heal"), ["35 heal touched=3 id=0"]);
}

#[test]
fn what_is_struck_late_comes_late_once_the_cut_lets_it_go() {
    let mut schedule = multicasts(Perfect, &[15, 16]);
    let late = strike(2, Fate::Delay { by: Span::millis(7) });
    schedule.disturbances = vec![during(5, 35, cut(n1_to_n2())), late];
    let history = run(&schedule, &PLAIN);
    let heard = ["45 n2 deliver n1:0:1", "52 n2 deliver n1:0:2"];
    assert_eq!(with(&history, "n2 deliver n1"), heard);
}

#[test]
fn fair_loss_loses_what_is_cut_and_what_arrives_meanwhile() {
    let mut schedule = multicasts(FairLoss, &[15, 25, 40]);
    schedule.steps.push(multicast(9, N2, 25));
    let links = Links::between(vec![N1], vec![N2]);
    schedule.disturbances = vec![during(20, 35, cut(links))];
    let history = run_network(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver n1"), ["50 n2 deliver n1:0:3"]);
    assert!(with(&history, "n1 deliver n2").is_empty());
    assert_eq!(with(&history, "drop").len(), 3);
    assert_eq!(with(&history, "heal"), ["35 heal touched=3 id=0"]);
}

#[test]
fn a_one_way_cut_leaves_the_other_way() {
    for (channel, heard) in [(FairLoss, 0), (Perfect, 1)] {
        let mut schedule = multicasts(channel, &[25]);
        schedule.steps.push(multicast(9, N2, 25));
        schedule.disturbances = vec![during(20, 45, cut(n1_to_n2()))];
        let history = run(&schedule, &PLAIN);
        assert_eq!(with(&history, "n1 deliver n2"), ["35 n1 deliver n2:0:1"]);
        assert_eq!(with(&history, "n2 deliver n1").len(), heard, "{channel:?}");
        assert_eq!(touched(&history), 1);
    }
}

#[test]
fn what_one_cut_lets_go_another_may_hold() {
    let mut schedule = multicasts(Perfect, &[20]);
    schedule.disturbances =
        vec![during(10, 30, cut(n1_to_n2())), during(15, 60, cut(Links::all()))];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver"), ["70 n2 deliver n1:0:1"]);
    let heals = ["30 heal touched=1 id=0", "60 heal touched=2 id=1"];
    assert_eq!(with(&history, "heal"), heals);
}

#[test]
fn a_node_hears_itself_whatever_is_wrong_with_the_links() {
    let links = Links::all;
    let rate = ALWAYS;
    let late = Span::millis(50);
    for trouble in [
        cut(links()),
        Trouble::Lose { links: links(), rate },
        Trouble::Delay { links: links(), least: late, most: late, rate },
        Trouble::Duplicate { links: links(), rate, most: late },
        Trouble::Corrupt { links: links(), rate },
    ] {
        let mut schedule = multicasts(FairLoss, &[20]);
        schedule.disturbances = vec![during(10, 90, trouble)];
        let history = run(&schedule, &PLAIN);
        assert_eq!(with(&history, "n1 deliver n1"), ["30 n1 deliver n1:0:1"]);
        assert_eq!(touched(&history), 2);
    }
}

#[test]
fn a_disturbance_begins_with_its_first_instant_and_is_over_at_its_last() {
    let lose =
        |at, until| vec![during(at, until, Trouble::Lose { links: n1_to_n2(), rate: ALWAYS })];
    assert_eq!(n2_hears(&[10, 20, 30], lose(10, 30)), ["40 n2 deliver n1:0:3"]);
    assert_eq!(n2_hears(&[10], lose(10, 10)), ["20 n2 deliver n1:0:1"]);
}

#[test]
fn without_an_end_links_heal_with_everything_else() {
    let mut schedule = multicasts(FairLoss, &[499, 500]);
    schedule.disturbances = vec![from(0, Trouble::Lose { links: n1_to_n2(), rate: ALWAYS })];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver"), ["510 n2 deliver n1:0:2"]);
    assert_eq!(with(&history, "heal"), ["500 heal touched=1 id=0"]);
}

#[test]
fn what_touched_nothing_says_so() {
    for trouble in [
        cut(Links::one_way(vec![N3], vec![N2])),
        Trouble::Lose { links: n1_to_n2(), rate: NEVER },
        Trouble::Corrupt { links: Links::one_way(vec![N2], vec![N1]), rate: ALWAYS },
    ] {
        let mut schedule = multicasts(FairLoss, &[20]);
        schedule.disturbances = vec![during(10, 90, trouble)];
        let history = run(&schedule, &PLAIN);
        assert_eq!(touched(&history), 0);
        assert_eq!(with(&history, "deliver").len(), 3);
    }
}

/// A hundred messages from n1, one each millisecond, all sent while this is at work.
fn hundred(trouble: Trouble) -> History {
    let at: Vec<u64> = (0..100).collect();
    let mut schedule = multicasts(FairLoss, &at);
    schedule.disturbances = vec![during(0, 400, trouble)];
    run_network(&schedule, &PLAIN)
}

const HALF: PerMillion = PerMillion::percent(50);

#[test]
fn loss_at_a_rate_counts_exactly_what_it_lost() {
    let history = hundred(Trouble::Lose { links: n1_to_n2(), rate: HALF });
    let heard = with(&history, "n2 deliver").len();
    assert!((25..75).contains(&heard), "{heard} of 100 arrived");
    assert_eq!(touched(&history), 100 - heard as u64);
    assert_eq!(with(&history, "drop").len(), 100 - heard);
    assert_eq!(with(&history, "n3 deliver").len(), 100);
}

#[test]
fn duplication_at_a_rate_counts_exactly_what_it_doubled() {
    let most = Span::millis(30);
    let history = hundred(Trouble::Duplicate { links: n1_to_n2(), rate: HALF, most });
    let heard = with(&history, "n2 deliver").len();
    assert!((125..175).contains(&heard), "{heard} of 100 arrived");
    assert_eq!(touched(&history), heard as u64 - 100);
    for number in 1..=100 {
        let copies = n2_delivers(&history, number);
        assert!((1..=2).contains(&copies.len()), "message {number} arrives {copies:?}");
        assert_eq!(copies[0], Time::millis(number + 9));
        assert!(copies[copies.len() - 1].since(copies[0]) <= most, "message {number}");
    }
}

/// When n2 delivers the message of n1 with this number.
fn n2_delivers(history: &History, number: u64) -> Vec<Time> {
    let name = format!("n1:0:{number}");
    let deliver = history.events().filter(|e| e.node() == Some(N2));
    let of_it =
        deliver.filter(|e| e.kind().is_delivery() && e.message_name() == Some(name.clone()));
    of_it.map(|e| e.time()).collect()
}

#[test]
fn delay_stays_between_its_bounds_and_counts_what_it_delayed() {
    let (least, most) = (Span::millis(5), Span::millis(20));
    let history = hundred(Trouble::Delay { links: n1_to_n2(), least, most, rate: HALF });
    let mut late = 0;
    for number in 1..=100 {
        let copies = n2_delivers(&history, number);
        let by = copies[0].since(Time::millis(number + 9));
        assert!(by == Span::ZERO || (least..=most).contains(&by), "{number} by {by}");
        assert_eq!(copies.len(), 1);
        late += u64::from(by > Span::ZERO);
    }
    assert_eq!(touched(&history), late);
    assert!((25..75).contains(&late), "{late} of 100 are late");
}

#[test]
fn a_strike_meets_the_message_of_its_number_and_no_other() {
    let second = |fate| n2_hears(&[0, 20, 40], vec![strike(2, fate)]);
    let [one, two, three] = [1, 2, 3].map(|n| format!("{} n2 deliver n1:0:{n}", n * 20 - 10));
    assert_eq!(second(Fate::Lose), [one.clone(), three.clone()]);
    let by = Span::millis(5);
    let late = "35 n2 deliver n1:0:2".to_owned();
    assert_eq!(second(Fate::Delay { by }), [one.clone(), late.clone(), three.clone()]);
    assert_eq!(second(Fate::Duplicate { by }), [one, two, late, three]);
}

#[test]
fn a_strike_waits_for_its_message_however_long_it_takes() {
    let mut schedule = multicasts(FairLoss, &[0, 900]);
    schedule.disturbances = vec![strike(2, Fate::Lose)];
    let history = run(&schedule, &PLAIN);
    assert_eq!(with(&history, "n2 deliver"), ["10 n2 deliver n1:0:1"]);
    assert_eq!(with(&history, "lose"), ["900 lose"]);
}

#[test]
fn strikes_count_messages_from_the_start_also_among_many_nodes() {
    for nodes in [3, 256, 257, 300] {
        let mut schedule = multicasts(FairLoss, &[0, 20]);
        schedule.header.nodes = nodes;
        let last = pepperland_core::id::NodeId(nodes - 1);
        let trouble = Trouble::strike(N1, last, 2, Fate::Lose);
        schedule.disturbances = vec![from(10, trouble)];
        let history = run(&schedule, &PLAIN);
        assert_eq!(with(&history, " deliver ").len() as u32, 2 * nodes - 1);
        assert_eq!(with(&history, &format!(" {last} deliver")).len(), 1);
    }
}

#[test]
fn a_second_copy_comes_after_the_first_in_whatever_order_its_harms_are_listed() {
    let by = Span::millis(30);
    let late = Span::millis(100);
    let both = [strike(1, Fate::Duplicate { by }), strike(1, Fate::Delay { by: late })];
    let [duplicate, delay] = both;
    let expected = ["110 n2 deliver n1:0:1", "140 n2 deliver n1:0:1"];
    assert_eq!(n2_hears(&[0], vec![delay.clone(), duplicate.clone()]), expected);
    assert_eq!(n2_hears(&[0], vec![duplicate, delay]), expected);
}

#[test]
fn a_lost_message_leaves_no_copy_in_whatever_order_its_harms_are_listed() {
    let duplicate = strike(1, Fate::Duplicate { by: Span::millis(30) });
    let lose = strike(1, Fate::Lose);
    assert!(n2_hears(&[0], vec![lose.clone(), duplicate.clone()]).is_empty());
    assert!(n2_hears(&[0], vec![duplicate, lose]).is_empty());
}

#[test]
fn a_strike_makes_a_message_to_oneself_late_and_does_nothing_else_to_it() {
    let mut schedule = multicasts(FairLoss, &[10, 12]);
    let strike = |number, fate| from(0, Trouble::strike(N1, N1, number, fate));
    schedule.disturbances =
        vec![strike(1, Fate::Delay { by: Span::millis(20) }), strike(2, Fate::Lose)];
    let delivered = ["22 n1 deliver n1:0:2", "40 n1 deliver n1:0:1"];
    assert_eq!(with(&run(&schedule, &PLAIN), "n1 deliver"), delivered);
}

#[test]
fn from_some_instant_on_the_network_draws_anew_and_strikes_nobody() {
    let lost = |number| strike(number, Fate::Lose);
    let mut schedule = multicasts(FairLoss, &[10, 20, 30, 40]);
    schedule.disturbances = vec![lost(1), lost(3)];
    let before = run(&schedule, &PLAIN);
    assert_eq!(n2_delivers(&before, 3), []);
    let (min_latency, max_latency) = (Span::millis(1), Span::millis(5));
    let again = |seed| Reseed { at: Time::millis(25), seed: Seed(seed), min_latency, max_latency };
    let anew = |seed| {
        let header = Frame { reseed: Some(again(seed)), ..schedule.header.clone() };
        let history = run(&Schedule { header, ..schedule.clone() }, &PLAIN);
        (1..=4).map(|number| n2_delivers(&history, number)).collect::<Vec<_>>()
    };
    let first = anew(1);
    assert_eq!(first[..2], [vec![], vec![Time::millis(30)]], "what was sent before stays");
    let within = |arrived: &[Time], sent| {
        arrived.len() == 1 && (min_latency..=max_latency).contains(&arrived[0].since(sent))
    };
    assert!(within(&first[2], Time::millis(30)) && within(&first[3], Time::millis(40)));
    assert_ne!(first, anew(2));
}
