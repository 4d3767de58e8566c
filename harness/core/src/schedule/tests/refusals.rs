//! What is said of files that are no schedules: the place, and the mend.

use super::{HEADER, SEED, strike_on};
use crate::schedule::Schedule;

fn refusal(text: &str) -> String {
    Schedule::from_text(text).expect_err("the file is broken").to_string()
}

/// What is said of these lines under a good header.
fn of_lines(lines: &str) -> String {
    refusal(&format!("{HEADER}\n{lines}\n"))
}

/// What is said of the header after one replacement.
fn of_header((good, bad): (&str, &str)) -> String {
    assert!(HEADER.contains(good));
    refusal(&HEADER.replace(good, bad))
}

macro_rules! refused {
    ($with:ident; $($name:ident: $text:expr => $message:expr,)*) => {
        $(#[test]
        fn $name() {
            assert_eq!($with($text), $message);
        })*
    };
}

refused! { of_header;
    wrong_format: ("pepperland.schedule", "jepsen") =>
        "line 1: \"format\" is \"jepsen\", not \"pepperland.schedule\"",
    version_2: ("\"version\":1", "\"version\":2") =>
        "line 1: \"version\" is 2; this release reads version 1",
    no_nodes: ("\"nodes\":3", "\"nodes\":0") => "line 1: a schedule needs at least one node",
    header_key_misspelt: ("\"heal_at\"", "\"heal\"") =>
        "line 1, column 173: \"heal\" is no key here; did you mean \"heal_at\"?",
    network_key_misspelt: ("\"min_latency\"", "\"min_latncy\"") =>
        "line 1, column 105: \"min_latncy\" is no key here; did you mean \"min_latency\"?",
    channel_misspelt: ("fair-loss", "fairloss") =>
        "line 1, column 145: \"fairloss\" is no word here; did you mean \"fair-loss\"?",
    latencies_swapped: ("\"min_latency\":1", "\"min_latency\":9") =>
        "line 1: \"min_latency\" is greater than \"max_latency\"",
    promised_too_little: ("\"max_latency\":5", "\"max_latency\":5,\"promised\":4") =>
        "line 1: \"promised\" is less than \"max_latency\"",
    new_latencies_swapped: (
        "\"heal_at\"",
        r#""reseed":{"at":1,"seed":"0x2","min_latency":3,"max_latency":2},"heal_at""#,
    ) => "line 1: of \"reseed\", \"min_latency\" is greater than \"max_latency\"",
    latencies_of_writes_swapped: (
        "\"heal_at\"",
        r#""controlled":{"min_latency":3,"max_latency":2},"heal_at""#,
    ) => "line 1: of \"controlled\", \"min_latency\" is greater than \"max_latency\"",
    nothing_but_clients: (SEED, r#""clients":3,"seed""#) =>
        "line 1: of 3 nodes 3 are clients, and none is a server",
    roles_without_their_groups: (SEED, r#""clients":2,"seed""#) =>
        "line 1: with 2 clients, \"groups\" must be two: g1 the clients, the first nodes, and g2 the \
         servers, all others",
    ends_before_it_heals: ("\"end\":100", "\"end\":80") => "line 1: \"end\" is before \"heal_at\"",
    seed_no_seed: ("\"0x2a\"", "[1]") =>
        "line 1, column 78: a seed must be a number such as 42 or \"0x2a\"",
    time_no_number: ("\"heal_at\":90", "\"heal_at\":\"soon\"") =>
        "line 1, column 183: invalid type: string \"soon\", expected a whole number from 0 to \
         18446744073709551615",
    nodes_negative: ("\"nodes\":3", "\"nodes\":-3") =>
        "line 1, column 68: invalid value: integer `-3`, expected a whole number from 0 to 4294967295",
    latency_missing: (",\"max_latency\":5", "") =>
        "line 1, column 150: \"max_latency\" is missing",
    network_of_registers_no_object: (SEED, r#""controlled":3,"seed""#) =>
        "line 1, column 82: invalid type: integer `3`, expected an object such as \
         {\"min_latency\":1000000,\"max_latency\":1000000}",
    no_groups: (SEED, r#""groups":{},"seed""#) =>
        "line 1, column 79: \"groups\" names no group",
    group_without_a_name: (SEED, r#""groups":{"h":["n1"]},"seed""#) =>
        "line 1, column 89: \"h\" names no group: groups are g1, g2, …",
    group_out_of_order: (SEED, r#""groups":{"g2":["n1"]},"seed""#) =>
        "line 1, column 90: \"g2\" stands in \"groups\" where g1 belongs",
    group_twice: (SEED, r#""groups":{"g1":["n1"],"g1":["n2"]},"seed""#) =>
        "line 1, column 102: \"g1\" stands in \"groups\" where g2 belongs",
    groups_as_a_list: (SEED, r#""groups":[["n1"]],"seed""#) =>
        "line 1, column 77: invalid type: sequence, expected groups with their members, \
         {\"g1\":[\"n1\",…],…}",
    member_without_a_name: (SEED, r#""groups":{"g1":["m"]},"seed""#) =>
        "line 1, column 89: \"m\" names no node: nodes are n1, n2, …",
    member_out_of_range: (SEED, r#""groups":{"g1":["n1","n4"]},"seed""#) =>
        "line 1: g1 holds \"n4\"; a member must be one of n1 to n3",
    member_twice: (SEED, r#""groups":{"g1":["n2","n2"]},"seed""#) => "line 1: g1 holds n2 twice",
    group_without_members: (SEED, r#""groups":{"g1":[]},"seed""#) => "line 1: g1 has no members",
}

refused! { refusal;
    empty_file: "" => "line 1: the file is empty",
    no_header: r#"{"id":1,"at":5,"n":"n1","do":"invoke","body":""}"# =>
        "line 1: this is no header; a schedule starts with \
         {\"format\":\"pepperland.schedule\",\"version\":1,…}",
}

refused! { of_lines;
    unknown_fault: r#"{"at":1,"fault":"partiton","from":["n1"]}"# =>
        "line 2, column 17: there is no fault \"partiton\"",
    fault_misspelt: r#"{"at":1,"fault":"crsh","n":"n1"}"# =>
        "line 2, column 17: there is no fault \"crsh\"; did you mean \"crash\"?",
    degree_zero: r#"{"at":1,"fault":"omit","rate":5,"degree":0}"# =>
        "line 2, column 42: \"degree\" is 0; it must be a whole number from 1 to 4294967295",
    failing_misspelt: r#"{"at":1,"fault":"disk","n":"n1","how":"lyin"}"# =>
        "line 2, column 39: there is no how \"lyin\"; did you mean \"lying\"?",
    failing_without_its_key: r#"{"at":1,"fault":"disk","n":"n1","how":"torn"}"# =>
        "line 2: disk needs \"keep\"",
    ration_misspelt: r#"{"at":1,"fault":"starve","n":"n1","of":"memry"}"# =>
        "line 2, column 40: there is no of \"memry\"; did you mean \"memory\"?",
    ration_without_its_key: r#"{"at":1,"fault":"starve","n":"n1","of":"processor"}"# =>
        "line 2: starve needs \"share\"",
    request_misspelt: r#"{"id":1,"at":5,"n":"n1","do":"multcast","body":"a"}"# =>
        "line 2, column 30: there is no do \"multcast\"; did you mean \"multicast\"?",
    fate_misspelt: r#"{"at":1,"fault":"strike","from":"n1","to":"n2","number":1,"fate":"loose"}"# =>
        "line 2, column 66: there is no fate \"loose\"; did you mean \"lose\"?",
    fault_no_text: r#"{"at":1,"fault":7}"# =>
        "line 2, column 17: \"fault\" must be one of \
         cut, lose, delay, duplicate, corrupt, strike, crash, pause, skew, lie, twin, \
         omit, garble, throttle, disk, starve",
    key_misspelt: r#"{"at":1,"fault":"lose","rate":5,"form":["n1"]}"# =>
        "line 2, column 33: \"form\" is no key of lose; did you mean \"from\"?",
    key_of_another_fault: r#"{"at":1,"fault":"cut","rate":5}"# =>
        "line 2, column 23: \"rate\" is no key of cut; did you mean \"at\"?",
    optional_key_misspelt: r#"{"id":1,"at":5,"n":"n1","do":"multicast","body":"a","gruop":1}"# =>
        "line 2, column 53: \"gruop\" is no key of multicast; did you mean \"group\"?",
    group_of_nobody: r#"{"id":1,"at":5,"n":"n1","do":"multicast","body":"a","group":"g2"}"# =>
        "line 2, column 61: \"group\" is \"g2\"; it must be g1, the only group",
    group_as_a_number: r#"{"id":1,"at":5,"n":"n1","do":"join","group":0}"# =>
        "line 2, column 45: \"group\" is 0; it must be g1, the only group",
    key_twice: r#"{"at":1,"fault":"pause","n":"n1","n":"n2"}"# =>
        "line 2, column 34: \"n\" stands twice in this line",
    key_missing: r#"{"at":1,"fault":"lose"}"# => "line 2: lose needs \"rate\"",
    neither: r#"{"at":1}"# =>
        "line 2: a line is a step with \"do\" or a disturbance with \"fault\"",
    no_object: "[1]" => "line 2: a line is a JSON object",
    cut_off: r#"{"at":1,"fault":"pause","n":"n1""# =>
        "line 2, column 32: EOF while parsing an object",
    liar_unknown: r#"{"at":1,"fault":"lie","n":"eve","rate":5}"# =>
        "line 2, column 27: \"n\" is \"eve\"; it must be one of n1 to n3",
    lie_in_no_way: r#"{"at":1,"fault":"lie","n":"n1","rate":5,"way":"slow"}"# =>
        "line 2, column 47: \"way\" is \"slow\"; it must be one of small-scope, earlier, replay, \
         readdress, equivocate, silent, late, partial-mac, hasty",
    twin_of_nobody: r#"{"at":1,"fault":"twin","first":["n2"]}"# => "line 2: twin needs \"n\"",
    lie_without_a_draw:
        r#"{"at":1,"fault":"strike","from":"n1","to":"n2","number":1,"fate":"lie"}"# =>
        "line 2: strike needs \"draw\"",
    rate_too_great: r#"{"at":1,"fault":"lose","rate":1000001}"# =>
        "line 2, column 31: \"rate\" is 1000001; it must be a whole number from 0 to 1000000",
    time_negative: r#"{"at":-1,"fault":"lose","rate":1}"# =>
        "line 2, column 7: \"at\" is -1; it must be a whole number from 0",
    number_zero: r#"{"at":1,"fault":"strike","from":"n1","to":"n2","number":0,"fate":"lose"}"# =>
        "line 2, column 57: \"number\" is 0; it must be a whole number from 1 to 4294967295",
    node_out_of_range: r#"{"at":1,"fault":"pause","n":"n4"}"# =>
        "line 2, column 29: \"n\" is \"n4\"; it must be one of n1 to n3",
    node_of_links_out_of_range: r#"{"at":1,"fault":"cut","from":["n1","n9"]}"# =>
        "line 2, column 30: \"from\" is [\"n1\",\"n9\"]; \
         it must be a list of nodes, each one of n1 to n3",
    node_oddly_written: r#"{"id":1,"at":5,"n":"n+1","do":"invoke","body":""}"# =>
        "line 2, column 20: \"n\" is \"n+1\"; it must be one of n1 to n3",
    until_before_at: r#"{"at":7,"until":6,"fault":"pause","n":"n1"}"# =>
        "line 2, column 17: \"until\" is 6, before \"at\", 7",
    delay_swapped: r#"{"at":1,"fault":"delay","least":5,"most":4,"rate":1}"# =>
        "line 2, column 33: \"least\" is greater than \"most\"",
    at_and_on: r#"{"id":2,"at":5,"on":1,"n":"n1","do":"invoke","body":""}"# =>
        "line 2, column 21: a step has either \"at\" or \"on\", not both",
    neither_at_nor_on: r#"{"id":2,"n":"n1","do":"invoke","body":""}"# =>
        "line 2: a step needs either \"at\" or \"on\"",
    after_without_on: r#"{"id":2,"at":1,"after":4,"n":"n1","do":"invoke","body":""}"# =>
        "line 2, column 24: \"after\" goes with \"on\", not with \"at\"",
    waits_for_nobody: r#"{"id":2,"on":1,"n":"n1","do":"invoke","body":"❤"}"# =>
        "line 2, column 14: step 2 waits for step 1, which does not exist",
    waits_for_itself: r#"{"id":2,"on":2,"n":"n1","do":"invoke","body":""}"# =>
        "line 2, column 14: step 2 waits for itself",
    id_twice: r#"{"id":2,"at":1,"n":"n1","do":"invoke","body":""}

{"n":"n2","id":2,"at":1,"do":"invoke","body":""}"# =>
        "line 4, column 16: the step in line 2 has the id 2 already",
}

#[test]
fn what_no_write_can_suffer_is_refused_with_the_mend() {
    for (to, fate) in [
        ("n1", r#""fate":"lose""#),
        ("n1", r#""fate":"delay","by":7"#),
        ("n2", r#""fate":"lie","draw":3"#),
        ("n2", r#""fate":"corrupt""#),
    ] {
        let said = of_lines(&strike_on(1, to, fate));
        assert!(said.starts_with("line 2, column "), "{said}");
        assert!(said.contains("a lie befalls the write") && said.contains("a delay"), "{said}");
    }
    let said = of_lines(&strike_on(2, "n2", r#""fate":"lose""#));
    assert!(said.ends_with("\"network\" is 2; it must be a whole number from 0 to 1"), "{said}");
}
