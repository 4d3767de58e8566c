//! What a life that starts late may do without: whatever was broadcast before.

use crate::scene::Scene;

/// For each life, the latest of its late starts so far.
pub struct Lateness {
    key: Vec<Option<u64>>,
    /// How many late starts have passed.
    passed: usize,
}

impl Lateness {
    /// No start has passed.
    pub fn of(scene: &Scene<'_>) -> Lateness {
        Lateness { key: vec![None; scene.lives.len()], passed: 0 }
    }

    /// Passes the starts before the event.
    #[inline]
    pub fn pass(&mut self, scene: &Scene<'_>, event: u32) {
        let starts = &scene.lives.starts[self.passed..];
        for start in starts.iter().take_while(|start| start.event < event) {
            let key = &mut self.key[start.life as usize];
            *key = (*key).max(Some(scene.start_key(start.event)));
            self.passed += 1;
        }
    }

    /// Whether the life may do without the message.
    pub fn excuses(&self, scene: &Scene<'_>, life: u32, row: u32) -> bool {
        let Some(start) = self.key[life as usize] else { return false };
        scene.broadcast(row).is_none_or(|b| scene.key(b.0) <= start)
    }
}
