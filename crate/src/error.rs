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
    /// An image for which the GPU has no buffer large enough.
    #[error(
        "{width} x {height} pixels of {layer} do not fit on this GPU: they take {} MB at once, and it allows {} MB; choose a smaller image or the CPU.",
        bytes.div_ceil(1_000_000),
        most / 1_000_000
    )]
    ImageTooLarge {
        /// The layer shown.
        layer: &'static str,
        /// Image height in pixels.
        height: usize,
        /// Image width in pixels.
        width: usize,
        /// Bytes of the largest tensor.
        bytes: u64,
        /// Bytes that a tensor may have.
        most: u64,
    },
    /// The device could not be opened.
    #[error("The {device} could not be opened; choose the CPU.")]
    DeviceUnavailable {
        /// Which device.
        device: &'static str,
        /// The reason the driver gave.
        #[source]
        cause: DriverWords,
    },
    /// A computation failed on the device.
    #[error("{}", cause.sentence())]
    ComputeFailed {
        /// The reason the driver gave.
        #[source]
        cause: DriverWords,
    },
    /// The weights could not be had or are not usable.
    #[error(transparent)]
    Weights(#[from] WeightsError),
}

/// What a driver, or what drives it, says of a failure: for those who look for its cause, and for nobody else.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DriverWords(pub String);

impl DriverWords {
    /// What failed and what to do, as far as the words tell.
    fn sentence(&self) -> &'static str {
        let said = self.0.to_lowercase();
        let says = |words: &[&str]| words.iter().any(|word| said.contains(word));
        if says(&["out of memory", "outofmemory", "out-of-memory"]) {
            "The GPU ran out of memory; choose a smaller image, fewer channels or the CPU."
        } else if says(&[
            "poisoned",
            "device lost",
            "device is lost",
            "devicelost",
            "device was lost",
        ]) {
            "The GPU stopped computing; start again, and choose the CPU if it happens again."
        } else {
            "The computation failed on the device; choose a smaller image, fewer channels or the CPU."
        }
    }
}

impl Error {
    /// What a device gave as the reason of its failure.
    #[cfg(any(feature = "double", feature = "gpu"))]
    pub(crate) fn compute_failed(cause: impl std::fmt::Display) -> Self {
        Self::ComputeFailed {
            cause: DriverWords(cause.to_string()),
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
            Self::ImageTooLarge { .. } => "image-too-large",
            Self::InvalidSize { .. } => "invalid-size",
            Self::InvalidStart { .. } => "invalid-start",
            Self::DeviceUnavailable { .. } => "device-unavailable",
            Self::ComputeFailed { .. } => "compute-failed",
            Self::Weights(error) => error.code(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Most of what a GPU said to 768 x 768 pixels, and to a crash.
    const NEVER_WRITTEN: &str = "Several failures at once\nCaused by:\n  The bytes were never written (failure #16)\n  \
        ManagedMemoryId { value: 12 }\n";
    const POISONED: &str = "The device is poisoned\nBacktrace: 0: <unknown>";

    #[test]
    fn a_device_that_fails_is_said_in_one_sentence_and_its_own_words_are_the_cause() {
        let cases = [
            (NEVER_WRITTEN, "The computation failed on the device; choose "),
            (POISONED, "The GPU stopped computing; start again"),
            ("Error: OutOfMemory", "The GPU ran out of memory; choose "),
        ];
        for (words, begins) in cases {
            let error = Error::ComputeFailed {
                cause: DriverWords(words.to_owned()),
            };
            let message = error.to_string();
            assert!(message.starts_with(begins), "{message}");
            assert!(message.len() < 120 && message.matches('.').count() == 1, "{message}");
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            assert_eq!(cause.as_deref(), Some(words));
        }
    }

    #[test]
    fn an_image_too_large_for_the_gpu_is_said_with_its_size_first() {
        let error = Error::ImageTooLarge {
            layer: "block1_conv2",
            height: 768,
            width: 512,
            bytes: 152_305_664,
            most: 134_217_728,
        };
        let message = error.to_string();
        assert!(
            message.starts_with("512 x 768 pixels of block1_conv2 do not fit on this GPU"),
            "{message}"
        );
        assert!(message.contains("153 MB") && message.contains("134 MB"), "{message}");
        assert!(message.len() < 200, "{message}");
        assert_eq!(error.code(), "image-too-large");
    }
}
