use super::*;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::time::Duration;

const TEN_MS: Duration = Duration::from_millis(10);

fn frame(now: u64) -> Arrival {
    Arrival { exempt: false, length: 100, now }
}

/// What becomes of the first frames of the link from n1 to n2.
fn decisions(disturbances: &mut Disturbances, count: u64) -> Vec<Decision> {
    (0..count).map(|_| disturbances.decide(0, 1, frame(0))).collect()
}

fn under(seed: u64, rules: &[(u32, Rule)]) -> Disturbances {
    let mut disturbances = Disturbances::none(seed, 3);
    rules.iter().for_each(|(id, rule)| disturbances.begin(*id, &Links::All, *rule));
    disturbances
}

fn fates(seed: u64, rules: &[(u32, Rule)], count: u64) -> Vec<Fate> {
    decisions(&mut under(seed, rules), count).iter().map(|decision| decision.fate).collect()
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let rate = (0_u32..=1_000_000).prop_map(Chance::per_million);
    let time = || (0_u64..1_000_000).prop_map(Duration::from_nanos);
    (rate, time(), time(), 0_u32..5, 0..12).prop_map(|(rate, least, most, few, kind)| match kind {
        0 => Rule::Cut,
        1 => Rule::Lose { rate },
        2 => Rule::Omit { rate, degree: few },
        3 => Rule::Corrupt { rate, what: Corruption::AnyBit },
        4 => Rule::Corrupt { rate, what: Corruption::PayloadBit },
        5 => Rule::Garble { rate },
        6 => Rule::Forge { rate },
        7 => Rule::Delay { least, most, rate },
        8 => Rule::HoldBack { rate, by: most },
        9 => Rule::Jump { rate },
        10 => Rule::Duplicate { rate, most },
        _ => Rule::Throttle { pace: Pace::Every(least), queue: few },
    })
}

proptest! {
    #[test]
    fn the_same_seed_and_rules_decide_the_same(
        seed: u64,
        rules in prop::collection::vec((0_u32..3, any_rule()), 0..5),
    ) {
        let once = decisions(&mut under(seed, &rules), 50);
        prop_assert_eq!(once, decisions(&mut under(seed, &rules), 50));
    }

    #[test]
    fn who_stops_a_frame_is_the_only_one_to_touch_it(
        seed: u64,
        rules in prop::collection::vec((0_u32..3, any_rule()), 0..5),
    ) {
        for decision in decisions(&mut under(seed, &rules), 50) {
            if decision.fate != Fate::Carried && decision.fate != Fate::Overflowed {
                prop_assert_eq!(decision.touched.len(), 1);
                prop_assert!(decision.changes.is_empty() && decision.copies.is_empty());
            }
        }
    }

    #[test]
    fn delays_lie_between_their_bounds(seed: u64, least in 0_u64..1000, spread in 0_u64..1000) {
        let [least, most] = [least, least + spread].map(Duration::from_nanos);
        let rule = Rule::Delay { least, most, rate: Chance::ALWAYS };
        for decision in decisions(&mut under(seed, &[(1, rule)]), 50) {
            prop_assert!((least..=most).contains(&decision.delay));
        }
    }

    #[test]
    fn no_more_are_omitted_in_a_row_than_the_degree(seed: u64, percent in 0_u32..=100, degree in 0_u32..4) {
        let rate = Chance::percent(percent);
        let fates = fates(seed, &[(1, Rule::Omit { rate, degree })], 200);
        let omitted = |run: &[Fate]| run.iter().all(|fate| *fate == Fate::Omitted);
        prop_assert!(!fates.windows(degree as usize + 1).any(omitted));
    }
}

#[test]
fn another_seed_and_another_link_decide_otherwise() {
    let half = [(1, Rule::Lose { rate: Chance::percent(50) })];
    assert_ne!(fates(1, &half, 100), fates(2, &half, 100));
    let mut disturbances = under(1, &half);
    let back: Vec<Fate> = (0..100).map(|_| disturbances.decide(1, 0, frame(0)).fate).collect();
    assert_ne!(fates(1, &half, 100), back);
}

#[test]
fn the_fate_of_a_frame_is_a_contract() {
    // Whoever changes these draws changes what every recorded schedule does to a real network.
    let half = [(1, Rule::Lose { rate: Chance::percent(50) })];
    let word = |fate: Fate| if fate == Fate::Lost { 'x' } else { '.' };
    let fates: String = fates(7, &half, 32).into_iter().map(word).collect();
    assert_eq!(fates, ".x.x.x..xxxx.xx.xx..xx...xx.x.x.");
}

#[test]
fn a_fifth_of_many_frames_is_about_a_fifth() {
    let fates = fates(3, &[(1, Rule::Lose { rate: Chance::percent(20) })], 10_000);
    let lost = fates.iter().filter(|fate| **fate == Fate::Lost).count();
    assert!((1850..2150).contains(&lost), "{lost} of 10000");
}

#[test]
fn chances_of_nought_and_of_all_are_exact() {
    let lose = |rate| [(1, Rule::Lose { rate })];
    assert!(fates(1, &lose(Chance::percent(0)), 1000).iter().all(|f| *f == Fate::Carried));
    assert!(fates(1, &lose(Chance::ALWAYS), 1000).iter().all(|f| *f == Fate::Lost));
}

#[test]
fn a_disturbance_more_does_not_change_what_another_draws() {
    let lose = (1, Rule::Lose { rate: Chance::percent(30) });
    let delay = Rule::Delay { least: TEN_MS, most: 2 * TEN_MS, rate: Chance::percent(50) };
    let alone = fates(5, &[lose], 200);
    assert_eq!(alone, fates(5, &[(2, delay), lose], 200));
    assert_eq!(alone, fates(5, &[lose, (0, delay)], 200));
}

#[test]
fn two_rules_of_one_disturbance_draw_apart() {
    let half = Rule::Duplicate { rate: Chance::percent(50), most: TEN_MS };
    let copies = decisions(&mut under(5, &[(1, half), (1, half)]), 100);
    let counts: BTreeSet<usize> = copies.iter().map(|decision| decision.copies.len()).collect();
    assert_eq!(counts, BTreeSet::from([0, 1, 2]));
}

#[test]
fn ending_one_disturbance_lifts_its_rules_and_no_others() {
    let mut disturbances = under(1, &[(1, Rule::Cut), (2, Rule::Lose { rate: Chance::ALWAYS })]);
    assert_eq!(disturbances.decide(0, 1, frame(0)).fate, Fate::Cut);
    disturbances.end(1);
    assert_eq!(disturbances.decide(0, 1, frame(0)).fate, Fate::Lost);
    disturbances.end(2);
    assert!(disturbances.decide(0, 1, frame(0)).is_plain());
}

#[test]
fn what_is_exempt_meets_cuts_alone_and_has_no_number() {
    let exempt = Arrival { exempt: true, ..frame(0) };
    let mut disturbances = under(1, &[(1, Rule::Lose { rate: Chance::ALWAYS })]);
    let decision = disturbances.decide(0, 1, exempt);
    assert!(decision.is_plain() && decision.number.is_none());
    assert_eq!(disturbances.decide(0, 1, frame(0)).number, Some(0));
    disturbances.begin(2, &Links::All, Rule::Cut);
    assert_eq!(disturbances.decide(0, 1, exempt).fate, Fate::Cut);
}

#[test]
fn frames_are_numbered_also_while_nothing_disturbs() {
    let rule = Rule::Lose { rate: Chance::percent(50) };
    let mut late = Disturbances::none(9, 3);
    decisions(&mut late, 10);
    late.begin(1, &Links::All, rule);
    let rest: Vec<Fate> = decisions(&mut late, 50).iter().map(|decision| decision.fate).collect();
    assert_eq!(rest, fates(9, &[(1, rule)], 60)[10..]);
}

#[test]
fn a_throttle_spaces_frames_out_and_loses_what_finds_no_place() {
    let throttle = Rule::Throttle { pace: Pace::Every(TEN_MS), queue: 2 };
    let seen = decisions(&mut under(1, &[(1, throttle)]), 3);
    assert_eq!((seen[0].delay, seen[1].delay), (TEN_MS, 2 * TEN_MS));
    assert_eq!(seen[2].fate, Fate::Overflowed);
}

#[test]
fn a_rate_in_bits_counts_the_length_of_frames() {
    let pace = Pace::BitsPerSecond(8_000);
    let decision = under(1, &[(1, Rule::Throttle { pace, queue: 9 })]).decide(0, 1, frame(0));
    assert_eq!(decision.delay, Duration::from_millis(100));
}

#[test]
fn who_jumps_the_queue_waits_for_nothing() {
    let slow = Rule::Throttle { pace: Pace::Every(TEN_MS), queue: 9 };
    let late = Rule::Delay { least: TEN_MS, most: TEN_MS, rate: Chance::ALWAYS };
    let jump = Rule::Jump { rate: Chance::ALWAYS };
    let decision = under(1, &[(1, slow), (2, late), (3, jump)]).decide(0, 1, frame(0));
    assert!(decision.is_plain());
    assert_eq!(decision.touched, [3]);
}

#[test]
fn a_forged_sender_is_neither_end_of_the_link() {
    let forge = [(1, Rule::Forge { rate: Chance::ALWAYS })];
    let mut disturbances = Disturbances::none(1, 5);
    disturbances.begin(1, &Links::All, forge[0].1);
    let forged: BTreeSet<Change> =
        decisions(&mut disturbances, 100).iter().map(|decision| decision.changes[0].1).collect();
    assert_eq!(forged, BTreeSet::from([2, 3, 4].map(Change::Forged)));
}

#[test]
fn among_two_nodes_nobody_else_can_be_forged() {
    let mut disturbances = Disturbances::none(1, 2);
    disturbances.begin(1, &Links::All, Rule::Forge { rate: Chance::ALWAYS });
    let decision = disturbances.decide(0, 1, frame(0));
    assert!(decision.is_plain() && decision.touched.is_empty());
}

#[test]
fn delays_of_all_eternity_add_up_to_one() {
    let eternal = Rule::Delay { least: Duration::MAX, most: Duration::MAX, rate: Chance::ALWAYS };
    let held = Rule::HoldBack { rate: Chance::ALWAYS, by: Duration::MAX };
    let decision = under(1, &[(1, eternal), (2, held)]).decide(0, 1, frame(0));
    assert_eq!(decision.delay, Duration::MAX);
}

#[test]
fn a_struck_frame_and_no_other_suffers() {
    let mut disturbances = under(1, &[]);
    let late = Rule::Delay { least: TEN_MS, most: TEN_MS, rate: Chance::ALWAYS };
    disturbances.strike(7, (0, 1), 2, late);
    disturbances.strike(8, (0, 1), 4, Rule::Lose { rate: Chance::ALWAYS });
    let decided = decisions(&mut disturbances, 6);
    let late: Vec<_> = (0..6).filter(|nth| decided[*nth].delay == TEN_MS).collect();
    let lost: Vec<_> = (0..6).filter(|nth| decided[*nth].fate == Fate::Lost).collect();
    assert_eq!((late, lost), (vec![2], vec![4]));
    assert_eq!(disturbances.decide(1, 0, frame(0)).delay, Duration::ZERO);
    assert_eq!(
        (decided[2].touched.as_slice(), decided[4].touched.as_slice()),
        (&[7][..], &[8][..])
    );
}
