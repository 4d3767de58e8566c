//! Starve: a node gets little of its machine for a while: it is slow, as beside a greedy neighbour
//! (Gunawi et al., *Fail-Slow at Scale*, FAST 2018), or out of memory.

use crate::draw;
use crate::lasting::{LASTS, bouts};
use pepperland_core::fault::{Choice, Fault, Parameter, Profile, Unit, Variant};
use pepperland_core::schedule::{Disturbance, Ration, Trouble};
use pepperland_core::seed::{PerMillion, Stream};

/// The record.
pub const ENTRY: Profile = Profile {
    name: "starve",
    statement: "a node gets little of its machine: of one processor 2 to 20 % by default",
    source: "Gunawi et al., FAST 2018",
    variants: &[
        Variant { name: PROCESSOR, statement: "a share of one processor", needs: None },
        fatal(MEMORY, "so little memory that it is killed, and stays down"),
        fatal(DISK, "so little room on its disk that it may end, and stays down then"),
        fatal(READ_ONLY, "a disk that takes nothing, so that it may end, and stays down then"),
    ],
    parameters: &[SHARE, MEBIBYTES, KIBIBYTES, LASTS],
    persists: true,
    needs: &[Fault::Starvation],
    plan: |ground, choice, stream| {
        let window = draw::window(ground, choice, stream);
        let node = draw::node(ground, stream);
        let ration = ration(choice, stream);
        let starve = |(at, until)| Disturbance::during(at, until, Trouble::Starve { node, ration });
        bouts(ground, choice, window, stream).into_iter().map(starve).collect()
    },
    ..Profile::PLAIN
};

/// One that whoever needs what is missing does not survive.
const fn fatal(name: &'static str, statement: &'static str) -> Variant {
    Variant { name, statement, needs: Some(&[Fault::Starvation, Fault::Crash]) }
}

const PROCESSOR: &str = "processor";
const MEMORY: &str = "memory";
const DISK: &str = "disk";
const READ_ONLY: &str = "read-only-disk";

const SHARE: Parameter = Parameter {
    name: "share",
    statement: "how much of one processor is left",
    unit: Unit::Share,
    default: "2, 5, 10 or 20 %, drawn",
};

const MEBIBYTES: Parameter = Parameter {
    name: "memory",
    statement: "how much memory is left, in MiB",
    unit: Unit::Count,
    default: "1 MiB",
};

const KIBIBYTES: Parameter = Parameter {
    name: "room",
    statement: "how much room is left on the disk, in KiB",
    unit: Unit::Count,
    default: "1 KiB",
};

fn ration(choice: &Choice, stream: &mut Stream) -> Ration {
    let drawn = PerMillion::percent(*stream.pick(&[2, 5, 10, 20]));
    let of = |parameter: Parameter| choice.value(parameter.name).unwrap_or(1);
    match choice.variant {
        MEMORY => Ration::Memory { bytes: of(MEBIBYTES) << 20 },
        DISK => Ration::Disk { bytes: of(KIBIBYTES) << 10 },
        READ_ONLY => Ration::ReadOnly,
        _ => Ration::Processor { share: choice.share(SHARE.name).unwrap_or(drawn) },
    }
}
