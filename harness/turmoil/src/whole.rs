//! Schedules in whole milliseconds, on which this runtime and one with a finer clock agree.

use crate::clock::{TICK, tick_of};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::{Disturbance, Fate, Links, Schedule, Trouble, When};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::{Span, Time};

/// The schedule in whole milliseconds: instants and spans are rounded up, clocks do not drift, the
/// doubles of messages come at once, and every link has a constant latency of its own until the
/// heal, by one `delay` a link at the end of the list.
pub fn whole_millisecond(schedule: &Schedule) -> Schedule {
    let mut whole = schedule.clone();
    let header = &mut whole.header;
    header.heal_at = tick_of(header.heal_at);
    header.end = tick_of(header.end);
    header.network.min_latency = rounded(header.network.min_latency).max(TICK);
    header.network.max_latency = header.network.min_latency;
    if let Some(controlled) = &mut header.controlled {
        controlled.max_latency = rounded(controlled.max_latency).max(TICK);
        controlled.min_latency = controlled.max_latency;
    }
    for step in &mut whole.steps {
        match &mut step.when {
            When::At(at) => *at = tick_of(*at),
            When::Upon { after, .. } => *after = rounded(*after),
        }
    }
    whole.disturbances.iter_mut().for_each(round);
    whole.disturbances.extend(latencies(whole.header.nodes as usize, whole.header.heal_at));
    whole
}

/// A constant delay of its own for each link, from a quadratic sequence, so that two hops on
/// different ways seldom take the same time.
fn latencies(nodes: usize, heal_at: Time) -> impl Iterator<Item = Disturbance> {
    let links = NodeId::first(nodes).flat_map(move |from| {
        NodeId::first(nodes).filter(move |to| *to != from).map(move |to| (from, to))
    });
    (0..).zip(links).map(move |(number, (from, to))| {
        let more = Span((number * number + number * 3 + 1) % 61 * TICK.0);
        let links = Links::one_way(vec![from], vec![to]);
        let rate = PerMillion::percent(100);
        let trouble = Trouble::Delay { links, least: more, most: more, rate };
        Disturbance::during(Time::ZERO, heal_at, trouble)
    })
}

fn rounded(span: Span) -> Span {
    tick_of(Time(span.0)).since(Time::ZERO)
}

fn round(disturbance: &mut Disturbance) {
    disturbance.at = tick_of(disturbance.at);
    disturbance.until = disturbance.until.map(tick_of);
    match &mut disturbance.trouble {
        Trouble::Delay { least, most, .. } => {
            *least = rounded(*least);
            *most = *least;
        }
        Trouble::Duplicate { most, .. } => *most = Span::ZERO,
        Trouble::Throttle { every, .. } => *every = rounded(*every),
        Trouble::Strike {
            fate: Fate::Delay { by } | Fate::Duplicate { by } | Fate::Stall { by },
            ..
        } => *by = rounded(*by),
        Trouble::Skew { jump, drift, .. } => {
            *jump -= *jump % TICK.0 as i64;
            *drift = 0;
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use pepperland_core::id::GroupId;
    use pepperland_core::schedule::{Ask, Frame, NetworkOptions, Step};
    use pepperland_core::seed::Seed;

    fn fine() -> Schedule {
        let network = NetworkOptions::perfect(Span::micros(1200), Span::millis(9));
        let header = Frame {
            seed: Seed(1),
            heal_at: Time(7_000_001),
            end: Time::millis(9),
            ..Frame::of("toy", 2, network)
        };
        let ask = Ask::Multicast { group: GroupId::ALL, body: "a".to_owned() };
        let step = Step { id: 0, when: When::At(Time(1_500_000)), node: NodeId(0), ask };
        let rate = PerMillion::percent(5);
        let double = Trouble::Duplicate { links: Links::all(), rate, most: Span(500) };
        let skew = Trouble::Skew { node: NodeId(0), jump: -1_500_000, drift: 40 };
        let disturbances = vec![
            Disturbance::during(Time(300), Time(5_000_001), double),
            Disturbance::from(Time::millis(1), skew),
        ];
        Schedule { header, steps: vec![step], disturbances }
    }

    #[test]
    fn everything_is_rounded_up() {
        let whole = whole_millisecond(&fine());
        assert_eq!(whole.header.heal_at, Time::millis(8));
        assert_eq!(whole.header.network.max_latency, Span::millis(2));
        assert_eq!(whole.steps[0].when, When::At(Time::millis(2)));
        let [double, skew, there, back] = &whole.disturbances[..] else { panic!("four") };
        assert_eq!((double.at, double.until), (Time::millis(1), Some(Time::millis(6))));
        assert!(matches!(skew.trouble, Trouble::Skew { jump: -1_000_000, drift: 0, .. }));
        assert_ne!(there.trouble, back.trouble);
    }
}
