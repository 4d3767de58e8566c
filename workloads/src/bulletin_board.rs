//! Bulletin board: people post subjects and answer each other (Coulouris et al., *Distributed
//! Systems*, 5th ed., section 15.4.3, figure 15.12). Posts of one person want FIFO order,
//! answers after their subject want causal order, the item numbers want total order.

use pepperland_core::id::{GroupId, NodeId};
use pepperland_core::schedule::{Ask, Step, When};
use pepperland_core::seed::{PerMillion, Stream};
use pepperland_core::time::{Span, Time};
use pepperland_core::workload::{Last, Layout, Stage, Workload};

/// The record.
pub const ENTRY: Workload = Workload {
    name: "bulletin-board",
    statement: "people post subjects and answer what they have read",
    source: "Coulouris et al. 2011, 15.4.3",
    layout: Layout::Everybody,
    plan,
    last: Last::Probes,
    judged: &[],
};

const SUBJECTS: &[&str] = &["Mach", "Microkernels", "RPC performance", "Multicast", "Clocks"];

fn plan(stage: &Stage, stream: &mut Stream) -> Vec<Step> {
    let mut posts: Vec<Step> = Vec::with_capacity(stage.broadcasts);
    let mut subjects: Vec<String> = Vec::with_capacity(stage.broadcasts);
    for id in 0..stage.broadcasts as u32 {
        let author = NodeId(stream.below(stage.nodes as u64) as u32);
        let answers = id > 0 && stream.chance(PerMillion::percent(60));
        let (when, subject) = match answers {
            true => answer(id, &subjects, stream),
            false => (When::At(Time(stream.below(stage.until.0.max(1)))), new_subject(stream)),
        };
        let body = format!("{author}: {subject}");
        subjects.push(subject);
        posts.push(Step {
            id,
            when,
            node: author,
            ask: Ask::Multicast { group: GroupId::ALL, body },
        });
    }
    posts
}

fn new_subject(stream: &mut Stream) -> String {
    (*stream.pick(SUBJECTS)).to_owned()
}

fn answer(id: u32, subjects: &[String], stream: &mut Stream) -> (When, String) {
    let of = stream.below(u64::from(id)) as u32;
    let after = Span(stream.below(Span::millis(5).0));
    let subject = subjects[of as usize].trim_start_matches("Re: ");
    (When::Upon { of, after }, format!("Re: {subject}"))
}
