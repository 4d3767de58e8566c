//! A node that panics is evidence, not an error of the harness: the panic is caught and noted, and
//! the node is mute from then on. So is one that keeps time from passing, in virtual time, by timers
//! that end at once.

use crate::contract::{Effect, Garbled, Host, Memory, Node, Request, Timer, flip};
use crate::id::NodeId;
use crate::implementation::Setup;
use crate::message::Message;
use crate::runtime::Build;
use crate::time::Time;
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, panic_any, set_hook, take_hook};
use std::sync::Once;

/// A node that cannot take the run down with it. When a handler panics, its effects are dropped and
/// a note says so; after that the node handles nothing. It has not crashed, so that whoever asks
/// for liveness will ask it as well.
pub struct Guarded {
    /// The node, or the panic of which it died before it was one.
    node: Result<Box<dyn Node>, String>,
    mute: bool,
    instant: Instant,
}

/// More handlers than this run at no node at one instant of its clock, but those of a node whose
/// every time-out asks for another at once.
const MOST_AT_ONE_INSTANT: u32 = 1_000_000;

/// What is noted of such a node.
const STUCK: &str =
    "stands still: a million handlers ran at one instant of its clock, so it is mute";

/// An instant of a node's clock, and how many handlers have run at it.
#[derive(Default)]
struct Instant {
    at: Time,
    handled: u32,
}

impl Instant {
    /// Counts one handler; whether there were too many.
    fn is_stuck(&mut self, now: Time) -> bool {
        if self.at != now {
            *self = Instant { at: now, handled: 0 };
        }
        self.handled += 1;
        self.handled > MOST_AT_ONE_INSTANT
    }
}

impl Guarded {
    /// Builds a node.
    pub fn new(build: Build<'_>, setup: &Setup<'_>) -> Box<Guarded> {
        Box::new(Guarded {
            node: caught(|| build(setup)),
            mute: false,
            instant: Instant::default(),
        })
    }

    fn handle<T>(
        &mut self,
        host: &mut Host,
        handler: impl FnOnce(&mut dyn Node, &mut Host) -> T,
    ) -> Option<T> {
        if self.mute {
            return None;
        }
        if self.instant.is_stuck(host.now) {
            self.silence(host, STUCK);
            return None;
        }
        let node = &mut self.node;
        let handled = caught(|| match node {
            Ok(node) => handler(&mut **node, host),
            Err(message) => panic_any(std::mem::take(message)),
        });
        handled.map_err(|message| self.silence(host, &format!("panicked: {message}"))).ok()
    }

    #[cold]
    fn silence(&mut self, host: &mut Host, why: &str) {
        self.mute = true;
        host.forget_effects();
        host.effects.list.push(Effect::Note(why.to_owned()));
    }
}

impl Node for Guarded {
    fn start(&mut self, host: &mut Host) {
        self.handle(host, |node, host| node.start(host));
    }

    fn request(&mut self, request: Request<Message>, host: &mut Host) {
        self.handle(host, |node, host| node.request(request, host));
    }

    fn receive(&mut self, from: NodeId, frame: &[u8], host: &mut Host) -> Result<(), Garbled> {
        self.handle(host, |node, host| node.receive(from, frame, host)).unwrap_or(Ok(()))
    }

    fn timeout(&mut self, timer: Timer, host: &mut Host) {
        self.handle(host, |node, host| node.timeout(timer, host));
    }

    fn recover(&mut self, host: &mut Host) {
        self.handle(host, |node, host| node.recover(host));
    }

    fn recall(&mut self, memory: &mut Memory) {
        memory.holds(&self.mute);
        let told = self.node.as_mut().map(|node| caught(|| node.recall(memory)));
        if !matches!(told, Ok(Ok(()))) {
            memory.withhold();
        }
    }

    fn stop(&mut self) {
        if let Ok(node) = &mut self.node {
            let _ = caught(|| node.stop());
        }
    }

    fn describe(&self, frame: &[u8]) -> Result<serde_json::Value, Garbled> {
        let node = self.node.as_ref().map_err(|_| Garbled)?;
        caught(|| node.describe(frame)).unwrap_or(Err(Garbled))
    }

    fn frame(&self, described: serde_json::Value) -> Result<Vec<u8>, Garbled> {
        let node = self.node.as_ref().map_err(|_| Garbled)?;
        caught(|| node.frame(described)).unwrap_or(Err(Garbled))
    }

    fn mutate(&self, frame: &[u8], draw: u64) -> Option<Vec<u8>> {
        let node = self.node.as_ref().ok()?;
        caught(|| node.mutate(frame, draw)).ok().flatten()
    }

    fn reseal(&self, to: NodeId, frame: &[u8]) -> Option<Vec<u8>> {
        let node = self.node.as_ref().ok()?;
        caught(|| node.reseal(to, frame)).ok().flatten()
    }

    fn corrupt(&self, frame: &[u8], bit: u64) -> Vec<u8> {
        let node = self.node.as_ref().ok();
        let corrupted = node.and_then(|node| caught(|| node.corrupt(frame, bit)).ok());
        corrupted.unwrap_or_else(|| flip(frame, bit))
    }
}

thread_local! {
    /// Whether code under test runs on this thread, whose panics go into the history.
    static UNDER_TEST: Cell<bool> = const { Cell::new(false) };
}

/// Runs code under test. A panic of it is returned as its message, and printed nowhere.
///
/// # Errors
/// The message, if it panicked.
pub fn caught<T>(run: impl FnOnce() -> T) -> Result<T, String> {
    keep_silent_under_test();
    let outer = UNDER_TEST.replace(true);
    let outcome = catch_unwind(AssertUnwindSafe(run));
    UNDER_TEST.set(outer);
    outcome.map_err(|panic| message_of(&*panic))
}

fn keep_silent_under_test() {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let loud = take_hook();
        set_hook(Box::new(move |panic| {
            if !UNDER_TEST.get() {
                loud(panic);
            }
        }));
    });
}

#[cold]
fn message_of(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.unwrap_or("without a message").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::{Cx, Delivery, Network, Protocol, Stack};
    use crate::id::GroupId;
    use crate::seed::Seed;
    use crate::time::Span;

    /// Delivers, and panics from its second message on.
    struct Fragile(Network<Message>, u32);

    impl Protocol for Fragile {
        type Payload = Message;
        type Lower = Network<Message>;

        fn lower(&mut self) -> &mut Network<Message> {
            &mut self.0
        }

        fn multicast(&mut self, group: GroupId, m: Message, cx: &mut Cx<'_, Message>) {
            self.multicast_below(group, m, cx);
        }

        fn upon_deliver(&mut self, delivery: Delivery<Message>, cx: &mut Cx<'_, Message>) {
            self.1 += 1;
            cx.deliver(delivery);
            assert!(self.1 < 2, "{} is too many", self.1);
        }
    }

    fn host() -> Host {
        Host::new(NodeId(0), [].into(), Seed(1).stream(""))
    }

    fn fragile(_: &Setup<'_>) -> Box<dyn Node> {
        Stack::node(Fragile(Network::payload(), 0))
    }

    const SETUP: Setup<'_> = Setup {
        node: NodeId(0),
        nodes: 1,
        flaw: None,
        max_latency: Span::ZERO,
        register_latency: Setup::REGISTER_LATENCY,
    };

    /// The notes after a message, and how many effects there are.
    fn receive(node: &mut Guarded, host: &mut Host) -> (Option<String>, usize) {
        host.effects.clear();
        let frame = postcard::to_stdvec(&Message::default()).unwrap();
        assert!(node.receive(NodeId(0), &frame, host).is_ok());
        let note = host.effects.list.iter().find_map(|effect| match effect {
            Effect::Note(text) => Some(text.clone()),
            _ => None,
        });
        (note, host.effects.list.len())
    }

    #[test]
    fn a_panic_is_noted_once_and_leaves_the_node_mute() {
        let (mut node, mut host) = (Guarded::new(&fragile, &SETUP), host());
        assert_eq!(receive(&mut node, &mut host), (None, 1));
        let note = Some("panicked: 2 is too many".to_owned());
        assert_eq!(receive(&mut node, &mut host), (note, 1));
        assert_eq!(receive(&mut node, &mut host), (None, 0));
    }

    #[test]
    fn a_node_that_cannot_be_built_says_so_when_it_starts() {
        let (mut node, mut host) = (Guarded::new(&|_| panic!("no room"), &SETUP), host());
        node.start(&mut host);
        let [Effect::Note(text)] = &host.effects.list[..] else { panic!("one note") };
        assert_eq!(text, "panicked: no room");
        assert!(node.describe(&[0]).is_err());
        assert_eq!(node.mutate(&[0], 0), None);
        assert_eq!(node.corrupt(&[0], 9), [2], "links need no node");
    }

    #[test]
    fn a_panic_without_text_is_told_as_such() {
        assert_eq!(caught(|| panic_any(7)), Err::<(), _>("without a message".to_owned()));
        assert_eq!(caught(|| 7), Ok(7));
    }
}
