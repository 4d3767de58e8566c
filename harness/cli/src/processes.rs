//! Processes as what nodes run on.

mod obstacles;

use crate::open_files;
use obstacles::Tested;
use pepperland_core::fault::Fault;
use pepperland_core::history::{Channel, Header, History};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::runtime::{
    Build, Detail, Refused, Repeats, Runtime, no_carriage, no_haste, no_starvation, no_twins,
    usual_order, within_limits,
};
use pepperland_core::scenario::Network;
use pepperland_core::schedule::{Disturbance, Schedule};
use pepperland_process::features::Features;
use pepperland_process::kept::Keeper;
use pepperland_process::live::{self, Cast, Joint};
use pepperland_process::program::Program;
use pepperland_process::stepped::Fleet;
use std::path::PathBuf;

/// The runtime's name.
pub const NAME: &str = "process";

/// The runtime in a sentence.
pub const STATEMENT: &str =
    "operating-system processes over the line protocol: any program, in any language";

/// Each node is a process with three pipes, and machines have room for so many.
const MOST_NODES: u32 = 200;

/// Processes of one program.
#[derive(Clone, Debug)]
pub struct Processes {
    program: Program,
    keeper: Keeper,
    life: Life,
    /// Whether they are nodes of the library.
    own: bool,
    /// Whether the program has said that its groups have views.
    views: bool,
    repeats: Repeats,
}

/// In what time nodes live, and what joins them.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
enum Life {
    /// In virtual time, driven by the simulator.
    Virtual,
    /// In real time, joined by a router of lines.
    Lines,
    /// In real time, joined by a switch of Ethernet frames.
    Sockets,
}

impl Processes {
    /// Processes of an implementation of the library, by an executable that has the command `node`.
    pub fn of_library(executable: PathBuf, implementation: &str, flaw: Option<&str>) -> Processes {
        let mut args = ["node", "--impl", implementation].map(str::to_owned).to_vec();
        args.extend(flaw.iter().flat_map(|flaw| ["--flaw", flaw]).map(str::to_owned));
        let program = Program { path: executable, args };
        // They make no processes of their own, and end when their input does.
        let keeper = Keeper::none();
        let repeats = Repeats::Exactly;
        Processes { program, keeper, life: Life::Virtual, own: true, views: false, repeats }
    }

    /// Processes of a program that has asked for these features.
    pub fn of_program(program: Program, features: Features, keeper: Keeper) -> Processes {
        let repeats = Repeats::IfTheProgramDoes;
        let views = features.views;
        Processes { program, keeper, life: Life::Virtual, own: false, views, repeats }
            .in_real_time(!features.time)
    }

    /// The same in real time, if so, or if they live in that anyway.
    #[must_use]
    pub fn in_real_time(self, real_time: bool) -> Processes {
        match self.life {
            Life::Virtual if real_time => {
                Processes { life: Life::Lines, repeats: Repeats::AtARate, ..self }
            }
            _ => self,
        }
    }

    /// The same on real sockets. The keeper makes the namespaces that each node has for itself.
    #[must_use]
    pub fn on_sockets(self, keeper: Keeper) -> Processes {
        Processes { life: Life::Sockets, keeper, repeats: Repeats::AtARate, ..self }
    }

    /// What cannot be done to its nodes.
    fn obstacle(&self, disturbance: &Disturbance) -> Option<Refused> {
        let trouble = &disturbance.trouble;
        match self.life {
            Life::Virtual => None,
            Life::Lines => obstacles::in_real_time(trouble).map(refused),
            Life::Sockets => obstacles::on_sockets(trouble, &self.tested())
                .map(refused)
                .or_else(|| obstacles::of_this_machine(trouble).map(lacking)),
        }
    }

    fn tested(&self) -> Tested<'_> {
        if self.own { Tested::OwnNode } else { Tested::Program(&self.program.path) }
    }
}

/// The faults of links that do not reach nodes on such a channel: perfect ones are TCP's, where
/// there are sockets.
pub fn absorbed(network: Network, channel: Channel) -> &'static [Fault] {
    match (network, channel) {
        (Network::Netns, Channel::Perfect) => {
            &[Fault::Loss, Fault::Reorder, Fault::Duplication, Fault::Corruption]
        }
        _ => &[],
    }
}

impl Runtime for Processes {
    fn name(&self) -> &'static str {
        NAME
    }

    fn statement(&self) -> &'static str {
        STATEMENT
    }

    fn accepts(&self, schedule: &Schedule) -> Result<(), Refused> {
        within_limits(NAME, schedule, MOST_NODES)?;
        if self.life != Life::Sockets {
            no_starvation(NAME, schedule)?;
        }
        if self.life != Life::Virtual {
            no_twins(NAME, schedule)?;
            no_haste(NAME, schedule)?;
            no_carriage(NAME, schedule)?;
            usual_order(NAME, schedule)?;
        }
        let mut obstacles = schedule.disturbances.iter().filter_map(|one| self.obstacle(one));
        obstacles.next().map_or(Ok(()), Err)
    }

    fn run(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
    ) -> Result<History, Refused> {
        self.run_until(schedule, implementation, detail, &|_| false)
    }

    fn run_until(
        &self,
        schedule: &Schedule,
        implementation: &Implementation,
        detail: Detail,
        enough: &dyn Fn(&History) -> bool,
    ) -> Result<History, Refused> {
        self.accepts(schedule)?;
        let mut header = Header::of_run(NAME, schedule, implementation);
        if self.repeats != Repeats::Exactly {
            header.about.insert("protocol".to_owned(), "lines".into());
        }
        let in_views = self.views || implementation.model.views;
        let joint = match self.life {
            Life::Virtual => {
                return self.step(schedule, (header, implementation), in_views, detail);
            }
            Life::Lines => Joint::Lines,
            Life::Sockets => Joint::Sockets,
        };
        let (program, keeper) = (&self.program, &self.keeper);
        let build: Build<'_> = &implementation.build;
        let build = self.own.then_some(build);
        let cast = Cast { program, keeper, joint, build, in_views, detail };
        live::run(&cast, schedule, header, enough)
            .map_err(|error| error.to_string())
            .map_err(|told| lacking(format!("start its nodes: {told}{}", open_files::mend(&told))))
    }

    fn lacks(&self) -> &'static [Fault] {
        match self.life {
            Life::Virtual => &[Fault::Starvation],
            Life::Lines => {
                &[Fault::Clock, Fault::Disk, Fault::Twin, Fault::Haste, Fault::Starvation]
            }
            Life::Sockets => obstacles::lacking_on_sockets(&self.tested()),
        }
    }

    fn absorbs(&self, channel: Channel) -> &'static [Fault] {
        match self.life {
            Life::Sockets => absorbed(Network::Netns, channel),
            Life::Virtual | Life::Lines => &[],
        }
    }

    fn sees_frames(&self) -> bool {
        self.life != Life::Sockets
    }

    fn keeps_in_flight(&self) -> bool {
        self.life != Life::Sockets
    }

    fn orders(&self) -> bool {
        self.life == Life::Virtual
    }

    fn repeats(&self) -> Repeats {
        self.repeats
    }
}

impl Processes {
    /// Runs programs that live in virtual time.
    fn step(
        &self,
        schedule: &Schedule,
        (header, implementation): (Header, &Implementation),
        in_views: bool,
        detail: Detail,
    ) -> Result<History, Refused> {
        let fleet = Fleet::new(&self.program, &self.keeper, schedule)
            .map_err(|error| lacking(format!("make folders for its nodes: {error}")))?;
        let build = |setup: &Setup<'_>| match self.own {
            true => fleet.built_node(setup, &implementation.build),
            false => fleet.node(setup),
        };
        let mut history = pepperland_sim::run_nodes(schedule, header, &build, in_views, detail);
        history.logs = fleet.logs();
        Ok(history)
    }
}

fn refused(what: impl Into<String>) -> Refused {
    Refused::anywhere(NAME, what)
}

fn lacking(what: String) -> Refused {
    Refused::on_this_machine(NAME, what)
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::id::NodeId;
    use pepperland_core::schedule::{Failing, Links, Trouble};
    use pepperland_core::seed::PerMillion;

    #[test]
    fn in_real_time_clocks_and_disks_are_the_programs_own() {
        let node = NodeId(0);
        let at = |trouble| obstacles::in_real_time(&trouble).unwrap_or_default();
        assert!(at(Trouble::Skew { node, jump: 1, drift: 0 }).starts_with("set the clock"));
        assert!(at(Trouble::Disk { node, how: Failing::Lying }).starts_with("fail the disk"));
        let rate = PerMillion::percent(5);
        assert_eq!(at(Trouble::Omit { links: Links::all(), rate, degree: 1 }), "");
    }

    #[test]
    fn twins_are_refused_in_real_time_alone() {
        let header = r#"{"format":"pepperland.schedule","version":1,"impl":"basic","nodes":3,"seed":"0x1","network":{"min_latency":1,"max_latency":1,"channel":"fair-loss","in_flight":"kept"},"heal_at":9,"end":9}"#;
        let twin = r#"{"at":0,"fault":"twin","n":"n2"}"#;
        let schedule = Schedule::from_text(&format!("{header}\n{twin}\n")).expect("a schedule");
        let stepped = Processes::of_library(PathBuf::from("pepperland"), "basic", None);
        assert_eq!(stepped.accepts(&schedule), Ok(()));
        let refused = stepped.in_real_time(true).accepts(&schedule).expect_err("it has no twins");
        let told = "the process runtime cannot run a second copy of n2 under its name: the \
                    simulator can";
        assert_eq!(refused.to_string(), told);
    }

    #[test]
    fn what_is_lacking_is_lacking_in_real_time_alone() {
        let stepped = Processes::of_library(PathBuf::from("pepperland"), "basic", None);
        assert_eq!(stepped.lacks(), [Fault::Starvation]);
        let lacks = [Fault::Clock, Fault::Disk, Fault::Twin, Fault::Haste, Fault::Starvation];
        assert_eq!(stepped.in_real_time(true).lacks(), lacks);
    }
}
