//! The command as a user meets it: exit codes, the last line of stderr, and what is printed.

use crate::pepperland::{Ended, Folder, ends};

#[test]
fn exit_0_every_property_held() {
    let folder = Folder::new();
    let ended = folder.run("run --impl basic --faults none --runs 20");
    ends(&ended, 0, "every property held in 20 runs");
    assert!(folder.path("runs/latest/index.html").is_file());
    assert!(folder.path("runs/latest/junit.xml").is_file());
}

#[test]
fn exit_1_a_property_was_violated_and_replays_to_the_byte() {
    let folder = Folder::new();
    let ended = folder.run("run --impl basic --properties agreement --faults crash --runs 200");
    ends(&ended, 1, "violated");
    let id = folder.only_finding();
    assert!(ended.stdout.contains(&format!("pepperland replay {id}")));
    let schedule = folder.read(&format!("runs/latest/findings/{id}/schedule.jsonl"));
    let count = |word: &str| schedule.matches(word).count();
    assert_eq!((count("multicast"), count("\"fault\":\"crash\"")), (1, 1), "{schedule}");
    assert_eq!(schedule.lines().count(), 3, "{schedule}");
    assert!(schedule.contains("\"nodes\":3"), "{schedule}");
    let replays: Vec<Ended> = (0..10).map(|_| folder.run(&format!("replay {id}"))).collect();
    replays.iter().for_each(|replay| ends(replay, 1, "the replay violates the property"));
    let digest = replays[0].stdout.lines().next().unwrap_or_default();
    assert!(digest.starts_with("digest"));
    assert!(replays.iter().all(|replay| replay.stdout.starts_with(digest)));
}

#[test]
fn exit_2_outside_the_model_nothing_is_said() {
    let folder = Folder::new();
    let ended = folder.run("run --impl basic --faults loss --runs 20");
    ends(&ended, 2, "outside the model: basic does not claim to live with loss");
    let beyond = folder.run("run --impl basic --faults loss --runs 50 --beyond-model");
    ends(&beyond, 1, "violated");
    assert!(beyond.stdout.contains("outside the model"), "{}", beyond.stdout);
}

#[test]
fn exit_2_fewer_effective_runs_than_asked_for() {
    let ended = Folder::new().run("run --impl basic --faults none --runs 5 --min-runs 6");
    ends(&ended, 2, "5 effective runs, fewer than the 6 asked for");
}

#[test]
fn exit_2_an_agreement_that_may_still_come_accuses_nobody() {
    let ended = Folder::new().run(
        "run --impl correia --workload replies --faults none --strategy rounds --runs 1 \
         --properties difato-validity",
    );
    ends(&ended, 2, "the history is not complete");
}

#[test]
fn exit_2_where_more_crash_than_may_nobody_is_accused() {
    let folder = Folder::new();
    folder.write("crashes.jsonl", include_str!("../../../../impls/killers/majority-crashes.jsonl"));
    ends(&folder.run("replay crashes.jsonl"), 2, "undecided");
    let beyond = folder.run("replay crashes.jsonl --beyond-model");
    ends(&beyond, 1, "violates");
    assert!(beyond.stdout.contains("outside the model"), "{}", beyond.stdout);
}

#[test]
fn exit_2_who_has_not_had_time_to_answer_is_not_accused() {
    let folder = Folder::new();
    let slow = concat!(
        r#"{"format":"pepperland.schedule","version":1,"impl":"correia","nodes":4,"seed":"0x1","#,
        r#""network":{"min_latency":150000000,"max_latency":150000000,"channel":"perfect","#,
        r#""in_flight":"kept"},"heal_at":100000000,"end":3000000000}"#,
        "\n",
        r#"{"id":0,"at":0,"n":"n1","do":"multicast","body":"a"}"#,
    );
    folder.write("slow.jsonl", slow);
    for command in ["replay", "explain", "shrink"] {
        ends(&folder.run(&format!("{command} slow.jsonl")), 2, "undecided");
    }
    folder.write("enough.jsonl", &slow.replace("3000000000", "30000000000"));
    let ended = folder.run("replay enough.jsonl --properties difato-validity");
    ends(&ended, 0, "does not violate");
}

#[test]
fn exit_2_the_only_server_crashes() {
    let folder = Folder::new();
    let crash = concat!(
        r#"{"format":"pepperland.schedule","version":1,"impl":"difato","nodes":3,"#,
        r#""groups":{"g1":["n1","n2"],"g2":["n3"]},"clients":2,"#,
        r#""controlled":{"min_latency":5000000,"max_latency":5000000},"seed":"0x0","#,
        r#""network":{"min_latency":10000000,"max_latency":10000000,"channel":"perfect","#,
        r#""in_flight":"kept"},"heal_at":400000000,"end":5000000000}"#,
        "\n",
        r#"{"at":0,"fault":"crash","n":"n3"}"#,
        "\n",
        r#"{"id":0,"at":1000000,"n":"n1","do":"multicast","body":"a"}"#,
    );
    folder.write("crash.jsonl", crash);
    let ended = folder.run("replay crash.jsonl");
    ends(&ended, 2, "undecided");
    assert!(ended.stdout.contains("1 of the servers crash, and 0 may"), "{}", ended.stdout);
}

#[test]
fn exit_2_where_nothing_is_claimed_nothing_is_green() {
    let folder = Folder::new();
    let ended = folder.run("run --impl rampart --faults delay --runs 3");
    ends(&ended, 2, "no property was judged: none is claimed there");
    let told = "nothing to judge: rampart/steady/delay: nothing is claimed there";
    assert!(ended.stderr.contains(told), "{}", ended.stderr);
}

#[test]
fn exit_2_a_schedule_that_mistakes_servers_for_clients_accuses_nobody() {
    let folder = Folder::new();
    let killer = include_str!("../../../../impls/killers/difato-literal-overtaken-requests.jsonl");
    let killer = killer.replace("difato-literal", "difato");
    let without =
        killer.replace(r#","controlled":{"min_latency":5000000,"max_latency":5000000}"#, "");
    let without_clients =
        killer.replace(r#""groups":{"g1":["n1","n2"],"g2":["n3","n4","n5"]},"clients":2,"#, "");
    let by_server = killer.replace(r#""n":"n1","do""#, r#""n":"n4","do""#);
    let to_servers = killer.replace(r#""body":"a""#, r#""group":"g2","body":"a""#);
    for (text, told) in [
        (killer.clone(), ""),
        (without, "difato has registers"),
        (without_clients, "difato has servers"),
        (by_server, "step 0 has n4 multicast, which is a server"),
        (to_servers, "step 0 multicasts to servers, and difato to clients"),
    ] {
        let is_right = text == killer;
        folder.write("roles.jsonl", &text);
        let ended = folder.run("replay roles.jsonl --properties difato-validity");
        let (code, why) = if is_right { (0, "does not violate") } else { (2, "undecided") };
        ends(&ended, code, why);
        assert!(is_right || ended.stdout.contains(told), "{told}: {}", ended.stdout);
    }
}

#[test]
fn a_schedule_is_replayed_by_any_property_beyond_the_model_if_asked() {
    let folder = Folder::new();
    let killer = include_str!("../../../../impls/killers/sender-crashes.jsonl");
    folder.write("break.jsonl", killer);
    ends(&folder.run("replay break.jsonl --properties agreement"), 1, "violates the property");
    folder.write(
        "silence.jsonl",
        include_str!("../../../../impls/killers/silence-after-the-last.jsonl"),
    );
    let replay = "replay silence.jsonl --properties agreement";
    ends(&folder.run(replay), 2, "the replay leaves every property undecided");
    for command in ["explain", "shrink"] {
        let asked = format!("{command} silence.jsonl --properties agreement");
        ends(&folder.run(&asked), 2, "the schedule leaves every property undecided");
    }
    ends(&folder.run(&format!("{replay} --beyond-model")), 1, "violates the property");
    folder.run("run --impl basic --properties agreement --faults crash");
    let finding = folder.path("runs/latest/findings");
    let finding = std::fs::read_dir(finding).unwrap().next().unwrap().unwrap().path();
    let replay = format!("replay {} --properties fifo", finding.display());
    let refused = folder.run(&replay);
    assert_eq!(refused.code, 64, "{}", refused.stderr);
    assert!(refused.stderr.contains("--properties is for schedules"), "{}", refused.stderr);
}

#[test]
fn exit_4_nothing_ran() {
    let folder = Folder::new();
    folder.write("empty.toml", "");
    ends(&folder.run("run empty.toml"), 4, "nothing ran");
}

#[test]
fn exit_64_usage() {
    let folder = Folder::new();
    let cases = [
        ("run --impl bsic", "did you mean \"basic\"?"),
        ("run --impl basic --faults crsh", "did you mean \"crash\"?"),
        ("run --impl basic --faults partition:half", "did you mean \"halves\"?"),
        ("run --impl basic --workload stedy", "did you mean \"steady\"?"),
        ("run --impl basic --properties agrement", "did you mean \"agreement\"?"),
        ("run --impl basic --runtime simm", "did you mean \"sim\"?"),
        ("run --impl fifo --flaw no-holdback-queue", "did you mean \"no-hold-back-queue\"?"),
        ("run --impl basic --runs 0", "at least 1"),
        ("run --impl basic --nodes 0", "nodes must be from 1 to 100,000"),
        ("run --impl difato --nodes 1", "it needs at least 2 nodes"),
        ("run --impl basic --shard 4/3", "m/n"),
        ("run --impl basic --budget soon", "5m"),
        ("run --impl basic --seed red", "write a number such as 42 or 0x2a"),
        ("run --flaw no-relay", "--impl"),
        ("run nowhere.toml", "nowhere.toml"),
        ("run nowhere.toml --impl basic", "not both"),
        ("replay F-00000000", "is no finding"),
        ("check nowhere.jsonl", "nowhere.jsonl"),
        ("report .", "verdicts.json"),
        ("frobnicate", "frobnicate"),
    ];
    for (arguments, said) in cases {
        let ended = folder.run(arguments);
        ends(&ended, 64, "usage or configuration");
        assert!(ended.stderr.contains(said), "{arguments}: {}", ended.stderr);
    }
}

#[test]
fn exit_64_a_wrong_key_of_a_suite_is_shown_at_its_place() {
    let folder = Folder::new();
    folder.write("suite.toml", "runs = 5\n[[scenario]]\nimpl = \"basic\"\nworklod = \"burst\"\n");
    let ended = folder.run("run suite.toml");
    ends(&ended, 64, "usage");
    let told: Vec<&str> = ended.stderr.split_whitespace().filter(|word| *word != "│").collect();
    let told = told.join(" ");
    assert!(told.contains("did you mean \"workload\"?"), "{told}");
    assert!(told.contains("suite.toml:4"), "{told}");
}

#[test]
fn exit_70_a_replay_that_diverges() {
    let folder = Folder::new();
    folder.run("run --impl basic --properties agreement --faults crash --runs 200");
    let id = folder.only_finding();
    let path = format!("runs/latest/findings/{id}/schedule.jsonl");
    let other = folder.read(&path).replace("\"body\":\"", "\"body\":\"another ");
    folder.write(&path, &other);
    let ended = folder.run(&format!("replay {id}"));
    ends(&ended, 70, "the harness itself failed");
    assert!(ended.stderr.contains("the replay diverged"), "{}", ended.stderr);
}

#[test]
fn exit_130_interrupted_with_what_was_found_so_far() {
    let folder = Folder::new();
    let mut child = folder.start("run --impl basic --faults crash --runs 100_000_000 --out cut");
    while !folder.path("cut").is_dir() {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    std::thread::sleep(std::time::Duration::from_millis(500));
    let id = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::Signal::SIGINT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(folder.read("cut/verdicts.json").contains("\"outcome\": \"held\""));
}

#[test]
fn exit_zero_is_kept_when_asked_for_whatever_was_found() {
    let ended = Folder::new()
        .run("run --impl basic --properties agreement --faults crash --runs 200 --exit-zero");
    ends(&ended, 0, "1 property violated");
}

#[test]
fn rows_in_json_have_their_keys_in_order() {
    let ended = Folder::new().run("run --impl basic --faults none --runs 5 --format json");
    let first = ended.stdout.lines().next().unwrap_or_default();
    let expected = "{\"v\":1,\"property\":\"no-creation\",\"impl\":\"basic\",\"outcome\":\"held\",\
                    \"runs\":5,\"effective\":5,\"obligations\":";
    assert!(first.starts_with(expected), "{first}");
    assert!(first.contains("\"scenario\":\"basic/steady/none\",\"runtime\":\"sim\""), "{first}");
}

#[test]
fn verdicts_do_not_depend_on_threads_or_time() {
    let folder = Folder::new();
    for (jobs, out) in [("1", "a"), ("2", "b")] {
        let flaw = "run --impl fifo --flaw skip-gaps --faults none --runs 70";
        folder.run(&format!("{flaw} --jobs {jobs} --out {out}"));
    }
    assert_eq!(folder.read("a/verdicts.json"), folder.read("b/verdicts.json"));
    assert_eq!(folder.read("a/junit.xml"), folder.read("b/junit.xml"));
}

#[test]
fn a_single_run_keeps_its_history_and_the_history_checks() {
    let folder = Folder::new();
    folder.run("run --impl sequencer --faults crash --runs 1 --out one");
    let kept = folder.files("one/histories");
    assert_eq!(kept.len(), 1);
    let ended = folder.run(&format!("check {} --properties prefix-order", kept[0].display()));
    ends(&ended, 0, "every property held");
}

#[test]
fn a_schedule_is_replayed_and_shrunk() {
    let folder = Folder::new();
    let killer = include_str!("../../../../impls/killers/no-relay.jsonl");
    folder.write("killer.jsonl", killer);
    ends(&folder.run("replay killer.jsonl"), 1, "the replay violates the property");
    let shrunk = folder.run("shrink killer.jsonl --properties agreement --out shrunk");
    ends(&shrunk, 1, "the schedule violates a property");
    assert!(shrunk.stdout.contains("3 nodes"), "{}", shrunk.stdout);
    assert!(folder.path("shrunk/index.html").is_file());
    let sound = killer.replace("\"flaw\":\"no-relay\",", "");
    folder.write("sound.jsonl", &sound);
    let judged = "replay sound.jsonl --properties no-creation,agreement";
    ends(&folder.run(judged), 0, "does not violate");
    // Who multicast anything crashed: validity has nothing to judge.
    ends(&folder.run("replay sound.jsonl"), 2, "the replay violates no property, but leaves");
}

#[test]
fn pages_are_written_again_from_the_folder() {
    let folder = Folder::new();
    folder.run("run --impl basic --properties agreement --faults crash --runs 100 --out r");
    let id = folder.finding_in("r");
    let page = format!("r/findings/{id}/report.html");
    let before = folder.read(&page);
    std::fs::remove_file(folder.path(&page)).unwrap();
    let ended = folder.run("report r");
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert_eq!(folder.read(&page), before);
}

#[test]
fn a_finding_is_exported_as_a_picture() {
    let folder = Folder::new();
    folder.run("run --impl basic --properties agreement --faults crash --runs 100");
    let ended = folder.run(&format!("export {} --as svg", folder.only_finding()));
    assert_eq!(ended.code, 0, "{}", ended.stderr);
    assert!(ended.stdout.starts_with("<?xml") && ended.stdout.contains("<svg"), "{}", ended.stdout);
}

#[test]
fn every_list_has_names_in_json() {
    let folder = Folder::new();
    for what in ["impls", "flaws", "workloads", "faults", "properties", "runtimes"] {
        let ended = folder.run(&format!("list {what} --format json"));
        assert_eq!(ended.code, 0);
        assert!(ended.stdout.lines().count() > 0, "{what}");
        for line in ended.stdout.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(row["name"].is_string(), "{line}");
        }
    }
}

#[test]
fn doctor_and_completions_work() {
    let folder = Folder::new();
    ends(&folder.run("doctor"), 0, "everything that was tried works");
    assert!(folder.run("completions bash").stdout.contains("pepperland"));
    assert_eq!(folder.run("--help").code, 0);
    assert_eq!(folder.run("--version").code, 0);
}

/// One flaw of each implementation, from the command line to the finding; docs/detection.md, which
/// is made anew by the gate, has all.
#[test]
fn a_flaw_of_each_implementation_is_found_by_its_property() {
    let folder = Folder::new();
    for entry in ::pepperland::impls::all() {
        if let Some(flaw) = entry.flaws.first() {
            let run = format!("run --impl {} --flaw {}", entry.name, flaw.name);
            let run = format!("{run} --workload {} --faults {}", flaw.workload, flaw.faults);
            let ended = folder.run(&format!("{run} --properties {} --fail-fast", flaw.breaks));
            ends(&ended, 1, "violated");
            assert!(ended.stdout.contains(&format!("FAIL {}", flaw.breaks)), "{}", ended.stdout);
        }
    }
}
