//! Programs over the line protocol: five Python nodes are asked at a steady rate; how long their
//! answers take, and what the harness itself spends on them.

use crate::exit::Failure;
use crate::output::print;
use crate::programs;
use crate::stopwatch::Stopwatch;
use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;
use pepperland_core::history::{Header, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::{Ask, Frame, NetworkOptions, Schedule};
use pepperland_core::schedule::{Step, When};
use pepperland_core::time::{Span, Time};
use pepperland_process::live::{Cast, Joint, run};
use pepperland_process::program::Program;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The node program.
const NODE: &str = include_str!("stdio/node.py");

/// How many nodes are asked.
const NODES: u32 = 5;

/// The operation of a number.
type Operation = fn(u32) -> String;

/// What is asked, and what it is called.
const WORKLOADS: [(&str, Operation); 2] = [
    ("echo", |number| format!(r#"{{"f":"echo","echo":{number}}}"#)),
    ("broadcast", |number| format!(r#"{{"f":"broadcast","message":{number}}}"#)),
];

/// At the usual rate for ten seconds, then twice and twice as often until the answers fall behind.
pub fn measure() -> Result<(), Failure> {
    print("programs over the line protocol, real time: 5 Python nodes, every frame recorded\n");
    for (name, operation) in WORKLOADS {
        let usual = one(1_000, 10, operation)?;
        tell(name, &usual);
        let mut rate = 2_000;
        loop {
            let figures = one(rate, 3, operation)?;
            tell(name, &figures);
            if figures.falls_behind() {
                break;
            }
            rate *= 2;
        }
    }
    Ok(())
}

/// What one run came to.
struct Figures {
    /// Requests a second, as asked for.
    rate: u32,
    asked: usize,
    /// How long each answer took, the shortest first.
    latencies: Vec<Span>,
    /// From the first request to the last or its answer, in seconds.
    took: f64,
    /// Seconds of CPU time of the harness, and of the nodes.
    harness: f64,
    nodes: f64,
}

impl Figures {
    /// Whether answers come more slowly than requests.
    fn falls_behind(&self) -> bool {
        let in_time = self.latencies.iter().filter(|latency| **latency < Span::millis(500));
        in_time.count() * 100 < self.asked * 99
    }

    /// The latency that this share of the answers does not exceed, in milliseconds.
    fn percentile(&self, share: f64) -> f64 {
        let place = (self.latencies.len() as f64 * share) as usize;
        let latency = self.latencies.get(place.min(self.latencies.len().saturating_sub(1)));
        latency.map_or(f64::NAN, |latency| latency.0 as f64 / 1e6)
    }
}

fn tell(name: &str, figures: &Figures) {
    let (harness, nodes, took) = (figures.harness, figures.nodes, figures.took);
    let asked = figures.asked as f64 / took;
    let answered = figures.latencies.len() as f64 / took;
    print(&format!(
        "  {name:10} {:>7}/s  asked {asked:>7.0}/s  answered {answered:>7.0}/s  p50 {:>6.2} ms  \
         p99 {:>7.2} ms  harness {harness:>5.2} s CPU ({:>4.1} % of a core, {:>4.1} µs a request)  \
         nodes {nodes:>5.2} s\n",
        figures.rate,
        figures.percentile(0.5),
        figures.percentile(0.99),
        100.0 * harness / took,
        1e6 * harness / figures.asked as f64,
    ));
}

/// One run: so many requests a second, for so many seconds.
fn one(rate: u32, seconds: u32, operation: Operation) -> Result<Figures, Failure> {
    let schedule = schedule(rate, seconds, operation);
    let program =
        Program { path: PathBuf::from("python3"), args: vec!["-c".to_owned(), NODE.to_owned()] };
    let keeper = programs::keeper()?;
    let cast = Cast {
        program: &program,
        keeper: &keeper,
        joint: Joint::Lines,
        build: None,
        in_views: false,
        detail: Detail::Network,
    };
    let before = Spent::now()?;
    let header = Header::of_schedule("process", &schedule);
    let watch = Stopwatch::start();
    let history = run(&cast, &schedule, header, &|_| true)
        .map_err(|error| Failure::Harness(format!("failed to start python3: {error}")))?;
    let ran = watch.elapsed().as_secs_f64();
    let after = Spent::now()?;
    let (asked, latencies, took) = answers(&history);
    Ok(Figures {
        rate,
        asked,
        latencies,
        took: took.min(ran),
        harness: after.own - before.own,
        nodes: after.children - before.children,
    })
}

/// How many requests there were, how long their answers took, and how long it all took in seconds.
fn answers(history: &History) -> (usize, Vec<Span>, f64) {
    let mut open = BTreeMap::new();
    let (mut asked, mut latencies) = (0, Vec::new());
    let (mut first, mut last) = (None, Time::ZERO);
    for event in history.events() {
        let Some(client) = event.field("client").and_then(|client| client.as_str()) else {
            continue;
        };
        let status = event.field("status").and_then(|status| status.as_str());
        match event.kind() {
            Kind::Invoke => {
                asked += 1;
                first.get_or_insert(event.time());
                last = event.time();
                open.insert(client, event.time());
            }
            Kind::Response if status == Some("ok") => {
                last = event.time();
                latencies.extend(open.remove(client).map(|at| event.time().since(at)));
            }
            _ => {}
        }
    }
    latencies.sort_unstable();
    (asked, latencies, last.since(first.unwrap_or_default()).0 as f64 / 1e9)
}

/// Seconds of CPU time so far.
struct Spent {
    own: f64,
    children: f64,
}

impl Spent {
    fn now() -> Result<Spent, Failure> {
        let of = |who| {
            let failed = |error| Failure::Harness(format!("failed to read the CPU time: {error}"));
            getrusage(who).map(|usage| seconds(&usage)).map_err(failed)
        };
        Ok(Spent { own: of(UsageWho::RUSAGE_SELF)?, children: of(UsageWho::RUSAGE_CHILDREN)? })
    }
}

fn seconds(usage: &Usage) -> f64 {
    let of = |time: TimeVal| time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
    of(usage.user_time()) + of(usage.system_time())
}

/// Requests at a steady rate, to one node after the other.
fn schedule(rate: u32, seconds: u32, operation: Operation) -> Schedule {
    let step = |number: u32| Step {
        id: number,
        when: When::At(Time(u64::from(number) * 1_000_000_000 / u64::from(rate))),
        node: NodeId(number % NODES),
        ask: Ask::Invoke { body: operation(number) },
    };
    let heal_at = Time::millis(u64::from(seconds) * 1_000);
    let network = NetworkOptions::perfect(Span(0), Span(0));
    let header =
        Frame { heal_at, end: heal_at + Span::seconds(5), ..Frame::of("program", NODES, network) };
    let steps = (0..rate * seconds).map(step).collect();
    Schedule { header, steps, disturbances: Vec::new() }
}
