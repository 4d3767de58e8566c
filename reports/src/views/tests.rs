use super::*;
use crate::fixtures::views::{minor, tape, view};
use pepperland_core::history::lanes::{lanes, parse};
use pepperland_core::history::{DeliveryContract, EventId, Header, Kind};
use serde_json::json;

/// Where each stay went: `n1^0: 1 → 2`, the number after the caret being that of restarts.
fn told(views: &Views<'_>) -> Vec<String> {
    let of = |stay: &Stay<'_>| {
        let (node, restarts) = stay.life;
        let ends = match stay.ends {
            Ending::Next(next) => format!("→ {}", name(&views.stays[next].install.view)),
            Ending::Crash(_) => "crashed".to_owned(),
            Ending::Open => "open".to_owned(),
        };
        format!("{node}^{restarts}: {} {ends}", name(&stay.install.view))
    };
    views.stays.iter().map(of).collect()
}

#[test]
fn a_stay_ends_with_the_next_view_or_a_crash() {
    let history = lanes("n1: {1,2} {1,2} {1}\nn2: {1,2}  #   ^  {2}");
    let expected = ["n1^0: 1 → 2", "n2^0: 1 crashed", "n1^0: 2 open", "n2^1: 3 open"];
    assert_eq!(told(&Views::of(&history)), expected);
}

#[test]
fn a_node_that_forgets_nothing_stays_where_it_was() {
    let mut history = lanes("n1: {1,2} #  ^  a {1}\nn2: {1,2} #");
    let forgets = ["n1^0: 1 crashed", "n2^0: 1 crashed", "n1^1: 2 open"];
    assert_eq!(told(&Views::of(&history)), forgets);
    history.header.contract.delivery = DeliveryContract::Logged;
    let remembers = ["n1^0: 1 → 2", "n2^0: 1 crashed", "n1^0: 2 open"];
    assert_eq!(told(&Views::of(&history)), remembers);
}

#[test]
fn a_node_stands_in_the_view_it_installed_last() {
    let history = lanes("n1: a {1} b # ^ a {1}");
    let views = Views::of(&history);
    let at = |event| views.at(NodeId(0), 0, EventId(event)).map(|stay| stay.event.0);
    let stands: Vec<Option<u32>> = (0..7).map(at).collect();
    assert_eq!(stands, [None, Some(1), Some(1), Some(1), None, None, Some(6)]);
}

#[test]
fn groups_have_views_each() {
    let mut t = tape(1);
    for (ms, number, group) in [(1, 1, 0), (2, 7, 1), (3, 2, 0), (4, 8, 1)] {
        let install = ViewInstall { group: Some(group), ..view(number, &[0]) };
        t.install(ms, 0, install);
    }
    let history = t.finish(9);
    let expected = ["n1^0: 1 → 2", "n1^0: 7 → 8", "n1^0: 2 open", "n1^0: 8 open"];
    assert_eq!(told(&Views::of(&history)), expected);
}

#[test]
fn looking_back_finds_the_view_that_a_stay_left() {
    let mut t = tape(2);
    let installs = [view(1, &[0, 1]), minor(2, "n1", &[0]), view(3, &[1, 0])];
    for (ms, install) in (1..).zip(&installs) {
        t.install(ms, 0, install.clone());
        t.install(ms, 1, ViewInstall { group: Some(1), ..install.clone() });
        if ms == 2 {
            t.event(ms, 0, Kind::Crash, json!({}));
            t.event(ms, 0, Kind::Recover, json!({}));
        }
    }
    let mut history = t.finish(9);
    for delivery in [DeliveryContract::Volatile, DeliveryContract::Logged] {
        history.header.contract.delivery = delivery;
        let views = Views::of(&history);
        assert_eq!(views.stays.len(), 6);
        for stay in &views.stays {
            assert_eq!(former(&history, history.event(stay.event)), stay.from, "{stay:?}");
        }
    }
}

#[test]
fn a_change_names_each_node_once() {
    let change = Change::between(&view(1, &[0, 1, 2]), &view(2, &[3, 1, 3, 4]));
    assert_eq!(change.joined, [NodeId(3), NodeId(4)]);
    assert_eq!(change.gone, [NodeId(0), NodeId(2)]);
}

/// The rows of the views that concern virtual synchrony, as text: `1 a: n1→2 yes, n2→2 no !`.
fn rows(history: &History, proof: &[u32]) -> Vec<String> {
    let proof: Vec<EventId> = proof.iter().copied().map(EventId).collect();
    let all = concerned(history, "virtual-synchrony", &proof);
    let row = |sets: &Sets<'_>, row: &Row<'_>| {
        let cells = sets.columns.iter().zip(&row.cells).map(|(column, cell)| {
            let went = match column.went {
                Went::To(view) => format!("→{view}"),
                Went::Nowhere => "…".to_owned(),
                Went::Crashed => "×".to_owned(),
            };
            let did = match cell {
                Cell::Delivered(_) => "yes".to_owned(),
                Cell::Elsewhere(view, _) => {
                    view.map_or("nowhere".to_owned(), |v| format!("in {v}"))
                }
                Cell::Snapshot => "snapshot".to_owned(),
                Cell::Lacks => "no".to_owned(),
            };
            format!("{}{went} {did}", column.node)
        });
        let cells: Vec<String> = cells.collect();
        let differs = if row.differs { " !" } else { "" };
        let message = history.message_name(row.message);
        format!("{} {message}: {}{differs}", sets.view, cells.join(", "))
    };
    all.iter().flat_map(|sets| sets.rows.iter().map(|r| row(sets, r)).collect::<Vec<_>>()).collect()
}

#[test]
fn nodes_that_went_together_stand_together() {
    let history = lanes(
        "n1: {1,2,3} !b b   a {1,2}
         n2: {1,2,3}      b    {1,2}
         n3: {1,2,3} !a a  #",
    );
    let of_a = "1 n3:0:1: n1→2 yes, n2→2 no, n3× yes !";
    let of_b = "1 n1:0:1: n1→2 yes, n2→2 yes, n3× no";
    assert_eq!(rows(&history, &[]), [of_a, of_b], "what differs comes first");
    let cast_of_b = history.events().find(|e| e.kind() == Kind::Broadcast).unwrap().id.0;
    assert_eq!(rows(&history, &[cast_of_b]), [of_b, of_a], "what the proof names comes first");
}

#[test]
fn who_delivers_in_another_view_is_told_so() {
    let history = lanes("n1: {1,2} !a a {2,1}\nn2: a {1,2} {2,1}\nn3: {1,2}  {2,1} a");
    let expected = "1 n1:0:1: n1→2 yes, n2→2 nowhere, n3→2 in 2 !";
    assert_eq!(rows(&history, &[])[0], expected);
}

#[test]
fn a_snapshot_may_stand_for_what_was_multicast_before() {
    let history = |set_at: u64| {
        let mut t = tape(2);
        let m = &crate::fixtures::message(0, 1);
        for node in 0..2 {
            t.install(1, node, view(1, &[0, 1]));
        }
        let set = |t: &mut crate::fixtures::Tape, ms| {
            if ms == set_at {
                t.event(ms, 1, Kind::StateSet, json!({}));
            }
        };
        set(&mut t, 2);
        let cast = t.broadcast(3, 0, m);
        t.deliver(4, 0, m, None, cast);
        set(&mut t, 5);
        for node in 0..2 {
            t.install(6, node, view(2, &[0, 1]));
        }
        t.finish(9)
    };
    assert_eq!(rows(&history(2), &[]), ["1 n1:0:1: n1→2 yes, n2→2 no !"]);
    assert_eq!(rows(&history(5), &[3]).len(), 1, "the proof names it");
    assert_eq!(rows(&history(5), &[3]), ["1 n1:0:1: n1→2 yes, n2→2 snapshot"]);
    assert!(rows(&history(5), &[]).is_empty(), "no difference");
}

#[test]
fn what_a_liar_records_is_void() {
    let mut history = lanes("n1: {1,2} !a a {2,1}\nn2: {1,2} {2,1}\nn3: {1,2} {2,1}");
    history.header.byzantine = vec!["n2".to_owned()];
    assert_eq!(rows(&history, &[]), ["1 n1:0:1: n1→2 yes, n3→2 no !"]);
}

#[test]
fn sets_are_of_one_group() {
    let mut header = Header::new(vec!["n1".into(), "n2".into()]);
    header.groups.insert("g".into(), vec!["n1".into(), "n2".into()]);
    header.groups.insert("h".into(), vec!["n1".into(), "n2".into()]);
    let history = parse("n1: {1,2} !a/h a {2,1}\nn2: {1,2} {2,1}", header).unwrap();
    assert!(rows(&history, &[]).is_empty(), "the views are of g, the message is of h");
}

#[test]
fn where_there_is_little_room_the_odd_ones_are_shown() {
    let few = lanes("n1: {1,2,3} !a a {2,1,3}\nn2: {1,2,3} {2,1,3}\nn3: {1,2,3} {2,1,3}");
    let sets = &concerned(&few, "virtual-synchrony", &[])[0];
    assert_eq!(sets.shown(9), [0, 1, 2]);
    assert_eq!(sets.shown(2), [0, 1]);
    let most = lanes("n1: {1,2,3} !a a {2,1,3}\nn2: {1,2,3} a {2,1,3}\nn3: {1,2,3} {2,1,3}");
    let sets = &concerned(&most, "virtual-synchrony", &[])[0];
    assert_eq!(sets.shown(2), [0, 2]);
    assert_eq!(sets.shown(1).len(), 1);
    let proof: Vec<EventId> =
        most.events().filter(|e| e.node() == Some(NodeId(1))).map(|e| e.id).collect();
    let sets = &concerned(&most, "virtual-synchrony", &proof)[0];
    assert_eq!(sets.shown(2), [0, 1], "those of the proof first");
}

/// Every picture of two nodes that were in one view, each with three more signs.
fn pictures() -> impl Iterator<Item = String> {
    const SIGNS: [&str; 5] = [".", "a", "{2,1}", "{1}", "#"];
    let lane = |code: usize| {
        let signs = [code % 5, code / 5 % 5, code / 25 % 5].map(|sign| SIGNS[sign]);
        let fallen = signs.iter().position(|sign| *sign == "#").map_or(3, |at| at + 1);
        let signs = signs.iter().enumerate().map(|(at, sign)| match at < fallen && *sign != "." {
            true => format!("{sign:6}"),
            false => " ".repeat(6),
        });
        signs.collect::<String>()
    };
    let codes = (0..125).flat_map(|one| (0..125).map(move |other| (one, other)));
    codes.map(move |(one, other)| {
        format!("n1: {{1,2}} !a {}\nn2: {{1,2}}    {}", lane(one), lane(other))
    })
}

#[test]
fn the_tables_show_a_difference_exactly_where_virtual_synchrony_is_violated() {
    let checker = pepperland_checkers::find("virtual-synchrony").unwrap();
    let mut violated = 0;
    for picture in pictures() {
        let history = lanes(&picture);
        let case = pepperland_core::checker::Case::new(&history);
        let verdict = (checker.check)(&case);
        let proof = verdict.witness().map_or(&[][..], |witness| &witness.events);
        let differs = concerned(&history, "virtual-synchrony", proof)
            .iter()
            .any(|sets| sets.rows.iter().any(|row| row.differs));
        assert_eq!(differs, verdict.witness().is_some(), "{picture}");
        violated += usize::from(differs);
    }
    assert!(violated > 100, "{violated}");
}
