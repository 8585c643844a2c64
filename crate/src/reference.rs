//! The same network in plain Rust and double precision, written for reading: the oracle of the tests.
//!
//! Images are HWC like everywhere; feature maps are CHW. Nothing here is fast, and nothing else uses it.

use crate::settings::{CAFFE_MEAN_BGR, CAFFE_MEAN_RGB, Preprocessing, TORCH_DEVIATION, TORCH_MEAN};
use crate::vgg16::{Layer, pooled_before};
use crate::weights::Convolution;

/// Feature maps: `channels * height * width` values, CHW.
#[derive(Debug, Clone, PartialEq)]
pub struct Maps {
    /// Number of maps.
    pub channels: usize,
    /// Height in positions.
    pub height: usize,
    /// Width in positions.
    pub width: usize,
    /// The values.
    pub values: Vec<f64>,
}

impl Maps {
    fn zeros(channels: usize, height: usize, width: usize) -> Self {
        Self {
            channels,
            height,
            width,
            values: vec![0.0; channels * height * width],
        }
    }

    const fn at(&self, channel: usize, y: usize, x: usize) -> usize {
        (channel * self.height + y) * self.width + x
    }
}

/// The network's input for an image (HWC): `height * width * 3` numbers in [0, 1] or wherever the climb led.
pub fn scaled_input(image: &[f64], height: usize, width: usize, preprocessing: Preprocessing) -> Maps {
    let mut maps = Maps::zeros(3, height, width);
    for y in 0..height {
        for x in 0..width {
            for color in 0..3 {
                let (source, factor, offset) = scaling(preprocessing, color);
                let at = maps.at(color, y, x);
                maps.values[at] = image[(y * width + x) * 3 + source] * factor - offset;
            }
        }
    }
    maps
}

/// Which colour of the image feeds input channel `color`, its factor and what is subtracted after.
fn scaling(preprocessing: Preprocessing, color: usize) -> (usize, f64, f64) {
    match preprocessing {
        Preprocessing::None => (color, 1.0, 0.0),
        Preprocessing::Caffe => (2 - color, 255.0, CAFFE_MEAN_BGR[color]),
        Preprocessing::CaffeRgb => (color, 255.0, CAFFE_MEAN_RGB[color] * 255.0),
        Preprocessing::Torch => (
            color,
            1.0 / TORCH_DEVIATION[color],
            TORCH_MEAN[color] / TORCH_DEVIATION[color],
        ),
    }
}

/// 3 x 3 cross-correlation, zero padding 1, plus bias, then ReLU.
pub fn convolution(x: &Maps, weights: &Convolution) -> Maps {
    let mut y = Maps::zeros(weights.out_channels, x.height, x.width);
    for output in 0..weights.out_channels {
        for row in 0..x.height {
            for column in 0..x.width {
                let sum: f64 = taps(x, row, column)
                    .map(|(input, tap, value)| {
                        value * f64::from(weights.weight[(output * x.channels + input) * 9 + tap])
                    })
                    .sum();
                let at = y.at(output, row, column);
                y.values[at] = (sum + f64::from(weights.bias[output])).max(0.0);
            }
        }
    }
    y
}

/// Gradient of [`convolution`] with respect to x, from the gradient with respect to its output `y`.
pub fn convolution_backward(x: &Maps, y: &Maps, weights: &Convolution, gradient: &Maps) -> Maps {
    let mut dx = Maps::zeros(x.channels, x.height, x.width);
    for output in 0..weights.out_channels {
        for row in 0..x.height {
            for column in 0..x.width {
                let at = y.at(output, row, column);
                if y.values[at] > 0.0 && gradient.values[at] != 0.0 {
                    for (input, tap, source) in tap_positions(x, row, column) {
                        dx.values[source] +=
                            gradient.values[at] * f64::from(weights.weight[(output * x.channels + input) * 9 + tap]);
                    }
                }
            }
        }
    }
    dx
}

/// (input channel, tap, position) of everything a kernel at (row, column) reads inside the image.
fn tap_positions(x: &Maps, row: usize, column: usize) -> impl Iterator<Item = (usize, usize, usize)> + '_ {
    (0..x.channels).flat_map(move |input| {
        (0..9).filter_map(move |tap| {
            let (y, z) = ((row + tap / 3).checked_sub(1)?, (column + tap % 3).checked_sub(1)?);
            (y < x.height && z < x.width).then(|| (input, tap, x.at(input, y, z)))
        })
    })
}

fn taps(x: &Maps, row: usize, column: usize) -> impl Iterator<Item = (usize, usize, f64)> + '_ {
    tap_positions(x, row, column).map(|(input, tap, at)| (input, tap, x.values[at]))
}

/// 2 x 2 max-pooling with stride 2, "valid", and for each output the position of its (first) winner.
pub fn pooling(x: &Maps) -> (Maps, Vec<usize>) {
    let mut y = Maps::zeros(x.channels, x.height / 2, x.width / 2);
    let mut winners = Vec::with_capacity(y.values.len());
    for channel in 0..y.channels {
        for row in 0..y.height {
            for column in 0..y.width {
                let window =
                    [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(dy, dx)| x.at(channel, 2 * row + dy, 2 * column + dx));
                let winner = window
                    .into_iter()
                    .reduce(|best, at| if x.values[at] > x.values[best] { at } else { best });
                let winner = winner.unwrap_or(window[0]);
                let at = y.at(channel, row, column);
                y.values[at] = x.values[winner];
                winners.push(winner);
            }
        }
    }
    (y, winners)
}

/// All layers' outputs up to `layer` for an image (HWC), in the order of [`crate::vgg16::LAYERS`].
pub fn activations(
    weights: &[Convolution],
    layer: &Layer,
    image: &[f64],
    (height, width): (usize, usize),
    preprocessing: Preprocessing,
) -> Vec<Maps> {
    let mut x = scaled_input(image, height, width, preprocessing);
    let mut outputs = Vec::new();
    for (ordinal, weights) in weights[..=layer.last_convolution()].iter().enumerate() {
        if pooled_before(ordinal) {
            x = pooling(&x).0;
            outputs.push(x.clone());
        }
        x = convolution(&x, weights);
        outputs.push(x.clone());
    }
    if !layer.is_convolution() {
        outputs.push(pooling(&x).0);
    }
    outputs
}

/// Mean activation of a channel and its gradient with respect to the image (HWC).
pub fn objective_and_gradient(
    weights: &[Convolution],
    layer: &Layer,
    channel: usize,
    image: &[f64],
    size: (usize, usize),
    preprocessing: Preprocessing,
) -> (f64, Vec<f64>) {
    let input = scaled_input(image, size.0, size.1, preprocessing);
    let mut maps = activations(weights, layer, image, size, preprocessing);
    let top = &maps[maps.len() - 1];
    let positions = top.height * top.width;
    let own = channel * positions..(channel + 1) * positions;
    let objective = top.values[own.clone()].iter().sum::<f64>() / positions as f64;
    let mut gradient = Maps::zeros(top.channels, top.height, top.width);
    gradient.values[own].fill(1.0 / positions as f64);
    let mut last = layer.last_convolution();
    while let Some(y) = maps.pop() {
        let x = maps.last().unwrap_or(&input);
        if crate::vgg16::LAYERS[maps.len()].is_convolution() {
            gradient = convolution_backward(x, &y, &weights[last], &gradient);
            last = last.saturating_sub(1);
        } else {
            gradient = unpool(x, &gradient);
        }
    }
    (objective, image_gradient(&gradient, preprocessing))
}

fn unpool(x: &Maps, gradient: &Maps) -> Maps {
    let mut dx = Maps::zeros(x.channels, x.height, x.width);
    for (at, winner) in pooling(x).1.into_iter().enumerate() {
        dx.values[winner] += gradient.values[at];
    }
    dx
}

/// Back from the network's input (CHW) to the unscaled image (HWC).
fn image_gradient(gradient: &Maps, preprocessing: Preprocessing) -> Vec<f64> {
    let mut image = vec![0.0; gradient.values.len()];
    for color in 0..3 {
        let (source, factor, _) = scaling(preprocessing, color);
        for position in 0..gradient.height * gradient.width {
            image[position * 3 + source] =
                gradient.values[color * gradient.height * gradient.width + position] * factor;
        }
    }
    image
}
