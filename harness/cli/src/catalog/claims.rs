//! Which of an implementation's claims a scenario asks for: those that hold under its faults, and
//! that its workload and faults bring out.

use pepperland_core::checker::{Checker, Class, Given};
use pepperland_core::fault::{Fault, Named};
use pepperland_core::history::Kind;
use pepperland_core::implementation::{Claim, Implementation, Proviso};
use pepperland_core::scenario::Scenario;
use pepperland_core::schedule::Ask;
use pepperland_core::seed::Seed;
use pepperland_core::time::Time;
use pepperland_core::workload::{Stage, Workload};
use pepperland_workloads::agreement;

/// Whether workload and faults bring out what the property is judged of: what clients get for
/// their operations, and whom a detector may suspect.
pub fn is_brought_out(
    checker: &Checker,
    implementation: &Implementation,
    (scenario, workload): (&Scenario, &Workload),
    faults: &[Named],
) -> bool {
    let needs = |kinds: &[Kind]| kinds.iter().any(|kind| checker.needs.contains(kind));
    // What servers execute of themselves needs no client's operations.
    let of_service = !needs(&[Kind::Invoke]) && implementation.model.service == Some(workload.name);
    let operations = !needs(&[Kind::Invoke, Kind::Apply]) || of_service || invokes(workload);
    let given = |given: Given| checker.given.contains(&given);
    let completeness = checker.class != Class::Safety && needs(&[Kind::Crash]);
    let crashes = !needs(&[Kind::Crash, Kind::Suspect])
        || match completeness || given(Given::Bound("detection")) {
            true => faults.iter().any(may_crash_for_good),
            false => faults.iter().any(may_crash),
        };
    let transfers = !needs(&[Kind::StateGet, Kind::StateSet])
        || workload.layout.is_changing()
        || faults.iter().any(may_come_back);
    let changes = !given(Given::ViewChanges)
        || workload.layout.is_changing()
        || faults.iter().any(may_change_views);
    // To come back one must have been missed, and that takes time.
    let is_long = scenario.chaos_ms >= LONG_MS || !needs(&[Kind::StateSet]);
    let exclusions = !given(Given::WrongExclusions) || is_long && faults.iter().any(may_cut_off);
    let values = !needs(&[Kind::Propose, Kind::Decide])
        || decides(implementation).is_none()
        || proposes(workload);
    let turns = !needs(&[Kind::Lead]) || faults.iter().any(may_depose);
    let honest = !given(Given::NoLiars) || !faults.iter().any(lies);
    let in_views = transfers && changes && exclusions;
    operations && crashes && in_views && values && turns && honest
}

/// Whether it is drawn in each run which faults are at work.
pub fn combines((profile, _): &Named) -> bool {
    profile.needs.is_empty() && profile.name != "none" || profile.foresee.is_some()
}

/// Whether nodes may crash: by a profile that says so, or one that combines others.
fn may_crash(fault: &Named) -> bool {
    fault.1.needs.contains(&Fault::Crash) || combines(fault)
}

/// Faults that last as long as this last longer than the patience of whoever waits for a node, ms.
const LONG_MS: u64 = 500;

/// Whether the one that orders may lose its turn: it crashes, or lies.
fn may_depose(fault: &Named) -> bool {
    may_crash(fault) || lies(fault)
}

/// Whether somebody lies.
fn lies(fault: &Named) -> bool {
    fault.1.needs.contains(&Fault::Byzantine)
}

/// Whether nodes may crash and not come back.
fn may_crash_for_good(fault: &Named) -> bool {
    may_crash(fault) && !fault.1.needs.contains(&Fault::Recovery)
}

/// Whether nodes may come back to a group after they were out of it.
fn may_come_back(fault: &Named) -> bool {
    let returns = [Fault::Recovery, Fault::Partition, Fault::Pause];
    returns.iter().any(|needed| fault.1.needs.contains(needed))
}

/// Whether views may change by it: whoever crashes or is late leaves them.
fn may_change_views(fault: &Named) -> bool {
    may_crash(fault) || may_cut_off(fault) || fault.1.needs.contains(&Fault::Delay)
}

/// Whether a node that lives may be taken for one that has crashed.
fn may_cut_off(fault: &Named) -> bool {
    let needs = |needed: &Fault| fault.1.needs.contains(needed);
    // Whom the core is cut off from does crash in the end.
    let lives = !needs(&Fault::Crash);
    combines(fault) || lives && [Fault::Partition, Fault::Pause].iter().any(needs)
}

/// Of these, what is judged only in runs in which nothing is late, or somebody is taken for crashed
/// who is not, or another takes over: whether there are any is a matter of what is drawn.
pub fn by_chance(
    implementation: &Implementation,
    checkers: &[&'static Checker],
) -> Vec<&'static str> {
    use Proviso::{Calm, HonestInTime, InTime};
    let in_time = |name| implementation.claim(name).map(|claim| claim.proviso);
    let is_by_chance = |checker: &&&'static Checker| {
        matches!(in_time(checker.property), Some(InTime | HonestInTime | Calm))
            || checker.given.contains(&Given::WrongExclusions)
            || checker.needs.contains(&Kind::Lead)
    };
    checkers.iter().filter(is_by_chance).map(|checker| checker.property).collect()
}

/// The workload whose proposals the implementation decides. Whoever orders messages by decisions has
/// none.
pub fn decides(implementation: &Implementation) -> Option<&'static str> {
    let proposes = |name: &&str| agreement::ALL.iter().any(|workload| workload.name == *name);
    implementation.model.workload.filter(proposes)
}

/// Whether clients propose values.
pub fn proposes(workload: &Workload) -> bool {
    asks(workload, |ask| matches!(ask, Ask::Propose { .. }))
}

/// Whether clients ask for operations.
pub fn invokes(workload: &Workload) -> bool {
    asks(workload, |ask| matches!(ask, Ask::Invoke { .. }))
}

fn asks(workload: &Workload, what: fn(&Ask) -> bool) -> bool {
    let nodes = 5;
    let groups = workload.layout.groups(nodes);
    let stage = Stage { nodes, groups, broadcasts: 10, until: Time::millis(100) };
    let steps = (workload.plan)(&stage, &mut Seed(0).stream("workload"));
    steps.iter().any(|step| what(&step.ask))
}

/// The faults of which something is late.
const LATE: [Fault; 4] = [Fault::Delay, Fault::Reorder, Fault::Partition, Fault::Pause];

/// The properties claimed while these faults are at work and there are several groups or one: what
/// is claimed only while nobody crashes is not claimed where somebody always does, nor what is
/// claimed only while nothing is late where something always is.
pub fn claimed_under<'a>(
    implementation: &'a Implementation,
    faults: &[Named],
    several: bool,
) -> impl Iterator<Item = &'static str> + use<'a> {
    let needs = |fault| faults.iter().any(|(_, choice)| choice.needs.contains(fault));
    let crashes = needs(&Fault::Crash);
    let late = LATE.iter().any(needs);
    let bound = move |claim: &&Claim| match claim.proviso {
        Proviso::NobodyCrashes => !crashes,
        Proviso::InTime | Proviso::HonestInTime => !late,
        Proviso::Calm => !late && !crashes,
        Proviso::OneGroup => !several,
        Proviso::SeveralGroups => several,
        _ => true,
    };
    implementation.claims().filter(bound).map(|claim| claim.property)
}
