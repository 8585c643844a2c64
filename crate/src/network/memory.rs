//! How much memory a climb will take, before weights are loaded or anything is begun.

#[cfg(feature = "cpu")]
use super::cpu;
#[cfg(feature = "cpu")]
use crate::device::cores;
use crate::error::Result;
use crate::image::CHANNELS;
use crate::settings::check_size;
use crate::vgg16::Layer;
use crate::weights::Weights;

/// An image that climbs, and what a step hands out of it, come to at most so many images of floats.
const IMAGES: usize = 4;

/// Bytes of main memory that a climb of so many channels at once of a layer takes on images of this height and width: weights
/// that it is the first to need, what is computed on them, and images. A layer that is not loaded yet counts with the
/// published network's channels. On a GPU, whose own memory has the rest: the weights and the images.
///
/// # Errors
/// [`crate::Error::InvalidSize`], [`crate::Error::ImageTooSmall`], [`crate::Error::LayerNotInModel`].
pub fn memory_needed(
    weights: &Weights,
    layer: &'static Layer,
    (height, width): (usize, usize),
    at_once: usize,
) -> Result<usize> {
    check_size(height, width)?;
    layer.output_size(height, width)?;
    weights.missing_convolutions(layer)?;
    let loaded: usize = (0..=layer.last_convolution())
        .map(|ordinal| weights.bytes(ordinal))
        .sum();
    let images = at_once * IMAGES * height * width * CHANNELS * size_of::<f32>();
    let climbing = images + computing(weights, layer, (height, width), at_once);
    Ok(loaded + climbing.max(reading(weights, layer)))
}

/// Bytes that reading the largest of the files takes for a moment, before anything climbs: the file, a tensor of it, and its
/// numbers as 32-bit floats.
fn reading(weights: &Weights, layer: &'static Layer) -> usize {
    let numbers = |ordinal| weights.widths(layer)[ordinal];
    let largest = (1..=layer.last_convolution())
        .map(|ordinal| 2 * weights.bytes(ordinal) + 9 * 4 * numbers(ordinal - 1) * numbers(ordinal))
        .max();
    largest.unwrap_or(0)
}

#[cfg(feature = "cpu")]
fn computing(weights: &Weights, layer: &'static Layer, size: (usize, usize), at_once: usize) -> usize {
    let channels = weights.widths(layer);
    let estimate = cpu::Estimate {
        layer,
        channels: &channels,
    };
    estimate.prepared() + at_once.min(cores()) * estimate.pass(size)
}

#[cfg(not(feature = "cpu"))]
const fn computing(_: &Weights, _: &'static Layer, _: (usize, usize), _: usize) -> usize {
    0
}
