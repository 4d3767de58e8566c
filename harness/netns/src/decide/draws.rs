//! Random numbers that depend on nothing but what they are for: the seed, the link, the number of
//! the frame on it, the disturbance, and the question. So a disturbance more or less changes none
//! of the draws of another, and a frame's fate does not depend on when the frame came.

/// The scramble of SplitMix64 (Steele, Lea, Flood, *Fast Splittable Pseudorandom Number
/// Generators*, OOPSLA 2014): a bijection.
const fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// What a number is drawn for.
#[derive(Copy, Clone, Debug)]
pub enum Question {
    /// Whether the disturbance touches the frame.
    Whether,
    /// In which way, or by how much.
    How,
}

/// What a link's draws hang on.
#[derive(Copy, Clone, Debug)]
pub struct LinkKey(u64);

impl LinkKey {
    /// Of the link between two nodes.
    pub fn of(seed: u64, from: usize, to: usize) -> LinkKey {
        LinkKey(mix(mix(seed ^ mix(from as u64)) ^ (to as u64)))
    }

    /// The draws for a frame of the link.
    pub fn frame(self, number: u64) -> FrameDraws {
        FrameDraws(mix(self.0 ^ mix(number)))
    }
}

/// The draws for one frame.
#[derive(Copy, Clone, Debug)]
pub struct FrameDraws(u64);

impl FrameDraws {
    /// 64 random bits for a question about the rule `ordinal` of a disturbance.
    pub fn draw(self, id: u32, ordinal: u16, question: Question) -> u64 {
        let about = u64::from(id) << 32 | u64::from(ordinal) << 8 | question as u64;
        mix(self.0 ^ mix(about))
    }
}

/// A number below `bound` out of 64 random bits (multiply-shift).
pub fn below(draw: u64, bound: u64) -> u64 {
    ((u128::from(draw) * u128::from(bound)) >> 64) as u64
}
