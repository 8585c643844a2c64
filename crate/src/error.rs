//! Everything that can go wrong, said so that a person knows what, where and what to do.

use crate::weights::WeightsError;

/// A result of this library.
pub type Result<T> = std::result::Result<T, Error>;

/// What went wrong outside the weight files.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No layer of that name.
    #[error(
        "VGG16 has no layer \"{name}\"; its layers are block1_conv1 to block5_conv3 and block1_pool to block5_pool."
    )]
    UnknownLayer {
        /// The name given.
        name: String,
    },
    /// The model ends before the layer asked for.
    #[error("This model ends at {last}, before {layer}; choose a layer up to {last} or another model.")]
    LayerNotInModel {
        /// The layer asked for.
        layer: &'static str,
        /// The model's deepest layer.
        last: &'static str,
    },
    /// The layer's weights have not been given yet.
    #[error("The weights of {layer} are not loaded yet; load the layer first.")]
    WeightsNotLoaded {
        /// The first layer that is missing.
        layer: &'static str,
    },
    /// A channel the layer does not have.
    #[error("{layer} has channels 0 to {last}; there is no channel {channel}.")]
    ChannelOutOfRange {
        /// The layer.
        layer: &'static str,
        /// The channel asked for, from 0.
        channel: usize,
        /// The layer's last channel.
        last: usize,
    },
    /// The same channel twice in one run.
    #[error("Channel {channel} is listed twice; list each channel once.")]
    DuplicateChannel {
        /// The channel, from 0.
        channel: usize,
    },
    /// No channel at all.
    #[error("No channel is listed; list at least one.")]
    NoChannels,
    /// A pooling would leave nothing of the image.
    #[error(
        "{layer} halves the image until nothing of {width} x {height} pixels is left; both sides need at least {least} pixels."
    )]
    ImageTooSmall {
        /// The layer.
        layer: &'static str,
        /// Image height in pixels.
        height: usize,
        /// Image width in pixels.
        width: usize,
        /// The least side that leaves an output.
        least: usize,
    },
    /// An image without pixels, or with more than this library takes.
    #[error(
        "An image of {width} x {height} pixels cannot be used: both sides need at least 1 pixel, and all of it at most {} pixels.",
        crate::settings::MAX_PIXELS
    )]
    InvalidSize {
        /// Image height in pixels.
        height: usize,
        /// Image width in pixels.
        width: usize,
    },
    /// A setting outside what is allowed.
    #[error("{setting} is {value}; {allowed}.")]
    InvalidSetting {
        /// Which setting.
        setting: &'static str,
        /// The value given.
        value: String,
        /// What is allowed, as a clause.
        allowed: &'static str,
    },
    /// A start image of the wrong size or with values that are not numbers.
    #[error("The start image {problem}; give height x width x 3 finite numbers, RGB, row by row.")]
    InvalidStart {
        /// What is wrong with it.
        problem: String,
    },
    /// The device could not be opened.
    #[error("The {device} could not be opened: {cause}.")]
    DeviceUnavailable {
        /// Which device.
        device: &'static str,
        /// The reason the driver gave.
        cause: String,
    },
    /// A computation failed on the device.
    #[error("The computation failed on the device: {cause}; try a smaller image, fewer channels or the CPU.")]
    ComputeFailed {
        /// The reason the driver gave.
        cause: String,
    },
    /// The weights could not be had or are not usable.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

impl Error {
    /// What a device gave as the reason of its failure.
    #[cfg(any(feature = "double", feature = "gpu"))]
    pub(crate) fn compute_failed(cause: impl std::fmt::Display) -> Self {
        Self::ComputeFailed {
            cause: cause.to_string(),
        }
    }

    /// A short name for programs: kebab-case, stable.
    pub fn code(&self) -> &str {
        match self {
            Self::UnknownLayer { .. } => "unknown-layer",
            Self::LayerNotInModel { .. } => "layer-not-in-model",
            Self::WeightsNotLoaded { .. } => "weights-not-loaded",
            Self::ChannelOutOfRange { .. } => "channel-out-of-range",
            Self::DuplicateChannel { .. } => "duplicate-channel",
            Self::NoChannels | Self::InvalidSetting { .. } => "invalid-setting",
            Self::ImageTooSmall { .. } => "image-too-small",
            Self::InvalidSize { .. } => "invalid-size",
            Self::InvalidStart { .. } => "invalid-start",
            Self::DeviceUnavailable { .. } => "device-unavailable",
            Self::ComputeFailed { .. } => "compute-failed",
            Self::Weights(error) => error.code(),
        }
    }
}
