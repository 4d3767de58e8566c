//! When nodes disagree, as a history tells it.

use pepperland_core::history::{Event, History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;

/// A time in which nodes disagree, and the node at which it began.
#[derive(Copy, Clone, Debug)]
pub struct Window {
    pub node: NodeId,
    pub opens: Time,
    pub closes: Time,
}

/// The windows of a kind; of every kind, if none is named. Linear in the history, but for views.
pub fn windows(history: &History, kind: &str) -> Vec<Window> {
    match kind {
        "views" => views(history),
        "token" => tokens(history),
        "unstable" => unstable(history),
        "sequencer" => sequencers(history),
        _ => {
            let all = [views(history), tokens(history), unstable(history), sequencers(history)];
            all.concat()
        }
    }
}

/// Those that were open for some time.
fn that_lasted(windows: impl IntoIterator<Item = Window>) -> Vec<Window> {
    windows.into_iter().filter(|window| window.opens < window.closes).collect()
}

/// From the first member's installing of a view to the last one's.
fn views(history: &History) -> Vec<Window> {
    let mut installed = Vec::new();
    for event in history.events() {
        let (Some(install), Some(node)) = (event.view(), event.node()) else { continue };
        let (view, at) = ((install.group, &install.view), event.time());
        match installed.iter_mut().rev().find(|(known, _)| *known == view) {
            Some((_, Window { closes, .. })) => *closes = at,
            None => installed.push((view, Window { node, opens: at, closes: at })),
        }
    }
    that_lasted(installed.into_iter().map(|(_, window)| window))
}

/// From one node's passing the token on to the next one's getting it.
fn tokens(history: &History) -> Vec<Window> {
    let (mut passed, mut windows): (Option<Window>, _) = (None, Vec::new());
    for event in history.events().filter(|event| event.kind() == Kind::Token) {
        let (Some(node), at) = (event.node(), event.time()) else { continue };
        match event.field("what").and_then(Value::as_str) {
            Some("release") => passed = Some(Window { node, opens: at, closes: at }),
            Some("acquire") => {
                windows.extend(passed.take().map(|window| Window { closes: at, ..window }));
            }
            _ => {}
        }
    }
    that_lasted(windows)
}

/// From the first delivery of a message to the last.
fn unstable(history: &History) -> Vec<Window> {
    let mut delivered: BTreeMap<u32, Window> = BTreeMap::new();
    for event in history.events().filter(|event| event.kind() == Kind::Deliver) {
        let (Some(row), Some(node)) = (event.message(), event.node()) else { continue };
        let (opens, closes) = (event.time(), event.time());
        let window = delivered.entry(row).or_insert(Window { node, opens, closes });
        window.closes = closes;
    }
    that_lasted(delivered.into_values())
}

/// When somebody is suspected, leads, or installs a view with another first member than the last.
fn sequencers(history: &History) -> Vec<Window> {
    let mut first: BTreeMap<(Option<u32>, NodeId), NodeId> = BTreeMap::new();
    let mut changes = |event: &Event<'_>| match (event.kind(), event.view(), event.node()) {
        (Kind::Suspect | Kind::Lead, ..) => true,
        (_, Some(install), Some(node)) => {
            let least = install.members.iter().min().copied().unwrap_or(node);
            let before = first.insert((install.group, node), least);
            before.is_some_and(|before| before != least)
        }
        _ => false,
    };
    let change = |event: Event<'_>| {
        let (opens, closes) = (event.time(), event.time());
        event.node().filter(|_| changes(&event)).map(|node| Window { node, opens, closes })
    };
    history.events().filter_map(change).collect()
}
