//! What a run may be asked for, checked before anything is computed.

use crate::error::{Error, Result};
use crate::image::CHANNELS;
use crate::vgg16::Layer;

/// The most pixels of one image: 1024 x 1024. Beyond, one layer's activations alone pass a quarter of a gigabyte.
pub const MAX_PIXELS: usize = 1 << 20;

/// How the gradient becomes a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepRule {
    /// The notes' rule: `image + learning_rate * gradient`.
    Gradient,
    /// Keras's example: the gradient divided by its L2 norm over the whole image,
    /// `gradient * rsqrt(max(sum(gradient^2), 1e-12))` as in `tf.math.l2_normalize`.
    L2,
    /// The gradient divided by its root mean square over the whole image: Keras's rule, times the square root of the number of
    /// values, so that the learning rate means the same at every image size.
    Rms,
    /// Adam (Kingma and Ba 2015), uphill: a running mean of the gradient over the root of a running mean of its squares, value
    /// by value. The only rule that remembers earlier steps; its memory begins where a climb does, also one that goes on from
    /// [`Start::Resume`].
    Adam,
}

/// What the network is fed for an image in [0, 1], inside the differentiated function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Preprocessing {
    /// The image as it is, as in the notes.
    None,
    /// Keras's `vgg16.preprocess_input`: times 255, BGR, minus (103.939, 116.779, 123.68).
    Caffe,
    /// Caffe's in RGB order, as torchvision documents the ported weights `VGG16_Weights.IMAGENET1K_FEATURES`: minus
    /// (0.48235, 0.45882, 0.40784), times 255.
    CaffeRgb,
    /// torchvision's: minus (0.485, 0.456, 0.406), over (0.229, 0.224, 0.225), RGB.
    Torch,
}

/// Means subtracted in BGR order on the 0 to 255 scale (Keras `imagenet_utils`, mode "caffe").
pub const CAFFE_MEAN_BGR: [f64; CHANNELS] = [103.939, 116.779, 123.68];
/// Means subtracted in RGB order on the 0 to 1 scale (torchvision `VGG16_Weights.IMAGENET1K_FEATURES.transforms`).
pub const CAFFE_MEAN_RGB: [f64; CHANNELS] = [0.48235, 0.45882, 0.40784];
/// Means subtracted in RGB order (torchvision `VGG16_Weights.IMAGENET1K_V1.transforms`).
pub const TORCH_MEAN: [f64; CHANNELS] = [0.485, 0.456, 0.406];
/// Standard deviations divided by, in RGB order.
pub const TORCH_DEVIATION: [f64; CHANNELS] = [0.229, 0.224, 0.225];

macro_rules! named_values {
    ($type:ty, $setting:literal, $allowed:literal, $($name:literal => $value:path),+) => {
        impl std::str::FromStr for $type {
            type Err = Error;
            fn from_str(text: &str) -> Result<Self> {
                match text {
                    $($name => Ok($value),)+
                    _ => Err(Error::InvalidSetting { setting: $setting, value: format!("\"{text}\""), allowed: $allowed }),
                }
            }
        }

        impl std::fmt::Display for $type {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(match self {
                    $($value => $name,)+
                })
            }
        }
    };
}
named_values!(StepRule, "step", "it must be \"gradient\", \"l2\", \"rms\" or \"adam\"",
    "gradient" => Self::Gradient, "l2" => Self::L2, "rms" => Self::Rms, "adam" => Self::Adam);
named_values!(Preprocessing, "preprocessing", "it must be \"none\", \"caffe\", \"caffe-rgb\" or \"torch\"",
    "none" => Self::None, "caffe" => Self::Caffe, "caffe-rgb" => Self::CaffeRgb, "torch" => Self::Torch);

/// Where the climb begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Start {
    /// [`crate::image::random_image`] of this seed, for every channel.
    Seed(u64),
    /// This image (HWC) for every channel.
    Image(Vec<f32>),
    /// One image (HWC) per channel, reached after that many steps: go on from there.
    Resume {
        /// Steps already taken.
        iteration: usize,
        /// One image per channel.
        images: Vec<Vec<f32>>,
    },
}

/// Settings of one ascent of a batch of channels.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Whose channels climb.
    pub layer: &'static Layer,
    /// Channels from 0, each once; they climb together.
    pub channels: Vec<usize>,
    /// Image height in pixels.
    pub height: usize,
    /// Image width in pixels.
    pub width: usize,
    /// Factor of the step; the notes use 10.
    pub learning_rate: f64,
    /// How the gradient becomes a step.
    pub step: StepRule,
    /// Input scaling.
    pub preprocessing: Preprocessing,
    /// Where the climb begins.
    pub start: Start,
}

impl Settings {
    /// Checks everything that does not need the weights.
    ///
    /// # Errors
    /// The first thing that is out of range, by name.
    pub fn check(&self) -> Result<()> {
        check_size(self.height, self.width)?;
        self.layer.output_size(self.height, self.width)?;
        check_channels(&self.channels)?;
        if !self.learning_rate.is_finite() {
            return Err(Error::InvalidSetting {
                setting: "learning rate",
                value: self.learning_rate.to_string(),
                allowed: "it must be a finite number",
            });
        }
        match &self.start {
            Start::Seed(_) => Ok(()),
            Start::Image(image) => self.check_start(image),
            Start::Resume { images, .. } if images.len() != self.channels.len() => Err(Error::InvalidStart {
                problem: format!("list has {} images for {} channels", images.len(), self.channels.len()),
            }),
            Start::Resume { images, .. } => images.iter().try_for_each(|image| self.check_start(image)),
        }
    }

    fn check_start(&self, image: &[f32]) -> Result<()> {
        check_image(image, self.height, self.width)
    }
}

/// Checks that an image has the size announced and holds finite numbers.
///
/// # Errors
/// [`Error::InvalidStart`] saying what is wrong.
pub fn check_image(image: &[f32], height: usize, width: usize) -> Result<()> {
    let expected = height * width * CHANNELS;
    if image.len() != expected {
        let problem = format!(
            "has {} numbers where {width} x {height} pixels need {expected}",
            image.len()
        );
        return Err(Error::InvalidStart { problem });
    }
    match image.iter().position(|value| !value.is_finite()) {
        Some(position) => Err(Error::InvalidStart {
            problem: format!("holds {} at position {position}", image[position]),
        }),
        None => Ok(()),
    }
}

/// Checks that an image of this size can be held.
///
/// # Errors
/// [`Error::InvalidSize`].
pub fn check_size(height: usize, width: usize) -> Result<()> {
    let fits = height
        .checked_mul(width)
        .is_some_and(|pixels| (1..=MAX_PIXELS).contains(&pixels));
    if fits {
        Ok(())
    } else {
        Err(Error::InvalidSize { height, width })
    }
}

fn check_channels(channels: &[usize]) -> Result<()> {
    if channels.is_empty() {
        return Err(Error::NoChannels);
    }
    let mut sorted = channels.to_vec();
    sorted.sort_unstable();
    match sorted.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(Error::DuplicateChannel { channel: pair[0] }),
        None => Ok(()),
    }
}
