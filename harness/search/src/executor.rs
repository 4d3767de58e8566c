//! Who does the work: threads belong to the command line, which hands an executor down.

use std::sync::Mutex;

/// Runs tasks, in any order and perhaps at the same time.
pub trait Executor: Sync {
    /// Runs `task(0)` to `task(tasks - 1)`, each once, and returns when all are done.
    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync));
}

/// One task after the other, on the calling thread.
#[derive(Copy, Clone, Debug, Default)]
pub struct InOrder;

impl Executor for InOrder {
    fn run(&self, tasks: usize, task: &(dyn Fn(usize) + Sync)) {
        (0..tasks).for_each(task);
    }
}

/// The results of `task(0)` to `task(tasks - 1)`, in this order whatever the executor did.
pub fn map<T: Send>(
    executor: &dyn Executor,
    tasks: usize,
    task: impl Fn(usize) -> T + Sync,
) -> Vec<T> {
    let results: Vec<Mutex<Option<T>>> = (0..tasks).map(|_| Mutex::new(None)).collect();
    executor.run(tasks, &|index| {
        let result = task(index);
        *results[index].lock().expect("a result is stored once") = Some(result);
    });
    let done = |slot: Mutex<Option<T>>| slot.into_inner().ok().flatten();
    results.into_iter().map(|slot| done(slot).expect("the executor ran every task")).collect()
}
