//! The shortest chain of events from one broadcast to another.

use crate::order::steps::{Step, What};
use pepperland_core::collections::Map;
use pepperland_core::history::{EventId, NONE};

/// A chain, by its last event.
#[derive(Copy, Clone)]
struct Link {
    step: Step,
    before: Option<usize>,
    length: u32,
}

/// The shortest chains from one broadcast on, as far as the steps were followed.
pub struct Chains {
    links: Vec<Link>,
    /// What each life knows by what it heard.
    heard: Map<u32, usize>,
    /// What it knows by what it broadcast itself since its last restart.
    own: Map<u32, usize>,
    row: Map<u32, usize>,
    client: Map<u32, usize>,
    snapshot: Map<u32, usize>,
}

/// The steps of the shortest chain from one broadcast to another, both included. Steps that the
/// scope leaves out are passed over.
pub fn shortest(steps: impl IntoIterator<Item = Step>, from: u32, to: u32) -> Vec<Step> {
    let mut chains = Chains {
        links: Vec::new(),
        heard: Map::default(),
        own: Map::default(),
        row: Map::default(),
        client: Map::default(),
        snapshot: Map::default(),
    };
    for step in steps {
        chains.take(step, from);
        if step.what == What::Broadcast(to) {
            break;
        }
    }
    chains.back_from(to)
}

impl Chains {
    fn take(&mut self, step: Step, from: u32) {
        let life = step.life;
        match step.what {
            What::Broadcast(row) if row == from => {
                let link = self.link(step, None);
                self.row.insert(row, link);
                self.own.insert(life, link);
            }
            What::Broadcast(row) => {
                if let Some(link) = self.onward(step, self.known(life)) {
                    self.row.insert(row, link);
                    let shorter = self.shorter(self.own.get(&life).copied(), link);
                    self.own.insert(life, shorter);
                }
            }
            What::Deliver(row) => self.hear(step, self.row.get(&row).copied()),
            What::Restart => drop(self.own.remove(&life)),
            What::Invoke(client) => self.hear(step, self.client.get(&client).copied()),
            What::Respond(client) => {
                if let Some(link) = self.onward(step, self.known(life)) {
                    let shorter = self.shorter(self.client.get(&client).copied(), link);
                    self.client.insert(client, shorter);
                }
            }
            What::Take => {
                if let Some(link) = self.onward(step, self.known(life)) {
                    self.snapshot.insert(step.event, link);
                }
            }
            What::Install(get) => self.hear(step, self.snapshot.get(&get).copied()),
        }
    }

    fn hear(&mut self, step: Step, before: Option<usize>) {
        if let Some(link) = self.onward(step, before).filter(|_| step.life != NONE) {
            let shorter = self.shorter(self.heard.get(&step.life).copied(), link);
            self.heard.insert(step.life, shorter);
        }
    }

    fn known(&self, life: u32) -> Option<usize> {
        let known = [self.own.get(&life), self.heard.get(&life)].into_iter().flatten();
        known.copied().min_by_key(|link| self.links[*link].length)
    }

    fn shorter(&self, known: Option<usize>, link: usize) -> usize {
        let length = |link: usize| self.links[link].length;
        known.filter(|known| length(*known) <= length(link)).unwrap_or(link)
    }

    fn onward(&mut self, step: Step, before: Option<usize>) -> Option<usize> {
        before.map(|before| self.link(step, Some(before)))
    }

    fn link(&mut self, step: Step, before: Option<usize>) -> usize {
        let length = before.map_or(1, |before| self.links[before].length + 1);
        self.links.push(Link { step, before, length });
        self.links.len() - 1
    }

    fn back_from(&self, to: u32) -> Vec<Step> {
        let mut chain = Vec::new();
        let mut link = self.row.get(&to).copied();
        while let Some(here) = link {
            chain.push(self.links[here].step);
            link = self.links[here].before;
        }
        chain.reverse();
        chain
    }
}

/// The events of a chain.
pub fn events(chain: &[Step]) -> impl Iterator<Item = EventId> + '_ {
    chain.iter().map(|step| EventId(step.event))
}
