//! A convolution's weights, forward or turned for the way back.
//!
//! Write y = relu(w * x + b) for a 3 x 3 cross-correlation with zero padding 1. Then dx\[i, p\] is the sum over o, t of
//! w\[o, i, t\] g\[o, p - t\], with g the gradient of y where y > 0 and 0 elsewhere: a cross-correlation of g with w turned
//! by 180 degrees and its channel axes swapped, with the same padding.

use crate::weights::Convolution;

/// Which way a convolution is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// From its input to its output.
    Forward,
    /// From the gradient of its output to that of its input.
    Backward,
}

/// The 3 x 3 kernels of a convolution used one way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Kernels<'a> {
    pub(super) convolution: &'a Convolution,
    pub(super) direction: Direction,
}

impl Kernels<'_> {
    /// Channels read.
    pub(super) const fn inputs(&self) -> usize {
        match self.direction {
            Direction::Forward => self.convolution.in_channels,
            Direction::Backward => self.convolution.out_channels,
        }
    }

    /// Channels written.
    pub(super) const fn outputs(&self) -> usize {
        match self.direction {
            Direction::Forward => self.convolution.out_channels,
            Direction::Backward => self.convolution.in_channels,
        }
    }

    /// The taps from `input` to `output`, row by row.
    pub(super) fn taps(&self, output: usize, input: usize) -> [[f32; 3]; 3] {
        let pair = match self.direction {
            Direction::Forward => output * self.inputs() + input,
            Direction::Backward => input * self.outputs() + output,
        };
        let mut taps = self.convolution.weight.as_chunks::<3>().0.as_chunks::<3>().0[pair];
        if self.direction == Direction::Backward {
            taps.reverse();
            taps.iter_mut().for_each(|row| row.reverse());
        }
        taps
    }
}
