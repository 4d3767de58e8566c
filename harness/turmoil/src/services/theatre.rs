//! The director of a run of services: disturbances by turmoil's own means.

use crate::clock::{TICK, duration, tick_of};
use crate::director::{CURVE, simulation, step};
use crate::disturbances::{Timetable, Turn};
use crate::services::ServiceContext;
use crate::services::stage::Stage;
use pepperland_core::history::{Channel, History};
use pepperland_core::id::NodeId;
use pepperland_core::runtime::caught;
use pepperland_core::schedule::{Schedule, Trouble};
use pepperland_core::time::{Span, Time};
use std::cell::RefCell;
use std::future::Future;
use std::future::poll_fn;
use std::pin::pin;
use std::rc::Rc;
use std::task::Poll;
use turmoil::Sim;

/// A run of services.
pub struct Theatre {
    schedule: Rc<Schedule>,
    stage: Rc<RefCell<Stage>>,
    sim: Sim<'static>,
    timetable: Timetable,
    /// The cuts at work, by index.
    cuts: Vec<u32>,
    /// For each ordered pair of nodes, whether turmoil has been told to cut it.
    severed: Vec<bool>,
}

impl Theatre {
    pub fn new<F, Fut>(schedule: &Schedule, service: F) -> Theatre
    where
        F: Fn(ServiceContext) -> Fut + Clone + 'static,
        Fut: Future<Output = turmoil::Result> + 'static,
    {
        let nodes = schedule.header.nodes as usize;
        let stage = Rc::new(RefCell::new(Stage::new(schedule)));
        let network = &schedule.header.network;
        let whole = |span: Span| duration(tick_of(Time(span.max(TICK).0)).since(Time::ZERO));
        let mut sim = simulation(schedule)
            .min_message_latency(whole(network.min_latency))
            .max_message_latency(whole(network.max_latency))
            .build();
        sim.set_message_latency_curve(CURVE);
        for node in NodeId::first(nodes) {
            let (stage, service) = (stage.clone(), service.clone());
            sim.host(node.to_string(), move || {
                // Not in the future: what is asked before its first poll must find the channel.
                play(Stage::context(&stage, node), service.clone())
            });
        }
        Theatre {
            schedule: Rc::new(schedule.clone()),
            stage,
            sim,
            timetable: Timetable::new(schedule),
            cuts: Vec::new(),
            severed: vec![false; nodes * nodes],
        }
    }

    /// Runs to the schedule's end.
    pub fn run(mut self) -> History {
        let end = self.schedule.header.end;
        let (patience, healed) = (self.schedule.patience(), self.schedule.header.heal_at);
        let mut now = Time::ZERO;
        while now <= end {
            self.stage.borrow_mut().now = now;
            while let Some(turn) = self.timetable.due(now) {
                match turn {
                    Turn::Begin(index) => self.begin(index),
                    Turn::End(index) => self.end(index),
                }
            }
            self.stage.borrow_mut().ask_due();
            step(&mut self.sim);
            now += TICK;
        }
        drop(self.sim);
        let stage = Rc::into_inner(self.stage).expect("no service is left");
        stage.into_inner().recorder.cut_off(end, patience, healed)
    }

    fn begin(&mut self, index: u32) {
        let schedule = self.schedule.clone();
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } if self.stage.borrow().is_up(*node) => {
                self.stage.borrow_mut().crash(*node);
                self.sim.crash(node.to_string());
            }
            Trouble::Cut { .. } => {
                let mut stage = self.stage.borrow_mut();
                let now = stage.now;
                stage.recorder.begin(now, &schedule, index);
                drop(stage);
                self.cuts.push(index);
                self.sever();
            }
            _ => {}
        }
    }

    fn end(&mut self, index: u32) {
        let schedule = self.schedule.clone();
        match &schedule.disturbances[index as usize].trouble {
            Trouble::Crash { node, .. } if !self.stage.borrow().is_up(*node) => {
                self.stage.borrow_mut().recover(*node);
                self.sim.bounce(node.to_string());
            }
            Trouble::Cut { .. } => self.heal(index),
            _ => {}
        }
    }

    fn heal(&mut self, index: u32) {
        self.cuts.retain(|cut| *cut != index);
        let released = self.sever();
        // turmoil forgets what it drops; only what it held can be counted.
        let perfect = self.schedule.header.network.channel == Channel::Perfect;
        let mut stage = self.stage.borrow_mut();
        let now = stage.now;
        stage.recorder.heal(now, index, perfect.then_some(released));
    }

    /// Makes turmoil's links what the cuts at work ask for; how many messages were released.
    fn sever(&mut self) -> u64 {
        let nodes = self.schedule.header.nodes as usize;
        let mut released = 0;
        for a in NodeId::first(nodes) {
            for b in NodeId::first(nodes).filter(|b| *b != a) {
                let cut = self.is_cut(a, b);
                let place = a.index() * nodes + b.index();
                if std::mem::replace(&mut self.severed[place], cut) != cut {
                    released += self.switch(a, b, cut);
                }
            }
        }
        released
    }

    fn is_cut(&self, from: NodeId, to: NodeId) -> bool {
        self.cuts.iter().any(|index| {
            let trouble = &self.schedule.disturbances[*index as usize].trouble;
            trouble.links().is_some_and(|links| links.contain(from, to))
        })
    }

    /// Cuts or heals one direction. turmoil holds both directions of a pair or none, so that the
    /// first of the two switches both.
    fn switch(&self, from: NodeId, to: NodeId, cut: bool) -> u64 {
        let (a, b) = (from.to_string(), to.to_string());
        match (self.schedule.header.network.channel == Channel::Perfect, cut) {
            (false, true) => self.sim.partition_oneway(a, b),
            (false, false) => self.sim.repair_oneway(a, b),
            (true, _) if from > to => {}
            (true, true) => self.sim.hold(a, b),
            (true, false) => {
                let held = self.in_flight(&a, &b);
                self.sim.release(a, b);
                return held;
            }
        }
        0
    }

    /// How many messages are between two hosts.
    fn in_flight(&self, a: &str, b: &str) -> u64 {
        let ends = (self.sim.lookup(a), self.sim.lookup(b));
        let mut count = 0;
        self.sim.links(|links| {
            for link in links.filter(|link| link.pair() == ends || link.pair() == (ends.1, ends.0))
            {
                count += link.count() as u64;
            }
        });
        count
    }
}

/// Runs one incarnation. A service that gives up or panics is evidence, not a fault of the
/// harness.
async fn play<F, Fut>(context: ServiceContext, service: F) -> turmoil::Result
where
    F: Fn(ServiceContext) -> Fut,
    Fut: Future<Output = turmoil::Result>,
{
    let indications = context.indications.clone();
    let mut running = pin!(async move { service(context).await });
    let outcome = poll_fn(|cx| match caught(|| running.as_mut().poll(cx)) {
        Ok(polled) => polled.map(Ok),
        Err(panic) => Poll::Ready(Err(panic)),
    });
    match outcome.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => indications.note(&format!("the service gave up: {error}")),
        Err(panic) => indications.note(&format!("panicked: {panic}")),
    }
    Ok(())
}
