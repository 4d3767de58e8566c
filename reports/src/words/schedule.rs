//! What a schedule plans.

use super::environment::per_cent;
use crate::text;
use pepperland_core::id::{GroupId, NetworkId, NodeId};
use pepperland_core::schedule::{
    Ask, Deceit, Disturbance, Failing, Fate, Links, Step, Trouble, Way, When,
};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::{Span, Time};

/// A disturbance in words, with its times: `links n1→{n2 n3} cut, 60–210 ms`.
pub fn disturbance(disturbance: &Disturbance) -> String {
    let what = trouble(&disturbance.trouble);
    let at = text::ms(disturbance.at);
    match (&disturbance.trouble, disturbance.until) {
        (Trouble::Strike { .. }, _) => what,
        (Trouble::Crash { .. }, Some(until)) => {
            format!("{what} at {at} ms, restarts at {} ms", text::ms(until))
        }
        (Trouble::Crash { .. }, None) => format!("{what} at {at} ms"),
        (_, Some(until)) => format!("{what}, {at}–{} ms", text::ms(until)),
        (_, None) => format!("{what} from {at} ms on"),
    }
}

/// What goes wrong, in words: `n1 crashes`, `links n1→{n2 n3} cut`.
pub fn trouble(trouble: &Trouble) -> String {
    match trouble {
        Trouble::Cut { links: l } => format!("links {} cut", links(l)),
        Trouble::Lose { links: l, rate } => format!("links {} lose {}", links(l), share(*rate)),
        Trouble::Delay { links: l, least, most, rate } => {
            format!("links {} delay {} by {least}–{most} ms", links(l), share(*rate))
        }
        Trouble::Duplicate { links: l, rate, most } => {
            format!("links {} double {} within {most} ms", links(l), share(*rate))
        }
        Trouble::Corrupt { links: l, rate } => {
            format!("links {} corrupt {}", links(l), share(*rate))
        }
        Trouble::Strike { from, to, network: NetworkId::CONTROLLED, number, fate }
            if from == to =>
        {
            format!("write {number} of {from} is {}", suffered(*fate))
        }
        Trouble::Strike { from, to, network: NetworkId::CONTROLLED, number, fate } => {
            format!("write {number} of {from} is {} at {to}", suffered(*fate))
        }
        Trouble::Strike { from, to, number, fate, .. } => {
            format!("message {number} from {from} to {to} is {}", suffered(*fate))
        }
        Trouble::Crash { node, effects: None } => format!("{node} crashes"),
        Trouble::Crash { node, effects: Some(n) } => {
            format!("{node} crashes after {}", text::count(u64::from(*n), "effect", "effects"))
        }
        Trouble::Pause { node } => format!("{node} stands still"),
        Trouble::Starve { node, ration } => format!("{node} gets {ration}"),
        Trouble::Skew { node, jump, drift } => {
            let jump = *jump as f64 / 1e6;
            format!("clock of {node} jumps by {jump} ms and drifts by {drift} ppm")
        }
        Trouble::Lie { node, rate, how } => format!("{node} {}", deceit(how, *rate)),
        Trouble::Twin { node, first, second } => twin(*node, first.as_deref(), second.as_deref()),
        Trouble::Omit { links: l, rate, degree } => {
            format!("links {} omit {}, {degree} in a row at most", links(l), share(*rate))
        }
        Trouble::Garble { links: l, rate } => {
            format!("links {} cut {} short", links(l), share(*rate))
        }
        Trouble::Throttle { links: l, every } => {
            format!("links {} carry one message in {every} ms", links(l))
        }
        Trouble::Disk { node, how } => format!("disk of {node} {}", failing(*how)),
    }
}

/// A client's request in words: `n1 is asked to multicast "probe" at 12 ms`.
pub fn step(step: &Step) -> String {
    let what = match &step.ask {
        Ask::Multicast { group: GroupId::ALL, body } => {
            format!("multicast \"{}\"", text::short(body, 40))
        }
        Ask::Multicast { group, body } => {
            format!("multicast \"{}\" to {group}", text::short(body, 40))
        }
        Ask::Join { .. } => "join".to_owned(),
        Ask::Leave { .. } => "leave".to_owned(),
        Ask::Propose { instance, body } => {
            format!("propose \"{}\" in instance {instance}", text::short(body, 40))
        }
        Ask::Invoke { body } => format!("execute {}", text::short(body, 40)),
    };
    let when = match step.when {
        When::At(at) => format!("at {} ms", text::ms(at)),
        When::Upon { of, after } => {
            format!("{} ms after it has delivered step {of}", text::ms(Time(after.0)))
        }
    };
    format!("{} is asked to {what} {when}", step.node)
}

fn links(links: &Links) -> String {
    let arrow = if links.both_ways { "↔" } else { "→" };
    format!("{}{arrow}{}", side(links.from.as_deref()), side(links.to.as_deref()))
}

fn side(nodes: Option<&[NodeId]>) -> String {
    match nodes {
        None => "all".to_owned(),
        Some([one]) => one.to_string(),
        Some(several) => {
            let names: Vec<String> = several.iter().map(NodeId::to_string).collect();
            format!("{{{}}}", names.join(" "))
        }
    }
}

fn share(rate: PerMillion) -> String {
    match rate.0 {
        1_000_000.. => "every message".to_owned(),
        rate => format!("{} % of messages", per_cent(u64::from(rate))),
    }
}

fn failing(how: Failing) -> String {
    match how {
        Failing::Lost { unsynced: Span::ZERO } => {
            "loses in a crash what the crashing step wrote".to_owned()
        }
        Failing::Lost { unsynced } => {
            format!("loses in a crash what was written in the last {unsynced} ms")
        }
        Failing::Torn { keep } => {
            let left = per_cent(u64::from(keep.0));
            format!("leaves {left} % of its last write in a crash")
        }
        Failing::Lying => "loses in a crash all it said was safe".to_owned(),
    }
}

fn suffered(fate: Fate) -> String {
    match fate {
        Fate::Lose => "lost".to_owned(),
        Fate::Delay { by } => format!("delayed by {by} ms"),
        Fate::Duplicate { by } => format!("doubled after {by} ms"),
        Fate::Corrupt => "corrupted".to_owned(),
        Fate::Garble => "cut short".to_owned(),
        Fate::Lie { .. } => "a lie".to_owned(),
        Fate::Earlier { meant_for, earlier, .. } => {
            format!("a lie: one field is that of message {earlier} to {meant_for}")
        }
        Fate::Replay { meant_for, earlier, besides: false } => {
            format!("a lie: it is message {earlier} to {meant_for} again")
        }
        Fate::Replay { meant_for, earlier, besides: true } => {
            format!("sent with a lie: message {earlier} to {meant_for} again")
        }
        Fate::Withhold => "not sent by a liar".to_owned(),
        Fate::Stall { by } => format!("sent {by} ms late by a liar"),
        Fate::Spoil { entries } => format!("a lie: wrong authenticators for {}", spoilt(entries)),
    }
}

/// How a node lies: `lies in every message`, `keeps from {n2 n3} 30 % of messages`.
fn deceit(how: &Deceit, rate: PerMillion) -> String {
    let share = share(rate);
    let to = how.to.as_deref().map(|to| format!(" to {}", side(Some(to)))).unwrap_or_default();
    let kind = how.kind.map(|kind| format!(" of its kind {kind}")).unwrap_or_default();
    let label = how.label.as_ref().map(|label| format!(" of {label}")).unwrap_or_default();
    let what = format!("{share}{kind}{label}{to}");
    match how.way {
        Way::SmallScope => format!("lies in {what}"),
        Way::Earlier => format!("says in {what} what it said earlier"),
        Way::Replay => format!("sends earlier messages again for {what}"),
        Way::Readdress => format!("sends what was meant for others for {what}"),
        Way::Equivocate => format!("tells one lie to all in {what}"),
        Way::Silent => format!("does not send {what}"),
        Way::Late => format!("sends {what} up to {} ms late", how.most),
        Way::PartialMac => format!("spoils some authenticators in {what}"),
        Way::Hasty => "is in haste: its time-outs come 64 times too soon".to_owned(),
    }
}

fn twin(node: NodeId, first: Option<&[NodeId]>, second: Option<&[NodeId]>) -> String {
    let talks = |nodes: Option<&[NodeId]>| match nodes {
        None => "all".to_owned(),
        Some([]) => "nobody".to_owned(),
        some => side(some),
    };
    match (first, second) {
        (None, None) => format!("{node} runs twice"),
        (first, second) => {
            let (one, other) = (talks(first), talks(second));
            format!("{node} runs twice: one copy talks with {one}, the other with {other}")
        }
    }
}

fn spoilt(entries: u32) -> String {
    let nodes: Vec<NodeId> = (0..32).filter(|i| entries >> i & 1 == 1).map(NodeId).collect();
    side(Some(&nodes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::time::Span;

    #[test]
    fn disturbances_read_as_sentences() {
        let n = NodeId;
        let cut = Trouble::Cut { links: Links::one_way(vec![n(0)], vec![n(1), n(2)]) };
        let cut = Disturbance::during(Time::millis(60), Time::millis(210), cut);
        assert_eq!(disturbance(&cut), "links n1→{n2 n3} cut, 60–210 ms");
        let lose = Trouble::Lose { links: Links::all(), rate: PerMillion(25_000) };
        assert_eq!(trouble(&lose), "links all→all lose 2.5 % of messages");
        let crash = Trouble::Crash { node: n(0), effects: Some(2) };
        let crash = Disturbance::from(Time::millis(3), crash);
        assert_eq!(disturbance(&crash), "n1 crashes after 2 effects at 3 ms");
        let late = Fate::Delay { by: Span::millis(40) };
        let strike = Trouble::strike(n(1), n(2), 4, late);
        assert_eq!(trouble(&strike), "message 4 from n2 to n3 is delayed by 40 ms");
        let lie = |how| Trouble::Lie { node: n(0), rate: PerMillion::percent(30), how };
        let silent = Deceit { to: Some(vec![n(1), n(2)]), ..Deceit::plain(Way::Silent) };
        assert_eq!(trouble(&lie(silent)), "n1 does not send 30 % of messages to {n2 n3}");
        let lie = lie(Deceit::default());
        let lie = Disturbance::during(Time::millis(60), Time::millis(210), lie);
        assert_eq!(disturbance(&lie), "n1 lies in 30 % of messages, 60–210 ms");
        let fate = Fate::Lie { draw: 7 };
        let strike = Trouble::strike(n(1), n(2), 4, fate);
        assert_eq!(trouble(&strike), "message 4 from n2 to n3 is a lie");
        let fate = Fate::Replay { meant_for: n(0), earlier: 2, besides: false };
        let strike = Trouble::strike(n(1), n(2), 4, fate);
        let replayed = "message 4 from n2 to n3 is a lie: it is message 2 to n1 again";
        assert_eq!(trouble(&strike), replayed);
        let twin = Trouble::Twin { node: n(0), first: Some(vec![n(1)]), second: None };
        let apart = "n1 runs twice: one copy talks with n2, the other with all";
        assert_eq!(trouble(&twin), apart);
    }
}
