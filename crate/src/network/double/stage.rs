//! One convolution with its ReLU and, where one stands before it, its pooling.
//!
//! Write y = relu(w * x + b) for a 3 x 3 cross-correlation with zero padding 1. Then
//! dx\[i, p\] = sum over o, t of w\[o, i, t\] g\[o, p - t\], with g the gradient of y where y > 0 and 0 elsewhere: a
//! cross-correlation of g with w turned by 180 degrees and its channel axes swapped, with the same padding.

use burn::tensor::activation::relu;
use burn::tensor::module::{conv2d, max_pool2d_with_indices, max_pool2d_with_indices_backward};
use burn::tensor::ops::{ConvOptions, MaxPoolOptions};
use burn::tensor::{Int, Tensor};

use super::Compute;
use crate::vgg16::pooled_before;
use crate::weights::Convolution;

/// Weights of one convolution, both ways round.
#[derive(Debug, Clone)]
pub(super) struct Stage {
    /// [O, I, 3, 3]
    forward: Tensor<4>,
    /// [O]
    bias: Tensor<1>,
    /// [I, O, 3, 3], turned by 180 degrees
    backward: Tensor<4>,
    pooled_before: bool,
}

impl Stage {
    pub(super) fn new(compute: &Compute, ordinal: usize, weights: &Convolution) -> Self {
        let shape = [weights.out_channels, weights.in_channels, 3, 3];
        let forward: Tensor<4> = compute.tensor(weights.weight.clone(), shape);
        Self {
            backward: turned(forward.clone()).swap_dims(0, 1),
            bias: compute.tensor(weights.bias.clone(), [weights.out_channels]),
            forward,
            pooled_before: pooled_before(ordinal),
        }
    }

    pub(super) const fn pooled_before(&self) -> bool {
        self.pooled_before
    }

    /// relu(w * x + b); x is [N, I, H, W].
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        relu(conv2d(x, self.forward.clone(), Some(self.bias.clone()), same(1)))
    }

    /// Gradient with respect to x, from the gradient with respect to the ReLU's input.
    pub(super) fn backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        conv2d(gradient, self.backward.clone(), None, same(1))
    }

    /// The stage reduced to one output channel per image.
    pub(super) fn head(&self, channels: &[usize]) -> Head {
        let rows: Vec<Tensor<4>> = channels
            .iter()
            .map(|&channel| self.forward.clone().narrow(0, channel, 1))
            .collect();
        let biases: Vec<Tensor<1>> = channels
            .iter()
            .map(|&channel| self.bias.clone().narrow(0, channel, 1))
            .collect();
        let (forward, bias) = (Tensor::cat(rows, 0), Tensor::cat(biases, 0));
        let [images, in_channels, ..] = forward.dims();
        let backward = turned(forward.clone()).reshape([images * in_channels, 1, 3, 3]);
        Head {
            forward,
            backward,
            bias,
        }
    }
}

/// The last convolution, pruned: image i of the batch gets its own channel, as one grouped convolution over the batch.
#[derive(Debug, Clone)]
pub(super) struct Head {
    /// [N, I, 3, 3]
    forward: Tensor<4>,
    /// [N I, 1, 3, 3], turned by 180 degrees
    backward: Tensor<4>,
    /// [N]
    bias: Tensor<1>,
}

impl Head {
    /// x is [N, I, H, W]; the result [N, 1, H, W].
    pub(super) fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let [images, in_channels, height, width] = x.dims();
        let x = x.reshape([1, images * in_channels, height, width]);
        let y = relu(conv2d(x, self.forward.clone(), Some(self.bias.clone()), same(images)));
        y.reshape([images, 1, height, width])
    }

    /// From [N, 1, H, W] to [N, I, H, W].
    pub(super) fn backward(&self, gradient: Tensor<4>) -> Tensor<4> {
        let [images, _, height, width] = gradient.dims();
        let in_channels = self.backward.dims()[0] / images;
        let gradient = gradient.reshape([1, images, height, width]);
        conv2d(gradient, self.backward.clone(), None, same(images)).reshape([images, in_channels, height, width])
    }
}

/// Zeroes the gradient where the ReLU's output is zero: its derivative at 0 is 0, as in TensorFlow.
pub(super) fn through_relu(gradient: Tensor<4>, output: Tensor<4>) -> Tensor<4> {
    gradient.mask_fill(output.lower_equal_elem(0), 0)
}

/// A pooling's input and choices, for the way back.
#[derive(Debug, Clone)]
pub(super) struct Pooled {
    input: Tensor<4>,
    winners: Tensor<4, Int>,
}

/// 2 x 2 max-pooling with stride 2; an odd last row or column is dropped.
pub(super) fn pool(x: Tensor<4>) -> (Tensor<4>, Pooled) {
    let (y, winners) = max_pool2d_with_indices(x.clone(), MaxPoolOptions::new([2, 2]));
    (y, Pooled { input: x, winners })
}

impl Pooled {
    /// The gradient goes to each window's winner.
    pub(super) fn backward(self, gradient: Tensor<4>) -> Tensor<4> {
        max_pool2d_with_indices_backward(
            self.input,
            [2, 2],
            [2, 2],
            [0, 0],
            [1, 1],
            false,
            gradient,
            self.winners,
        )
    }
}

fn turned(kernel: Tensor<4>) -> Tensor<4> {
    kernel.flip([2, 3])
}

fn same(groups: usize) -> ConvOptions<2> {
    ConvOptions::new([1, 1], [1, 1], [1, 1], groups)
}
