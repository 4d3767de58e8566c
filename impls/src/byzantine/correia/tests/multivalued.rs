use super::{Planted, SOUND, holds, is_seen};
use crate::byzantine::correia::Agreement;
use crate::byzantine::correia::multivalued::Multivalued;
use crate::byzantine::correia::rehearsal::{Lies, Rehearsal};

/// A third of the seeds has all that are honest propose one value; the others two values or many.
fn play(n: usize, planted: Planted, lies: Option<Lies>, seed: u64) -> Option<String> {
    let mut run = Rehearsal::<Multivalued<String>>::new(n, planted, lies, seed);
    let honest = run.honest();
    let value = |actor: usize| match seed % 3 {
        0 if honest.contains(&actor) => "a".to_owned(),
        1 => ["a", "b"][(seed >> (actor % 16)) as usize % 2].to_owned(),
        _ => format!("v{actor}"),
    };
    for actor in run.everybody() {
        run.ask(actor, |engine, coin| {
            let outcome = engine.propose(value(actor), coin);
            (outcome.say, outcome.decided.into_iter().collect())
        });
    }
    run.play();
    let values: Vec<String> = run.honest().map(value).collect();
    wrong(&run, &values)
}

fn wrong(run: &Rehearsal<Multivalued<String>>, values: &[String]) -> Option<String> {
    let outcomes = run.outcomes();
    let decided: Vec<&Option<String>> = outcomes.iter().flatten().collect();
    if decided.iter().any(|value| *value != decided[0]) {
        return Some(format!("agreement: {outcomes:?}"));
    }
    let are_same = values.iter().all(|value| *value == values[0]);
    let is_valid = |value: &Option<String>| match value {
        None => !are_same,
        Some(value) => values.contains(value),
    };
    if decided.first().is_some_and(|value| !is_valid(value)) {
        return Some(format!("strong validity: {outcomes:?} of {values:?}"));
    }
    (decided.len() < outcomes.len()).then(|| format!("termination: {outcomes:?}"))
}

#[test]
fn all_that_are_honest_decide_what_one_of_them_proposed_or_nothing() {
    holds(play, 30, 3);
}

#[test]
fn choices_that_are_not_justified_let_a_liar_keep_the_honest_from_what_all_propose() {
    let planted = Planted { unjustified_choices: true, ..SOUND };
    is_seen(play, (4, planted), Some(Lies::Invents), 600, "strong validity");
}
