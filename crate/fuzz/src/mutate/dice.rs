//! Reproducible chance: SplitMix64.

/// Where chance comes from; the same seed always falls the same.
pub struct Dice(u64);

/// Numbers at which lengths, counts and offsets go wrong.
const EDGES: [u64; 24] = [
    0,
    1,
    2,
    3,
    4,
    7,
    8,
    9,
    27,
    0x7f,
    0x80,
    0xff,
    0x100,
    0x7fff,
    0xffff,
    0x1_0000,
    0x7fff_ffff,
    0xffff_ffff,
    0x1_0000_0000,
    0x3fff_ffff_ffff_ffff,
    i64::MAX as u64,
    1 << 63,
    u64::MAX - 7,
    u64::MAX,
];

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub const fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`; 0 where there is nothing below.
    pub const fn below(&mut self, end: usize) -> usize {
        if end == 0 {
            0
        } else {
            (self.number() % end as u64) as usize
        }
    }

    pub const fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> Option<&'a T> {
        items.get(self.below(items.len()))
    }

    /// A number at an edge, one beside `known`, or any.
    pub fn edge(&mut self, known: u64) -> u64 {
        let near = [
            known.wrapping_add(1),
            known.wrapping_sub(1),
            known.wrapping_mul(2),
            known / 2,
        ];
        match self.below(8) {
            0 => self.number(),
            1 | 2 => near[self.below(near.len())],
            3 => 1 << self.below(64),
            _ => EDGES[self.below(EDGES.len())],
        }
    }
}
