//! The histories by hand of the format's page.

use crate::history::{Clock, EventId, History, Kind, NONE};
use crate::id::NodeId;

pub(super) const FIFO: &str = concat!(
    r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"#,
    r#""complete":true,"clock":"virtual"}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":2,"n":"n1","k":"broadcast","m":"n1:0:2"}
{"t":3,"n":"n2","k":"deliver","m":"n1:0:2"}
{"t":4,"n":"n2","k":"deliver","m":"n1:0:1"}
"#
);

pub(super) const VIEWS: &str = concat!(
    r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2","n3"],"#,
    r#""complete":true,"clock":"virtual"}
{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2","n3"]}
{"t":1,"n":"n2","k":"view","view":"1","members":["n1","n2","n3"]}
{"t":1,"n":"n3","k":"view","view":"1","members":["n1","n2","n3"]}
{"t":2,"n":"n3","k":"broadcast","m":"n3:0:1"}
{"t":3,"n":"n1","k":"deliver","m":"n3:0:1"}
{"t":4,"n":"n3","k":"crash"}
{"t":5,"n":"n1","k":"view","view":"2","members":["n1","n2"]}
{"t":5,"n":"n2","k":"view","view":"2","members":["n1","n2"]}
"#
);

pub(super) const STALE: &str = concat!(
    r#"{"format":"pepperland.history","version":1,"nodes":["n1"],"#,
    r#""complete":true,"clock":"real","workload":"lin-kv"}
{"t":1,"k":"invoke","client":"c1","op":{"f":"write","key":1,"value":5}}
{"t":2,"k":"response","client":"c1","result":{"f":"write_ok"},"status":"ok"}
{"t":3,"k":"invoke","client":"c2","op":{"f":"read","key":1}}
{"t":4,"k":"response","client":"c2","result":{"f":"read_ok","value":null},"status":"ok"}
"#
);

fn read(text: &str) -> History {
    History::read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

fn events(history: &History) -> String {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    text.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn are_read_and_written_as_they_stand() {
    for text in [FIFO, VIEWS, STALE] {
        assert_eq!(events(&read(text)), text.split_once('\n').unwrap().1);
    }
}

#[test]
fn become_columns() {
    let history = read(FIFO);
    assert_eq!(history.header.clock, Clock::Virtual);
    assert!(history.header.complete);
    assert_eq!(history.kinds()[1..3], [Kind::Broadcast, Kind::Deliver]);
    assert_eq!(history.nodes(), [0, 0, 1, 1]);
    assert_eq!(history.messages(), [0, 1, 1, 0]);
    assert_eq!(history.message_table().broadcasts(), [0, 1]);
    assert_eq!(history.message_table().numbers(), [1, 2]);
    assert_eq!(history.message_row("n1:0:2"), Some(1));
    assert_eq!(history.message_row("n1:0:3"), None);

    let history = read(VIEWS);
    let last = history.event(EventId(7)).view().unwrap();
    assert_eq!(last.view.number, 2);
    assert_eq!(last.members, [NodeId(0), NodeId(1)]);
    assert!(last.primary);

    let history = read(STALE);
    assert_eq!(history.nodes(), [NONE; 4]);
    assert_eq!(history.event(EventId(2)).field("op").unwrap()["f"], "read");
}
