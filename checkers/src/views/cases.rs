//! Histories of views alone, for tests.

use pepperland_core::history::{Clock, Header, History, Recorder, ViewInstall, ViewName};
use pepperland_core::id::NodeId;
use pepperland_core::time::Time;

/// Installations, each one a word: the members, where the first is the one who installs, `@`, the
/// id; then `-` if the view is no primary one. Members alone go by the id of the word before.
pub fn views(words: &str) -> History {
    under(Header::new(Vec::new()), words)
}

/// The same under a header.
pub fn under(mut header: Header, words: &str) -> History {
    header.clock = Clock::Virtual;
    header.complete = true;
    let node = |digit: char| NodeId(digit.to_digit(10).expect("a digit") - 1);
    let most = words.split(' ').flat_map(|w| w.split('@').next().unwrap_or("").chars());
    let most = most.filter(char::is_ascii_digit).map(|c| node(c).index() + 1).max().unwrap_or(1);
    header.nodes = (1..=most).map(|n| format!("n{n}")).collect();
    let mut recorder = Recorder::new(header);
    let mut id = "1".to_owned();
    for (at, word) in words.split(' ').enumerate() {
        let primary = !word.ends_with('-');
        let word = word.trim_end_matches('-');
        let (members, name) = word.split_once('@').unwrap_or((word, &id));
        let name = name.to_owned();
        let (number, creator) = name.split_once('.').unwrap_or((&name, ""));
        let creator = (!creator.is_empty()).then(|| creator.into());
        let view = ViewName { number: number.parse().expect("a number"), creator };
        let nodes: Vec<NodeId> = members.chars().map(node).collect();
        let who = nodes[0];
        let mut members = nodes;
        members.sort_unstable();
        let install = ViewInstall { view, members, primary, transitional: None, group: None };
        recorder.view(Time(at as u64), who, install, None);
        id = name;
    }
    recorder.into_history()
}

/// The history with these transitional sets at these events; nodes count from 1.
pub fn along(history: &History, sets: &[(usize, &[u32])]) -> History {
    let mut file = Vec::new();
    history.write_to(&mut file).expect("a vector takes every byte");
    let mut lines: Vec<String> = String::from_utf8_lossy(&file).lines().map(Into::into).collect();
    for (event, nodes) in sets {
        let line = &mut lines[event + 1];
        let names: Vec<String> = nodes.iter().map(|n| format!("\"n{n}\"")).collect();
        line.truncate(line.rfind('}').expect("an object"));
        line.push_str(&format!(",\"transitional\":[{}]}}", names.join(",")));
    }
    History::read(lines.join("\n").as_bytes()).expect("a history")
}

/// The history with one more event of that kind at a node, counted from 1, after an event.
pub fn insert(history: &History, after: usize, node: usize, kind: &str) -> History {
    let mut file = Vec::new();
    history.write_to(&mut file).expect("a vector takes every byte");
    let mut lines: Vec<String> = String::from_utf8_lossy(&file).lines().map(Into::into).collect();
    let time = history.times()[after].0;
    lines.insert(after + 2, format!("{{\"t\":{time},\"n\":\"n{node}\",\"k\":\"{kind}\"}}"));
    History::read(lines.join("\n").as_bytes()).expect("a history")
}
