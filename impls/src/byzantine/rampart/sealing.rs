//! What a liar can say: anything, with its own right signatures.

use crate::byzantine::keys::Digest;
use crate::byzantine::rampart::messages::{self, Change, Commit, Flush, Last, Said};
use crate::byzantine::signatures::{Seal, Signed};
use pepperland_core::id::NodeId;

/// What is said to a node, whatever it says now, with the signatures of its sender mended.
pub fn resealed(to: NodeId, said: Said, seal: &Seal) -> Said {
    let mend = |signed: &mut Signed, statement: Digest| seal.mend(signed, &statement);
    let mut said = said;
    match &mut said {
        Said::Echo { view, number, hash, signed } => {
            mend(signed, messages::echo(*view, (to, *number), *hash));
        }
        Said::Notify { view, against, signed } => mend(signed, messages::notice(*view, *against)),
        Said::Ack { view, attempt, hash, signed } => {
            mend(signed, messages::ack(*view, *attempt, *hash));
        }
        Said::Ready { view, attempt, hash, signed } => {
            mend(signed, messages::ready(*view, *attempt, *hash));
        }
        Said::Commit(commit) => mend_commit(commit, seal),
        Said::Flush(flush) => mend_flush(flush, seal),
        Said::Last(last) => mend_last(last, seal),
        Said::Propose { change, lasts, .. } => {
            mend_change(change, seal);
            lasts.iter_mut().for_each(|last| mend_last(last, seal));
        }
        Said::Lock { locked, .. } => mend_change(&mut locked.change, seal),
        Said::Install { change, .. } => mend_change(change, seal),
        Said::Init { .. } | Said::Have { .. } => {}
    }
    said
}

fn mend_commit(commit: &mut Commit, seal: &Seal) {
    let statement = commit.statement();
    commit.echoes.iter_mut().for_each(|signed| seal.mend(signed, &statement));
}

fn mend_flush(flush: &mut Flush, seal: &Seal) {
    let statement = messages::flush(flush.view, flush.by, &flush.commits);
    seal.mend(&mut flush.signed, &statement);
}

fn mend_last(last: &mut Last, seal: &Seal) {
    let statement = messages::last(last.view, last.attempt, &last.lock);
    seal.mend(&mut last.signed, &statement);
}

fn mend_change(change: &mut Change, seal: &Seal) {
    change.flushes.iter_mut().for_each(|flush| mend_flush(flush, seal));
}
