//! No lost update: what a client was told is done is seen by every later read.
//!
//! # Definition
//! If a client was told that its update is done, then every read that begins afterwards shows its
//! effect, unless something overwrote it (Budhiraja, Marzullo, Schneider & Toueg 1993 require it of
//! a service that fails over; the durability of Gray & Reuter 1993). Judged on objects whose reads
//! show their updates. A set shows the element. A counter shows at least the sum of what was added
//! before. A register has lost `v` if it shows a value that was written for certain before `v` was:
//! by one write only, which ended before that of `v` began; or no write at all, that is, the
//! initial one. `unknown` is not an acknowledgement: such an update may be missing, and may still
//! come.
//!
//! The workloads `broadcast`, `g-set`, `g-counter` and `pn-counter` promise that updates are seen
//! in the end only. There we judge the reads of a complete history that begin `about.bounds.settle`
//! nanoseconds after the last update ended and the faults stopped; without that bound nothing.
//! # Cost
//! O(n log n) in operations and in what reads show.
//! # Witness
//! The update, the read, and for a register the write of the value that was shown.

use crate::replication::effects::{Object, Objects, Shape};
use crate::replication::operations::{Operation, short};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL, Given, bound};
use pepperland_core::collections::{Map, Set};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::{Verdict, Witness};
use serde_json::Value;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "no-lost-update",
    number: "RP6",
    statement: "what a client was told is done is seen by every later read, unless overwritten",
    source: "Budhiraja, Marzullo, Schneider & Toueg 1993; Gray & Reuter 1993",
    class: Class::Safety,
    binds: Binds::Clients,
    models: EVERY_MODEL,
    cost: "O(n log n)",
    needs: &[Kind::Invoke, Kind::Response],
    given: &[Given::SomeWorkload],
    check,
};

/// Workloads in which updates are seen in the end only.
const EVENTUAL: &[&str] = &["broadcast", "g-set", "g-counter", "pn-counter"];

fn check(case: &Case<'_>) -> Verdict {
    let header = &case.history.header;
    let Some(workload) = header.workload.as_deref() else {
        return Verdict::undecided("no workload says what the operations mean");
    };
    let scene = Scene::of(case);
    let objects = Objects::of(&scene);
    let from = match (EVENTUAL.contains(&workload), bound(case.history, "settle")) {
        (false, _) => Time::ZERO,
        (true, Some(settle)) if header.complete => settled(&objects, Span(settle)),
        (true, _) => {
            let why = "updates are seen in the end only: it takes a complete history and \
                       about.bounds.settle to say when";
            return Verdict::undecided(why);
        }
    };
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for (key, object) in &objects.all {
        let is_late = |read: &usize| scene.time(objects.operation(*read).invoke) >= from;
        let mut reads: Vec<usize> = object.reads.iter().copied().filter(is_late).collect();
        reads.sort_by_key(|read| (objects.begin(*read), *read));
        let found = match object.shape {
            Some(Shape::Set) => sets(&objects, object, &reads, &mut tally),
            Some(Shape::Counter) => counters(&objects, object, key, &reads, &mut tally),
            Some(Shape::Register) => registers(&objects, object, key, &reads, &mut tally),
            None => None,
        };
        witness = witness.or(found);
    }
    tally.verdict(witness, "no read began after an update was done")
}

/// When what was updated must be seen everywhere.
fn settled(objects: &Objects<'_, '_>, settle: Span) -> Time {
    let header = &objects.history().header;
    let ends = objects.all.values().flat_map(|object| &object.updates).map(|place| {
        let operation = objects.operation(*place);
        objects.scene.time(operation.response.unwrap_or(operation.invoke))
    });
    let error = if objects.scene.is_virtual() { 0 } else { header.clock_error.unwrap_or(0) };
    ends.chain(header.heal_at).max().unwrap_or_default() + settle + Span(error)
}

fn count(objects: &Objects<'_, '_>, tally: &mut Tally, update: usize, read: &Operation) {
    let from = objects.scene.time(objects.operation(update).invoke);
    let to = objects.scene.time(read.response.unwrap_or(read.invoke));
    tally.count(from.min(to), to);
}

fn sets(
    objects: &Objects<'_, '_>,
    object: &Object,
    reads: &[usize],
    tally: &mut Tally,
) -> Option<Witness> {
    // An element that is added again and again is due once, from the first time on.
    let mut seen = Set::default();
    let mut done = objects.in_order_of_ends(object);
    done.retain(|(_, update)| seen.insert(objects.what(*update).to_string()));
    let mut witness = None;
    for place in reads {
        let begin = objects.begin(*place);
        let due = &done[..done.partition_point(|(end, _)| *end < begin)];
        let (Some((_, newest)), Value::Array(shown)) = (due.last(), objects.shown(*place)) else {
            continue;
        };
        count(objects, tally, *newest, objects.operation(*place));
        if witness.is_some() {
            continue;
        }
        let shown: Set<String> = shown.iter().map(Value::to_string).collect();
        let lost = due.iter().find(|(_, u)| !shown.contains(&objects.what(*u).to_string()));
        witness = lost.map(|(_, update)| {
            let what = short(objects.what(*update));
            told(objects, *update, *place, None, &format!("read without {what}"))
        });
    }
    witness
}

fn counters(
    objects: &Objects<'_, '_>,
    object: &Object,
    key: &str,
    reads: &[usize],
    tally: &mut Tally,
) -> Option<Witness> {
    let done = objects.in_order_of_ends(object);
    let delta = |place: usize| i128::from(objects.what(place).as_u64().unwrap_or(0));
    let start = objects.initial(key).map_or(Some(0), Value::as_i64).map(i128::from)?;
    let mut sums = vec![start];
    for (_, update) in &done {
        sums.push(sums[sums.len() - 1] + delta(*update));
    }
    let mut witness = None;
    for place in reads {
        let begin = objects.begin(*place);
        let due = done.partition_point(|(end, _)| *end < begin);
        let Some(shown) = whole(objects.shown(*place)).filter(|_| due > 0) else { continue };
        count(objects, tally, done[due - 1].1, objects.operation(*place));
        if shown < sums[due] && witness.is_none() {
            let mut enough: Vec<usize> = done[..due].iter().map(|(_, update)| *update).collect();
            enough.sort_by_key(|update| (std::cmp::Reverse(delta(*update)), *update));
            let mut sum = start;
            let upto = enough.iter().position(|update| {
                sum += delta(*update);
                sum > shown
            });
            enough.truncate(upto.map_or(enough.len(), |last| last + 1));
            witness = Some(too_little(objects, *place, &enough, [shown, sum]));
        }
    }
    witness
}

/// A whole number, however large.
fn whole(value: &Value) -> Option<i128> {
    value.as_i64().map(i128::from).or_else(|| value.as_u64().map(i128::from))
}

fn registers(
    objects: &Objects<'_, '_>,
    object: &Object,
    key: &str,
    reads: &[usize],
    tally: &mut Tally,
) -> Option<Witness> {
    let mut writers: Map<String, Vec<usize>> = Map::default();
    for update in &object.updates {
        writers.entry(objects.what(*update).to_string()).or_default().push(*update);
    }
    let mut newest: Option<usize> = None;
    let mut due = objects.in_order_of_ends(object).into_iter().peekable();
    let mut witness = None;
    for place in reads {
        let begin = objects.begin(*place);
        while let Some((_, update)) = due.next_if(|(end, _)| *end < begin) {
            let later = newest.is_none_or(|n| objects.begin(n) < objects.begin(update));
            newest = if later { Some(update) } else { newest };
        }
        let Some(update) = newest else { continue };
        count(objects, tally, update, objects.operation(*place));
        let value = objects.shown(*place);
        let wrote = writers.get(&value.to_string()).map_or(&[][..], Vec::as_slice);
        let older = match wrote {
            [] => objects.is_initial(key, value).then_some(None),
            [one] if !objects.is_initial(key, value) => {
                let ended = objects.operation(*one).end(objects.scene);
                ended.is_some_and(|end| end < objects.begin(update)).then_some(Some(*one))
            }
            _ => None,
        };
        if let Some(writer) = older.filter(|_| witness.is_none()) {
            let (old, new) = (short(value), short(objects.what(update)));
            let how = format!("read {old}, which is older than {new}");
            witness = Some(told(objects, update, *place, writer, &how));
        }
    }
    witness
}

fn told(
    objects: &Objects<'_, '_>,
    update: usize,
    read: usize,
    writer: Option<usize>,
    how: &str,
) -> Witness {
    let history = objects.history();
    let (update, what) = (objects.operation(update), short(objects.what(update)));
    let read = objects.operation(read);
    let writer = writer.map(|writer| objects.operation(writer));
    let (client, reader) = (update.who(history), read.who(history));
    let mut proof =
        Proof::default().yes(format!("{client} was told that {what} is done"), update.events());
    if let Some(writer) = writer {
        let says = format!("{} had been answered before {client} asked", writer.who(history));
        proof = proof.yes(says, writer.events());
    }
    proof
        .no(format!("{reader}, which asked later, read {what} or something newer"), read.events())
        .because(format!("{client} was told that {what} is done; {reader}, asking later, {how}"))
}

fn too_little(
    objects: &Objects<'_, '_>,
    read: usize,
    adds: &[usize],
    [shown, sum]: [i128; 2],
) -> Witness {
    let (read, history) = (objects.operation(read), objects.history());
    let events = adds.iter().flat_map(|add| objects.operation(*add).events());
    let reader = read.who(history);
    Proof::default()
        .yes(
            format!("clients were told of additions that make {sum}"),
            events.collect::<Vec<EventId>>(),
        )
        .no(format!("{reader}, which asked later, read {sum} or more"), read.events())
        .because(format!(
            "clients were told of additions that make {sum}; {reader}, asking later, read {shown}"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::replication::tests::{history, runs};
    use pepperland_core::verdict::Ruling;

    const SET: &str = r#""workload":"set""#;

    #[test]
    fn a_lost_element_a_lost_sum_and_a_lost_value_are_told() {
        let set = runs(&[SET], &["c1 add element=5 ok", "c2 read value=[1] ok"]);
        let told = "c1 was told that 5 is done; c2, asking later, read without 5";
        assert_eq!(because(&ENTRY, &set), told);
        let adds = ["c1 add delta=1 ok", "c1 add delta=3 ok", "c2 read value=2 ok"];
        let told = "clients were told of additions that make 3; c2, asking later, read 2";
        assert_eq!(because(&ENTRY, &runs(&[SET], &adds)), told);
        let writes = ["c1 write value=1 ok", "c1 write value=2 ok", "c2 read value=1 ok"];
        let told = "c1 was told that 2 is done; c2, asking later, read 1, which is older than 2";
        assert_eq!(because(&ENTRY, &runs(&[SET], &writes)), told);
    }

    #[test]
    fn what_is_not_known_to_be_done_or_was_overwritten_may_be_missing() {
        let judge = |lines: &[&str]| ruling(&ENTRY, &runs(&[SET], lines));
        let unknown = ["c1 add element=5 unknown", "c2 read value=[] ok"];
        assert_eq!(judge(&unknown), Ruling::Undecided);
        let overwritten = ["c1 write value=1 ok", "c1 write value=2 ok", "c2 read value=2 ok"];
        assert_eq!(judge(&overwritten), Ruling::Held);
        let late = ["c1 write value=1 unknown", "c2 write value=2 ok", "c2 read value=1 ok"];
        assert_eq!(judge(&late), Ruling::Held);
        let removed = ["c1 add element=5 ok", "c1 remove element=5 ok", "c2 read value=[] ok"];
        assert_eq!(judge(&removed), Ruling::Undecided);
    }

    #[test]
    fn a_slow_write_hides_no_loss() {
        let ask = |at, client, value| {
            let op = format!(r#"{{"f":"write","value":{value}}}"#);
            format!(r#"{{"t":{at},"k":"invoke","client":"{client}","op":{op}}}"#)
        };
        let done = |at, client| {
            format!(r#"{{"t":{at},"k":"response","client":"{client}","status":"ok"}}"#)
        };
        let read = r#"{"t":7,"k":"invoke","client":"b","op":{"f":"read"}}"#;
        let shown = r#"{"t":8,"k":"response","client":"b","result":{"value":1},"status":"ok"}"#;
        let slow = [ask(1, "a", 9), ask(2, "b", 1), done(3, "b"), ask(4, "c", 2), done(5, "c")];
        let mut events: Vec<&str> = slow.iter().map(String::as_str).collect();
        let last = done(6, "a");
        events.extend([last.as_str(), read, shown]);
        let told = "c was told that 2 is done; b, asking later, read 1, which is older than 2";
        assert_eq!(because(&ENTRY, &history(&[SET], &events)), told);
    }

    #[test]
    fn the_initial_value_is_older_than_any_other() {
        let null = ["c1 write value=1 ok", "c2 read value=null ok"];
        assert_eq!(ruling(&ENTRY, &runs(&[SET], &null)), Ruling::Violated);
    }

    #[test]
    fn what_is_seen_in_the_end_only_takes_a_bound() {
        let lines = ["c1 add element=5 ok", "c2 read value=[] ok"];
        let weak = |header: &str| runs(&[r#""workload":"g-set","complete":true"#, header], &lines);
        let free = weak(r#""names":"opaque""#);
        assert!(undecided(&ENTRY, &free).starts_with("updates are seen in the end only"));
        let bound = |settle| weak(&format!(r#""about":{{"bounds":{{"settle":{settle}}}}}"#));
        assert_eq!(ruling(&ENTRY, &bound(1)), Ruling::Violated);
        assert_eq!(ruling(&ENTRY, &bound(9)), Ruling::Undecided);
        assert!(undecided(&ENTRY, &history(&[], &[])).starts_with("no workload"));
    }
}
