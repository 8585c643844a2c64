//! Which training a VGG16 is from, told by its numbers: the first kernels of block1_conv1, as they were published.
//!
//! A file's name and format say little. Oxford's weights are in PyTorch's files too, torchvision's in Keras's, and each
//! wants its own input scaling.

use super::Convolution;
use crate::settings::Preprocessing;
use crate::vgg16::LAYERS;

/// A training of VGG16 on ImageNet whose numbers are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Training {
    /// The Visual Geometry Group's own, with kernels for BGR as Caffe and Keras have them.
    Oxford,
    /// The same with kernels for RGB, as ports to PyTorch and TensorFlow have them.
    OxfordRgb,
    /// torchvision's, `VGG16_Weights.IMAGENET1K_V1`.
    Torchvision,
}

/// What is known of a model whose training was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recognised {
    /// Which training it is.
    pub training: Training,
    /// The input scaling that its kernels expect.
    pub preprocessing: Preprocessing,
    /// A short name of the model.
    pub name: &'static str,
    /// Licence of the weights.
    pub licence: &'static str,
}

impl Recognised {
    /// What the model is, in a sentence that says how it is known.
    pub fn description(&self) -> String {
        format!("{}, told by the numbers of block1_conv1", self.name)
    }
}

/// The licence of Oxford's weights.
pub(super) const OXFORD_LICENCE: &str =
    "CC BY 4.0: Karen Simonyan and Andrew Zisserman, Visual Geometry Group, University of Oxford";
/// What is known of the licence of torchvision's weights.
pub(super) const TORCHVISION_LICENCE: &str =
    "not stated for the weights: torchvision's code is BSD-3-Clause, and the terms of ImageNet's data may apply";

/// All trainings that are recognised.
const KNOWN: [Recognised; 3] = [
    Recognised {
        training: Training::Oxford,
        preprocessing: Preprocessing::Caffe,
        name: "VGG16, ImageNet (Oxford)",
        licence: OXFORD_LICENCE,
    },
    Recognised {
        training: Training::OxfordRgb,
        preprocessing: Preprocessing::CaffeRgb,
        name: "VGG16, ImageNet (Oxford, in RGB order)",
        licence: OXFORD_LICENCE,
    },
    Recognised {
        training: Training::Torchvision,
        preprocessing: Preprocessing::Torch,
        name: "VGG16, ImageNet (torchvision)",
        licence: TORCHVISION_LICENCE,
    },
];

/// Recognises a training by the numbers of block1_conv1, which keep their places whatever layout they were stored in.
/// Numbers that were rounded to 16 bits on the way, to f16 or to bf16, are recognised too. `None` where none is meant:
/// another training, another width, a first layer that was trained further.
///
/// The numbers: <https://keras.io/api/applications/vgg/> and <https://pytorch.org/vision/stable/models/vgg.html>, as
/// notebooks print them.
pub fn recognise(first: &Convolution) -> Option<Recognised> {
    KNOWN.into_iter().find(|known| known.training.has(first))
}

/// A published number, and how far from it the number meant can be because it was printed with few digits.
#[derive(Debug, Clone, Copy)]
struct Print {
    output: usize,
    input: usize,
    tap: usize,
    value: f32,
    half_digit: f32,
}

impl Training {
    fn has(self, first: &Convolution) -> bool {
        let shaped = (first.in_channels, first.out_channels) == (3, LAYERS[0].channels);
        let precision = if is_bfloat16(&first.weight) {
            Precision::Bfloat16
        } else {
            Precision::Half
        };
        let is_there = |print: &Print| {
            let number = first.weight.get((print.output * 3 + print.input) * TAPS + print.tap);
            number.is_some_and(|&number| precision.allows(number, print))
        };
        shaped && self.prints().iter().all(is_there)
    }

    fn prints(self) -> Vec<Print> {
        match self {
            Self::Oxford => oxford([0, 1, 2]),
            Self::OxfordRgb => oxford([2, 1, 0]),
            Self::Torchvision => torchvision(),
        }
    }
}

/// Numbers of a kernel.
const TAPS: usize = 9;

/// How finely the numbers are stored.
#[derive(Debug, Clone, Copy)]
enum Precision {
    /// As f16, or better.
    Half,
    Bfloat16,
}

impl Precision {
    /// Whether a number is the printed one, rounded once.
    fn allows(self, number: f32, print: &Print) -> bool {
        // Half of the last place, and of f16 half of the smallest step too.
        let rounding = match self {
            Self::Half => print.value.abs() / 2048.0 + 1.0 / 33_554_432.0,
            Self::Bfloat16 => print.value.abs() / 256.0,
        };
        (number - print.value).abs() <= rounding + print.half_digit
    }
}

/// Whether all numbers are bf16's: the lower half of an f32 is zero.
fn is_bfloat16(numbers: &[f32]) -> bool {
    numbers.iter().all(|number| number.to_bits().trailing_zeros() >= 16)
}

/// Output channel and value at the upper left of the kernels for blue, green and red.
const OXFORD: [&[(usize, f32)]; 3] = [
    &[
        (0, 0.429_470_57),
        (1, 0.117_273_87),
        (2, 0.034_012_96),
        (61, -0.132_241_58),
        (62, -0.053_347_524),
        (63, 0.007_577_384),
    ],
    &[(0, 0.550_379_46), (1, 0.020_877_438), (2, 0.098_831_154)],
    &[(0, 0.480_015_4), (1, -0.172_696_68), (2, 0.037_557_714)],
];

/// `inputs`: where blue, green and red are among the inputs.
fn oxford(inputs: [usize; 3]) -> Vec<Print> {
    let colours = OXFORD.into_iter().zip(inputs);
    let prints = colours.flat_map(|(values, input)| {
        values.iter().map(move |&(output, value)| Print {
            output,
            input,
            tap: 0,
            value,
            half_digit: 0.0,
        })
    });
    prints.collect()
}

/// The first output's kernels for red, green and blue, row by row.
const TORCHVISION: [[f32; TAPS]; 3] = [
    [
        -0.5537, 0.1427, 0.5290, -0.5831, 0.3566, 0.7657, -0.6902, -0.0480, 0.4841,
    ],
    [
        0.1755, 0.0099, -0.0814, 0.0441, -0.0703, -0.2604, 0.1324, -0.1728, -0.1323,
    ],
    [
        0.3130, -0.1659, -0.4275, 0.4752, -0.0827, -0.4870, 0.6320, 0.0193, -0.2775,
    ],
];

fn torchvision() -> Vec<Print> {
    let kernels = TORCHVISION.iter().enumerate();
    let prints = kernels.flat_map(|(input, kernel)| {
        kernel.iter().enumerate().map(move |(tap, &value)| Print {
            output: 0,
            input,
            tap,
            value,
            half_digit: 0.000_051,
        })
    });
    prints.collect()
}

#[cfg(test)]
mod tests {
    use half::{bf16, f16};

    use super::*;

    /// A block1_conv1 with a training's published numbers, and other ones at all other places.
    fn first(training: Training) -> Convolution {
        let mut weight: Vec<f32> = (0..64 * 3 * TAPS)
            .map(|place| (place as f32 * 0.7).sin() / 3.0)
            .collect();
        for print in training.prints() {
            weight[(print.output * 3 + print.input) * TAPS + print.tap] = print.value;
        }
        Convolution {
            in_channels: 3,
            out_channels: 64,
            weight,
            bias: vec![0.0; 64],
        }
    }

    fn mapped(training: Training, change: impl Fn(f32) -> f32) -> Convolution {
        let mut convolution = first(training);
        convolution
            .weight
            .iter_mut()
            .for_each(|number| *number = change(*number));
        convolution
    }

    const TRAININGS: [Training; 3] = [Training::Oxford, Training::OxfordRgb, Training::Torchvision];

    #[test]
    fn every_training_is_recognised_in_every_precision() {
        let roundings: [fn(f32) -> f32; 3] = [
            |number| number,
            |number| f16::from_f32(number).to_f32(),
            |number| bf16::from_f32(number).to_f32(),
        ];
        for training in TRAININGS {
            for (index, rounding) in roundings.into_iter().enumerate() {
                let recognised = recognise(&mapped(training, rounding));
                let found = recognised.map(|recognised| recognised.training);
                assert_eq!(found, Some(training), "rounding {index}");
            }
        }
    }

    #[test]
    fn the_scaling_is_the_trainings_own() {
        let scaling = |training| recognise(&first(training)).map(|recognised| recognised.preprocessing);
        assert_eq!(scaling(Training::Oxford), Some(Preprocessing::Caffe));
        assert_eq!(scaling(Training::OxfordRgb), Some(Preprocessing::CaffeRgb));
        assert_eq!(scaling(Training::Torchvision), Some(Preprocessing::Torch));
    }

    #[test]
    fn a_number_that_is_off_by_more_than_rounding_is_a_miss() {
        for training in TRAININGS {
            for print in training.prints() {
                let place = (print.output * 3 + print.input) * TAPS + print.tap;
                let off = print.value.abs() / 256.0 + 1e-3;
                for value in [print.value + off, print.value - off, -print.value, f32::NAN] {
                    let mut near = first(training);
                    near.weight[place] = value;
                    assert_eq!(recognise(&near), None, "{training:?} {print:?} {value}");
                }
            }
        }
    }

    #[test]
    fn full_precision_is_held_to_the_rounding_of_f16_and_not_of_bf16() {
        for training in [Training::Oxford, Training::OxfordRgb] {
            // Less than a bf16's rounding, more than an f16's.
            assert_eq!(
                recognise(&mapped(training, |number| number * (1.0 + 1.0 / 768.0))),
                None
            );
        }
    }

    #[test]
    fn kernels_that_are_turned_transposed_or_cut_are_a_miss() {
        for training in TRAININGS {
            let mut turned = first(training);
            turned.weight.chunks_exact_mut(TAPS).for_each(<[f32]>::reverse);
            assert_eq!(recognise(&turned), None);
            let narrow = Convolution {
                out_channels: 32,
                weight: first(training).weight[..32 * 27].to_vec(),
                bias: vec![0.0; 32],
                in_channels: 3,
            };
            assert_eq!(recognise(&narrow), None);
        }
        let torchvision = first(Training::Torchvision);
        let mut mirrored = torchvision.clone();
        for kernel in mirrored.weight.chunks_exact_mut(TAPS) {
            kernel.swap(1, 3);
            kernel.swap(2, 6);
            kernel.swap(5, 7);
        }
        assert_eq!(recognise(&mirrored), None);
    }

    #[test]
    fn nothing_known_is_nothing_recognised() {
        assert_eq!(recognise(&crate::weights::untrained::convolutions(2024, 1)[0]), None);
        let empty = Convolution {
            in_channels: 3,
            out_channels: 64,
            weight: Vec::new(),
            bias: Vec::new(),
        };
        assert_eq!(recognise(&empty), None);
    }
}
