use super::{Planted, SOUND, holds, is_seen};
use crate::byzantine::correia::Agreement;
use crate::byzantine::correia::binary::Binary;
use crate::byzantine::correia::rehearsal::{Lies, Rehearsal};

/// A third of the seeds has all that are honest propose one bit, the others their own.
fn play(n: usize, planted: Planted, lies: Option<Lies>, seed: u64) -> Option<String> {
    let mut run = Rehearsal::<Binary>::new(n, planted, lies, seed);
    let bit = |actor: usize| match seed % 3 {
        0 if actor < n - (n - 1) / 3 => seed.is_multiple_of(2),
        _ => (seed >> (actor % 16)) % 2 == 1,
    };
    for actor in run.everybody() {
        run.ask(actor, |engine, coin| {
            let outcome = engine.propose(bit(actor), coin);
            (outcome.say, outcome.decided.into_iter().collect())
        });
    }
    run.play();
    let bits: Vec<bool> = run.honest().map(bit).collect();
    wrong(&run, &bits)
}

fn wrong(run: &Rehearsal<Binary>, bits: &[bool]) -> Option<String> {
    let outcomes = run.outcomes();
    let decided: Vec<bool> = outcomes.iter().copied().flatten().collect();
    if decided.iter().any(|bit| *bit != decided[0]) {
        return Some(format!("agreement: {outcomes:?}"));
    }
    if decided.first().is_some_and(|bit| !bits.contains(bit)) {
        return Some(format!("strong validity: {outcomes:?} of {bits:?}"));
    }
    if run.honest().any(|actor| run.results(actor).len() > 1) {
        return Some("integrity".to_owned());
    }
    (decided.len() < outcomes.len()).then(|| format!("termination: {outcomes:?}"))
}

#[test]
fn all_that_are_honest_decide_one_bit_of_theirs() {
    holds(play, 60, 6);
}

#[test]
fn steps_that_are_not_validated_let_liars_part_the_others() {
    let planted = Planted { unvalidated_steps: true, ..SOUND };
    is_seen(play, (4, planted), Some(Lies::Invents), 300, "strong validity");
}

#[test]
fn whoever_halts_at_once_leaves_the_others_behind() {
    let planted = Planted { halts_at_once: true, ..SOUND };
    is_seen(play, (4, planted), None, 1500, "termination");
}
