//! Processes as what nodes run on.

use pepperland_core::fault::Fault;
use pepperland_core::history::{Header, History};
use pepperland_core::implementation::{Implementation, Setup};
use pepperland_core::runtime::{
    Detail, Refused, Repeats, Runtime, no_twins, usual_order, within_limits,
};
use pepperland_core::schedule::{Disturbance, Schedule, Trouble};
use pepperland_process::features::Features;
use pepperland_process::kept::Keeper;
use pepperland_process::live::{self, Cast};
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
    /// Whether they live in real time.
    real_time: bool,
    /// Whether the program has said that its groups have views.
    views: bool,
    repeats: Repeats,
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
        Processes { program, keeper, real_time: false, views: false, repeats }
    }

    /// Processes of a program that has asked for these features.
    pub fn of_program(program: Program, features: Features, keeper: Keeper) -> Processes {
        let repeats = Repeats::IfTheProgramDoes;
        Processes { program, keeper, real_time: false, views: features.views, repeats }
            .in_real_time(!features.time)
    }

    /// The same in real time, if so, or if they live in that anyway.
    #[must_use]
    pub fn in_real_time(self, real_time: bool) -> Processes {
        let real_time = real_time || self.real_time;
        let repeats = if real_time { Repeats::AtARate } else { self.repeats };
        Processes { real_time, repeats, ..self }
    }
}

/// What cannot be done to a program that lives in real time.
fn obstacle(disturbance: &Disturbance) -> Option<&'static str> {
    match disturbance.trouble {
        Trouble::Skew { .. } => Some(
            "set the clock of a program that lives in real time: let it ask for the feature \
             \"time\"",
        ),
        Trouble::Disk { .. } => Some(
            "fail the disk of a program that lives in real time: let it ask for the features \
             \"time\" and \"storage\"",
        ),
        _ => None,
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
        if self.real_time {
            no_twins(NAME, schedule)?;
        }
        if !self.orders() {
            usual_order(NAME, schedule)?;
        }
        let mut obstacles = schedule.disturbances.iter().filter_map(obstacle);
        match obstacles.next().filter(|_| self.real_time) {
            Some(what) => Err(refused(what)),
            None => Ok(()),
        }
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
        match self.real_time {
            true => self.live(schedule, header, in_views, detail, enough),
            false => self.step(schedule, header, in_views, detail),
        }
    }

    fn lacks(&self) -> &'static [Fault] {
        if self.real_time { &[Fault::Clock, Fault::Disk, Fault::Twin] } else { &[] }
    }

    fn orders(&self) -> bool {
        !self.real_time
    }

    fn repeats(&self) -> Repeats {
        self.repeats
    }
}

impl Processes {
    /// Runs programs that live in real time.
    fn live(
        &self,
        schedule: &Schedule,
        header: Header,
        in_views: bool,
        detail: Detail,
        enough: &dyn Fn(&History) -> bool,
    ) -> Result<History, Refused> {
        let cast = Cast { program: &self.program, keeper: &self.keeper, in_views, detail };
        live::run(&cast, schedule, header, enough)
            .map_err(|error| refused(&format!("start its nodes: {error}")))
    }

    /// Runs programs that live in virtual time.
    fn step(
        &self,
        schedule: &Schedule,
        header: Header,
        in_views: bool,
        detail: Detail,
    ) -> Result<History, Refused> {
        let fleet = Fleet::new(&self.program, &self.keeper, schedule)
            .map_err(|error| refused(&format!("make folders for its nodes: {error}")))?;
        let build = |setup: &Setup<'_>| fleet.node(setup);
        let mut history = pepperland_sim::run_nodes(schedule, header, &build, in_views, detail);
        history.logs = fleet.logs();
        Ok(history)
    }
}

fn refused(what: &str) -> Refused {
    Refused { runtime: NAME, what: what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pepperland_core::id::NodeId;
    use pepperland_core::schedule::{Failing, Links};
    use pepperland_core::seed::PerMillion;
    use pepperland_core::time::Time;

    #[test]
    fn in_real_time_clocks_and_disks_are_the_programs_own() {
        let node = NodeId(0);
        let at = |trouble| obstacle(&Disturbance::from(Time::ZERO, trouble)).unwrap_or_default();
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
        assert_eq!(stepped.lacks(), []);
        let lacks = [Fault::Clock, Fault::Disk, Fault::Twin];
        assert_eq!(stepped.in_real_time(true).lacks(), lacks);
    }
}
