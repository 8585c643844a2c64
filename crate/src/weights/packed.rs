//! A convolution's weights as they are kept in memory: in no more bytes than they need, and in the order in which they are
//! computed with.

use half::{bf16, f16};

use super::Convolution;

/// Channels of a block's side: what vectors are a divisor of.
pub(crate) const SIDE: usize = 16;

/// Numbers of a block: the nine taps between [`SIDE`] inputs and as many outputs.
pub(crate) const BLOCK: usize = 9 * SIDE * SIDE;

/// Weights and bias of one 3 x 3 convolution. Those that 16 bits hold exactly, as files mostly have them, take 16.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    in_channels: usize,
    out_channels: usize,
    /// [outputs / `SIDE`, inputs / `SIDE`, taps, `SIDE` inputs, `SIDE` outputs], zeros where there is no channel
    values: Values,
    bias: Vec<f32>,
}

#[derive(Debug, Clone)]
enum Values {
    /// Bits of IEEE floats of 16.
    Half(Vec<u16>),
    /// Bits of bfloat16.
    Brain(Vec<u16>),
    Full(Vec<f32>),
}

impl Packed {
    /// Packs weights; not one of them changes.
    pub(crate) fn new(convolution: &Convolution) -> Self {
        let weight = &convolution.weight;
        let values = if weight.iter().all(|&value| is_half(value)) {
            Values::Half(blocked(convolution, |value| f16::from_f32(value).to_bits()))
        } else if weight.iter().all(|&value| is_brain(value)) {
            Values::Brain(blocked(convolution, |value| bf16::from_f32(value).to_bits()))
        } else {
            Values::Full(blocked(convolution, |value| value))
        };
        Self {
            in_channels: convolution.in_channels,
            out_channels: convolution.out_channels,
            values,
            bias: convolution.bias.clone(),
        }
    }

    /// Input channels.
    #[cfg(feature = "cpu")]
    pub(crate) const fn in_channels(&self) -> usize {
        self.in_channels
    }

    /// Output channels.
    pub(crate) const fn out_channels(&self) -> usize {
        self.out_channels
    }

    /// One value an output.
    #[cfg(feature = "cpu")]
    pub(crate) fn bias(&self) -> &[f32] {
        &self.bias
    }

    /// The weights as they were.
    pub(crate) fn convolution(&self) -> Convolution {
        self.some(0, self.out_channels)
    }

    /// The convolution pruned to one output.
    #[cfg(any(test, feature = "cpu"))]
    pub(crate) fn channel(&self, channel: usize) -> Convolution {
        self.some(channel, channel + 1)
    }

    /// The convolution pruned to outputs from `start` to `end`.
    fn some(&self, start: usize, end: usize) -> Convolution {
        let mut weight = Vec::with_capacity((end - start) * self.in_channels * 9);
        let across = self.in_channels.div_ceil(SIDE);
        for output in start..end {
            for input in 0..self.in_channels {
                let block = (output / SIDE * across + input / SIDE) * BLOCK;
                let taps = (0..9).map(|tap| block + place(tap, input, output));
                weight.extend(taps.map(|at| self.value(at)));
            }
        }
        Convolution {
            in_channels: self.in_channels,
            out_channels: end - start,
            weight,
            bias: self.bias[start..end].to_vec(),
        }
    }

    fn value(&self, at: usize) -> f32 {
        match &self.values {
            Values::Half(values) => widened_half(values[at]),
            Values::Brain(values) => widened_brain(values[at]),
            Values::Full(values) => values[at],
        }
    }

    /// The taps between a block of inputs and one of outputs: [taps, inputs, outputs].
    #[cfg(feature = "cpu")]
    #[inline(always)]
    pub(crate) fn read(&self, outputs: usize, inputs: usize, taps: &mut [f32; BLOCK]) {
        let block = outputs * self.in_channels.div_ceil(SIDE) + inputs;
        // Each a loop of its own, so that the compiler makes vectors of it.
        match &self.values {
            Values::Half(values) => {
                for (tap, &value) in taps.iter_mut().zip(&values.as_chunks::<BLOCK>().0[block]) {
                    *tap = widened_half(value);
                }
            }
            Values::Brain(values) => {
                for (tap, &value) in taps.iter_mut().zip(&values.as_chunks::<BLOCK>().0[block]) {
                    *tap = widened_brain(value);
                }
            }
            Values::Full(values) => *taps = values.as_chunks::<BLOCK>().0[block],
        }
    }

    /// Bytes held.
    #[cfg(any(test, feature = "cpu", feature = "gpu"))]
    pub(crate) fn bytes(&self) -> usize {
        let number = match &self.values {
            Values::Half(_) | Values::Brain(_) => size_of::<u16>(),
            Values::Full(_) => size_of::<f32>(),
        };
        Self::bytes_of(self.in_channels, self.out_channels, number)
    }

    /// Bytes that a convolution between so many channels takes in numbers of so many bytes.
    #[cfg(any(test, feature = "cpu", feature = "gpu"))]
    pub(crate) const fn bytes_of(in_channels: usize, out_channels: usize, number: usize) -> usize {
        let blocks = in_channels.div_ceil(SIDE) * out_channels.div_ceil(SIDE);
        blocks * BLOCK * number + out_channels * size_of::<f32>()
    }
}

/// Where a tap lies in its block.
const fn place(tap: usize, input: usize, output: usize) -> usize {
    (tap * SIDE + input % SIDE) * SIDE + output % SIDE
}

fn blocked<T: Clone + Default>(convolution: &Convolution, number: impl Fn(f32) -> T) -> Vec<T> {
    let across = convolution.in_channels.div_ceil(SIDE);
    let mut values = vec![T::default(); convolution.out_channels.div_ceil(SIDE) * across * BLOCK];
    for (pair, taps) in convolution.weight.chunks_exact(9).enumerate() {
        let (output, input) = (pair / convolution.in_channels, pair % convolution.in_channels);
        let block = (output / SIDE * across + input / SIDE) * BLOCK;
        for (tap, &value) in taps.iter().enumerate() {
            values[block + place(tap, input, output)] = number(value);
        }
    }
    values
}

fn is_half(value: f32) -> bool {
    widened_half(f16::from_f32(value).to_bits()).to_bits() == value.to_bits()
}

fn is_brain(value: f32) -> bool {
    value.to_bits() & 0xffff == 0
}

/// The finite number of these bits. Sign and digits go to their places in 32 bits, and the exponent is set right by a
/// multiplication, which is exact: so it is a few operations on vectors, and serves the smallest numbers too.
#[inline(always)]
fn widened_half(bits: u16) -> f32 {
    /// 2 to the power of 127 - 15, the difference of the two kinds' exponents.
    const EXPONENT: f32 = f32::from_bits((127 + 112) << 23);
    let placed = (i32::from(bits.cast_signed()) << 13).cast_unsigned() & 0x8fff_e000;
    f32::from_bits(placed) * EXPONENT
}

#[inline(always)]
fn widened_brain(bits: u16) -> f32 {
    f32::from_bits(u32::from(bits) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every channel in its place, with a remainder beyond the blocks.
    fn convolution(in_channels: usize, out_channels: usize, value: impl Fn(usize) -> f32) -> Convolution {
        Convolution {
            in_channels,
            out_channels,
            weight: (0..9 * in_channels * out_channels).map(value).collect(),
            bias: (0..out_channels).map(|at| at as f32 / 7.0).collect(),
        }
    }

    #[test]
    fn every_weight_comes_back_as_it_was() {
        let half = |at: usize| f16::from_bits((at * 37 % 0x7c00) as u16 | (at as u16) << 15).to_f32();
        let brain = |at: usize| f32::from_bits((at as u32).wrapping_mul(0x00f1_0000) & 0x7f7f_0000 | (at as u32) << 31);
        let full = |at: usize| (at as f32).sin();
        for (inputs, outputs) in [(3, 5), (16, 16), (20, 33)] {
            for (weights, bytes) in [
                (convolution(inputs, outputs, half), 2),
                (convolution(inputs, outputs, brain), 2),
                (convolution(inputs, outputs, full), 4),
            ] {
                let packed = Packed::new(&weights);
                let blocks = inputs.div_ceil(SIDE) * outputs.div_ceil(SIDE);
                assert_eq!(packed.bytes(), blocks * BLOCK * bytes + outputs * 4);
                assert_eq!(packed.convolution(), weights);
                let last = packed.channel(outputs - 1);
                assert_eq!(last.weight, weights.weight[(outputs - 1) * inputs * 9..]);
                assert_eq!(last.bias, weights.bias[outputs - 1..]);
            }
        }
    }

    #[test]
    fn every_half_is_widened_to_its_own_number() {
        for bits in (0..=u16::MAX).filter(|bits| bits & 0x7c00 != 0x7c00) {
            let right = f16::from_bits(bits).to_f32();
            assert_eq!(widened_half(bits).to_bits(), right.to_bits(), "{bits:#06x}");
        }
    }

    #[cfg(feature = "cpu")]
    #[test]
    fn blocks_are_read_with_zeros_beyond_the_channels() {
        let weights = convolution(20, 33, |at| (at as f32).sin());
        let packed = Packed::new(&weights);
        let mut taps = [f32::NAN; BLOCK];
        packed.read(2, 1, &mut taps);
        for (at, tap) in taps.into_iter().enumerate() {
            let (output, input, tap_number) = (32 + at % SIDE, 16 + at / SIDE % SIDE, at / SIDE / SIDE);
            let right = match (output, input) {
                (0..33, 0..20) => weights.weight[(output * 20 + input) * 9 + tap_number],
                _ => 0.0,
            };
            assert_eq!(tap, right);
        }
    }
}
