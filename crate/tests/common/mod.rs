//! What several test programs share.
#![allow(dead_code, reason = "each test program uses a part of it")]

pub mod server;

use vggscope::settings::{Preprocessing, Settings, Start, StepRule};
use vggscope::vgg16::Layer;
use vggscope::weights::{Convolution, untrained};

/// Random weights of a VGG16 with every width divided.
pub fn narrow(divisor: usize) -> Vec<Convolution> {
    untrained::convolutions(11, divisor)
}

/// The notes' settings for some channels at a size.
pub fn settings(
    layer: &'static Layer,
    channels: Vec<usize>,
    (height, width): (usize, usize),
    preprocessing: Preprocessing,
) -> Settings {
    Settings {
        layer,
        channels,
        height,
        width,
        learning_rate: 10.0,
        step: StepRule::Gradient,
        preprocessing,
        start: Start::Seed(436),
    }
}

/// f32 values as f64.
pub fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&value| f64::from(value)).collect()
}

/// L2 norm of the difference over the L2 norm of what is right; 0 where both are zero.
pub fn relative_l2(ours: &[f64], right: &[f64]) -> f64 {
    assert_eq!(ours.len(), right.len());
    let square = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value * value).sum::<f64>();
    let difference = square(&mut ours.iter().zip(right).map(|(a, b)| a - b));
    if difference == 0.0 {
        0.0
    } else {
        (difference / square(&mut right.iter().copied())).sqrt()
    }
}
