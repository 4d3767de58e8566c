//! What cannot be done to processes, and why: whatever the machine has, or on this machine.

use pepperland_core::fault::Fault;
use pepperland_core::schedule::{Ration, Trouble};
use pepperland_process::kept::cgroups;
use pepperland_process::kept::faketime::{self, Library};
use std::path::Path;
use std::sync::OnceLock;

/// Whose clock may be set.
pub enum Tested<'a> {
    /// A node of the library.
    OwnNode,
    /// A program of somebody else.
    Program(&'a Path),
}

/// What cannot be done to a program that lives in real time.
pub fn in_real_time(trouble: &Trouble) -> Option<&'static str> {
    match trouble {
        Trouble::Skew { .. } => Some(
            "set the clock of a program that lives in real time: let it ask for the feature \
             \"time\"",
        ),
        Trouble::Disk { .. } => Some(
            "fail the disk of a program that lives in real time: let it ask for the features \
             \"time\" and \"storage\", or give it a disk by --network netns",
        ),
        _ => None,
    }
}

/// What cannot be done to a node on real sockets, whatever the machine has.
pub fn on_sockets(trouble: &Trouble, tested: &Tested<'_>) -> Option<String> {
    match trouble {
        Trouble::Skew { .. } => clock(tested),
        _ => by_the_switch(trouble).map(str::to_owned),
    }
}

/// What cannot be done to a node on real sockets of this machine.
pub fn of_this_machine(trouble: &Trouble) -> Option<String> {
    match trouble {
        Trouble::Skew { .. } => no_clocks(),
        Trouble::Disk { .. } => disk(),
        Trouble::Starve { ration, .. } => machine(*ration),
        _ => None,
    }
}

/// The faults that cannot be brought about on real sockets.
pub fn lacking_on_sockets(tested: &Tested<'_>) -> &'static [Fault] {
    match (clock(tested).or_else(no_clocks).is_some(), disk().is_some()) {
        (false, false) => &[Fault::Twin, Fault::Haste, Fault::Byzantine],
        (false, true) => &[Fault::Twin, Fault::Haste, Fault::Byzantine, Fault::Disk],
        (true, false) => &[Fault::Twin, Fault::Haste, Fault::Byzantine, Fault::Clock],
        (true, true) => &[Fault::Twin, Fault::Haste, Fault::Byzantine, Fault::Clock, Fault::Disk],
    }
}

/// The switch knows frames, and not what they say.
fn by_the_switch(trouble: &Trouble) -> Option<&'static str> {
    match trouble {
        Trouble::Lie { .. } => Some(
            "let a node lie on real sockets, where the switch knows frames and not what they say: \
             leave --network at stdio",
        ),
        Trouble::Strike { fate, .. } if fate.is_a_lie() => Some(
            "let a message lie on real sockets, where the switch does not know what it says: leave \
             --network at stdio",
        ),
        _ => None,
    }
}

/// Why nobody can set the clock of a node, whatever the machine has, if so.
fn clock(tested: &Tested<'_>) -> Option<String> {
    let Tested::Program(path) = tested else {
        let why = "the library's nodes read the monotonic clock, which nobody sets; the simulator \
                   can";
        return Some(format!("set the clock of a node of its own: {why}"));
    };
    faketime::reach(path).err().map(|why| format!("set the clock of a program: {why}"))
}

/// Why no clock can be set here, if so.
fn no_clocks() -> Option<String> {
    Library::found().err().map(|why| format!("set the clock of a program: {why}"))
}

/// Why no node can have a disk of its own here, if so; tried once.
fn disk() -> Option<String> {
    static TRIED: OnceLock<Option<String>> = OnceLock::new();
    let try_it = || pepperland_disk::probe().err();
    let why = TRIED.get_or_init(try_it).as_ref()?;
    Some(format!("give a node a disk that fails: {why}; {}", pepperland_disk::MEND))
}

/// Why no node can get less of this machine, if so; tried once.
fn machine(ration: Ration) -> Option<String> {
    static TRIED: OnceLock<[cgroups::Check; 3]> = OnceLock::new();
    let [_, processor, memory] = TRIED.get_or_init(cgroups::offered);
    let check = match ration {
        Ration::Disk { .. } | Ration::ReadOnly => return disk(),
        Ration::Processor { .. } => processor,
        Ration::Memory { .. } => memory,
    };
    let why = check.works.as_ref().err()?;
    Some(format!("give a node less of this machine: {why}; {}", check.mend))
}
