//! The last convolution, pruned to one channel: activations, their mean and its gradient.

use super::gather::Gather;
use super::kernel::{Direction, Kernels};
use super::map::Map;
use super::sink::RowSink;
use super::spread::{Row, Spread};
use crate::weights::packed::Packed;

/// One channel of a convolution, both ways round.
#[derive(Debug)]
pub(crate) struct Head {
    forward: Gather<1>,
    backward: Spread<1>,
    bias: f32,
}

/// What a head computes on an image.
#[derive(Debug)]
pub(super) struct HeadMaps {
    /// Activations, [height, width].
    activations: Vec<f32>,
    /// Largest activations of 2 x 2 where a pooling follows, [height / 2, width / 2].
    pooled: Option<Vec<f32>>,
    gradient: Map,
    row: Row,
}

impl Head {
    pub(super) fn new(convolution: &Packed, channel: usize) -> Self {
        let pruned = convolution.channel(channel);
        let kernels = |direction| Kernels {
            convolution: &pruned,
            direction,
        };
        Self {
            forward: Gather::new(kernels(Direction::Forward)),
            backward: Spread::new(kernels(Direction::Backward)),
            bias: pruned.bias[0],
        }
    }
}

impl HeadMaps {
    /// For inputs of this size and so many channels, those that pad included; with `pooled` a pooling follows.
    pub(super) fn new((height, width): (usize, usize), channels: usize, pooled: bool) -> Self {
        Self {
            activations: vec![0.0; height * width],
            pooled: pooled.then(|| vec![0.0; (height / 2) * (width / 2)]),
            gradient: Map::new(height, width, 1),
            row: Row::new(width, 1, channels),
        }
    }

    /// Bytes that they take.
    pub(super) const fn bytes_of((height, width): (usize, usize), channels: usize, pooled: bool) -> usize {
        let pooled = if pooled { (height / 2) * (width / 2) } else { 0 };
        (height * width + pooled) * size_of::<f32>()
            + Map::bytes_of(height, width, 1)
            + Row::bytes_of(width, 1, channels)
    }

    /// The feature map on this input: activations, pooled where a pooling follows.
    pub(super) fn forward(&mut self, head: &Head, x: &Map) -> &[f32] {
        head.forward.convolve(x, &mut self.activations);
        for activation in &mut self.activations {
            *activation = (*activation + head.bias).max(0.0);
        }
        let Some(pooled) = &mut self.pooled else {
            return &self.activations;
        };
        let width = self.gradient.width();
        for (at, largest) in pooled.iter_mut().enumerate() {
            *largest = self.activations[winner(&self.activations, width, at)];
        }
        pooled
    }

    /// Hands the gradient of the feature map's mean with respect to the input to the sink.
    pub(super) fn backward(&mut self, head: &Head, sink: &mut impl RowSink) {
        let (height, width) = (self.gradient.height(), self.gradient.width());
        match &self.pooled {
            None => {
                let share = 1.0 / (height * width) as f32;
                for at in 0..height * width {
                    let gradient = if self.activations[at] > 0.0 { share } else { 0.0 };
                    self.gradient.position_mut(at / width, at % width)[0] = gradient;
                }
            }
            Some(pooled) => {
                self.gradient.clear();
                let share = 1.0 / pooled.len() as f32;
                for at in (0..pooled.len()).filter(|&at| pooled[at] > 0.0) {
                    let winner = winner(&self.activations, width, at);
                    self.gradient.position_mut(winner / width, winner % width)[0] = share;
                }
            }
        }
        head.backward.convolve(&self.gradient, &mut self.row, sink);
    }

    /// Height and width of the feature map.
    pub(super) const fn size(&self) -> (usize, usize) {
        let (height, width) = self.gradient.size();
        if self.pooled.is_some() {
            (height / 2, width / 2)
        } else {
            (height, width)
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let pooled = self.pooled.as_deref().map_or(0, size_of_val);
        size_of_val(&self.activations[..]) + pooled + self.gradient.bytes() + self.row.bytes()
    }
}

/// Where the first of the largest activations of a window lies. Windows and activations are counted row by row, and
/// `width` is the activations'.
fn winner(activations: &[f32], width: usize, window: usize) -> usize {
    let (row, column) = (window / (width / 2), window % (width / 2));
    let corner = 2 * row * width + 2 * column;
    let larger = |best, at| if activations[at] > activations[best] { at } else { best };
    [corner + 1, corner + width, corner + width + 1]
        .into_iter()
        .fold(corner, larger)
}
