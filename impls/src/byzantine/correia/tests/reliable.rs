use super::{Planted, SOUND, holds, is_seen};
use crate::byzantine::correia::Rules;
use crate::byzantine::correia::rehearsal::{Engine, Lies, Rehearsal};
use crate::byzantine::correia::reliable::Placed;
use pepperland_core::id::NodeId;
use pepperland_core::seed::Stream;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A word in its place.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
struct Word {
    number: u32,
    text: String,
}

impl Placed for Word {
    type Place = u32;

    fn place(&self, _: NodeId) -> Option<u32> {
        Some(self.number)
    }
}

/// Whoever only listens.
struct Listener;

impl Engine for Listener {
    type Part = Word;
    type Result = (NodeId, Word);

    fn new(_: Rules) -> Listener {
        Listener
    }

    fn hear(
        &mut self,
        origin: NodeId,
        part: Word,
        _: &mut Stream,
    ) -> (Vec<Word>, Vec<(NodeId, Word)>) {
        (Vec::new(), vec![(origin, part)])
    }
}

/// Everybody broadcasts two words; copies of one liar not the same.
fn play(n: usize, planted: Planted, lies: Option<Lies>, seed: u64) -> Option<String> {
    let mut run = Rehearsal::<Listener>::new(n, planted, lies, seed);
    for actor in run.everybody() {
        let word = |number| Word { number, text: format!("{actor}.{number}") };
        run.broadcast(actor, vec![word(1), word(2)]);
    }
    run.play();
    wrong(&run)
}

fn wrong(run: &Rehearsal<Listener>) -> Option<String> {
    let mut heard: BTreeMap<(NodeId, u32), Vec<&str>> = BTreeMap::new();
    for actor in run.honest() {
        let results = run.results(actor);
        for (by, word) in results {
            heard.entry((*by, word.number)).or_default().push(&word.text);
        }
        let mut places: Vec<_> = results.iter().map(|(by, word)| (by, word.number)).collect();
        places.sort_unstable();
        places.dedup();
        if places.len() < results.len() {
            return Some(format!("no duplication: {results:?}"));
        }
    }
    for ((by, number), texts) in &heard {
        if texts.iter().any(|text| *text != texts[0]) {
            return Some(format!("consistency: {by} said {texts:?}"));
        }
        if texts.len() < run.honest().len() {
            return Some(format!("totality: {by}, {number} was heard by {}", texts.len()));
        }
    }
    let is_heard = |actor: usize, number| {
        let texts = heard.get(&(NodeId(actor as u32), number));
        texts.is_some_and(|texts| texts[0] == format!("{actor}.{number}"))
    };
    let unheard = run.honest().find(|actor| !is_heard(*actor, 1) || !is_heard(*actor, 2));
    unheard.map(|actor| format!("validity: {actor}"))
}

#[test]
fn what_one_hears_all_hear_and_what_the_honest_say() {
    holds(play, 60, 10);
}

#[test]
fn fewer_echoes_let_two_stories_stand() {
    let planted = Planted { few_echoes: true, ..SOUND };
    is_seen(play, (5, planted), Some(Lies::Twins), 50, "consistency");
    // Of four nodes no two sets can be ready: one story is told to some alone.
    is_seen(play, (4, planted), Some(Lies::Twins), 50, "totality");
}

#[test]
fn without_amplification_some_hear_nothing() {
    let planted = Planted { no_amplification: true, ..SOUND };
    is_seen(play, (4, planted), Some(Lies::Silent), 200, "totality");
}

#[test]
fn a_few_who_are_ready_are_not_enough() {
    let planted = Planted { few_readies: true, ..SOUND };
    is_seen(play, (4, planted), Some(Lies::Silent), 2000, "totality");
}
