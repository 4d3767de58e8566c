//! When a run ends: when it has had enough, or at its bound.

use crate::live::agenda::Happening;
use crate::live::fabric::Fabric;
use crate::live::health::load;
use crate::live::node::Node;
use crate::live::world::World;
use pepperland_core::history::{History, Log};
use pepperland_core::time::{Span, Time};

/// How often it is looked whether the run has had enough; final operations are asked anew.
pub const LOOK_EVERY: Span = Span::millis(200);

/// But no less often than this.
const SELDOM: Span = Span::seconds(2);

/// How long nothing must happen before it is looked at all.
const CALM: Span = Span::millis(100);

impl World<'_> {
    /// Whether the run has had enough; what is asked in the end is asked again until then.
    pub fn look(&mut self, enough: &dyn Fn(&History) -> bool) {
        let quiet = self.last_seen() + self.calm() <= self.now;
        let answered = self.desk.all_answered() && self.desk.asks_in_the_end();
        if (quiet || answered) && self.messages_on_their_way() == 0 {
            let so_far = self.recorder.so_far(self.now);
            if enough(&so_far) {
                self.over = Some(true);
                return;
            }
        }
        if answered {
            self.ask_in_the_end_again();
        }
        let next = self.now + self.until_next_look();
        self.agenda.plan(next, Happening::Look);
    }

    /// How long nothing must happen. What is on its way between sockets is not seen.
    fn calm(&self) -> Span {
        match self.fabric {
            Some(_) => CALM.max(self.schedule.slowest()),
            None => CALM,
        }
    }

    /// Whoever asks again and again asks less and less often: each answer is an event.
    fn until_next_look(&mut self) -> Span {
        self.looks += u64::from(self.desk.asks_in_the_end());
        Span((LOOK_EVERY.0 * (1 + self.looks)).min(SELDOM.0))
    }

    fn messages_on_their_way(&self) -> usize {
        self.nodes.iter().map(|node| node.in_flight).sum()
    }

    /// When the application last saw something.
    pub fn last_seen(&self) -> Time {
        self.recorder.last_seen()
    }

    /// Ends every node, and the run.
    pub fn end(mut self) -> History {
        self.tell_of_the_rest();
        let header = &self.schedule.header;
        let gave_time = self.now > header.end;
        self.nodes.iter_mut().for_each(|node| drop(node.kept.take()));
        let log = |node: &Node| Log::of(&node.id.to_string(), &node.log.bytes());
        let logs = self.nodes.iter().map(log).filter(|log| !log.text.is_empty()).collect();
        self.health.crowded_by(load());
        let frames = self.fabric.take().map(Fabric::stop).unwrap_or_default();
        let complaints = [self.health.complaint(), frames.complaint];
        let complaints: Vec<String> = complaints.into_iter().flatten().collect();
        if !complaints.is_empty() {
            self.recorder.remark("unclean", complaints.join("; ").into());
        }
        let (end, patience) = (self.now, self.disturbances.patience(self.schedule));
        let mut history = match self.over {
            Some(complete) => self.recorder.finish(end, complete),
            // Whoever is asked again and again is never quiet, and has been given all the time.
            None if self.desk.asks_in_the_end() => self.recorder.finish(end, gave_time),
            None => self.recorder.cut_off(end, patience, self.schedule.header.heal_at),
        };
        drop(self.folder);
        history.logs = logs;
        history.capture = frames.capture;
        history
    }

    /// The schedule's bound; or later, until the application has been quiet for so long that
    /// nothing more is to be expected. A simulator knows that at once, here it takes time. Whoever
    /// goes on and on gets no more than as much time again.
    pub fn bound(&self) -> Time {
        let header = &self.schedule.header;
        if self.now <= header.end {
            return header.end;
        }
        let silence = self.recorder.silence(header.work(), header.heal_at) + Span::millis(1);
        header.end.max((self.last_seen() + silence).min(header.end + silence))
    }
}
