//! Programs in real time, judged by what is written down of them.

use pepperland_core::history::{Header, History, Kind};
use pepperland_core::runtime::Detail;
use pepperland_core::schedule::Schedule;
use pepperland_process::kept::Keeper;
use pepperland_process::live::{Cast, Joint, run};
use pepperland_process::program::Program;

/// A Python program of the folder beside this file.
fn python(name: &str) -> Program {
    let path = format!("{}/tests/nodes/{name}", env!("CARGO_MANIFEST_DIR"));
    Program { path: "python3".into(), args: vec![path] }
}

/// A schedule: its header's keys beyond the usual ones, and the lines after it.
fn schedule(nodes: u32, end_ms: u64, lines: &[&str]) -> Schedule {
    let header = format!(
        r#"{{"format":"pepperland.schedule","version":1,"impl":"program","nodes":{nodes},"seed":"0x1","network":{{"min_latency":1000000,"max_latency":5000000,"channel":"fair-loss","in_flight":"kept"}},"heal_at":200000000,"end":{}}}"#,
        end_ms * 1_000_000
    );
    let text: Vec<&str> = std::iter::once(header.as_str()).chain(lines.iter().copied()).collect();
    Schedule::from_text(&text.join("\n")).unwrap_or_else(|error| panic!("{error}"))
}

fn live(program: &Program, schedule: &Schedule, enough: &dyn Fn(&History) -> bool) -> History {
    let header = Header::of_schedule("process", schedule);
    let (keeper, joint) = (&Keeper::none(), Joint::Lines);
    let (build, detail) = (None, Detail::Network);
    let cast = Cast { program, keeper, joint, build, in_views: false, detail };
    run(&cast, schedule, header, enough).unwrap_or_else(|error| panic!("{error}"))
}

fn count(history: &History, kind: Kind) -> usize {
    history.kinds().iter().filter(|k| **k == kind).count()
}

/// What was told of a kind of event, as JSON lines.
fn lines(history: &History, kind: Kind) -> Vec<String> {
    let mut bytes = Vec::new();
    history.write_to(&mut bytes).unwrap();
    let text = String::from_utf8(bytes).unwrap();
    let word = format!("\"k\":\"{}\"", kind.word());
    text.lines().filter(|line| line.contains(&word)).map(str::to_owned).collect()
}

const MULTICAST: &str = r#"{"id":0,"at":5000000,"n":"n1","do":"multicast","body":"hello"}"#;

#[test]
fn a_multicast_is_delivered_by_everybody_and_the_run_ends_when_that_is_enough() {
    let schedule = schedule(3, 10_000, &[MULTICAST]);
    let everybody = |history: &History| count(history, Kind::Deliver) == 3;
    let ran = live(&python("relay.py"), &schedule, &everybody);
    assert_eq!(count(&ran, Kind::Deliver), 3);
    assert_eq!(count(&ran, Kind::Note), 0, "{:?}", lines(&ran, Kind::Note));
    assert!(ran.header.complete);
    assert!(ran.end().0 < 2_000_000_000);
    let mut bytes = Vec::new();
    ran.write_to(&mut bytes).unwrap();
    assert!(History::read(&bytes).is_ok());
}

/// Runs nodes of which the first does wrong in one way until so much has been noted, and returns
/// the notes.
fn rude(how: &str, notes: usize, end_ms: u64, lines: &[&str]) -> (History, Vec<String>) {
    let mut program = python("rude.py");
    program.args.push(how.to_owned());
    let enough = |history: &History| notes > 0 && count(history, Kind::Note) >= notes;
    let ran = live(&program, &schedule(2, end_ms, lines), &enough);
    let notes = self::lines(&ran, Kind::Note);
    (ran, notes)
}

#[track_caller]
fn told(notes: &[String], breach: &str, text: &str) {
    let breach = format!("\"breach\":\"{breach}\"");
    let found = notes.iter().any(|note| note.contains(&breach) && note.contains(text));
    assert!(found, "{breach} {text} in {notes:#?}");
}

#[test]
fn rubbish_is_told_line_by_line() {
    let (ran, notes) = rude("rubbish", 5, 10_000, &[MULTICAST]);
    told(&notes, "no-message", "Traceback: I am no message");
    told(&notes, "unknown-destination", "n9");
    told(&notes, "stray-answer", "c7");
    told(&notes, "unknown-word", "sing");
    told(&notes, "wrong-source", "n2");
    assert_eq!(count(&ran, Kind::Crash), 0);
}

#[test]
fn a_node_that_ends_by_itself_is_told_and_not_excused() {
    let (ran, notes) = rude("exit", 1, 10_000, &[MULTICAST]);
    told(&notes, "exit", "status 3");
    assert_eq!(count(&ran, Kind::Crash), 0);
    assert_eq!(ran.logs[0].text, "out of luck\n");
}

#[test]
fn a_flood_takes_bounded_memory_and_the_run_ends() {
    let slow = r#"{"at":0,"fault":"delay","rate":1000000,"least":9000000000,"most":9000000000}"#;
    let mut schedule = schedule(2, 10_000, &[MULTICAST, slow]);
    schedule.header.heal_at = schedule.header.end;
    let mut program = python("rude.py");
    program.args.push("flood".to_owned());
    let ran = live(&program, &schedule, &|_| false);
    told(&self::lines(&ran, Kind::Note), "floods", "on their way");
    assert!(count(&ran, Kind::Send) < 100_000);
}

#[test]
fn a_node_that_does_not_read_holds_nobody_up() {
    let (ran, _) = rude("deaf", 0, 1_000, &[MULTICAST]);
    assert_eq!(ran.end().0 / 100_000_000, 10);
}

#[test]
fn megabytes_of_log_are_drained_and_bounded() {
    let (ran, notes) = rude("noise", 0, 1_500, &[MULTICAST]);
    let log = &ran.logs[0].text;
    assert!(log.len() < 200_000 && log.contains("bytes are not kept"));
    assert_eq!(notes.len(), 0);
}

#[test]
fn whatever_a_node_makes_up_is_recorded_as_made_up() {
    let (ran, notes) = rude("invent", 1, 10_000, &[MULTICAST]);
    told(&notes, "unknown-word", "nonsense");
    assert_eq!(count(&ran, Kind::Deliver), 2);
    let mut bytes = Vec::new();
    ran.write_to(&mut bytes).unwrap();
    assert!(History::read(&bytes).is_ok());
    let (ran, notes) = rude("senseless", 2, 10_000, &[MULTICAST]);
    told(&notes, "senseless", "operation 7");
    told(&notes, "senseless", "view 1");
    assert_eq!(count(&ran, Kind::View), 1);
    assert_eq!(count(&ran, Kind::Response), 0);
    let (ran, notes) = rude("names", 2, 10_000, &[MULTICAST]);
    told(&notes, "unknown-word", "n77");
    told(&notes, "unknown-word", "everybody");
    assert_eq!(count(&ran, Kind::View) + count(&ran, Kind::Suspect), 0);
}

#[test]
fn operations_are_answered_once_and_unknown_if_nobody_answers() {
    let echo = |id: u32, node: &str, at: u32| {
        format!(
            r#"{{"id":{id},"at":{at}000000,"n":"{node}","do":"invoke","body":"{{\"f\":\"echo\",\"echo\":{id}}}"}}"#
        )
    };
    let lines = [echo(0, "n1", 5), echo(1, "n1", 6), echo(2, "n2", 7)];
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    let (ran, notes) = rude("exit", 0, 400, &lines);
    assert!(notes.is_empty(), "{notes:#?}");
    assert_eq!(count(&ran, Kind::Invoke), 3);
    let answers = self::lines(&ran, Kind::Response);
    assert!(answers.iter().all(|line| line.contains("\"status\":\"ok\"")), "{answers:#?}");
    assert_eq!(answers.len(), 3);
    let crash = r#"{"at":4000000,"fault":"pause","n":"n1","until":190000000}"#;
    let mut with_pause = lines.clone();
    with_pause.push(crash);
    let (ran, _) = rude("exit", 0, 400, &with_pause);
    assert_eq!(count(&ran, Kind::Pause), 1);
    assert_eq!(count(&ran, Kind::Response), 3);
}

#[test]
fn a_request_may_be_passed_on_in_its_clients_name() {
    let line =
        r#"{"id":0,"at":5000000,"n":"n2","do":"invoke","body":"{\"f\":\"echo\",\"echo\":7}"}"#;
    let schedule = schedule(2, 2_000, &[line]);
    let ran = live(&python("passing_on.py"), &schedule, &|ran| count(ran, Kind::Response) == 1);
    assert_eq!(lines(&ran, Kind::Note), Vec::<String>::new());
    assert_eq!(count(&ran, Kind::Send), 1, "from n2 to n1, through the network");
    let answers = lines(&ran, Kind::Response);
    assert!(answers[0].contains("\"status\":\"ok\"") && answers[0].contains("\"n2\""));
}

#[test]
fn a_killed_node_restarts_in_its_folder_and_a_cut_loses_messages() {
    let lines = [
        MULTICAST,
        r#"{"id":1,"at":60000000,"n":"n2","do":"multicast","body":"cut"}"#,
        r#"{"id":2,"at":400000000,"n":"n3","do":"multicast","body":"after"}"#,
        r#"{"at":50000000,"until":100000000,"fault":"cut","from":["n2"],"to":["n1","n3"],"both_ways":true}"#,
        r#"{"at":110000000,"until":150000000,"fault":"crash","n":"n1"}"#,
    ];
    let everything = |history: &History| count(history, Kind::Deliver) == 3 + 1 + 3;
    let ran = live(&python("relay.py"), &schedule(3, 5_000, &lines), &everything);
    assert_eq!(count(&ran, Kind::Deliver), 7, "{:#?}", self::lines(&ran, Kind::Deliver));
    assert_eq!(count(&ran, Kind::Crash), 1);
    assert_eq!(count(&ran, Kind::Recover), 1);
    assert_eq!(count(&ran, Kind::Drop), 2);
    assert!(ran.header.complete);
}

#[test]
fn a_crash_between_two_lines_takes_all_that_comes_after() {
    let crash = r#"{"at":4000000,"fault":"crash","n":"n1","effects":2}"#;
    let schedule = schedule(4, 5_000, &[MULTICAST, crash]);
    let others = |history: &History| count(history, Kind::Deliver) >= 3;
    let ran = live(&python("relay.py"), &schedule, &others);
    let sends = lines(&ran, Kind::Send);
    let of_n1 = sends.iter().filter(|line| line.contains(r#""n":"n1""#)).count();
    assert_eq!(of_n1, 1, "the first line is the answer, the second a send: {sends:#?}");
    assert_eq!(count(&ran, Kind::Crash), 1);
    let delivered = lines(&ran, Kind::Deliver);
    assert!(!delivered.iter().any(|line| line.contains(r#""n":"n1""#)), "{delivered:#?}");
    assert_eq!(delivered.len(), 3);
}

#[test]
fn a_run_whose_bound_comes_early_is_given_time_to_fall_silent() {
    let ran = live(&python("relay.py"), &schedule(2, 200, &[MULTICAST]), &|_| false);
    assert_eq!(count(&ran, Kind::Deliver), 2);
    assert!(ran.header.complete, "after {} ns", ran.end().0);
}

/// Each message of a liar comes as its way of lying has it, and nobody else lies.
#[test]
fn liars_lie_in_real_time_as_anywhere() {
    let lying = |way: &str| {
        let lie = format!(
            r#"{{"at":0,"until":150000000,"fault":"lie","n":"n1","rate":1000000,"way":"{way}","to":["n2"]}}"#
        );
        let schedule = schedule(3, 10_000, &[MULTICAST, &lie]);
        let over = |history: &History| history.kinds().contains(&Kind::Heal);
        live(&python("relay.py"), &schedule, &over)
    };
    let silent = lying("silent");
    assert_eq!(silent.header.byzantine, ["n1"]);
    let told = lines(&silent, Kind::Byzantine);
    assert!(told.iter().any(|line| line.contains(r#""fate":"withhold""#)), "{told:?}");
    assert!(lines(&silent, Kind::Drop).iter().all(|line| line.contains(r#""why":"withheld""#)));
    let changed = lying("equivocate");
    let told = lines(&changed, Kind::Byzantine);
    assert!(told.iter().any(|line| line.contains(r#""said":[{"#)), "{told:?}");
}
