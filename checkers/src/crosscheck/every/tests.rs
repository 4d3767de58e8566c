//! Every checker of some families on every history of every scope; and that what is left out can
//! be left out.

use super::scopes::{self, Liberty};
use super::{Pair, Scope, is_least};
use crate::crosscheck::{CASES, Small, cases};
use pepperland_core::checker::{Case, Checker, Given};
use pepperland_core::history::{Clock, History, Kind};
use pepperland_core::verdict::Ruling;
use std::collections::{BTreeMap, BTreeSet};

/// A test for each of these families.
macro_rules! on_every_history {
    ($($family:ident,)*) => {$(
        mod $family {
            #[test]
            fn every_history_is_judged_as_the_definitions_judge_it() {
                use crate::$family::{ALL, oracle};
                super::says_what_the_definitions_say(&super::spoken_of(ALL), oracle::rule);
            }

            #[test]
            fn no_property_tells_apart_what_is_taken_once() {
                let mut checkers = super::spoken_of(crate::$family::ALL);
                checkers.retain(|checker| !super::BY_TIME.contains(&checker.property));
                super::tells_nothing_apart(&checkers);
            }
        }
    )*};
}

on_every_history! {
    reliability,
    order,
    groups,
    views,
}

/// Those that these histories can speak of: they need nothing but what occurs in them.
fn spoken_of(checkers: &[&'static Checker]) -> Vec<&'static Checker> {
    use Kind::{Broadcast, Crash, Deliver, View};
    let occurs = |kind: &Kind| matches!(kind, Broadcast | Deliver | View | Crash);
    let tells = |given: &Given| !matches!(given, Given::AnyOf(_) | Given::Workload(_));
    let spoken_of = |c: &&&Checker| c.needs.iter().all(occurs) && c.given.iter().all(tells);
    checkers.iter().filter(spoken_of).copied().collect()
}

/// What these compare is instants, also of broadcasts that no delivery stands between.
const BY_TIME: &[&str] = &["chronological-order", "linearizable-broadcast"];

/// Every merging of the lanes of some smaller scopes is judged like the one that stands for it.
fn tells_nothing_apart(checkers: &[&Checker]) {
    let rule = |history: &History| -> Vec<Ruling> {
        let case = Case::new(history);
        checkers.iter().map(|checker| (checker.check)(&case).ruling()).collect()
    };
    let mut merged = 0;
    let multicasts = scopes::multicasts(&[1, 1], 0, Liberty::Crashes);
    for scope in [multicasts, scopes::views(2, 1, 1)] {
        let renamings = scope.renamings();
        let mut judged = BTreeMap::new();
        for chosen in scope.choices() {
            let pairs = scope.pairs(&chosen);
            let mut real = None;
            mergings(&scope, &chosen, &mut vec![], &mut |lines| {
                let early = sides(&pairs, lines);
                let stands =
                    scope.lines(&chosen, &pairs, early).expect("this merging has the sides");
                let said = rule(&scope.record(Clock::Virtual, &chosen, lines));
                let meant = rule(&scope.record(Clock::Virtual, &chosen, &stands));
                let told = || Small(scope.record(Clock::Virtual, &chosen, lines));
                assert_eq!(said, meant, "{:?}", told());
                if scope.real {
                    let said = rule(&scope.record(Clock::Real, &chosen, lines));
                    assert_eq!(*real.get_or_insert(said.clone()), said, "{chosen:?} {lines:?}");
                }
                merged += 1;
            });
            let mut rulings = Vec::new();
            scope.merge(&chosen, &mut |history| rulings.push(rule(history)));
            rulings.sort();
            judged.insert(chosen, rulings);
        }
        for (chosen, rulings) in &judged {
            let images = renamings.iter().map(|renaming| super::image(renaming, chosen));
            let images: BTreeSet<Vec<usize>> = images.collect();
            assert!(images.iter().all(|image| judged[image] == *rulings), "{chosen:?}");
            assert_eq!(images.iter().filter(|i| is_least(&renamings, i)).count(), 1, "{chosen:?}");
        }
    }
    println!("{merged} mergings");
}

/// Calls `each` with every merging of the chosen lanes.
fn mergings(
    scope: &Scope,
    chosen: &[usize],
    lines: &mut Vec<usize>,
    each: &mut impl FnMut(&[usize]),
) {
    let length = |n: usize| scope.lanes[n][chosen[n]].len();
    let left = |n: &usize| lines.iter().filter(|l| *l == n).count() < length(*n);
    let next: Vec<usize> = (0..chosen.len()).filter(left).collect();
    if next.is_empty() {
        return each(lines);
    }
    for node in next {
        lines.push(node);
        mergings(scope, chosen, lines, each);
        lines.pop();
    }
}

/// The pairs whose broadcast comes last in a merging, one bit for each.
fn sides(pairs: &[Pair], lines: &[usize]) -> u32 {
    let line = |(node, place): (usize, usize)| {
        lines.iter().enumerate().filter(|(_, n)| **n == node).nth(place).map(|(i, _)| i)
    };
    let is_early = |pair: &Pair| line(pair.other) < line(pair.broadcast);
    let bits = pairs.iter().enumerate().filter(|(_, pair)| is_early(pair));
    bits.fold(0, |bits, (i, _)| bits | 1 << i)
}

/// What a property says of a history, from its definition.
type Rule = fn(&str, &History) -> Ruling;

/// Prints how many histories there are, and how they were judged.
fn says_what_the_definitions_say(checkers: &[&Checker], oracle: Rule) {
    let mut histories = BTreeMap::<&str, u32>::new();
    let mut split = vec![[0_u32; 3]; checkers.len()];
    for (name, scope) in scopes::all(cases() / CASES) {
        scope.each(&mut |history| {
            *histories.entry(name).or_default() += 1;
            let case = Case::new(history);
            for (checker, split) in checkers.iter().zip(&mut split) {
                let said = (checker.check)(&case).ruling();
                let meant = oracle(checker.property, history);
                let told = || Small(history.clone());
                assert_eq!(said, meant, "{}\n{:?}", checker.property, told());
                split[said as usize] += 1;
            }
        });
    }
    println!("{histories:?}, together {}", histories.values().sum::<u32>());
    for (checker, [held, undecided, violated]) in checkers.iter().zip(split) {
        println!("{:34} {held:7} held {violated:7} violated {undecided:7} not", checker.property);
    }
}
