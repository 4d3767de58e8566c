//! Files that are refused, each with the line, the place in it, and the mend.

use crate::history::History;

const HEADER: &str =
    r#"{"format":"pepperland.history","version":1,"nodes":["n1","n2"],"clock":"virtual"}"#;

fn refusal(text: &[u8]) -> String {
    History::read(text).expect_err("the file is broken").to_string()
}

/// What is said of these events under the plain header.
fn of_events(lines: &str) -> String {
    refusal(format!("{HEADER}\n{lines}\n").as_bytes())
}

/// What is said of a header that goes on like this.
fn of_header(rest: &str) -> String {
    refusal(format!("{{\"format\":\"pepperland.history\",\"version\":1,{rest}").as_bytes())
}

macro_rules! refused {
    ($with:ident; $($name:ident: $text:expr => $message:expr,)*) => {
        $(#[test]
        fn $name() {
            assert_eq!($with($text), $message);
        })*
    };
}

refused! { refusal;
    empty_file: b"" =>
        "line 1: there is no header; a history starts with \
         {\"format\":\"pepperland.history\",\"version\":1,\"nodes\":[\"n1\",\"n2\"]}",
    no_header: br#"{"t":1,"n":"n1","k":"crash"}"# =>
        "line 1: this is no header; a history starts with \
         {\"format\":\"pepperland.history\",\"version\":1,\"nodes\":[\"n1\",\"n2\"]}",
    wrong_format: br#"{"format":"jepsen.history","version":1,"nodes":["n1"]}"# =>
        "line 1: \"format\" is \"jepsen.history\"; it must be \"pepperland.history\"",
    version_2: br#"{"format":"pepperland.history","version":2,"peers":["n1"]}"# =>
        "line 1: \"version\" is 2; this release reads version 1",
    no_version: br#"{"format":"pepperland.history","nodes":["n1"]}"# =>
        "line 1: \"version\" is missing; write \"version\":1",
    not_utf8: b"{\"format\":\"pepperland.history\",\"version\":1,\"nodes\":[]}\n{\"\xff\"}" =>
        "line 2, column 3: the bytes from here on are not UTF-8",
}

refused! { of_header;
    header_cut_off: r#""nodes":["n1""# =>
        "line 1, column 57: the header breaks off here",
    nodes_misspelt: r#""node":["n1"]}"# =>
        "line 1: a header needs \"nodes\", the names of all; is it meant by \"node\"?",
    nodes_not_a_list: r#""nodes":3}"# =>
        "line 1, column 52: invalid type: integer `3`, expected a sequence",
    node_listed_twice: r#""nodes":["n1","n1"]}"# =>
        "line 1: the node \"n1\" is listed twice in \"nodes\"",
    member_unknown: r#""nodes":["n1"],"groups":{"g":["n2"]}}"# =>
        "line 1: \"n2\" in the group \"g\" is not among the nodes; did you mean \"n1\"?",
    liar_unknown: r#""nodes":["n1"],"byzantine":["eve"]}"# =>
        "line 1: \"eve\" in \"byzantine\" is not among the nodes",
    clock_unknown: r#""nodes":["n1"],"clock":"vritual"}"# =>
        "line 1, column 75: unknown variant `vritual`, expected `virtual` or `real`",
}

refused! { of_events;
    unknown_kind: r#"{"t":1,"n":"n1","k":"delivr","m":"n1:0:1"}"# =>
        "line 2, column 21: \"delivr\" is no kind of event; did you mean \"deliver\"?",
    cut_off_in_a_text: r#"{"t":1,"n":"n1","k":"deliver","m":"n1:0"# =>
        "line 2, column 40: the line breaks off within a value",
    cut_off_in_a_list: r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","# =>
        "line 2, column 55: the line breaks off within a value",
    cut_off_after_a_value: r#"{"t":1,"n":"n1""# =>
        "line 2, column 16: the line breaks off; \",\" and another key, or \"}\" should follow",
    cut_off_before_a_value: r#"{"t":"# =>
        "line 2, column 6: the line breaks off; a value should follow",
    no_object: "[1,2,3]" =>
        "line 2, column 1: this is no object; each line is an event, {\"t\":…,\"k\":…}",
    empty_line: "\n{\"t\":1,\"n\":\"n1\",\"k\":\"pause\"}" =>
        "line 2, column 1: the line is empty; each line is an event, {\"t\":…,\"k\":…}",
    empty_object: "{}" => "line 2: an event needs \"t\"",
    two_objects: r#"{"t":1,"n":"n1","k":"pause"}{"t":2,"n":"n1","k":"resume"}"# =>
        "line 2, column 29: the end of the line should stand here, not '{'",
    comma_at_the_end: r#"{"t":1,"n":"n1","k":"pause",}"# =>
        "line 2, column 29: a key in quotes should stand here, not '}'",
    number_with_zeros: r#"{"t":01,"n":"n1","k":"pause"}"# => "line 2, column 7: invalid number",
    no_time: r#"{"n":"n1","k":"deliver","m":"n1:0:1"}"# => "line 2: an event needs \"t\"",
    no_kind: r#"{"t":1,"n":"n1","kind":"deliver"}"# => "line 2: an event needs \"k\"",
    no_node: r#"{"t":1,"k":"deliver","m":"n1:0:1"}"# => "line 2: a \"deliver\" needs \"n\"",
    negative_time: r#"{"t":-5,"n":"n1","k":"pause"}"# =>
        "line 2, column 6: \"t\" is -5; it must be whole nanoseconds since the start",
    broken_time: r#"{"t":1.5,"n":"n1","k":"pause"}"# =>
        "line 2, column 6: \"t\" is 1.5; it must be whole nanoseconds since the start",
    key_twice: r#"{"t":1,"n":"n1","k":"pause","t":2}"# =>
        "line 2, column 29: \"t\" stands twice in this line",
    other_key_twice: r#"{"t":1,"n":"n1","k":"note","text":"a","text":"b"}"# =>
        "line 2, column 46: \"text\" stands twice in this line",
    unknown_node: r#"{"t":1,"n":"n3","k":"pause"}"# =>
        "line 2, column 12: \"n3\" is not among the nodes: n1, n2; did you mean \"n1\"?",
    unknown_member: r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","x"]}"# =>
        "line 2, column 49: \"x\" is not among the nodes: n1, n2; did you mean \"n1\"?",
    unknown_group: r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1","g":"payload"}"# =>
        "line 2, column 50: \"payload\" is not among the groups: g",
    unknown_target: r#"{"t":1,"n":"n1","k":"suspect","target":"somebody"}"# =>
        "line 2, column 40: \"somebody\" is not among the nodes: n1, n2",
    no_message: r#"{"t":1,"n":"n1","k":"discard"}"# => "line 2: a \"discard\" needs \"m\"",
    bad_message: r#"{"t":1,"n":"n1","k":"deliver","m":"hello"}"# =>
        "line 2, column 35: \"hello\" is no message name; names are \
         \"origin:incarnation:number\", as in \"n1:0:1\", \
         unless the header says \"names\":\"opaque\"",
    bad_number: r#"{"t":1,"n":"n1","k":"deliver","m":"n1:0:+1"}"# =>
        "line 2, column 35: \"n1:0:+1\" is no message name; names are \
         \"origin:incarnation:number\", as in \"n1:0:1\", \
         unless the header says \"names\":\"opaque\"",
    message_no_text: r#"{"t":1,"n":"n1","k":"deliver","m":[1,2]}"# =>
        "line 2, column 35: \"m\" is a list; it must be text, the name of a message",
    bad_view: r#"{"t":1,"n":"n1","k":"view","view":"0","members":["n1"]}"# =>
        "line 2, column 35: \"0\" is no view id; ids are \"7\" or \"7.creator\", and start from 1",
    view_no_text: r#"{"t":1,"n":"n1","k":"view","view":7,"members":["n1"]}"# =>
        "line 2, column 35: \"view\" is 7; it must be text, the id of a view",
    members_misspelt: r#"{"t":1,"n":"n1","k":"view","view":"1","membres":["n1"]}"# =>
        "line 2: a \"view\" needs \"members\"; is it meant by \"membres\"?",
    primary_no_flag: r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1"],"primary":1}"# =>
        "line 2, column 66: \"primary\" is 1; it must be true or false",
    slot_no_number: r#"{"t":1,"n":"n1","k":"deliver","m":"n1:0:1","slot":null}"# =>
        "line 2, column 51: \"slot\" is null; it must be a whole number from 0",
    cause_in_the_future: r#"{"t":1,"n":"n1","k":"pause","c":[0]}"# =>
        "line 2, column 33: a cause comes before its effect: 0 is not below 0",
    causes_no_list: r#"{"t":1,"n":"n1","k":"pause","c":"none"}"# =>
        "line 2, column 33: \"c\" is \"none\"; it must be a list of the indices of earlier events",
    no_frame_id: r#"{"t":1,"n":"n1","k":"send","to":"n2"}"# => "line 2: a \"send\" needs \"x\"",
    no_receiver: r#"{"t":1,"n":"n1","k":"send","from":"n2","x":1}"# =>
        "line 2: a \"send\" needs \"to\"",
    no_instance: r#"{"t":1,"n":"n1","k":"decide","value":1}"# => "line 2: a \"decide\" needs \"i\"",
    bad_status: r#"{"t":1,"k":"response","client":"c","status":"okay"}"# =>
        "line 2, column 45: \"status\" is \"okay\"; \
         it must be one of ok, fail, unknown; did you mean \"ok\"?",
    operation_no_object: r#"{"t":1,"k":"invoke","client":"c","op":"read"}"# =>
        "line 2, column 39: \"op\" is \"read\"; it must be an object",
    column_counts_characters: r#"{"t":1,"z":"❤❤","n":"n1","k":"bock"}"# =>
        "line 2, column 30: \"bock\" is no kind of event; did you mean \"block\"?",
}

refused! { of_events;
    time_goes_back: r#"{"t":5,"n":"n1","k":"pause"}
{"t":3,"n":"n2","k":"pause"}"# =>
        "line 3, column 6: time does not go back with a virtual clock, \
         and 3 is before the 5 of line 2",
    event_after_crash: r#"{"t":1,"n":"n1","k":"crash"}
{"t":3,"n":"n1","k":"deliver","m":"n2:0:1"}"# =>
        "line 3, column 21: a node that crashed does nothing until its \"recover\"; \
         this one crashed in line 2",
    name_twice: r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":3,"n":"n1","k":"broadcast","m":"n1:0:1"}"# =>
        "line 3, column 37: \"n1:0:1\" was broadcast in line 2 already",
    gap_in_numbers: r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}
{"t":3,"n":"n1","k":"broadcast","m":"n1:0:3"}"# =>
        "line 3, column 37: \"n1:0:3\" is not the next message of its node, which is \"n1:0:2\"",
    wrong_origin: r#"{"t":1,"n":"n1","k":"broadcast","m":"n2:0:1"}"# =>
        "line 2, column 37: \"n2:0:1\" is not the next message of its node, which is \"n1:0:1\"",
    unknown_origin: r#"{"t":1,"n":"n1","k":"broadcast","m":"n7:0:1"}"# =>
        "line 2, column 37: \"n7:0:1\" is not the next message of its node, which is \"n1:0:1\"",
    wrong_incarnation: r#"{"t":1,"n":"n1","k":"broadcast","m":"n1:1:1"}"# =>
        "line 2, column 37: \"n1:1:1\" is not the next message of its node, which is \"n1:0:1\"",
    view_changes_its_mind: r#"{"t":1,"n":"n1","k":"view","view":"1","members":["n1","n2"]}
{"t":2,"n":"n1","k":"view","view":"1","members":["n1"]}"# =>
        "line 3, column 49: the node gave view 1 other members in line 2",
    response_without_invoke: r#"{"t":1,"k":"response","client":"c1","status":"fail"}"# =>
        "line 2, column 32: client \"c1\" has no operation open: no invoke",
    two_operations: r#"{"t":1,"k":"invoke","client":"c1","op":{}}
{"t":2,"k":"invoke","client":"c1","op":{}}"# =>
        "line 3, column 30: client \"c1\" has an operation open since line 2",
    speaks_after_unknown: r#"{"t":1,"k":"invoke","client":"c1","op":{}}
{"t":2,"k":"response","client":"c1","status":"unknown"}
{"t":3,"k":"invoke","client":"c1","op":{}}"# =>
        "line 4, column 30: client \"c1\" never speaks again after the unknown response of line 3; \
         a new name takes over",
    incarnation_skipped: r#"{"t":1,"n":"n1","k":"crash"}
{"t":2,"n":"n1","k":"recover","inc":2}"# =>
        "line 3, column 37: \"inc\" is 2; incarnations grow by one at each \"recover\": it is 1",
}

#[test]
fn a_group_is_named_among_several() {
    let text = r#""nodes":["n1"],"groups":{"a":["n1"],"b":["n1"]}}
{"t":1,"n":"n1","k":"broadcast","m":"n1:0:1"}"#;
    let message = "line 2: a \"broadcast\" needs \"g\" among several groups: a, b";
    assert_eq!(of_header(text), message);
}

#[test]
fn a_long_line_of_garbage_is_one_short_message() {
    let garbage = "x".repeat(100_000_000);
    let whole = of_events(&garbage);
    assert_eq!(
        whole,
        "line 2, column 1: this is no object; each line is an event, {\"t\":…,\"k\":…}"
    );
    let kind = of_events(&format!("{{\"t\":1,\"n\":\"n1\",\"k\":\"{garbage}\"}}"));
    assert!(kind.ends_with("xxx…\" is no kind of event"), "{kind}");
    assert!(kind.len() < 200, "{kind}");
    let deep = of_events(&format!(
        "{{\"t\":1,\"n\":\"n1\",\"k\":\"note\",\"z\":{}",
        "[".repeat(1_000_000)
    ));
    assert_eq!(deep, "line 2, column 159: recursion limit exceeded");
}
