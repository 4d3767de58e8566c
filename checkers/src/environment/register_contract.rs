//! Registers keep their contract: a write ends, and a read returns the last write.
//!
//! # Definition
//! In a history of the workload `register-network`, whose operations are those of the registers
//! that an implementation stands on: every write that is invoked ends, and a read that ends returns
//! the value of a write that no other write has certainly replaced before the read began (Lamport
//! 1986: *regular* registers, for several writers). That allows what any stronger register does. So
//! a read may return a value if some write of it began before the read ended, and no other write
//! both began after that one ended and ended before the read began; and the initial value (`null`,
//! or what the header states) as long as no write ended before the read began. What failed was
//! never written; what ended unknown may have been, and is done at any time.
//!
//! That a write ends is judged on complete histories; one invoked at a node that is not correct may
//! stay open, for registers may crash, and one that ended unknown has ended.
//! # Cost
//! O(n log n) in the operations.
//! # Witness
//! The read, the write of what it returned, if there is one, and the write that replaced it; or the
//! write that did not end.

use crate::environment::promised;
use crate::environment::registers::{Call, ELSEWHERE, End, WORKLOAD, calls};
use crate::scene::Scene;
use crate::scene::proof::Proof;
use crate::scene::tally::Tally;
use pepperland_core::checker::{Binds, Case, Checker, Class, EVERY_MODEL};
use pepperland_core::history::{EventId, Kind};
use pepperland_core::verdict::{Verdict, Witness};
use std::collections::BTreeMap;

/// The record.
pub const ENTRY: Checker = Checker {
    property: "register-contract",
    number: "ENV7",
    statement: "a write to a register ends, and a read returns the last write",
    source: "Lamport 1986",
    class: Class::Assumption,
    binds: Binds::Environment,
    models: EVERY_MODEL,
    cost: "O(n log n) in the operations",
    needs: &[Kind::Invoke],
    given: &[WORKLOAD],
    check,
};

fn check(case: &Case<'_>) -> Verdict {
    if !promised(case, &ENTRY) {
        return Verdict::undecided(ELSEWHERE);
    }
    let scene = Scene::of(case);
    let calls = calls(case.history);
    let registers = Registers::of(&scene, &calls);
    let (mut tally, mut witness) = (Tally::of(&scene), None);
    for call in &calls {
        let ended = call.response.map_or(scene.history.end(), |r| scene.time(r));
        let broken = match (&call.op.writes, &call.end) {
            (None, End::Done(Some(value))) => registers.stale(call, value).map(|stale| {
                let replaced = stale.map(|(write, other)| (&calls[write as usize], other));
                read_wrong(&scene, &calls, call, value, replaced)
            }),
            (Some(_), _) if is_owed(&scene, call) => {
                call.response.is_none().then(|| never_ended(&scene, call))
            }
            _ => continue,
        };
        tally.count(scene.time(call.invoke).min(ended), ended);
        witness = witness.or(broken);
    }
    tally.verdict(witness, "no register was read, and no write need have ended")
}

fn is_owed(scene: &Scene<'_>, write: &Call) -> bool {
    let node = scene.history.nodes()[write.invoke as usize] as usize;
    scene.history.header.complete && scene.case.correct.get(node) != Some(&false)
}

/// The last instant of what was done before anything, and of what is never done.
const BEFORE: i128 = -1;
const NEVER: i128 = i128::MAX;

/// Two instants of a write, of which one may have become that of another; and whose that is.
type Span = (i128, i128, u32);

/// The writes of each register, laid out for reads.
struct Registers<'c> {
    scene: &'c Scene<'c>,
    initial: Vec<String>,
    /// By register: ends of writes in order, with the latest beginning so far.
    ended: BTreeMap<&'c str, Vec<Span>>,
    /// By register and value: beginnings in order, with the latest end so far.
    written: BTreeMap<(&'c str, &'c str), Vec<Span>>,
}

impl<'c> Registers<'c> {
    fn of(scene: &'c Scene<'c>, calls: &'c [Call]) -> Registers<'c> {
        let key = |event: u32| i128::from(scene.key(event));
        let initial = scene.history.header.initial.as_ref();
        let mut initial: Vec<String> = initial.into_iter().map(ToString::to_string).collect();
        initial.push("null".to_owned());
        let (ended, written) = (BTreeMap::new(), BTreeMap::new());
        let mut registers = Registers { scene, initial, ended, written };
        for (place, call) in (0..).zip(calls).filter(|(_, call)| call.end != End::Failed) {
            let Some(value) = call.op.writes.as_deref() else { continue };
            let begin = key(call.invoke);
            let done = call.end == End::Done(None);
            let end = call.response.filter(|_| done).map_or(NEVER, key);
            let name = call.op.key.as_str();
            registers.written.entry((name, value)).or_default().push((begin, end, place));
            if done {
                registers.ended.entry(name).or_default().push((end, begin, place));
            }
        }
        registers.ended.values_mut().for_each(|spans| keep_latest(spans));
        registers.written.values_mut().for_each(|spans| keep_latest(spans));
        registers
    }

    /// What is wrong with a read, if something is: nobody wrote it, or one write, if it is not the
    /// initial value, was replaced by another.
    fn stale(&self, read: &Call, value: &str) -> Option<Option<(u32, u32)>> {
        let response = read.response?;
        let key = |event: u32| i128::from(self.scene.key(event));
        let error = i128::from(self.scene.clock_error());
        let (begin, end) = (key(read.invoke), key(response));
        let name = read.op.key.as_str();
        let none = Vec::new();
        let written = self.written.get(&(name, value)).unwrap_or(&none);
        let begun = written.partition_point(|(began, ..)| end + error >= *began);
        let latest = begun.checked_sub(1).map(|last| written[last]);
        let initial = self.initial.iter().any(|initial| initial == value);
        let (kept_until, write) = match latest {
            Some((_, ended, place)) => (ended, place),
            None if initial => (BEFORE, u32::MAX),
            None => return Some(None),
        };
        let ended = self.ended.get(name).unwrap_or(&none);
        let over = ended.partition_point(|(ended, ..)| *ended + error < begin);
        let (_, began, other) = over.checked_sub(1).map(|last| ended[last])?;
        let replaced = kept_until == BEFORE || kept_until != NEVER && kept_until + error < began;
        replaced.then_some(Some((if write == u32::MAX { other } else { write }, other)))
    }
}

/// Sorts by the first instants; the second becomes the latest so far.
fn keep_latest(list: &mut [Span]) {
    list.sort_unstable();
    for i in 1..list.len() {
        if list[i - 1].1 > list[i].1 {
            (list[i].1, list[i].2) = (list[i - 1].1, list[i - 1].2);
        }
    }
}

fn read_wrong(
    scene: &Scene<'_>,
    calls: &[Call],
    read: &Call,
    value: &str,
    replaced: Option<(&Call, u32)>,
) -> Witness {
    let key = &read.op.key;
    let ends = |call: &Call| [Some(EventId(call.invoke)), call.response.map(EventId)];
    let says = format!("a read of register {key} returned {value}");
    let proof = Proof::default().yes(says.clone(), ends(read).into_iter().flatten());
    let Some((write, other)) = replaced else {
        let clause = format!("somebody wrote {value} before it ended");
        return proof.no(clause, []).because(format!("{says}, which nobody had written"));
    };
    let other = &calls[other as usize];
    let after = other.op.writes.as_deref().unwrap_or("?");
    let at = scene.time(other.response.unwrap_or(other.invoke));
    proof
        .yes(format!("{value} was written, or initial"), ends(write).into_iter().flatten())
        .no("nothing replaced it before the read began", ends(other).into_iter().flatten())
        .because(format!("{says}, though {after} had replaced it by {} ns", at.0))
}

fn never_ended(scene: &Scene<'_>, write: &Call) -> Witness {
    let (key, value) = (&write.op.key, write.op.writes.as_deref().unwrap_or("?"));
    Proof::default()
        .yes(format!("{value} was to be written to register {key}"), [EventId(write.invoke)])
        .no(format!("that ended by {} ns", scene.history.end().0), [])
        .because(format!("the write of {value} to register {key} never ended"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cases::{because, ruling, undecided};
    use crate::environment::small::file;
    use pepperland_core::verdict::Ruling;

    const REGISTERS: &str = r#""clock":"virtual","complete":true,"workload":"register-network""#;

    fn write(client: &str, value: u32) -> [String; 2] {
        let op = format!(r#"{{"f":"write","key":1,"value":{value}}}"#);
        [
            format!(r#"{{"t":1,"k":"invoke","client":"{client}","op":{op}}}"#),
            format!(r#"{{"t":1,"k":"response","client":"{client}","status":"ok"}}"#),
        ]
    }

    fn read(client: &str, value: &str) -> [String; 2] {
        let op = r#"{"f":"read","key":1}"#;
        let result = format!(r#"{{"f":"read_ok","value":{value}}}"#);
        let response = format!(r#""client":"{client}","result":{result},"status":"ok""#);
        [
            format!(r#"{{"t":1,"k":"invoke","client":"{client}","op":{op}}}"#),
            format!(r#"{{"t":1,"k":"response",{response}}}"#),
        ]
    }

    fn judged(events: &[&String]) -> pepperland_core::history::History {
        let events: Vec<&str> = events.iter().map(|event| event.as_str()).collect();
        file(REGISTERS, &events)
    }

    #[test]
    fn a_read_returns_the_last_write() {
        let ([w5, d5], [w6, d6]) = (write("a", 5), write("b", 6));
        let ([r, five], [_, six]) = (read("c", "5"), read("c", "6"));
        let nothing = &read("c", "null")[1];
        assert_eq!(ruling(&ENTRY, &judged(&[&w5, &d5, &w6, &d6, &r, &six])), Ruling::Held);
        let told = "a read of register 1 returned 5, though 6 had replaced it by 1 ns";
        assert_eq!(because(&ENTRY, &judged(&[&w5, &d5, &w6, &d6, &r, &five])), told);
        assert_eq!(ruling(&ENTRY, &judged(&[&w5, &w6, &d5, &d6, &r, &five])), Ruling::Held);
        assert_eq!(ruling(&ENTRY, &judged(&[&w5, &d5, &w6, &r, &d6, &five])), Ruling::Held);
        let told = "a read of register 1 returned null, though 5 had replaced it by 1 ns";
        assert_eq!(because(&ENTRY, &judged(&[&w5, &d5, &r, nothing])), told);
        let told = "a read of register 1 returned 6, which nobody had written";
        assert_eq!(because(&ENTRY, &judged(&[&w5, &d5, &r, &six])), told);
    }

    #[test]
    fn a_write_ends() {
        let [w5, _] = write("a", 5);
        assert_eq!(because(&ENTRY, &judged(&[&w5])), "the write of 5 to register 1 never ended");
        assert_eq!(undecided(&ENTRY, &file("\"end\":9", &[&w5])), ELSEWHERE);
    }
}
