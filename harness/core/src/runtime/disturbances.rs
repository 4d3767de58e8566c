//! The disturbances of links that are at work.

use crate::id::NodeId;
use crate::runtime::haste::hastened;
use crate::schedule::{Harm, Schedule, Transit, Trouble, Way};
use crate::time::{Span, Time};
use smallvec::SmallVec;
use std::collections::BTreeMap;

/// The disturbances of links that are at work, in the order of the schedule. `Frame` is how a
/// runtime knows a frame that a cut holds.
pub struct Disturbances<Frame> {
    active: Vec<Active<Frame>>,
    /// The strikes among them, by the message that each is for: there may be one for each message
    /// of the run.
    strikes: BTreeMap<Transit, SmallVec<[u32; 1]>>,
    /// The longest that a message has had to wait for a slow link.
    queued: Span,
}

/// A disturbance of links that is at work.
pub struct Active<Frame> {
    index: u32,
    is_cut: bool,
    /// How many messages it has touched, or time-outs.
    pub touched: u64,
    /// Frames that a perfect channel keeps until the cut heals.
    pub held: Vec<Frame>,
    /// How many messages it has kept from going, one after the other.
    omitted: u32,
    /// When each link takes its next message.
    free: BTreeMap<(NodeId, NodeId), Time>,
}

impl<Frame> Default for Disturbances<Frame> {
    fn default() -> Disturbances<Frame> {
        Disturbances { active: Vec::new(), strikes: BTreeMap::new(), queued: Span::ZERO }
    }
}

impl<Frame> Disturbances<Frame> {
    /// How long nobody may see anything in this run though something is to come, what queues before
    /// a slow link included.
    pub fn patience(&self, schedule: &Schedule) -> Span {
        schedule.patience().max(schedule.slowest() + self.queued)
    }

    /// Whether there is any.
    pub fn at_work(&self) -> bool {
        !self.active.is_empty() || !self.strikes.is_empty()
    }

    /// Those at work before any node has started: messages that are struck from the first instant
    /// on may be those that nodes send as they start, and who is in haste then is so at once.
    pub fn at_the_start(schedule: &Schedule) -> Disturbances<Frame> {
        let mut disturbances = Disturbances::default();
        for (index, disturbance) in (0..).zip(&schedule.disturbances) {
            let at_once = match &disturbance.trouble {
                Trouble::Strike { .. } => true,
                Trouble::Lie { how, .. } => how.way == Way::Hasty,
                _ => false,
            };
            if at_once && disturbance.at == Time::ZERO {
                disturbances.begin(schedule, index);
            }
        }
        disturbances
    }

    /// A disturbance begins, unless it has begun.
    pub fn begin(&mut self, schedule: &Schedule, index: u32) {
        let trouble = &schedule.disturbances[index as usize].trouble;
        if let Trouble::Strike { from, to, network, number, .. } = trouble {
            let struck = Transit { from: *from, to: *to, network: *network, number: *number };
            let strikes = self.strikes.entry(struck).or_default();
            if !strikes.contains(&index) {
                strikes.push(index);
            }
            return;
        }
        let is_cut = matches!(trouble, Trouble::Cut { .. });
        let active = Active {
            index,
            is_cut,
            touched: 0,
            held: Vec::new(),
            omitted: 0,
            free: BTreeMap::new(),
        };
        if let Err(place) = self.active.binary_search_by_key(&index, |other| other.index) {
            self.active.insert(place, active);
        }
    }

    /// It ends. Nothing is told of strikes: they hold no messages.
    pub fn end(&mut self, index: u32) -> Option<Active<Frame>> {
        self.strikes.values_mut().for_each(|strikes| strikes.retain(|other| *other != index));
        self.strikes.retain(|_, strikes| !strikes.is_empty());
        let place = self.active.iter().position(|active| active.index == index)?;
        Some(self.active.remove(place))
    }

    /// What the disturbances at work, cuts aside, do to a message that sets out now, in the order
    /// in which it is to be done: a lost message has no copy, and a copy comes after the message as
    /// it arrives at last. So the order of the schedule does not matter.
    pub fn harm(
        &mut self,
        schedule: &Schedule,
        transit: &Transit,
        now: Time,
    ) -> SmallVec<[(u32, Harm); 2]> {
        let mut harms = SmallVec::new();
        for active in self.active.iter_mut().filter(|active| !active.is_cut) {
            if let Some(harm) = active.harm(schedule, transit, now) {
                active.touched += 1;
                if let (Trouble::Throttle { .. }, Harm::Late(wait)) =
                    (active.trouble(schedule), &harm)
                {
                    self.queued = self.queued.max(*wait);
                }
                harms.push((active.index, harm));
            }
        }
        harms.extend(self.struck(schedule, transit, now));
        harms.sort_by_key(|(index, harm)| (turn(harm), *index));
        harms
    }

    /// What strikes do to it. From where the network draws anew, nothing.
    fn struck<'a>(
        &'a self,
        schedule: &'a Schedule,
        transit: &'a Transit,
        now: Time,
    ) -> impl Iterator<Item = (u32, Harm)> + 'a {
        let reseeded = schedule.header.reseeded(now).is_some();
        let strikes = self.strikes.get(transit).filter(|_| !reseeded);
        let harm = move |index: &u32| {
            let disturbance = &schedule.disturbances[*index as usize];
            Some((*index, transit.harm(schedule.header.seed, disturbance)?))
        };
        strikes.into_iter().flatten().filter_map(harm)
    }

    /// How long a node waits that is to wait this long: time-outs of a liar in haste come too soon.
    pub fn hasten(&mut self, schedule: &Schedule, node: NodeId, span: Span) -> Span {
        let hastens = |active: &&mut Active<Frame>| {
            schedule.disturbances[active.index as usize].trouble.hastens(node)
        };
        let Some(haste) = self.active.iter_mut().find(hastens) else { return span };
        haste.touched += 1;
        hastened(span)
    }

    /// The disturbance has not touched a message after all: there was nothing in it to change.
    pub fn spare(&mut self, index: u32) {
        let spared = self.active.iter_mut().find(|active| active.index == index);
        spared.into_iter().for_each(|active| active.touched -= 1);
    }

    /// The disturbance has touched a message.
    pub fn touch(&mut self, index: u32) {
        let touching = self.active.iter_mut().find(|active| active.index == index);
        touching.into_iter().for_each(|active| active.touched += 1);
    }

    /// The first cut at work on the link.
    pub fn cut(
        &mut self,
        schedule: &Schedule,
        from: NodeId,
        to: NodeId,
    ) -> Option<&mut Active<Frame>> {
        self.active.iter_mut().find(|active| {
            let trouble = &schedule.disturbances[active.index as usize].trouble;
            active.is_cut && trouble.links().is_some_and(|links| links.contain(from, to))
        })
    }
}

impl<Frame> Active<Frame> {
    fn trouble<'a>(&self, schedule: &'a Schedule) -> &'a Trouble {
        &schedule.disturbances[self.index as usize].trouble
    }

    /// What this disturbance does to a message that sets out now.
    fn harm(&mut self, schedule: &Schedule, transit: &Transit, now: Time) -> Option<Harm> {
        let disturbance = &schedule.disturbances[self.index as usize];
        let drawn = transit.harm(schedule.header.seed_at(now), disturbance);
        match &disturbance.trouble {
            _ if transit.is_controlled() => drawn,
            Trouble::Omit { links, degree, .. } if links.contain(transit.from, transit.to) => {
                self.omits(drawn, *degree)
            }
            Trouble::Throttle { links, every } if links.contain(transit.from, transit.to) => {
                self.queues(transit, *every, now)
            }
            _ => drawn,
        }
    }

    /// After as many omissions as the degree, one message passes.
    fn omits(&mut self, drawn: Option<Harm>, degree: u32) -> Option<Harm> {
        let omitted = drawn.filter(|_| self.omitted < degree);
        self.omitted = if omitted.is_some() { self.omitted + 1 } else { 0 };
        omitted
    }

    /// The message waits until the link is free, and then keeps it busy.
    fn queues(&mut self, transit: &Transit, every: Span, now: Time) -> Option<Harm> {
        let free = self.free.entry((transit.from, transit.to)).or_insert(now);
        let sets_out = (*free).max(now);
        *free = sets_out + every;
        (sets_out > now).then(|| Harm::Late(sets_out.since(now)))
    }
}

/// How many bytes are left of a frame of this length of which the end is missing.
pub fn garbled_length(whole: usize, draw: u64) -> usize {
    (draw % (whole as u64).max(1)) as usize
}

fn turn(harm: &Harm) -> u8 {
    match harm {
        Harm::Lost => 0,
        // A liar lies before any link corrupts what it says.
        Harm::Lied(_) => 1,
        Harm::Late(_) | Harm::Corrupted(_) => 2,
        // What has no end is cut off whatever else befell it.
        Harm::Garbled(_) => 3,
        Harm::Doubled(_) => 4,
    }
}
