//! The threads of a campaign. They belong to the command line alone.

use pepperland_search::Executor;
use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};

/// So many threads at once.
#[derive(Copy, Clone, Debug)]
pub struct Threads {
    jobs: usize,
}

impl Threads {
    /// So many threads; one for each processor if not told.
    pub fn new(jobs: Option<NonZero<usize>>) -> Threads {
        let processors = std::thread::available_parallelism().map_or(1, NonZero::get);
        Threads { jobs: jobs.map_or(processors, NonZero::get) }
    }

    /// How many.
    pub fn count(&self) -> usize {
        self.jobs
    }
}

impl Executor for Threads {
    #[expect(clippy::disallowed_methods, reason = "threads belong to the command line")]
    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                if index >= tasks {
                    return;
                }
                task(index);
            }
        };
        let helpers = self.jobs.min(tasks).saturating_sub(1);
        std::thread::scope(|scope| {
            (0..helpers).for_each(|_| drop(scope.spawn(work)));
            work();
        });
    }
}
