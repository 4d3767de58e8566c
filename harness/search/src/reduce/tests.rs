//! Reductions of one small schedule.

use super::*;

const HEADER: &str = concat!(
    r#"{"format":"pepperland.schedule","version":1,"impl":"basic","nodes":3,"seed":"0x0","#,
    r#""network":{"min_latency":1,"max_latency":1,"channel":"perfect","in_flight":"kept"},"#,
    r#""heal_at":900,"end":1000}"#,
);

const LINES: &str = r#"
{"id":0,"at":130,"n":"n1","do":"multicast","body":"a"}
{"id":1,"on":0,"after":27,"n":"n2","do":"multicast","body":"b"}
{"id":2,"on":1,"after":0,"n":"n3","do":"multicast","body":"c"}
{"at":120,"until":155,"fault":"cut","from":["n1","n2"],"to":["n3"]}
{"at":0,"fault":"strike","from":"n2","to":"n3","number":1,"fate":"lose"}
{"at":140,"fault":"crash","n":"n3"}
"#;

const LIARS: &str = r#"
{"at":0,"fault":"twin","n":"n1","first":["n2"],"second":["n3"]}
{"at":0,"fault":"twin","n":"n1"}
{"at":0,"fault":"lie","n":"n1","rate":9,"to":["n2"]}
{"at":0,"fault":"strike","from":"n1","to":"n3","number":2,"fate":"replay","meant_for":"n2","earlier":1}
{"at":0,"fault":"strike","from":"n1","to":"n3","number":2,"fate":"spoil","entries":5}
"#;

fn liars() -> Schedule {
    Schedule::from_text(&format!("{HEADER}{LIARS}")).expect("it is a schedule")
}

fn schedule() -> Schedule {
    Schedule::from_text(&format!("{HEADER}{LINES}")).expect("it is a schedule")
}

fn ids(schedule: &Schedule) -> Vec<u32> {
    schedule.steps.iter().map(|step| step.id).collect()
}

#[test]
fn what_waits_for_a_step_that_is_gone_goes_as_well() {
    let whole = schedule();
    assert_eq!(ids(&with_steps(&whole, &whole.steps[1..])), [0; 0]);
    assert_eq!(ids(&with_steps(&whole, &whole.steps[..2])), [0, 1]);
}

#[test]
fn without_a_node_the_others_move_up_and_what_concerned_it_is_gone() {
    let two = without_node(&schedule(), NodeId(1)).expect("there are others");
    assert_eq!((two.header.nodes, ids(&two)), (2, vec![0]));
    let told: Vec<Trouble> = two.disturbances.iter().map(|d| d.trouble.clone()).collect();
    let links = Links::one_way(vec![NodeId(0)], vec![NodeId(1)]);
    let crash = Trouble::Crash { node: NodeId(1), effects: None };
    assert_eq!(told, [Trouble::Cut { links }, crash]);
    let without_n3 = without_node(&schedule(), NodeId(2)).expect("there are others");
    assert!(without_n3.disturbances.is_empty(), "a cut from nodes to nobody is none");
    let one = without_node(&two, NodeId(1)).expect("there is another");
    assert!(without_node(&one, NodeId(0)).is_none());
}

/// n1 and n2; n2 alone; n3 and n1. Steps 0, 1 and 2 go to one each.
fn grouped() -> Schedule {
    let mut schedule = schedule();
    let groups = [&[0, 1][..], &[1], &[2, 0]];
    let nodes = |members: &[u32]| members.iter().map(|node| NodeId(*node)).collect();
    schedule.header.groups = groups.map(nodes).to_vec();
    for (step, group) in schedule.steps.iter_mut().zip(0..) {
        step.when = When::At(Time(1));
        *step.ask.group_mut().expect("it is a multicast") = GroupId(group);
    }
    schedule
}

fn meant(schedule: &Schedule) -> Vec<(u32, Option<GroupId>)> {
    schedule.steps.iter().map(|step| (step.id, step.ask.group())).collect()
}

#[test]
fn without_a_group_those_after_it_move_up_and_what_was_for_it_is_gone() {
    let two = without_group(&grouped(), GroupId(0)).expect("there are others");
    assert_eq!(two.header.groups, [vec![NodeId(1)], vec![NodeId(2), NodeId(0)]]);
    assert_eq!(meant(&two), [(1, Some(GroupId(0))), (2, Some(GroupId(1)))]);
    let one = without_group(&two, GroupId(1)).expect("there is another");
    assert_eq!(meant(&one), [(1, Some(GroupId(0)))]);
    assert!(without_group(&one, GroupId(0)).is_none(), "the last one stays");
    assert!(without_group(&schedule(), GroupId(0)).is_none(), "so does that of all nodes");
}

#[test]
fn without_a_node_its_groups_are_smaller_and_one_of_nobody_is_gone() {
    let two = without_node(&grouped(), NodeId(1)).expect("there are others");
    assert_eq!(two.header.groups, [vec![NodeId(0)], vec![NodeId(1), NodeId(0)]]);
    assert_eq!(meant(&two), [(0, Some(GroupId(0))), (2, Some(GroupId(1)))]);
}

#[test]
fn the_whole_course_moves_to_an_earlier_beginning() {
    let moved = earlier(&schedule());
    let begins: Vec<u64> = moved.disturbances.iter().map(|d| d.at.0).collect();
    // The strike has waited from the start, and has nothing to move.
    assert_eq!(begins, [0, 0, 20]);
    assert_eq!(moved.steps[0].when, When::At(Time(10)));
    assert_eq!(moved.disturbances[0].until, Some(Time(35)));
    assert_eq!(moved.header.heal_at, Time(780));
    assert_eq!(earlier(&moved), moved);
}

#[test]
fn every_instant_is_rounded_down() {
    let round = rounded(&schedule(), Span(50));
    assert_eq!(round.steps[0].when, When::At(Time(100)));
    assert_eq!(round.steps[1].when, When::Upon { of: 0, after: Span(0) });
    assert_eq!(round.disturbances[0].until, Some(Time(150)));
    assert_eq!(round.header.heal_at, Time(900));
}

#[test]
fn no_simpler_form_is_the_form_itself() {
    for disturbance in [schedule().disturbances, liars().disturbances].concat() {
        assert!(!simpler(&disturbance).contains(&disturbance), "{disturbance:?}");
    }
    let node = NodeId(0);
    let crash = |effects| Disturbance::from(Time(1), Trouble::Crash { node, effects });
    assert_eq!(simpler(&crash(Some(2))), [None, Some(0), Some(1)].map(crash));
    assert!(simpler(&crash(None)).is_empty());
}

#[test]
fn a_liar_without_one_of_its_victims_lies_to_the_others() {
    let two = without_node(&liars(), NodeId(1)).expect("there are others");
    let node = NodeId(0);
    let (first, second) = (Some(Vec::new()), Some(vec![NodeId(1)]));
    let twin = Trouble::Twin { node, first, second };
    let fate = Fate::Spoil { entries: 5 };
    let spoil = Trouble::strike(node, NodeId(1), 2, fate);
    let alone = Trouble::Twin { node, first: None, second: None };
    let told: Vec<Trouble> = two.disturbances.into_iter().map(|d| d.trouble).collect();
    assert_eq!(told, [twin, alone, spoil]);
}

#[test]
fn a_lie_has_simpler_forms() {
    let forms = |index: usize| {
        let forms = simpler(&liars().disturbances[index]).into_iter();
        forms.map(|d| d.trouble).collect::<Vec<_>>()
    };
    assert!(matches!(forms(0)[0], Trouble::Twin { first: None, second: None, .. }));
    assert!(forms(1).is_empty());
    assert!(matches!(forms(3)[0], Trouble::Strike { fate: Fate::Withhold, .. }));
    let entries = |trouble: &Trouble| match trouble {
        Trouble::Strike { fate: Fate::Spoil { entries }, .. } => *entries,
        other => panic!("{other:?}"),
    };
    assert_eq!(forms(4).iter().map(entries).collect::<Vec<_>>(), [1, 4]);
}
