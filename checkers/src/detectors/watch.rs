//! What the failure detectors said, beside what was true.

use crate::scene::Scene;
use pepperland_core::checker::Case;
use pepperland_core::collections::Map;
use pepperland_core::history::{Event, EventId, Kind, NONE};
use pepperland_core::time::Time;
use serde_json::Value;
use std::collections::BTreeMap;

/// One output of a detector.
#[derive(Copy, Clone, Debug)]
pub struct Turn {
    /// The event.
    pub event: u32,
    /// Whether it suspects the target.
    pub suspects: bool,
    /// Whether it said otherwise before, or nothing: a monitor that starts suspects nobody.
    pub changes: bool,
    /// How often the monitor had restarted.
    pub incarnation: u32,
    /// The level of suspicion, if it states one.
    pub level: Option<f64>,
}

/// A time during which a node was down.
#[derive(Copy, Clone, Debug)]
pub struct Down {
    /// The crash, or the departure.
    pub from: u32,
    /// The restart, if there was one.
    pub to: Option<u32>,
}

/// Everything that is told of monitors and targets.
pub struct Watch<'s, 'a> {
    /// The scene.
    pub scene: &'s Scene<'a>,
    /// The outputs of each monitor on each target other than itself, in the order of the file.
    pub turns: BTreeMap<(u32, u32), Vec<Turn>>,
    /// What each monitor said of itself: no output of a detector, but a server may depose itself.
    pub of_itself: BTreeMap<u32, Vec<Turn>>,
    /// When each node was down, in order.
    pub downs: Vec<Vec<Down>>,
    /// When each node began, went on, and stood still: the spans in which it could act.
    pub active: Vec<Vec<(Time, Time)>>,
    /// Which nodes left of their own will.
    pub left: Vec<bool>,
    /// How often each node restarted.
    pub incarnation: Vec<u32>,
    /// The last instant observed.
    pub end: Time,
}

impl<'s, 'a> Watch<'s, 'a> {
    /// Reads the events. O(events · log pairs).
    pub fn of(scene: &'s Scene<'a>) -> Watch<'s, 'a> {
        let nodes = scene.history.node_count();
        let mut watch = Watch {
            scene,
            turns: BTreeMap::new(),
            of_itself: BTreeMap::new(),
            downs: vec![Vec::new(); nodes],
            active: vec![Vec::new(); nodes],
            left: vec![false; nodes],
            incarnation: vec![0; nodes],
            end: scene.history.end(),
        };
        let names = scene.history.header.nodes.iter().zip(0u32..);
        let names: Map<&str, u32> = names.map(|(name, node)| (name.as_str(), node)).collect();
        let mut since = vec![Some(Time::ZERO); nodes];
        for event in scene.history.events() {
            let node = event.node().map_or(NONE, |node| node.0);
            if (node as usize) < nodes {
                watch.take(event, node, &names, &mut since[node as usize]);
            }
        }
        for (node, since) in since.into_iter().enumerate() {
            watch.active[node].extend(since.map(|from| (from, watch.end)));
        }
        watch
    }

    fn take(
        &mut self,
        event: Event<'_>,
        node: u32,
        names: &Map<&str, u32>,
        since: &mut Option<Time>,
    ) {
        let place = node as usize;
        match event.kind() {
            Kind::Suspect | Kind::Trust if !self.scene.case.byzantine[place] => {
                let named = event.field("target").and_then(Value::as_str);
                let target = named.and_then(|name| names.get(name)).copied();
                if let Some(target) = target {
                    self.turn(event, (node, target));
                }
            }
            Kind::Crash | Kind::Pause => {
                self.active[place].extend(since.take().map(|from| (from, event.time())));
                if event.kind() == Kind::Crash {
                    self.downs[place].push(Down { from: event.id.0, to: None });
                }
            }
            Kind::Recover | Kind::Resume => {
                since.get_or_insert(event.time());
                if event.kind() == Kind::Recover {
                    self.incarnation[place] += 1;
                    let down = self.downs[place].last_mut().filter(|down| down.to.is_none());
                    down.into_iter().for_each(|down| down.to = Some(event.id.0));
                }
            }
            Kind::Leave => self.left[place] = true,
            _ => {}
        }
    }

    fn turn(&mut self, event: Event<'_>, (monitor, target): (u32, u32)) {
        let incarnation = self.incarnation[monitor as usize];
        let turns = match monitor == target {
            true => self.of_itself.entry(monitor).or_default(),
            false => self.turns.entry((monitor, target)).or_default(),
        };
        let before = turns.last().filter(|last| last.incarnation == incarnation);
        let suspects = event.kind() == Kind::Suspect;
        let changes = before.is_some_and(|before| before.suspects) != suspects;
        let level = event.field("state").and_then(|state| match state {
            Value::String(text) => text.parse().ok(),
            other => other.as_f64(),
        });
        turns.push(Turn { event: event.id.0, suspects, changes, incarnation, level });
    }

    /// Whether the node takes part to the end: correct, and did not leave.
    pub fn stays(&self, node: u32) -> bool {
        self.scene.case.correct[node as usize] && !self.left[node as usize]
    }

    /// The crash after which the node, which does not lie, stayed down.
    pub fn last_crash(&self, node: u32) -> Option<u32> {
        let down = self.downs[node as usize].last().filter(|down| down.to.is_none());
        let lies = self.scene.case.byzantine[node as usize];
        down.map(|down| down.from).filter(|_| !lies && !self.left[node as usize])
    }

    /// The correct nodes that share a group with the target.
    pub fn monitors(&self, target: u32) -> impl Iterator<Item = u32> + '_ {
        let nodes = 0..self.downs.len() as u32;
        nodes.filter(move |node| {
            *node != target && self.stays(*node) && self.share_a_group(*node, target)
        })
    }

    /// The nodes that do not lie and share a group with the target.
    pub fn watchers(&self, target: u32) -> impl Iterator<Item = u32> + '_ {
        let nodes = 0..self.downs.len() as u32;
        nodes.filter(move |node| {
            let byzantine = self.scene.case.byzantine[*node as usize];
            *node != target && !byzantine && self.share_a_group(*node, target)
        })
    }

    fn share_a_group(&self, one: u32, other: u32) -> bool {
        let mut groups = 0..self.scene.group_count() as u32;
        groups.any(|g| self.scene.is_member(g, one) && self.scene.is_member(g, other))
    }

    /// The last time the output changed in the monitor's last incarnation.
    pub fn last_change(&self, monitor: u32, target: u32) -> Option<&Turn> {
        let turns = self.turns.get(&(monitor, target))?;
        let incarnation = self.incarnation[monitor as usize];
        turns.iter().rev().take_while(|t| t.incarnation == incarnation).find(|turn| turn.changes)
    }

    /// Whether a suspicion is a mistake: the target has not been down since the monitor last
    /// trusted it, as far as the clocks can tell. A target that lies or left is fairly suspected.
    pub fn is_mistake(&self, target: u32, suspicion: &Turn, since: Option<u32>) -> bool {
        if self.scene.case.byzantine[target as usize] || self.left[target as usize] {
            return false;
        }
        let downs = &self.downs[target as usize];
        let later = |down: &Down| !self.scene.surely_before(suspicion.event, down.from);
        let Some(last) = downs[..downs.partition_point(later)].last() else { return true };
        let over = |to: u32| since.is_some_and(|since| self.scene.surely_before(to, since));
        last.to.is_some_and(over)
    }

    /// The mistakes of a monitor on a target.
    pub fn mistakes(&self, (monitor, target): (u32, u32)) -> Vec<Mistake> {
        let Some(turns) = self.turns.get(&(monitor, target)) else { return Vec::new() };
        let (mut mistakes, mut since): (Vec<Mistake>, Option<(u32, u32)>) = (Vec::new(), None);
        for turn in turns {
            if !turn.suspects {
                since = Some((turn.event, turn.incarnation));
                let open = mistakes.last_mut().filter(|m| m.incarnation == turn.incarnation);
                open.into_iter().for_each(|m| {
                    m.ended.get_or_insert(turn.event);
                });
                continue;
            }
            let since = since.filter(|(_, inc)| *inc == turn.incarnation).map(|(event, _)| event);
            if turn.changes && self.is_mistake(target, turn, since) {
                let since = since.filter(|_| !self.is_mistake(target, turn, None));
                let (began, incarnation) = (turn.event, turn.incarnation);
                mistakes.push(Mistake { began, since, incarnation, ended: None });
            }
        }
        mistakes
    }

    /// When a mistake was over: with the trust that took it back, with a crash of either node, or
    /// at the end of the run.
    pub fn until(&self, (monitor, target): (u32, u32), mistake: &Mistake) -> Time {
        let (began, time) = (self.time(mistake.began), |event| self.time(event));
        let ended = mistake.ended.map_or(self.end, time);
        let crash = |node: u32| {
            let downs = &self.downs[node as usize];
            let after = downs.partition_point(|down| time(down.from) <= began);
            downs.get(after).map_or(ended, |down| time(down.from))
        };
        ended.min(crash(monitor)).min(crash(target)).max(began)
    }

    /// The name of a node.
    pub fn name(&self, node: u32) -> &str {
        self.scene.node_name(node)
    }

    /// The time of an event.
    pub fn time(&self, event: u32) -> Time {
        self.scene.time(event)
    }
}

/// A time during which a monitor suspected a node that was up.
#[derive(Copy, Clone, Debug)]
pub struct Mistake {
    /// The suspicion.
    pub began: u32,
    /// The trust before it, without which an earlier crash would excuse the suspicion.
    pub since: Option<u32>,
    incarnation: u32,
    /// The trust that took it back, if it was.
    pub ended: Option<u32>,
}

impl Mistake {
    /// The events that prove it.
    pub fn events(&self) -> impl Iterator<Item = EventId> + use<> {
        [self.since, Some(self.began)].into_iter().flatten().map(EventId)
    }
}

/// The last stretch of a run, in which what is to be permanent must not change.
///
/// It ends with the run. If `about.bounds.settle` says how long it is, it is that long; else it is
/// the second half of the time since the last trouble: the faults stopped, a disturbance ended, or
/// a node crashed, restarted, paused, went on or left.
#[derive(Copy, Clone, Debug)]
pub struct Stretch {
    /// When it begins.
    pub from: Time,
}

impl Stretch {
    /// The stretch; else the reason why "for ever" cannot be judged.
    pub fn of(watch: &Watch<'_, '_>, case: &Case<'_>) -> Result<Stretch, String> {
        if !case.history.header.complete {
            return Err(crate::reliability::owed::INCOMPLETE.to_owned());
        }
        let kinds = case.history.kinds().iter().zip(case.history.times());
        let left = kinds.filter(|(kind, _)| **kind == Kind::Leave).map(|(_, time)| *time);
        let troubles = case.disturbed.iter().map(|(_, to)| *to).chain(case.history.header.heal_at);
        let calm = troubles.chain(left).max().unwrap_or(Time::ZERO);
        let quiet = watch.end.since(calm).0;
        let settle = pepperland_core::checker::bound(case.history, "settle").unwrap_or(quiet / 2);
        if settle == 0 || settle > quiet {
            return Err("the run ended too soon after its last trouble".to_owned());
        }
        Ok(Stretch { from: Time(watch.end.0 - settle) })
    }

    /// What the monitor says of the target throughout; none if it changed its mind.
    pub fn output(&self, watch: &Watch<'_, '_>, monitor: u32, target: u32) -> Option<bool> {
        match watch.last_change(monitor, target) {
            None => Some(false),
            Some(turn) => (watch.time(turn.event) <= self.from).then_some(turn.suspects),
        }
    }
}
