//! Async services under a schedule, and what is refused.

mod common;

use common::{PLAIN, during, multicasts, quiet, with};
use pepperland_core::contract::{Delivery, Indication, Request};
use pepperland_core::history::{Channel, History};
use pepperland_core::id::{GroupId, MessageId, NodeId};
use pepperland_core::message::{Body, Message};
use pepperland_core::runtime::{Detail, Runtime};
use pepperland_core::schedule::{Failing, InFlight, Links, Schedule, Trouble};
use pepperland_core::seed::PerMillion;
use pepperland_core::time::Span;
use pepperland_turmoil::{MOST_NODES, ServiceContext, Turmoil};
use turmoil::net::UdpSocket;

/// Sends each message to every node once, delivers what comes.
async fn best_effort(mut context: ServiceContext) -> turmoil::Result {
    let socket = UdpSocket::bind("0.0.0.0:9").await?;
    let mut buffer = [0; 256];
    loop {
        tokio::select! {
            biased;
            Some(request) = context.requests.recv() => {
                let Request::Multicast(_, Message { id, body }) = request else { continue };
                let mut datagram = format!("{} {} {} ", id.origin.0, id.incarnation, id.number);
                datagram.push_str(std::str::from_utf8(&body.0)?);
                for name in &context.addresses {
                    socket.send_to(datagram.as_bytes(), (name.as_str(), 9)).await?;
                }
            }
            received = socket.recv_from(&mut buffer) => {
                let text = std::str::from_utf8(&buffer[..received?.0])?;
                context.indications.report(Indication::Deliver(read(text)?));
            }
        }
    }
}

fn read(text: &str) -> Result<Delivery<Message>, Box<dyn std::error::Error>> {
    let mut words = text.splitn(4, ' ');
    let mut number = || words.next().unwrap_or_default().parse::<u32>();
    let (origin, incarnation, number) = (NodeId(number()?), number()?, number()?);
    let id = MessageId { origin, incarnation, number };
    let body = Body::new(words.next().unwrap_or_default().as_bytes());
    let message = Message { id, body };
    Ok(Delivery { from: origin, group: GroupId::ALL, message, slot: None })
}

fn serve(schedule: &Schedule) -> History {
    let history = Turmoil::services(schedule, best_effort).unwrap();
    let again = Turmoil::services(schedule, best_effort).unwrap();
    assert_eq!(history.digest(), again.digest());
    history
}

#[test]
fn a_service_is_asked_and_reports() {
    let history = serve(&multicasts(Channel::FairLoss, &[0, 5]));
    let expected = ["10 n2 deliver n1:0:1", "15 n2 deliver n1:0:2"];
    assert_eq!(with(&history, "n2 deliver"), expected);
    assert_eq!(with(&history, "deliver").len(), 6);
}

#[test]
fn a_cut_loses_and_a_perfect_channel_holds() {
    let links = Links::between(vec![NodeId(0)], vec![NodeId(1)]);
    let mut schedule = multicasts(Channel::FairLoss, &[25, 60]);
    schedule.disturbances = vec![during(20, 45, Trouble::Cut { links })];
    let lost = serve(&schedule);
    assert_eq!(with(&lost, "n2 deliver"), ["70 n2 deliver n1:0:2"]);
    assert_eq!(with(&lost, "n3 deliver").len(), 2);
    assert_eq!(with(&lost, "heal"), ["45 heal id=0"]);
    schedule.header.network.channel = Channel::Perfect;
    let held = serve(&schedule);
    assert_eq!(with(&held, "n2 deliver").len(), 2);
    assert_eq!(with(&held, "heal"), ["45 heal touched=1 id=0"]);
}

#[test]
fn a_one_way_cut_leaves_the_other_way() {
    let links = Links::one_way(vec![NodeId(1)], vec![NodeId(0)]);
    let mut schedule = multicasts(Channel::FairLoss, &[25]);
    schedule.disturbances = vec![during(20, 45, Trouble::Cut { links })];
    assert_eq!(with(&serve(&schedule), "n2 deliver").len(), 1);
}

#[test]
fn overlapping_cuts_heal_with_the_last() {
    let links = || Links::between(vec![NodeId(0)], vec![NodeId(1)]);
    let mut schedule = multicasts(Channel::FairLoss, &[25, 50, 75]);
    schedule.disturbances = vec![
        during(20, 45, Trouble::Cut { links: links() }),
        during(30, 70, Trouble::Cut { links: links() }),
    ];
    assert_eq!(with(&serve(&schedule), "n2 deliver"), ["85 n2 deliver n1:0:3"]);
}

#[test]
fn a_crashed_service_starts_anew() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 25, 60]);
    schedule.disturbances = vec![during(20, 50, Trouble::Crash { node: NodeId(0), effects: None })];
    let history = serve(&schedule);
    assert_eq!(with(&history, "n1 broadcast").len(), 2);
    assert_eq!(with(&history, "n2 deliver")[1], "70 n2 deliver n1:1:1");
    let states = [with(&history, "crash"), with(&history, "recover")].concat();
    assert_eq!(states, ["20 n1 crash", "50 n1 recover"]);
}

#[test]
fn a_service_that_gives_up_is_noted() {
    let schedule = quiet(Channel::FairLoss);
    let history = Turmoil::services(&schedule, |_| async { Err("no more".into()) }).unwrap();
    assert_eq!(with(&history, "n1"), ["0 n1 note the service gave up: no more"]);
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let mut large = quiet(Channel::FairLoss);
    large.header.nodes = MOST_NODES + 1;
    let refused = Turmoil::default().run(&large, &PLAIN, Detail::Application).unwrap_err();
    let expected = "the turmoil runtime cannot run 21 nodes: it is usable with up to 20";
    assert_eq!(refused.to_string(), expected);
    large.header.nodes = MOST_NODES;
    assert!(Turmoil::default().accepts(&large).is_ok());
}

#[test]
fn services_refuse_what_turmoil_alone_cannot_do() {
    let node = NodeId(0);
    let one_way = Links::one_way(vec![NodeId(0)], vec![NodeId(1)]);
    let rate = PerMillion::percent(5);
    let lose = Trouble::Lose { links: Links::all(), rate };
    let cases = [
        (lose, "\"lose\""),
        (Trouble::Pause { node }, "\"pause\""),
        (Trouble::Skew { node, jump: 1, drift: 0 }, "\"skew\""),
        (Trouble::Omit { links: Links::all(), rate, degree: 1 }, "\"omit\""),
        (Trouble::Garble { links: Links::all(), rate }, "\"garble\""),
        (Trouble::Throttle { links: Links::all(), every: Span::millis(1) }, "\"throttle\""),
        (Trouble::Disk { node, how: Failing::Lying }, "\"disk\""),
        (Trouble::Twin { node, first: None, second: None }, "a second copy of n1"),
        (Trouble::Crash { node, effects: Some(1) }, "between two of its effects"),
        (Trouble::Crash { node, effects: None }, "in flight"),
        (Trouble::Cut { links: one_way }, "one direction"),
    ];
    for (trouble, word) in cases {
        let mut schedule = quiet(Channel::Perfect);
        schedule.header.network.in_flight = InFlight::Lost;
        schedule.disturbances = vec![during(1, 2, trouble)];
        let refused = Turmoil::services(&schedule, best_effort).unwrap_err();
        assert!(refused.to_string().contains(word), "{refused}");
    }
}

#[test]
fn a_service_that_panics_is_noted_and_mute() {
    let mut schedule = multicasts(Channel::FairLoss, &[1, 20]);
    schedule.header.end = schedule.header.heal_at;
    let history = Turmoil::services(&schedule, |mut context: ServiceContext| async move {
        let _ = context.requests.recv().await;
        panic!("never asked for this");
    });
    let expected = [
        "1 n1 broadcast n1:0:1",
        "1 n1 note panicked: never asked for this",
        "20 n1 broadcast n1:0:2",
    ];
    assert_eq!(with(&history.unwrap(), "n1"), expected);
}
