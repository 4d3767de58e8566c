//! Each engine among honest nodes and liars, over many orders of messages; and the same with a
//! planted flaw, which must be seen.

mod atomic;
mod binary;
mod multivalued;
mod reliable;
mod vector;

use crate::byzantine::correia::Planted;
use crate::byzantine::correia::rehearsal::{Lies, WAYS};

/// No flaw.
const SOUND: Planted = Planted {
    few_echoes: false,
    no_amplification: false,
    few_readies: false,
    unvalidated_steps: false,
    halts_at_once: false,
    unjustified_choices: false,
    short_vectors: false,
    one_cell: false,
};

/// Plays one rehearsal of so many nodes, flawed as planted, with such liars and this seed; tells
/// what is wrong with it, if anything is.
type Play = fn(usize, Planted, Option<Lies>, u64) -> Option<String>;

/// Asserts that nothing is wrong, whatever liars do: with one liar and with two.
fn holds(play: Play, seeds_of_four: u64, seeds_of_seven: u64) {
    for (n, seeds) in [(1, 1), (4, seeds_of_four), (5, seeds_of_four / 2), (7, seeds_of_seven)] {
        for lies in WAYS {
            for seed in 0..seeds {
                let wrong = play(n, SOUND, lies, seed);
                assert_eq!(wrong, None, "{n} nodes, {lies:?}, seed {seed}");
            }
        }
    }
}

/// Asserts that among so many seeds one shows the flaw, and as this.
fn is_seen(
    play: Play,
    (n, planted): (usize, Planted),
    lies: Option<Lies>,
    seeds: u64,
    as_what: &str,
) {
    let seen: Vec<String> = (0..seeds).filter_map(|seed| play(n, planted, lies, seed)).collect();
    assert!(seen.iter().any(|wrong| wrong.starts_with(as_what)), "{as_what}: {seen:?}");
}
