//! Nodes whose time of day is not the machine's. Where there is no libfaketime that can be used,
//! nothing is tried.

use crate::node::{Node, keeper, may_enclose, private, program, within};
use pepperland_process::kept::Enclosure;
use pepperland_process::kept::faketime::{Faketime, Library};
use std::io::Write;
use tempfile::TempDir;

const SECOND: i64 = 1_000_000_000;

/// A node that says, whenever it is asked, how far its clocks are from where they were, in
/// thousandths. It sleeps in between, until a time of the monotonic clock.
const CLOCKS: &str = "
import sys, time
clocks = lambda: [time.clock_gettime_ns(c) for c in (time.CLOCK_REALTIME, time.CLOCK_MONOTONIC)]
real, monotonic = [int(n) for n in sys.stdin.readline().split()]
for line in sys.stdin:
    time.sleep(0.01)
    r, m = clocks()
    print((r - real) // 1000000, (m - monotonic) // 1000000, flush=True)
";

struct Timed {
    node: Node,
    clock: Faketime,
    _folder: TempDir,
}

/// The two clocks of this machine.
fn here() -> [i64; 2] {
    use nix::time::{ClockId, clock_gettime};
    [ClockId::CLOCK_REALTIME, ClockId::CLOCK_MONOTONIC].map(|clock| {
        let now = clock_gettime(clock).unwrap();
        now.tv_sec() * SECOND + now.tv_nsec()
    })
}

impl Timed {
    fn start(mut enclosure: Enclosure) -> Option<Timed> {
        let library = Library::found().inspect_err(|why| println!("skipped: {why}")).ok()?;
        let folder = tempfile::tempdir().unwrap();
        let clock = Faketime::new(library, folder.path()).unwrap();
        clock.rule(&mut enclosure);
        let mut node = within(&program("python3", &["-c", CLOCKS]), &keeper(), &enclosure);
        let [real, monotonic] = here();
        writeln!(node.kept.stdin.as_mut().unwrap(), "{real} {monotonic}").unwrap();
        Some(Timed { node, clock, _folder: folder })
    }

    /// How far each of its clocks is from this machine's, in whole seconds, wherever they began.
    fn ahead(&mut self, since: [i64; 2]) -> [i64; 2] {
        writeln!(self.node.kept.stdin.as_mut().unwrap()).unwrap();
        let said = self.node.line();
        let there: Vec<i64> = said.split(' ').map(|n| n.parse().unwrap()).collect();
        let now = here();
        [0, 1].map(|clock| {
            let passed = (now[clock] - since[clock]) / 1_000_000;
            // What passes between its look and ours is far less than half a second, or far less
            // than the minutes that are told apart here.
            (there[clock] - passed + 30_000).div_euclid(60_000)
        })
    }
}

fn enclosures() -> Vec<Enclosure> {
    let mut all = vec![Enclosure::none()];
    all.extend(may_enclose().then(private));
    all
}

#[test]
fn a_step_moves_the_time_of_day_of_a_running_node_and_no_other_clock() {
    for enclosure in enclosures() {
        let since = here();
        let Some(mut timed) = Timed::start(enclosure) else { return };
        assert_eq!(timed.ahead(since), [0, 0]);
        timed.clock.step(60 * 60 * SECOND).unwrap();
        assert_eq!(timed.ahead(since), [60, 0]);
        timed.clock.step(-90 * 60 * SECOND).unwrap();
        assert_eq!(timed.ahead(since), [-30, 0]);
    }
}

#[test]
fn a_drift_moves_the_time_of_day_little_by_little() {
    let since = here();
    let Some(mut timed) = Timed::start(Enclosure::none()) else { return };
    // Two thousand seconds in one: nobody is so slow that it is not seen.
    timed.clock.drift(i32::MAX).unwrap();
    let first = timed.ahead(since)[0];
    let gains = |timed: &mut Timed| timed.ahead(since)[0] > first + 3;
    assert!((0..1_000).any(|_| gains(&mut timed)), "it stays at {first}");
    timed.clock.drift(0).unwrap();
    let [at_last, monotonic] = timed.ahead(since);
    assert!(first + 3 <= at_last, "{first} {at_last}");
    assert_eq!(monotonic, 0);
    // 50 naps of 10 ms would be 17 minutes.
    let later = (0..50).map(|_| timed.ahead(since)[0]).last().unwrap();
    assert!((later - at_last).abs() <= 1, "{at_last} {later}");
}
