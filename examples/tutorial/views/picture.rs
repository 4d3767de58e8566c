//! Pictures of how views change, each from a run of a schedule written by hand.

use pepperland::core::runtime::Detail;
use pepperland::core::scenario::Scenario;
use pepperland::core::schedule::Schedule;
use pepperland::reports::diagram;

/// A picture, and the run that it shows.
pub struct Picture {
    /// The name of its drawing.
    pub name: &'static str,
    /// What it is called.
    pub title: &'static str,
    /// What is to be seen.
    pub text: &'static str,
    schedule: &'static str,
}

/// The pictures.
pub const PICTURES: &[Picture] = &[
    Picture {
        name: "growth",
        title: "From a seed",
        text: "The group begins with n1 alone. n2, n3 and n4 join through it, n1 crashes and is \
               excluded, and comes back as a new member.",
        schedule: include_str!("growth.jsonl"),
    },
    Picture {
        name: "injustice",
        title: "An exclusion by mistake",
        text: "n3 stands still for longer than the others wait. They exclude it though it has not \
               crashed; as soon as it is heard again, a view includes it again.",
        schedule: include_str!("injustice.jsonl"),
    },
    Picture {
        name: "partition",
        title: "A partition",
        text: "The network is cut in two. Each side excludes the other and goes on in a view of \
               its own; when the cut is gone, one view holds all, and what the sides did meanwhile \
               is theirs to reconcile.",
        schedule: include_str!("partition.jsonl"),
    },
    Picture {
        name: "primary",
        title: "The primary partition",
        text: "The same cut, where a view must hold a majority of the one before: the smaller side \
               waits, blocked, until it is back.",
        schedule: include_str!("primary.jsonl"),
    },
];

impl Picture {
    /// The run as a drawing.
    pub fn drawing(&self) -> String {
        let schedule = Schedule::from_text(self.schedule).expect("it is a schedule");
        let scenario = Scenario::new(&schedule.header.implementation, "none");
        let catalog = pepperland::builtin();
        let trial = catalog.trial(&scenario).expect("a picture names what there is");
        let history = trial.run(&schedule, Detail::Application).expect("nothing is refused");
        diagram::standalone(&history, &[])
    }
}
