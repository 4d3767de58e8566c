use super::slow::{Slow, Written};
use super::*;
use crate::byzantine::keys::digest;
use proptest::collection::vec;
use proptest::prelude::*;

/// A log of five servers, two of which may be faulty, and what was decided of it.
struct Reader {
    log: Log<u32>,
    decided: Vec<(u64, u32)>,
}

fn reader() -> Reader {
    Reader { log: Log::new(5, 2, LogPlanted::default()), decided: Vec::new() }
}

fn h(v: u32) -> Digest {
    digest(&v)
}

impl Reader {
    fn propose(&mut self, writer: usize, epoch: u64, slot: u64, v: u32) -> Read {
        let read = self.log.propose(writer, epoch, slot, h(v), v);
        self.decide();
        read
    }

    fn accept(&mut self, writer: usize, slot: u64, v: u32) {
        self.log.accept(writer, slot, h(v));
        self.decide();
    }

    fn change(&mut self, writers: impl IntoIterator<Item = usize>, epoch: u64) {
        for writer in writers {
            self.log.change(writer, epoch);
        }
    }

    fn decide(&mut self) {
        let decided = std::iter::from_fn(|| self.log.take_decided());
        self.decided.extend(decided.map(|(slot, _, v)| (slot, v)));
    }
}

const FIRST: Read = Read::Candidate { again: false };

#[test]
fn a_slot_is_decided_by_f_plus_one_distinct_writers_and_not_before() {
    let mut reader = reader();
    assert_eq!(reader.propose(0, 0, 0, 7), FIRST);
    reader.accept(1, 0, 7);
    reader.accept(1, 0, 7);
    reader.accept(0, 0, 7);
    assert_eq!(reader.decided, [], "two servers have accepted it, one of them twice");
    reader.accept(4, 0, 7);
    assert_eq!(reader.decided, [(0, 7)]);
    assert_eq!((reader.log.next(), reader.log.candidates().len()), (1, 0));
}

#[test]
fn acceptances_of_another_slot_or_message_do_not_count() {
    let mut reader = reader();
    reader.propose(0, 0, 0, 7);
    (1..5).for_each(|writer| reader.accept(writer, 1, 7));
    (1..5).for_each(|writer| reader.accept(writer, 0, 8));
    assert_eq!(reader.decided, []);
}

#[test]
fn acceptances_that_come_before_the_proposal_count() {
    let mut reader = reader();
    reader.accept(3, 0, 7);
    reader.accept(4, 0, 7);
    reader.propose(0, 0, 0, 7);
    assert_eq!(reader.decided, [(0, 7)]);
}

#[test]
fn an_acceptance_counts_over_a_change_of_epoch() {
    let mut reader = reader();
    reader.propose(0, 0, 0, 7);
    reader.change([2, 3, 4], 0);
    reader.accept(2, 0, 7);
    assert_eq!(reader.propose(1, 1, 0, 7), Read::Candidate { again: true });
    assert_eq!(reader.decided, [(0, 7)]);
}

#[test]
fn what_an_earlier_epoch_proposed_may_still_be_decided() {
    let mut reader = reader();
    reader.propose(0, 0, 0, 7);
    reader.change([2, 3, 4], 0);
    assert_eq!(reader.propose(1, 1, 0, 8), FIRST);
    reader.accept(2, 0, 7);
    reader.accept(3, 0, 7);
    assert_eq!(reader.decided, [(0, 7)]);
}

#[test]
fn only_the_leader_of_the_epoch_proposes() {
    let mut reader = reader();
    assert_eq!(reader.propose(1, 0, 0, 7), Read::Ignored);
    assert_eq!(reader.propose(1, 1, 0, 7), Read::Ignored, "epoch 1 has not begun");
    reader.change([2, 3, 4], 0);
    assert_eq!(reader.propose(0, 0, 0, 7), Read::Ignored, "epoch 0 is over");
    assert_eq!(reader.propose(1, 1, 0, 7), FIRST);
}

#[test]
fn slots_are_filled_in_order_and_an_epoch_has_one_candidate_for_each() {
    let mut reader = reader();
    assert_eq!(reader.propose(0, 0, 1, 7), Read::Unjust(Why::NotNext));
    assert_eq!(reader.propose(0, 0, 0, 7), FIRST);
    assert_eq!(reader.propose(0, 0, 0, 7), Read::Ignored, "it says so twice");
    assert_eq!(reader.propose(0, 0, 0, 8), Read::Unjust(Why::Second));
    reader.accept(1, 0, 7);
    reader.accept(2, 0, 7);
    assert_eq!(reader.propose(0, 0, 0, 8), Read::Ignored, "the slot is decided");
}

#[test]
fn an_epoch_changes_by_f_plus_one_distinct_writers_of_that_epoch() {
    let mut reader = reader();
    reader.change([3, 3, 4], 0);
    reader.change([0, 1, 2], 1);
    assert_eq!((reader.log.epoch(), reader.log.leader()), (0, 0));
    reader.change([2], 0);
    assert_eq!((reader.log.epoch(), reader.log.leader()), (1, 1));
    reader.change([4], 0);
    reader.change([0, 1], 1);
    assert_eq!(reader.log.epoch(), 1, "changes of the epoch before are forgotten");
}

#[test]
fn after_the_last_server_the_first_leads_again() {
    let mut reader = reader();
    (0..5).for_each(|epoch| reader.change([2, 3, 4], epoch));
    assert_eq!((reader.log.epoch(), reader.log.leader()), (5, 0));
}

const MESSAGES: u32 = 3;

/// Writes that mean something more often than not: of the first epochs and slots.
fn written() -> impl Strategy<Value = Written> {
    let (by, hash) = (0..3_usize, (0..MESSAGES).prop_map(h));
    prop_oneof![
        3 => (by.clone(), 0..4_u64, 0..3_u64, hash.clone())
            .prop_map(|(by, epoch, slot, h)| Written::Propose { by, epoch, slot, h }),
        4 => (by.clone(), 0..3_u64, hash).prop_map(|(by, slot, h)| Written::Accept { by, slot, h }),
        2 => (by, 0..4_u64).prop_map(|(by, epoch)| Written::Change { by, epoch }),
    ]
}

proptest! {
    #[test]
    fn the_log_reads_as_its_definition_does(writes in vec(written(), 0..40)) {
        let slow = Slow { servers: 3, f: 1, writes: &writes };
        let mut log: Log<Digest> = Log::new(3, 1, LogPlanted::default());
        for (place, write) in writes.iter().enumerate() {
            match *write {
                Written::Propose { by, epoch, slot, h } => {
                    log.propose(by, epoch, slot, h, h);
                }
                Written::Accept { by, slot, h } => log.accept(by, slot, h),
                Written::Change { by, epoch } => {
                    log.change(by, epoch);
                }
            }
            if let Some((slot, h, v)) = log.take_decided() {
                prop_assert_eq!(h, v);
                prop_assert_eq!(slow.decided(slot), Some((h, place + 1)));
            }
            prop_assert_eq!(log.epoch(), slow.epoch_at(place + 1));
        }
        prop_assert_eq!(slow.decided(log.next()), None, "the log has decided all there is");
    }
}
