//! SplitMix64: the one source of pseudo-random numbers, bit-identical on every machine.
//!
//! Steele, Lea & Flood 2014, "Fast splittable pseudorandom number generators".

/// A SplitMix64 generator.
#[derive(Debug, Clone)]
pub struct SplitMix64(u64);

impl SplitMix64 {
    /// Starts the generator at `seed`.
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next 64 bits.
    pub const fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// The next number in [0, 1): the top 24 bits over 2^24, exact in f32.
    pub fn next_unit(&mut self) -> f64 {
        (self.next_u64() >> 40) as f64 / f64::from(1u32 << 24)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_outputs_for_seed_zero() {
        let mut generator = SplitMix64::new(0);
        let outputs = [generator.next_u64(), generator.next_u64(), generator.next_u64()];
        assert_eq!(
            outputs,
            [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4, 0x06c4_5d18_8009_454f]
        );
    }

    #[test]
    fn unit_is_exact_in_f32_and_below_one() {
        let mut generator = SplitMix64::new(7);
        for _ in 0..10_000 {
            let unit = generator.next_unit();
            assert!((0.0..1.0).contains(&unit));
            assert_eq!(f64::from(unit as f32), unit);
        }
    }
}
