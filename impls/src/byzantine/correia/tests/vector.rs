use super::{Planted, SOUND, holds, is_seen};
use crate::byzantine::correia::Agreement;
use crate::byzantine::correia::rehearsal::{Lies, Rehearsal};
use crate::byzantine::correia::vector::Vector;

fn play(n: usize, planted: Planted, lies: Option<Lies>, seed: u64) -> Option<String> {
    let mut run = Rehearsal::<Vector<String>>::new(n, planted, lies, seed);
    for actor in run.everybody() {
        run.ask(actor, |engine, coin| {
            let outcome = engine.propose(format!("v{actor}"), coin);
            (outcome.say, outcome.decided.into_iter().collect())
        });
    }
    run.play();
    wrong(&run, n, (n - 1) / 3)
}

fn wrong(run: &Rehearsal<Vector<String>>, n: usize, f: usize) -> Option<String> {
    let outcomes = run.outcomes();
    let decided: Vec<_> = outcomes.iter().flatten().collect();
    if decided.iter().any(|vector| *vector != decided[0]) {
        return Some(format!("agreement: {outcomes:?}"));
    }
    if let Some(vector) = decided.first() {
        let own = |actor: &usize| vector[*actor] == Some(format!("v{actor}"));
        let honest = run.honest().filter(own).count();
        let forged = run.honest().any(|actor| vector[actor].is_some() && !own(&actor));
        if vector.len() != n || forged || honest < f + 1 {
            return Some(format!("vector validity: {vector:?}"));
        }
    }
    (decided.len() < outcomes.len()).then(|| format!("termination: {outcomes:?}"))
}

#[test]
fn all_that_are_honest_decide_one_vector_most_of_it_theirs() {
    holds(play, 12, 1);
}

#[test]
fn a_shorter_vector_may_lack_the_honest() {
    let planted = Planted { short_vectors: true, ..SOUND };
    is_seen(play, (4, planted), Some(Lies::Twins), 300, "vector validity");
}
