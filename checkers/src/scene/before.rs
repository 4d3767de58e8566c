//! What surely came before what.

use crate::scene::Scene;

impl Scene<'_> {
    /// Whether `a` came before `b` whatever the clocks' error: by their lines where those count,
    /// else by their times.
    pub fn surely_before(&self, a: u32, b: u32) -> bool {
        let nodes = self.history.nodes();
        let lines_count = self.is_virtual() || nodes[a as usize] == nodes[b as usize];
        match lines_count {
            true => a < b,
            false => self.time(a).0.saturating_add(self.clock_error()) < self.time(b).0,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::scene::Scene;
    use crate::spoken::spoken;
    use pepperland_core::checker::Case;
    use serde_json::json;

    #[test]
    fn lines_count_where_they_are_one_order() {
        let words = "@5 n1 crash; @5 n2 crash; @9 n3 crash";
        let surely = |header, pairs: &[(u32, u32)]| {
            let history = spoken(&header, words);
            let case = Case::new(&history);
            let scene = Scene::of(&case);
            pairs.iter().map(|(a, b)| scene.surely_before(*a, *b)).collect::<Vec<_>>()
        };
        let pairs = [(0, 1), (0, 2), (2, 0)];
        assert_eq!(surely(json!({}), &pairs), [true, true, false]);
        assert_eq!(surely(json!({"clock": "real"}), &pairs), [false, true, false]);
        let coarse = json!({"clock": "real", "clock_error": 4});
        assert_eq!(surely(coarse, &pairs), [false, false, false]);
    }
}
