//! Random, untrained weights: the control that shows what training adds.
//!
//! Uniform with the He variance 2 / fan_in (He et al. 2015): kernels in ±sqrt(6 / (9 in)), biases in ±0.1, from
//! SplitMix64. One generator at the seed gives each tensor its own sub-seed, so any tensor can be made alone.

use std::path::Path;

use super::{Convolution, Metadata, Precision, WeightsError};
use crate::settings::Preprocessing;
use crate::splitmix::SplitMix64;
use crate::vgg16::{CONVOLUTIONS, Kind, LAYERS};

/// Seed of the untrained model that ships with the site.
pub const SEED: u64 = 2024;

/// All thirteen convolutions for a seed, every width divided by `divisor` (1: the published network).
pub fn convolutions(seed: u64, divisor: usize) -> Vec<Convolution> {
    let mut master = SplitMix64::new(seed);
    let mut in_channels = 3;
    let mut layers = Vec::with_capacity(CONVOLUTIONS);
    for layer in LAYERS
        .iter()
        .filter(|layer| matches!(layer.kind, Kind::Convolution { .. }))
    {
        let out_channels = (layer.channels / divisor).max(1);
        let mut kernel = SplitMix64::new(master.next_u64());
        let mut bias = SplitMix64::new(master.next_u64());
        layers.push(Convolution {
            in_channels,
            out_channels,
            weight: random_kernel(&mut kernel, in_channels, out_channels),
            bias: (0..out_channels)
                .map(|_| ((bias.next_unit() * 2.0 - 1.0) * 0.1) as f32)
                .collect(),
        });
        in_channels = out_channels;
    }
    layers
}

/// Draws in Keras's order (HWIO, output channel fastest) and stores as OIHW.
fn random_kernel(generator: &mut SplitMix64, in_channels: usize, out_channels: usize) -> Vec<f32> {
    let bound = (6.0 / (9 * in_channels) as f64).sqrt();
    let mut weight = vec![0.0; 9 * in_channels * out_channels];
    for tap in 0..9 {
        for input in 0..in_channels {
            for output in 0..out_channels {
                weight[(output * in_channels + input) * 9 + tap] = ((generator.next_unit() * 2.0 - 1.0) * bound) as f32;
            }
        }
    }
    weight
}

/// Writes the untrained model of [`SEED`], f16, as a folder for a static host.
///
/// # Errors
/// [`WeightsError::Unwritable`] naming the file that could not be written.
pub fn write_folder(folder: &Path) -> Result<(), WeightsError> {
    let metadata = Metadata {
        name: "random, untrained weights".to_owned(),
        description: format!(
            "VGG16 with random weights (He-uniform, SplitMix64 seed {SEED}): the control that shows what training adds"
        ),
        licence: "CC0-1.0".to_owned(),
        source: "computed by vggscope".to_owned(),
        ..Metadata::new(Preprocessing::None)
    };
    super::write_folder(folder, &convolutions(SEED, 1), Precision::F16, metadata)
}
