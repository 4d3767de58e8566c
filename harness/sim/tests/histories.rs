//! What holds of every history, whatever the implementation and the faults: it follows the rules
//! of its format, it is the same each time, its causes lead back to a request, and a schedule
//! with less in it leaves the rest as it was.

mod common;

use common::{N1, N2, during, multicast, multicasts, run_network};
use pepperland_core::fault::Profile;
use pepperland_core::history::{Channel, EventId, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::implementation::Implementation;
use pepperland_core::plan::Plan;
use pepperland_core::runtime::{Detail, Runtime, drawn_lie};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{Links, Schedule, Trouble};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use pepperland_sim::Simulator;
use std::collections::{BTreeMap, BTreeSet};

/// A schedule as a campaign plans it; the workload differs from seed to seed.
fn planned(implementation: &Implementation, faults: &str, seed: u64) -> Schedule {
    let scenario = Scenario::new(implementation.name, faults);
    let workloads = pepperland_workloads::ALL;
    let plan = Plan {
        scenario: &scenario,
        implementation,
        workload: workloads[seed as usize % workloads.len()],
        faults: pepperland_faults::resolve(faults).expect("a profile"),
        profiles: pepperland_faults::without(Simulator.lacks()).collect(),
        lacks: &[],
    };
    plan.schedule(Seed(seed))
}

fn run(schedule: &Schedule, implementation: &Implementation, detail: Detail) -> History {
    Simulator.run(schedule, implementation, detail).expect("the simulator refuses nothing")
}

/// Every implementation under every profile with a few seeds.
fn everything() -> impl Iterator<Item = (&'static Implementation, &'static Profile, u64)> {
    pepperland_impls::all().flat_map(|implementation| {
        let profiles = pepperland_faults::without(Simulator.lacks());
        profiles.flat_map(move |profile| (0..3).map(move |seed| (implementation, profile, seed)))
    })
}

#[test]
fn every_history_follows_the_rules_of_its_format() {
    for (implementation, profile, seed) in everything() {
        let schedule = planned(implementation, profile.name, seed);
        for detail in [Detail::Application, Detail::Network] {
            let history = run(&schedule, implementation, detail);
            let told = format!("{} under {}, seed {seed}", implementation.name, profile.name);
            assert!(!history.is_empty(), "{told}");
            if let Err(breach) = history.check_rules() {
                panic!("{told}: {breach}");
            }
        }
    }
}

#[test]
fn the_same_schedule_gives_the_same_history() {
    for (implementation, profile, seed) in everything().filter(|(_, _, seed)| *seed == 1) {
        let schedule = planned(implementation, profile.name, seed);
        let digest = || run(&schedule, implementation, Detail::Network).digest();
        assert_eq!(digest(), digest(), "{} under {}", implementation.name, profile.name);
    }
}

#[test]
fn another_seed_gives_another_history() {
    let implementation = &pepperland_impls::multicast::basic::ENTRY;
    let digest = |seed| {
        run(&planned(implementation, "none", seed), implementation, Detail::Network).digest()
    };
    let digests: BTreeSet<u128> = (0..20).map(digest).collect();
    assert_eq!(digests.len(), 20);
}

#[test]
fn recording_the_network_does_not_change_what_happens() {
    for (implementation, profile, seed) in everything().filter(|(_, _, seed)| *seed == 0) {
        let schedule = planned(implementation, profile.name, seed);
        let told = |detail| {
            let history = run(&schedule, implementation, detail);
            // Where frames are told, each lie of a liar is.
            let of_frames = |e: &pepperland_core::history::Event<'_>| {
                e.node().is_some() && e.kind().is_transmission() || drawn_lie(e).is_some()
            };
            let events = history.events().filter(|event| !of_frames(event));
            events.map(|e| (e.time(), e.node(), e.kind(), e.message_name())).collect::<Vec<_>>()
        };
        let name = implementation.name;
        assert!(told(Detail::Application) == told(Detail::Network), "{name}, {}", profile.name);
    }
}

/// The first link of every chain of causes that leads to an event.
fn root(history: &History, event: EventId) -> EventId {
    match history.event(event).causes() {
        [] => event,
        [cause, ..] => root(history, *cause),
    }
}

/// What came right before each event: its causes, and the last event at its node.
fn directly_before(history: &History) -> Vec<Vec<EventId>> {
    let mut previous = BTreeMap::new();
    let before = |event: pepperland_core::history::Event<'_>| {
        let mut direct = event.causes().to_vec();
        direct.extend(event.node().and_then(|node| previous.insert(node, event.id)));
        direct
    };
    history.events().map(before).collect()
}

/// Whether the one event happened before the other in Lamport's sense.
fn is_past(before: &[Vec<EventId>], earlier: EventId, later: EventId) -> bool {
    let mut seen = BTreeSet::new();
    let mut open = vec![later];
    while let Some(event) = open.pop() {
        if event == earlier {
            return true;
        }
        let next = before[event.index()].iter().filter(|cause| **cause >= earlier);
        open.extend(next.filter(|cause| seen.insert(**cause)));
    }
    false
}

fn broadcast_of(history: &History, deliver: EventId) -> EventId {
    let row = history.event(deliver).message().expect("a delivery names its message");
    EventId(history.message_table().broadcasts()[row as usize])
}

fn has_crash_before(history: &History, event: EventId) -> bool {
    history.kinds()[..event.index()].contains(&Kind::Crash)
}

#[test]
fn every_delivery_has_its_broadcast_in_its_past() {
    for implementation in pepperland_impls::all() {
        for faults in ["none", "crash", "partition", "pause"] {
            let history = run(&planned(implementation, faults, 7), implementation, Detail::Network);
            let before = directly_before(&history);
            let delivers = history.events().filter(|e| e.kind() == Kind::Deliver);
            for deliver in delivers.map(|event| event.id) {
                let name = implementation.name;
                let first = history.event(root(&history, deliver)).kind();
                // What waits for a token comes because the token does, and before it a crash; what
                // waited for a crash is relayed or delivered because of the suspicion, of which a
                // layer that keeps it to itself does not tell: then it comes with a timer.
                let waits_for_token = implementation.claim("token-conservation").is_some();
                let upon_suspicion = first == Kind::Deliver && has_crash_before(&history, deliver);
                // What waits for all to have it, or for a view to end, comes with what they then say.
                let of_views = matches!(first, Kind::View | Kind::BlockOk | Kind::Join);
                let in_a_view = implementation.model.views && of_views;
                let begins = matches!(first, Kind::Broadcast | Kind::Suspect);
                let started = begins || waits_for_token || upon_suspicion || in_a_view;
                assert!(started, "{name} under {faults}: {deliver:?} begins with {first:?}");
                let broadcast = broadcast_of(&history, deliver);
                assert!(is_past(&before, broadcast, deliver), "{name}: {deliver:?}");
            }
        }
    }
}

#[test]
fn where_a_message_is_delivered_on_arrival_the_chain_of_causes_is_its_own() {
    for implementation in
        [&pepperland_impls::multicast::basic::ENTRY, &pepperland_impls::multicast::reliable::ENTRY]
    {
        for seed in 0..6 {
            let schedule = planned(implementation, "crash", seed);
            let history = run(&schedule, implementation, Detail::Network);
            for deliver in history.events().filter(|e| e.kind() == Kind::Deliver) {
                let own = broadcast_of(&history, deliver.id);
                let mut cause = deliver.id;
                while cause != own {
                    let causes = history.event(cause).causes();
                    assert!(!causes.is_empty(), "{:?} leads elsewhere", deliver.id);
                    cause = causes[0];
                }
            }
        }
    }
}

/// How long each message took, by sender, receiver, and the count of the pair's messages.
fn latencies(history: &History) -> BTreeMap<(NodeId, NodeId, usize), Vec<Span>> {
    let mut sent = BTreeMap::new();
    let mut counts = BTreeMap::<_, usize>::new();
    let mut latencies = BTreeMap::<_, Vec<Span>>::new();
    for event in history.events() {
        let Some(frame) = event.transmission() else { continue };
        let Some(node) = event.node() else { continue };
        match event.kind() {
            Kind::Send => {
                let count = counts.entry((node, frame.peer)).or_default();
                *count += 1;
                sent.insert(frame.id, (event.time(), (node, frame.peer, *count)));
                latencies.insert((node, frame.peer, *count), Vec::new());
            }
            Kind::Recv => {
                let (at, message) = sent[&frame.id];
                latencies.entry(message).or_default().push(event.time().since(at));
            }
            _ => {}
        }
    }
    latencies
}

#[test]
fn deleting_a_step_leaves_the_other_links_alone() {
    let implementation = &pepperland_impls::multicast::basic::ENTRY;
    for faults in ["none", "jitter", "loss,duplicate", "partition,jitter"] {
        // Every sixth seed has the workload in which no step waits for another.
        for seed in (0..60).step_by(pepperland_workloads::ALL.len()) {
            let schedule = planned(implementation, faults, seed);
            let mut less = schedule.clone();
            let gone = less.steps.remove(seed as usize % 5).node;
            let [whole, rest] = [&schedule, &less].map(|schedule| {
                let mut of_others = latencies(&run(schedule, implementation, Detail::Network));
                of_others.retain(|(from, _, _), _| *from != gone);
                of_others
            });
            assert!(!rest.is_empty());
            assert_eq!(rest, whole, "{faults}, seed {seed}");
        }
    }
}

#[test]
fn deleting_a_disturbance_leaves_the_draws_of_the_others_alone() {
    let implementation = &pepperland_impls::multicast::basic::ENTRY;
    for seed in 0..12 {
        let schedule = planned(implementation, "duplicate,loss", seed);
        let mut less = schedule.clone();
        less.disturbances.remove(0);
        let lost = |schedule: &Schedule| -> BTreeSet<(NodeId, NodeId, usize)> {
            let latencies = latencies(&run(schedule, implementation, Detail::Network));
            let lost = latencies.into_iter().filter(|(_, arrivals)| arrivals.is_empty());
            lost.map(|(message, _)| message).collect()
        };
        assert_eq!(lost(&schedule), lost(&less), "seed {seed}");
    }
}

#[test]
fn deleting_a_step_leaves_what_a_cut_held_alone() {
    let mut schedule = multicasts(Channel::Perfect, &[20, 21, 22]);
    schedule.header.network.max_latency = Span::millis(50);
    schedule.steps.insert(0, multicast(9, N2, 15));
    let links = Links::one_way(vec![N1], vec![N2]);
    schedule.disturbances = vec![during(10, 100, Trouble::Cut { links })];
    let n2_delivers = |schedule: &Schedule| -> Vec<(Time, Option<String>)> {
        let history = run_network(schedule, &pepperland_impls::multicast::basic::ENTRY);
        let deliver =
            history.events().filter(|e| e.kind() == Kind::Deliver && e.node() == Some(N2));
        let told: Vec<_> = deliver.map(|e| (e.time(), e.message_name())).collect();
        let name = |told: &Option<String>| told.as_ref().is_some_and(|m| m.starts_with("n1"));
        told.into_iter().filter(|(_, message)| name(message)).collect()
    };
    let whole = n2_delivers(&schedule);
    assert_eq!(whole.len(), 3);
    schedule.steps.remove(0);
    assert_eq!(n2_delivers(&schedule), whole);
}
