//! One convolution that every channel of is computed, with its ReLU and, where one follows, its pooling.

use std::sync::Arc;

use super::kernel::Direction;
use super::map::Map;
use super::pooling::Choices;
use super::simd::padded;
use super::sink::{Masked, Plain, Pooled, Rectified};
use super::winograd::{Room, Scratch, Source, Tiles, When, Winograd};
use crate::vgg16::pooled_before;
use crate::weights::packed::Packed;

/// From this convolution on (block5_conv1) tiles of 2 x 2: on maps as small as there half of a 4 x 4 tile is empty.
const SMALL_TILES_FROM: usize = 10;

/// From this convolution on (block3_conv1) kernels are brought to the points anew: kept, those of all that follow would take
/// 300 MB, those before take 8.
const MADE_ANEW_FROM: usize = 4;

/// Weights of one convolution, both ways round.
#[derive(Debug)]
pub(super) struct Stage {
    forward: Winograd,
    backward: Winograd,
    bias: Vec<f32>,
    pooled_after: bool,
}

/// A stage's output. On the way back its gradient takes its place.
#[derive(Debug)]
pub(super) enum Activation {
    /// After ReLU.
    Full(Map),
    /// After ReLU and pooling.
    Pooled {
        map: Map,
        choices: Choices,
        /// Height and width before the pooling.
        size: (usize, usize),
    },
}

impl Stage {
    /// `ordinal` counts convolutions from block1_conv1, 0.
    pub(super) fn new(ordinal: usize, kernels: &Arc<Packed>) -> Self {
        let way = |direction| Winograd::new(kernels, direction, kind(ordinal));
        Self {
            forward: way(Direction::Forward),
            backward: way(Direction::Backward),
            bias: padded_bias(kernels.bias()),
            pooled_after: pooled_before(ordinal + 1),
        }
    }

    /// The scratch that both ways of such a stage need for maps of this size; channels include those that pad.
    pub(super) fn room(ordinal: usize, (inputs, outputs): (usize, usize), size: (usize, usize)) -> Room {
        let way = |inputs, outputs| Winograd::room(kind(ordinal), inputs, outputs, size);
        way(inputs, outputs).or(way(outputs, inputs))
    }

    /// Bytes that such a stage takes beside the plain kernels.
    pub(super) const fn bytes_of(ordinal: usize, (inputs, outputs): (usize, usize)) -> usize {
        2 * Winograd::bytes_of(kind(ordinal), inputs, outputs) + outputs * size_of::<f32>()
    }

    /// Room for its output on maps of this size; the scratch grows as both ways need it.
    pub(super) fn reserve(&self, size: (usize, usize), scratch: &mut Scratch) -> Activation {
        self.forward.reserve(scratch, size);
        self.backward.reserve(scratch, size);
        Activation::new(size, self.bias.len(), self.pooled_after)
    }

    /// relu(w * x + b), pooled where a pooling follows.
    pub(super) fn forward(&self, x: &Map, y: &mut Activation, scratch: &mut Scratch) {
        let (source, bias) = (Source::Map(x), &self.bias);
        match y {
            Activation::Full(map) => self.forward.convolve(&source, scratch, &mut Rectified { map, bias }),
            Activation::Pooled { map, choices, .. } => {
                self.forward
                    .convolve(&source, scratch, &mut Pooled { map, choices, bias });
            }
        }
    }

    /// From the gradient in `y` to the one in `x`, the stage's input.
    pub(super) fn backward(&self, y: &Activation, x: &mut Activation, scratch: &mut Scratch) {
        match x {
            Activation::Full(map) => self.backward.convolve(&y.gradient(), scratch, &mut Masked(map)),
            Activation::Pooled { map, .. } => self.backward.convolve(&y.gradient(), scratch, &mut Plain(map)),
        }
    }
}

impl Activation {
    /// Zeros; `size` is that before the pooling.
    pub(super) fn new(size: (usize, usize), channels: usize, pooled: bool) -> Self {
        if !pooled {
            return Self::Full(Map::new(size.0, size.1, channels));
        }
        Self::Pooled {
            map: Map::new(size.0 / 2, size.1 / 2, channels),
            choices: Choices::new(size.0, size.1, channels),
            size,
        }
    }

    /// Bytes that one takes.
    pub(super) const fn bytes_of((height, width): (usize, usize), channels: usize, pooled: bool) -> usize {
        if !pooled {
            return Map::bytes_of(height, width, channels);
        }
        Map::bytes_of(height / 2, width / 2, channels) + Choices::bytes_of(height, width, channels)
    }

    /// Activations on the way forward, their gradient on the way back.
    pub(super) const fn map(&self) -> &Map {
        match self {
            Self::Full(map) | Self::Pooled { map, .. } => map,
        }
    }

    /// The same, to write to.
    pub(super) const fn map_mut(&mut self) -> &mut Map {
        match self {
            Self::Full(map) | Self::Pooled { map, .. } => map,
        }
    }

    /// The gradient before the pooling.
    const fn gradient(&self) -> Source<'_> {
        match self {
            Self::Full(map) => Source::Map(map),
            Self::Pooled { map, choices, size } => Source::Unpooled {
                gradient: map,
                choices,
                size: *size,
            },
        }
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Full(map) => map.bytes(),
            Self::Pooled { map, choices, .. } => map.bytes() + choices.bytes(),
        }
    }
}

const fn kind(ordinal: usize) -> (Tiles, When) {
    match ordinal {
        ..MADE_ANEW_FROM => (Tiles::Four, When::Once),
        MADE_ANEW_FROM..SMALL_TILES_FROM => (Tiles::Four, When::Anew),
        _ => (Tiles::Two, When::Anew),
    }
}

/// A convolution's bias, with zeros for the channels that pad.
pub(super) fn padded_bias(bias: &[f32]) -> Vec<f32> {
    let mut bias = bias.to_vec();
    bias.resize(padded(bias.len()), 0.0);
    bias
}

#[cfg(test)]
mod tests {
    use super::super::twin::{SIZES, assert_near, convolution, maps, read, stored, write};
    use super::*;
    use crate::reference::{self, Maps};
    use crate::weights::Convolution;

    /// Kernels kept and made anew, each by tiles of 4 x 4 with a pooling after them and without; and tiles of 2 x 2.
    const ORDINALS: [usize; 5] = [1, 2, 4, 6, 10];
    /// In and out.
    const CHANNELS: [(usize, usize); 5] = [(1, 1), (3, 5), (16, 64), (20, 33), (64, 16)];
    /// Ten times the rounding of one convolution by 4 x 4 tiles.
    const TOLERANCE: f64 = 5e-6;

    /// The gradient that a stage's way forward and back on random maps wrote, and what the plain network has there.
    struct Trip {
        x: Activation,
        right_x: Maps,
    }

    /// `x` is pooled where `x_pooled`: nothing is cut off from its gradient.
    fn trip(ordinal: usize, channels: (usize, usize), size: (usize, usize), x_pooled: bool) -> Option<Trip> {
        let weights = convolution(3, channels.0, channels.1);
        let stage = Stage::new(ordinal, &packed(&weights));
        if stage.pooled_after && size.0.min(size.1) < 2 {
            return None;
        }
        let mut scratch = Scratch::default();
        let mut y = stage.reserve(size, &mut scratch);
        let x = maps(5, channels.0, size);
        stage.forward(&stored(&x), &mut y, &mut scratch);
        let full = reference::convolution(&x, &weights);
        let right_y = if stage.pooled_after {
            reference::pooling(&full).0
        } else {
            full.clone()
        };
        assert_near("forward", &read(y.map(), channels.1), &right_y, TOLERANCE);

        // The gradient takes the place of the output, masked as it always is.
        let mut gradient = maps(7, channels.1, (right_y.height, right_y.width));
        mask(&mut gradient, &right_y);
        write(&gradient, y.map_mut());
        let gradient = if stage.pooled_after {
            unpool(&full, &gradient)
        } else {
            gradient
        };
        let mut right_x = reference::convolution_backward(&x, &full, &weights, &gradient);
        let mut before = if x_pooled {
            Activation::new((2 * size.0, 2 * size.1), padded(channels.0), true)
        } else {
            mask(&mut right_x, &x);
            Activation::new(size, padded(channels.0), false)
        };
        write(&x, before.map_mut());
        stage.backward(&y, &mut before, &mut scratch);
        Some(Trip { x: before, right_x })
    }

    fn packed(convolution: &Convolution) -> Arc<Packed> {
        Arc::new(Packed::new(convolution))
    }

    fn mask(gradient: &mut Maps, activations: &Maps) {
        for (gradient, &activation) in gradient.values.iter_mut().zip(&activations.values) {
            *gradient = if activation > 0.0 { *gradient } else { 0.0 };
        }
    }

    fn unpool(full: &Maps, gradient: &Maps) -> Maps {
        let mut unpooled = Maps {
            values: vec![0.0; full.values.len()],
            ..full.clone()
        };
        for (winner, &value) in reference::pooling(full).1.into_iter().zip(&gradient.values) {
            unpooled.values[winner] = value;
        }
        unpooled
    }

    #[test]
    fn a_gradient_of_zero_stays_exactly_zero() {
        for ordinal in ORDINALS {
            let stage = Stage::new(ordinal, &packed(&convolution(3, 16, 16)));
            let mut scratch = Scratch::default();
            let (mut y, x) = (stage.reserve((17, 31), &mut scratch), maps(5, 16, (17, 31)));
            stage.forward(&stored(&x), &mut y, &mut scratch);
            y.map_mut().clear();
            let mut before = Activation::new((17, 31), 16, false);
            write(&x, before.map_mut());
            stage.backward(&y, &mut before, &mut scratch);
            assert!(
                read(before.map(), 16).values.iter().all(|&value| value == 0.0),
                "{ordinal}"
            );
        }
    }

    #[test]
    fn both_ways_are_the_reference_s_at_odd_sizes() {
        let mut compared = 0;
        for ordinal in ORDINALS {
            for channels in CHANNELS {
                for size in SIZES {
                    for x_pooled in [false, true] {
                        let Some(trip) = trip(ordinal, channels, size, x_pooled) else {
                            continue;
                        };
                        let what = format!("{ordinal} {channels:?} {size:?} {x_pooled}");
                        assert_near(&what, &read(trip.x.map(), channels.0), &trip.right_x, TOLERANCE);
                        compared += 1;
                    }
                }
            }
        }
        assert_eq!(compared, 2 * 5 * (2 * 6 + 3 * 8));
    }
}
