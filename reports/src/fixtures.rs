//! Findings and campaigns made by hand, for tests and for the sample pages.
#![allow(dead_code, missing_docs)]

use pepperland_core::finding::{Campaign, Canary, Finding, Need, Row, Size};
use pepperland_core::history::{
    Channel, Clock, EventId, Header, History, Kind, Log, Recorder, Transmission, ViewInstall,
    ViewName,
};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::Repeats;
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::{
    Ask, Disturbance, FORMAT, Frame, InFlight, Links, NetworkOptions, Schedule, Step, Trouble, When,
};
use pepperland_core::seed::Seed;
use pepperland_core::time::{Span, Time};
use pepperland_core::verdict::{Clause, Ruling, Witness};
use serde_json::{Map, Value, json};

/// A recorder with few words.
pub struct Tape {
    recorder: Recorder,
    frames: u64,
}

impl Tape {
    pub fn new(nodes: &[&str]) -> Tape {
        let mut header = Header::new(nodes.iter().map(|n| (*n).to_owned()).collect());
        header.clock = Clock::Virtual;
        Tape { recorder: Recorder::new(header), frames: 0 }
    }

    pub fn broadcast(&mut self, ms: u64, node: u32, message: &Message) -> EventId {
        self.recorder.broadcast(Time::millis(ms), NodeId(node), message, GroupId::ALL, None)
    }

    pub fn deliver(
        &mut self,
        ms: u64,
        node: u32,
        message: &Message,
        slot: Option<u64>,
        cause: EventId,
    ) -> EventId {
        self.recorder.deliver(Time::millis(ms), NodeId(node), message, slot, Some(cause))
    }

    pub fn event(&mut self, ms: u64, node: u32, kind: Kind, fields: Value) -> EventId {
        self.recorder.event(Time::millis(ms), NodeId(node), kind, object(fields), None)
    }

    pub fn environment(&mut self, ms: u64, kind: Kind, fields: Value) -> EventId {
        self.recorder.environment(Time::millis(ms), kind, object(fields))
    }

    pub fn view(&mut self, ms: u64, node: u32, number: u64, members: &[u32]) -> EventId {
        let install = ViewInstall {
            view: ViewName { number, creator: None },
            members: members.iter().map(|n| NodeId(*n)).collect(),
            primary: true,
            transitional: None,
            group: None,
        };
        self.recorder.view(Time::millis(ms), NodeId(node), install, None)
    }

    /// A frame that arrives, or with `why` is lost at the given time.
    pub fn frame(
        &mut self,
        (sent, from): (u64, u32),
        (until, to): (u64, u32),
        (label, message): (&str, &Message),
        why: Option<&str>,
        cause: Option<EventId>,
    ) -> (EventId, Pending) {
        self.frames += 1;
        let row = self.recorder.row(message.id);
        let frame = |peer: u32| Transmission {
            bytes: Some(24),
            label: Some(label.into()),
            messages: [row].into(),
            ..Transmission::new(NodeId(peer), self.frames)
        };
        let (mut outward, inward) = (frame(to), frame(from));
        let send = self.transmission(sent, from, Kind::Send, outward.clone(), cause);
        let pending = match why {
            Some(why) => {
                outward.why = Some(why.into());
                Pending { at: until, node: from, kind: Kind::Drop, frame: outward, cause: send }
            }
            None => Pending { at: until, node: to, kind: Kind::Recv, frame: inward, cause: send },
        };
        (send, pending)
    }

    pub fn end(&mut self, pending: Pending) -> EventId {
        let Pending { at, node, kind, frame, cause } = pending;
        self.transmission(at, node, kind, frame, Some(cause))
    }

    fn transmission(
        &mut self,
        ms: u64,
        node: u32,
        kind: Kind,
        frame: Transmission,
        cause: Option<EventId>,
    ) -> EventId {
        self.recorder.transmission(Time::millis(ms), NodeId(node), kind, frame, cause)
    }

    pub fn finish(self, ms: u64) -> History {
        self.recorder.finish(Time::millis(ms), true)
    }
}

/// The end of a frame, not yet recorded.
pub struct Pending {
    at: u64,
    node: u32,
    kind: Kind,
    frame: Transmission,
    cause: EventId,
}

fn object(value: Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

pub fn message(origin: u32, number: u32) -> Message {
    let id = MessageId { origin: NodeId(origin), incarnation: 0, number };
    Message { id, body: Body::new(b"body") }
}

pub fn names(count: usize) -> Vec<String> {
    NodeId::first(count).map(|node| node.to_string()).collect()
}

fn tape(count: usize) -> Tape {
    let names = names(count);
    Tape::new(&names.iter().map(String::as_str).collect::<Vec<_>>())
}

/// Two sequencers give out the same number on both sides of a partition.
pub fn two_sequencers() -> Finding {
    let (history, events, clauses) = two_sequencers_history();
    let links = Links::between(vec![NodeId(0), NodeId(1)], vec![NodeId(2), NodeId(3)]);
    let cut = Disturbance::during(Time::millis(60), Time::millis(210), Trouble::Cut { links });
    let mut scenario = Scenario::new("sequencer", "partition");
    scenario.flaw = Some("takeover-without-view".into());
    let witness = Witness {
        events,
        because: "n1 delivered n2:0:1 then n4:0:1; n3 delivered n4:0:1 then n2:0:1".into(),
        clauses,
    };
    let steps = vec![step(0, 76, 1), step(1, 138, 3)];
    let needs = vec![
        need("links {n1 n2}↔{n3 n4} cut, 60–210 ms", 0),
        need("n2 multicasts n2:0:1", 0),
        need("n4 multicasts n4:0:1", 0),
        need("message 3 from n1 to n2 is delayed by 4 ms", 100),
    ];
    finding(Sketch {
        property: "total-order",
        statement: "if p and q both deliver a and b, they deliver them in the same order",
        scenario,
        history,
        witness,
        needs,
        disturbances: vec![cut],
        steps,
    })
}

/// The same among processes, with their logs: it fails now and then, and the harness was late.
pub fn at_a_rate() -> Finding {
    let mut finding = two_sequencers();
    finding.scenario.runtime = "process".into();
    (finding.repeats, finding.alike, finding.reproduced) = (Repeats::AtARate, false, (7, 10));
    let why = "the harness was 120 ms late once";
    finding.history.header.about.insert("unclean".into(), why.into());
    let log = |node, text: &str| Log::of(node, text.as_bytes());
    finding.history.logs = vec![log("n1", "listening\nI am the sequencer\n"), log("n2", "")];
    finding
}

fn two_sequencers_history() -> (History, Vec<EventId>, Vec<Clause>) {
    let mut t = tape(4);
    let (a, b) = (&message(1, 1), &message(3, 1));
    for node in 0..4 {
        t.view(0, node, 1, &[0, 1, 2, 3]);
    }
    let cut = json!({"id": 0, "from": ["n1", "n2"], "to": ["n3", "n4"], "both_ways": true});
    t.environment(60, Kind::Cut, cut);
    let cast = t.broadcast(76, 1, a);
    let (_, data) = t.frame((76, 1), (94, 0), ("DATA", a), None, Some(cast));
    lost(&mut t, (76, 1), 2, ("DATA", a), cast);
    lost(&mut t, (76, 1), 3, ("DATA", a), cast);
    let got = t.end(data);
    let (_, order) = t.frame((96, 0), (120, 1), ("ORDER", a), None, Some(got));
    lost(&mut t, (96, 0), 2, ("ORDER", a), got);
    let first = t.deliver(100, 0, a, Some(1), got);
    let got = t.end(order);
    t.deliver(126, 1, a, Some(1), got);
    t.event(130, 2, Kind::Suspect, json!({"target": "n1"}));
    let cast = t.broadcast(138, 3, b);
    let (_, data) = t.frame((138, 3), (156, 2), ("DATA", b), None, Some(cast));
    lost(&mut t, (138, 3), 0, ("DATA", b), cast);
    lost(&mut t, (138, 3), 1, ("DATA", b), cast);
    let got = t.end(data);
    let (_, order) = t.frame((160, 2), (182, 3), ("ORDER", b), None, Some(got));
    let third = t.deliver(166, 2, b, Some(1), got);
    let got = t.end(order);
    t.deliver(188, 3, b, Some(1), got);
    t.environment(210, Kind::Heal, json!({"id": 0, "touched": 5}));
    let resent = [((222, 0), (250, 2), a), ((222, 0), (254, 3), a)];
    let mut pending: Vec<Pending> =
        resent.map(|(s, r, m)| t.frame(s, r, ("RESEND", m), None, None).1).into();
    let resent = [((228, 2), (260, 0), b), ((228, 2), (264, 1), b)];
    pending.extend(resent.map(|(s, r, m)| t.frame(s, r, ("RESEND", m), None, None).1));
    let mut pending = pending.into_iter();
    let mut arrive = |t: &mut Tape| t.end(pending.next().expect("four were sent"));
    let got = arrive(&mut t);
    let held = arrive(&mut t);
    let fourth = t.deliver(256, 2, a, Some(2), got);
    let got = arrive(&mut t);
    t.deliver(262, 3, a, Some(2), held);
    let held = arrive(&mut t);
    let second = t.deliver(268, 0, b, Some(2), got);
    t.deliver(275, 1, b, Some(2), held);
    let clauses = vec![
        clause("n1 delivers both", &[first, second], true),
        clause("n3 delivers both", &[third, fourth], true),
        clause("n1 and n3 deliver them in the same order", &[first, second, third, fourth], false),
    ];
    (t.finish(300), vec![first, third, fourth, second], clauses)
}

fn lost(t: &mut Tape, sent: (u64, u32), to: u32, what: (&str, &Message), cause: EventId) {
    let (_, gone) = t.frame(sent, (sent.0, to), what, Some("cut"), Some(cause));
    t.end(gone);
}

fn clause(says: &str, events: &[EventId], holds: bool) -> Clause {
    Clause { says: says.into(), events: events.to_vec(), holds }
}

fn need(piece: &str, failing: u32) -> Need {
    Need { piece: piece.into(), failing, replays: 100 }
}

fn step(id: u32, ms: u64, node: u32) -> Step {
    let ask = Ask::Multicast { group: GroupId::ALL, body: format!("m{id}") };
    Step { id, when: When::At(Time::millis(ms)), node: NodeId(node), ask }
}

/// What the findings here differ in.
pub struct Sketch {
    pub property: &'static str,
    pub statement: &'static str,
    pub scenario: Scenario,
    pub history: History,
    pub witness: Witness,
    pub needs: Vec<Need>,
    pub disturbances: Vec<Disturbance>,
    pub steps: Vec<Step>,
}

pub fn finding(sketch: Sketch) -> Finding {
    let Sketch { property, statement, scenario, history, witness, needs, disturbances, steps } =
        sketch;
    let header = Frame {
        format: FORMAT.into(),
        version: 1,
        implementation: scenario.implementation.clone(),
        flaw: scenario.flaw.clone(),
        nodes: history.node_count() as u32,
        groups: Vec::new(),
        open: false,
        changing: false,
        seed: Seed(0x5eed),
        network: NetworkOptions {
            min_latency: Span::millis(1),
            max_latency: Span::millis(50),
            channel: Channel::FairLoss,
            in_flight: InFlight::Kept,
        },
        heal_at: Time::millis(210),
        end: Time::millis(1_000),
    };
    let schedule = Schedule { header, steps, disturbances };
    let after = Size::of(&schedule, &history);
    let before = Size { events: 1_842, nodes: after.nodes, requests: 40, faults: 23 };
    Finding {
        id: "F-5eed52fe".into(),
        property: property.into(),
        statement: statement.into(),
        scenario,
        run: 312,
        seed: Seed(0x5eed_52fe),
        schedule,
        digest: format!("{:032x}", history.digest()),
        history,
        witness,
        before,
        after,
        unfinished: false,
        needs,
        reproduced: (100, 100),
        repeats: Repeats::Exactly,
        alike: true,
        beyond_model: false,
    }
}

/// A sender crashes between two unicasts of one multicast; handlers take no time.
pub fn crashed_sender() -> Finding {
    let mut t = tape(3);
    let m = &message(0, 1);
    let cast = t.broadcast(5, 0, m);
    let (_, own) = t.frame((5, 0), (6, 0), ("DATA", m), None, Some(cast));
    let (_, data) = t.frame((5, 0), (20, 1), ("DATA", m), None, Some(cast));
    let crash = t.event(5, 0, Kind::Crash, json!({}));
    drop(own);
    for to in ["n2", "n3"] {
        let strike = json!({"from": "n1", "to": to, "message": 1});
        t.environment(5, Kind::Delay, strike);
    }
    t.event(12, 2, Kind::Pause, json!({}));
    let got = t.end(data);
    let delivery = t.deliver(20, 1, m, None, got);
    t.event(31, 2, Kind::Resume, json!({}));
    probes(&mut t);
    let witness = Witness {
        events: vec![cast, crash, delivery],
        because: "n2 delivered n1:0:1; n3, which is correct, never did".into(),
        clauses: vec![
            clause("n2 is correct and delivers n1:0:1", &[delivery], true),
            clause("n3 is correct", &[], true),
            clause("n3 delivers n1:0:1", &[], false),
        ],
    };
    finding(Sketch {
        property: "agreement",
        statement: "if a correct process delivers m, every correct process delivers m",
        scenario: Scenario::new("basic-broadcast", "crash"),
        history: t.finish(1_210),
        witness,
        needs: vec![need("n1 crashes after 2 effects at 5 ms", 0), need("n1 multicasts", 0)],
        disturbances: vec![
            Disturbance::from(
                Time::millis(5),
                Trouble::Crash { node: NodeId(0), effects: Some(2) },
            ),
            Disturbance::during(
                Time::millis(12),
                Time::millis(31),
                Trouble::Pause { node: NodeId(2) },
            ),
        ],
        steps: vec![step(0, 5, 0)],
    })
}

fn probes(t: &mut Tape) {
    for (at, node) in [(205, 1), (210, 2)] {
        let probe = &message(node, 1);
        let cast = t.broadcast(at, node, probe);
        let other = 3 - node;
        let (_, there) = t.frame((at, node), (at + 14, other), ("DATA", probe), None, Some(cast));
        let (_, own) = t.frame((at, node), (at + 1, node), ("DATA", probe), None, Some(cast));
        let got = t.end(own);
        t.deliver(at + 1, node, probe, None, got);
        let got = t.end(there);
        t.deliver(at + 14, other, probe, None, got);
    }
}

/// Text that tries to leave the place it is shown in.
pub const EVIL: &str = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'&\u{202e}\
    \u{1b}[31m\u{0}\u{fffe}\n::error::owned\r\n| x |\n```\n;end";

/// A finding in which everything that others wrote is hostile.
pub fn evil_finding() -> Finding {
    let long = "x".repeat(10_000);
    let mut tape = Tape::new(&[EVIL, &long]);
    let message = &message(0, 1);
    let cast = tape.broadcast(1, 0, message);
    let (_, frame) = tape.frame((1, 0), (5, 1), (EVIL, message), None, Some(cast));
    let got = tape.end(frame);
    let delivery = tape.deliver(6, 1, message, Some(1), got);
    tape.event(7, 1, Kind::Note, json!({ "text": EVIL }));
    tape.event(8, 1, Kind::Decide, json!({ "i": EVIL, "value": long }));
    tape.environment(9, Kind::Note, json!({ "text": EVIL }));
    let mut scenario = Scenario::new(EVIL, EVIL);
    scenario.flaw = Some(long.clone());
    let clauses = vec![Clause { says: EVIL.into(), events: vec![delivery], holds: false }];
    let mut finding = finding(Sketch {
        property: EVIL,
        statement: EVIL,
        scenario,
        history: tape.finish(20),
        witness: Witness { events: vec![cast, delivery], because: EVIL.into(), clauses },
        needs: vec![Need { piece: EVIL.into(), failing: 0, replays: 3 }],
        disturbances: Vec::new(),
        steps: Vec::new(),
    });
    finding.id = EVIL.into();
    finding.digest = EVIL.into();
    finding.history.header.about.insert("unclean".into(), EVIL.into());
    finding.history.logs = vec![Log::of(EVIL, EVIL.as_bytes()), Log::of("n2", &[0, 255, 7])];
    finding
}

/// Many multicasts among five nodes, and a proof in the middle.
pub fn long_run(casts: u32) -> (History, Vec<EventId>) {
    let mut t = tape(5);
    let mut proof = Vec::new();
    for i in 0..casts {
        let (at, node) = (u64::from(i) * 7, i % 5);
        let m = &message(node, i / 5 + 1);
        let cast = t.broadcast(at, node, m);
        let arrivals = (0..5).filter(|to| *to != node).map(|to| (at + 1 + u64::from(to), to));
        let pending: Vec<Pending> = arrivals
            .map(|there| t.frame((at, node), there, ("DATA", m), None, Some(cast)).1)
            .collect();
        for frame in pending {
            let (arrived, to) = (frame.at, frame.node);
            let got = t.end(frame);
            let delivery = t.deliver(arrived, to, m, None, got);
            if i == casts / 2 && to < 3 {
                proof.push(delivery);
            }
        }
    }
    (t.finish(u64::from(casts) * 7 + 100), proof)
}

/// A row that held.
pub fn held_row(implementation: &str, scenario: &str, property: &str) -> Row {
    Row {
        property: property.into(),
        implementation: implementation.into(),
        flaw: None,
        scenario: scenario.into(),
        runtime: "sim".into(),
        outcome: Ruling::Held,
        runs: 100,
        effective: 98,
        obligations: 980,
        critical: 40,
        finding: None,
        reason: None,
        beyond_model: false,
        unclean: 0,
    }
}

/// Some of everything.
pub fn campaign() -> Campaign {
    let finding = two_sequencers();
    let mut rows = Vec::new();
    for faults in ["none", "crash", "partition"] {
        for property in ["no-creation", "no-duplication", "fifo", "causal", "total-order"] {
            rows.push(held_row("fifo", &format!("fifo/steady/{faults}"), property));
        }
    }
    rows[7].critical = 0;
    let scenario = finding.scenario.name();
    let flawed = |property| Row {
        flaw: finding.scenario.flaw.clone(),
        ..held_row("sequencer", &scenario, property)
    };
    rows.push(flawed("fifo"));
    rows.push(Row {
        outcome: Ruling::Violated,
        finding: Some(finding.id.clone()),
        ..flawed("total-order")
    });
    rows.push(Row {
        outcome: Ruling::Undecided,
        effective: 0,
        obligations: 0,
        critical: 0,
        reason: Some("the sequencer crashed, and the claim holds only while it lives".into()),
        ..flawed("agreement")
    });
    let canary = |implementation: &str, flaw: &str, property: &str, found| Canary {
        implementation: implementation.into(),
        flaw: flaw.into(),
        property: property.into(),
        found,
        collateral: Vec::new(),
    };
    Campaign {
        rows,
        findings: vec![finding],
        canaries: vec![
            canary("fifo", "no-hold-back-queue", "fifo", true),
            canary("sequencer", "takeover-without-view", "total-order", true),
            Canary {
                collateral: vec!["no-creation".into()],
                ..canary("basic-broadcast", "forgets-the-last", "validity-all", false)
            },
        ],
        seed: Seed(0x5eed_41c7),
        runs: 1_800,
        events: 512_000,
    }
}
