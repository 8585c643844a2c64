//! Images: the random start, and the squash that makes an iterate visible.
//!
//! An image is `height * width * 3` numbers, RGB, row by row (HWC); nothing bounds them while they climb.

use crate::splitmix::SplitMix64;

/// Channels of an image: red, green, blue.
pub const CHANNELS: usize = 3;

/// The byte of a picture that cannot be stretched: sRGB mid-grey.
pub(crate) const MID_GREY: u8 = 128;

/// The notes' `random_image`: uniform in [0, 1), `height * width * 3` values (HWC), from a seed.
///
/// SplitMix64 started at the seed, top 24 bits over 2^24: the same image on every machine, bit for bit.
pub fn random_image(seed: u64, height: usize, width: usize) -> Vec<f32> {
    let mut generator = SplitMix64::new(seed);
    (0..height * width * CHANNELS)
        .map(|_| generator.next_unit() as f32)
        .collect()
}

/// What the squash found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contrast {
    /// The image has a range to stretch.
    Stretched,
    /// All values are equal: (x - min) / (max - min) is 0 / 0, and R's `as.raster` stops here.
    Constant,
    /// A value is infinite or not a number.
    NotFinite,
}

impl Contrast {
    pub(crate) fn of(finite: bool, min: f32, max: f32) -> Self {
        match (finite, max > min) {
            (false, _) => Self::NotFinite,
            (true, false) => Self::Constant,
            (true, true) => Self::Stretched,
        }
    }
}

/// An image squashed to bytes.
#[derive(Debug, Clone, PartialEq)]
pub struct Squashed {
    /// `height * width * 4` bytes, RGBA, opaque; uniform mid-grey unless the contrast is [`Contrast::Stretched`].
    pub rgba: Vec<u8>,
    /// Smallest value over the whole image (all three colours).
    pub min: f32,
    /// Largest value over the whole image.
    pub max: f32,
    /// Whether there was anything to stretch.
    pub contrast: Contrast,
}

/// The notes' `squash`, drawn as R draws it: `(x - min) / (max - min)` over the whole image in double precision,
/// then `floor(255 v + 0.5)` as in R's `rgb()`.
pub fn squash(pixels: &[f32]) -> Squashed {
    let (min, max) = range(pixels);
    let contrast = Contrast::of(pixels.iter().all(|value| value.is_finite()), min, max);
    let (low, span) = (f64::from(min), f64::from(max) - f64::from(min));
    let byte = |value: f32| match contrast {
        Contrast::Stretched => (255.0 * ((f64::from(value) - low) / span) + 0.5) as u8,
        Contrast::Constant | Contrast::NotFinite => MID_GREY,
    };
    let rgba = pixels
        .as_chunks::<CHANNELS>()
        .0
        .iter()
        .flat_map(|&[red, green, blue]| [byte(red), byte(green), byte(blue), u8::MAX])
        .collect();
    Squashed {
        rgba,
        min,
        max,
        contrast,
    }
}

fn range(pixels: &[f32]) -> (f32, f32) {
    pixels
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(min, max), &value| {
            (min.min(value), max.max(value))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_minimum_and_maximum_over_all_colours() {
        let squashed = squash(&[-1.0, 0.0, 1.0, 3.0, 1.0, 1.0]);
        assert_eq!(squashed.rgba, [0, 64, 128, 255, 255, 128, 128, 255]);
        assert_eq!(
            (squashed.min, squashed.max, squashed.contrast),
            (-1.0, 3.0, Contrast::Stretched)
        );
    }

    #[test]
    fn a_constant_image_is_named_and_never_divided_by_zero() {
        let squashed = squash(&[0.25; 6]);
        assert_eq!(squashed.contrast, Contrast::Constant);
        assert_eq!(squashed.rgba, [128, 128, 128, 255, 128, 128, 128, 255]);
    }

    #[test]
    fn infinite_and_missing_values_are_named() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(squash(&[0.0, bad, 1.0]).contrast, Contrast::NotFinite);
        }
    }

    #[test]
    fn the_widest_finite_range_does_not_overflow() {
        let squashed = squash(&[f32::MIN, 0.0, f32::MAX]);
        assert_eq!(squashed.rgba, [0, 128, 255, 255]);
    }
}
