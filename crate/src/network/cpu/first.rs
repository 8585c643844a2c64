//! block1_conv1, whose three input channels are too few to be worth Winograd's transforms.

use super::gather::Gather;
use super::kernel::{Direction, Kernels};
use super::map::Map;
use super::sink::Rectified;
use super::spread::{Row, Spread};
use super::stage::{Activation, padded_bias};
use crate::image::CHANNELS;
use crate::weights::Convolution;

/// Weights of the first convolution, both ways round.
#[derive(Debug)]
pub(super) struct First {
    forward: Spread<CHANNELS>,
    backward: Gather<CHANNELS>,
    bias: Vec<f32>,
    row: Row,
}

impl First {
    /// For images of this width.
    pub(super) fn new(convolution: &Convolution, width: usize) -> Self {
        let kernels = |direction| Kernels { convolution, direction };
        let bias = padded_bias(&convolution.bias);
        Self {
            forward: Spread::new(kernels(Direction::Forward)),
            backward: Gather::new(kernels(Direction::Backward)),
            row: Row::new(width, CHANNELS, bias.len()),
            bias,
        }
    }

    /// Room for its output on images of this size. No pooling follows.
    pub(super) fn reserve(&self, size: (usize, usize)) -> Activation {
        Activation::new(size, self.bias.len(), false)
    }

    /// relu(w * x + b) of the scaled image.
    pub(super) fn forward(&mut self, x: &Map, y: &mut Activation) {
        let bias = &self.bias;
        let mut sink = Rectified { map: y.map_mut(), bias };
        self.forward.convolve(x, &mut self.row, &mut sink);
    }

    /// From the gradient in `y` to that of the scaled image, [height, width, 3].
    pub(super) fn backward(&self, y: &Map, gradient: &mut [f32]) {
        self.backward.convolve(y, gradient);
    }

    /// Bytes held beside the weights.
    pub(super) fn bytes(&self) -> usize {
        self.row.bytes()
    }
}
