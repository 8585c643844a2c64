//! What may be fetched from a host without asking the reader first.

use crate::vgg16::{Kind, Layer};

/// Single files of this length and more are fetched whole only after the reader has agreed.
pub const ASK_FROM: u64 = 10_000_000;

/// Room for the headers of a layer's files.
const HEADERS: u64 = 100_000;

/// Bytes that the convolutions of these ordinals may bring from another site without asking: what VGG16's take as 32-bit
/// floats, or as much as a single file may.
pub fn unasked(ordinals: impl IntoIterator<Item = usize>) -> u64 {
    ordinals.into_iter().map(bytes).sum::<u64>().max(ASK_FROM)
}

/// As [`unasked`], for one of several files, of whose lengths nothing is known.
pub fn unasked_each(ordinals: impl IntoIterator<Item = usize>, files: u64) -> u64 {
    let own = ordinals.into_iter().map(bytes).sum::<u64>();
    own.max(ASK_FROM / files.max(1))
}

/// Of one convolution, in the published network.
fn bytes(ordinal: usize) -> u64 {
    match Layer::convolution(ordinal) {
        Some(Layer {
            kind: Kind::Convolution { in_channels, .. },
            channels,
            ..
        }) => 4 * ((9 * in_channels + 1) * channels) as u64 + HEADERS,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vgg16_is_never_asked_about_and_what_is_larger_is() {
        // 14,714,688 parameters.
        let whole = unasked(0..13);
        assert!((58_858_752..60_200_000).contains(&whole), "{whole}");
        assert_eq!(unasked([0]), ASK_FROM);
        assert_eq!(unasked([12]), ASK_FROM);
        assert_eq!(unasked([99]), ASK_FROM);
    }

    #[test]
    fn files_of_unknown_length_bring_no_more_together() {
        let each: u64 = (0..13).map(|ordinal| unasked_each([ordinal], 13)).sum();
        assert!(each < unasked(0..13) + ASK_FROM, "{each}");
        assert_eq!(unasked_each([0], 1), ASK_FROM);
        assert_eq!(unasked_each([0], 0), ASK_FROM);
        assert!(unasked_each([12], 13) > 9_437_184 + 2048);
    }
}
