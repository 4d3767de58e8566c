//! What the rules allow, and what they derive.

use crate::history::{EventId, History, Kind, NONE};
use crate::id::NodeId;

fn read(text: &str) -> History {
    History::read(text.as_bytes()).unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn restarts_begin_numbers_anew() {
    let history = read(
        r#"{"format":"pepperland.history","version":1,"nodes":["n1"]}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1","inc":0}
{"t":2,"n":"n1","k":"crash"}
{"t":2,"n":"n1","k":"drop","from":"n1","x":4,"why":"down"}
{"t":3,"n":"n1","k":"recover","inc":1}
{"t":4,"n":"n1","k":"broadcast","m":"n1:1:1","inc":1}
"#,
    );
    assert_eq!(history.message_table().incarnations(), [0, 1]);
    let drop = history.event(EventId(2)).transmission().unwrap();
    assert!(drop.incoming);
    assert_eq!(history.check_rules(), Ok(()));
}

#[test]
fn real_clocks_may_differ_between_nodes() {
    let text = r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"clock":"real"}
{"t":9,"n":"n1","k":"pause"}
{"t":3,"n":"n2","k":"pause"}
{"t":1,"k":"note"}
"#;
    assert_eq!(read(text).len(), 3);
    let back = format!("{text}{}", r#"{"t":2,"n":"n2","k":"resume"}"#);
    let error = History::read(back.as_bytes()).unwrap_err();
    let message = "line 5, column 6: time does not go back within a node, \
                   and 2 is before the 3 of line 3";
    assert_eq!(error.to_string(), message);
}

#[test]
fn deliveries_of_what_nobody_broadcast_are_well_formed() {
    let history = read(
        r#"{"format":"pepperland.history","version":1,"nodes":["a:b","c"]}
{"t":1,"n":"c","k":"deliver","m":"a:b:0:7"}
{"t":2,"n":"c","k":"deliver","m":"stranger:0:1"}
{"t":3,"n":"c","k":"deliver","m":"c:0:99999999999"}
"#,
    );
    let table = history.message_table();
    assert_eq!(table.broadcasts(), [NONE; 3]);
    assert_eq!(table.origins(), [0, NONE, NONE]);
    assert_eq!(table.numbers()[0], 7);
    assert_eq!(history.message_row("stranger:0:1"), Some(1));
}

#[test]
fn opaque_names_count_by_q_or_by_their_order() {
    let history = read(
        r#"{"format":"pepperland.history","version":1,"nodes":["a","b"],"names":"opaque"}
{"t":1,"n":"a","k":"broadcast","m":"x"}
{"t":2,"n":"a","k":"broadcast","m":"y"}
{"t":3,"n":"b","k":"broadcast","m":"z","q":41}
{"t":4,"n":"b","k":"deliver","m":"x"}
"#,
    );
    assert_eq!(history.message_table().numbers(), [1, 2, 41]);
    assert_eq!(history.message_table().origins(), [0, 0, 1]);
    assert_eq!(history.messages(), [0, 1, 2, 0]);
    let twice = r#"{"format":"pepperland.history","version":1,"nodes":["a","b"],"names":"opaque"}
{"t":1,"n":"a","k":"broadcast","m":"x"}
{"t":2,"n":"b","k":"broadcast","m":"x"}"#;
    let error = History::read(twice.as_bytes()).unwrap_err();
    assert_eq!(error.to_string(), "line 3, column 36: \"x\" was broadcast in line 2 already");
}

#[test]
fn digests_of_one_message_are_equal_numbers() {
    let history = read(
        r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"clock":"real"}
{"t":9,"n":"n2","k":"deliver","m":"n1:0:1","d":"00000000000000ff"}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1","d":"00000000000000ff"}
{"t":2,"n":"n1","k":"deliver","m":"n1:0:1","d":"00000000000000FF"}
{"t":10,"n":"n2","k":"deliver","m":"n1:0:1","d":"00000000000000FF"}
{"t":10,"n":"n2","k":"deliver","m":"n1:0:1"}
"#,
    );
    assert_eq!(history.digests(), [0, 0, 1, 1, NONE]);
    assert_eq!(history.message_table().digests(), [0]);
    assert_eq!(history.event(EventId(3)).digest().as_deref(), Some("00000000000000FF"));
}

#[test]
fn a_liar_may_name_a_view_twice() {
    let view =
        |members: &str| format!(r#"{{"t":1,"n":"n1","k":"view","view":"1","members":{members}}}"#);
    let header =
        r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"byzantine":["n1"]}"#;
    let history = read(&format!("{header}\n{}\n{}\n", view(r#"["n1"]"#), view(r#"["n2"]"#)));
    assert_eq!(history.len(), 2);
    let same = format!("{}\n{}\n", view(r#"["n1","n2"]"#), view(r#"["n2","n1"]"#));
    assert_eq!(read(&format!("{}\n{same}", header.replace(r#""n1"]}"#, "]}"))).len(), 2);
}

#[test]
fn disturbances_are_of_no_node_but_keep_its_name() {
    let history = read(
        r#"{"format":"pepperland.history","version":1,"nodes":["n1"]}
{"t":1,"n":"n1","k":"crash"}
{"t":2,"n":"n1","k":"skew","jump":-4}
{"t":3,"k":"duplicate","rate":0.5,"from":["n1"]}
"#,
    );
    let skew = history.event(EventId(1));
    assert_eq!((skew.kind(), skew.node()), (Kind::Skew, None));
    assert_eq!(skew.field("n").unwrap(), "n1");
    assert_eq!(history.event(EventId(0)).node(), Some(NodeId(0)));
    assert_eq!(history.event(EventId(2)).field("rate").unwrap(), 0.5);
}
