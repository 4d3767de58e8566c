//! That no protocol of the family solves the problem, run by run: for each protocol, every number
//! of messengers that arrive before one is caught and all after it are, and every pair of wishes.
//!
//! Of k messengers let the first d arrive, and let both armies want to attack. Then n2 attacks
//! where `d >= 2b - 1` (or `b = 0`), n1 where `d >= 2a`. The two numbers are never the same unless
//! both thresholds are 0 or both are out of reach: between them one army attacks alone, or waits
//! for ever. With thresholds of 0, the armies disagree where their wishes do; with thresholds out
//! of reach, nobody ever attacks.

use crate::agreement::coordinated_attack::family::Family;
use crate::agreement::coordinated_attack::{ATTACK, ENTRY, RETREAT};
use pepperland_core::history::{History, Kind};
use pepperland_core::id::NodeId;
use pepperland_core::schedule::Schedule;
use serde_json::json;

/// One run of a protocol.
#[derive(Copy, Clone, Debug, Eq, PartialEq)]
pub struct Battle {
    /// The protocol.
    pub family: Family,
    /// How many messengers arrive; the one after them is caught, and so is all that follows.
    pub arrive: u32,
    /// Which of the armies want to attack.
    pub wishes: [bool; 2],
}

/// Why a run is no solution.
#[derive(Copy, Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Failure {
    /// One army attacks and the other retreats.
    Disagree,
    /// An army waits for ever.
    NeverDecide,
    /// Both want to attack, nothing is lost, and an army retreats.
    NeverAttack,
}

/// What an army decided: to attack or not; none if it decided nothing.
pub type Decision = Option<bool>;

impl Battle {
    /// Every run of a protocol.
    pub fn all(family: Family) -> impl Iterator<Item = Battle> {
        let wishes = [[true, true], [true, false], [false, true], [false, false]];
        (0..=family.messengers)
            .flat_map(move |arrive| wishes.map(|wishes| Battle { family, arrive, wishes }))
    }

    /// The run as a schedule: both armies propose at once, and one messenger is caught.
    pub fn schedule(&self) -> Schedule {
        let header = json!({
            "format": "pepperland.schedule", "version": 1, "impl": ENTRY.name, "nodes": 2,
            "seed": "0x0",
            "network": {
                "min_latency": 10_000_000, "max_latency": 10_000_000, "channel": "lossy",
                "in_flight": "kept",
            },
            "heal_at": 100_000_000, "end": 1_000_000_000,
        });
        let propose = |army: usize| {
            let body = if self.wishes[army] { ATTACK } else { RETREAT };
            let n = NodeId(army as u32).to_string();
            let instance = self.family.instance();
            json!({"id": army, "at": 0, "n": n, "do": "propose", "instance": instance, "body": body})
        };
        let lines = [header, propose(0), propose(1)].into_iter().chain(self.catch());
        let text: String = lines.map(|line| format!("{line}\n")).collect();
        Schedule::from_text(&text).expect("a battle is a schedule")
    }

    /// The strike that catches the first messenger that does not arrive.
    fn catch(&self) -> Option<serde_json::Value> {
        let (sender, number) = (self.arrive % 2, self.arrive / 2 + 1);
        let (from, to) = (NodeId(sender).to_string(), NodeId(1 - sender).to_string());
        let strike = json!({
            "at": 0, "fault": "strike", "from": from, "to": to, "number": number, "fate": "lose",
        });
        (self.arrive < self.family.messengers).then_some(strike)
    }

    /// Why the run is no solution, if it is none.
    pub fn failure(&self, decisions: [Decision; 2]) -> Option<Failure> {
        let nothing_lost = self.arrive == self.family.messengers;
        match decisions {
            [Some(one), Some(other)] if one != other => Some(Failure::Disagree),
            [None, _] | [_, None] => Some(Failure::NeverDecide),
            [Some(false), _] if self.wishes == [true; 2] && nothing_lost => {
                Some(Failure::NeverAttack)
            }
            _ => None,
        }
    }
}

/// What the armies decided in a run.
pub fn decisions(history: &History) -> [Decision; 2] {
    let decided = |army: u32| {
        let mut events = history.events();
        let decision =
            events.find(|e| e.kind() == Kind::Decide && e.node() == Some(NodeId(army)))?;
        Some(decision.field("value")? == ATTACK)
    };
    [decided(0), decided(1)]
}

/// Every protocol with the runs that show that it is no solution, where `run` runs a schedule.
///
/// # Errors
/// Whatever `run` fails with.
pub fn demonstrate<E>(
    mut run: impl FnMut(&Schedule) -> Result<History, E>,
) -> Result<Vec<(Family, Vec<(Battle, Failure)>)>, E> {
    let mut table = Vec::new();
    for family in Family::all() {
        let mut shown = Vec::new();
        for battle in Battle::all(family) {
            let history = run(&battle.schedule())?;
            let failure = battle.failure(decisions(&history));
            shown.extend(failure.map(|failure| (battle, failure)));
        }
        table.push((family, shown));
    }
    Ok(table)
}
