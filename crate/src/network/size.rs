//! How large a GPU's tensors get: its limits are compared with that before anything is handed over.

use crate::image::CHANNELS;
use crate::vgg16::pooled_before;

/// Bytes of the largest tensor that an image of a climb needs. `channels` are those of the convolutions before the last, of
/// which each map is that of one channel.
pub(crate) fn largest_tensor(channels: &[usize], (height, width): (usize, usize)) -> u64 {
    let mut sides = (height, width);
    let mut values = CHANNELS * padded(sides);
    for (ordinal, channels) in channels.iter().enumerate() {
        // A map before a pooling is never written.
        if pooled_before(ordinal + 1) {
            sides = (sides.0 / 2, sides.1 / 2);
        }
        values = values.max(channels * padded(sides));
    }
    (values * size_of::<f32>()) as u64
}

/// Values of a map as it lies in a GPU's memory (`gpu/layout.rs`).
const fn padded((height, width): (usize, usize)) -> usize {
    (2 * height.div_ceil(2) + 2) * (4 * width.div_ceil(4) + 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_tensor_is_the_first_map_that_is_written_whole() {
        let bytes = |channels: &[usize], side| largest_tensor(channels, (side, side));
        assert_eq!(bytes(&[], 150), 4 * 3 * 152 * 154);
        assert_eq!(bytes(&[64], 150), 4 * 64 * 152 * 154);
        // The second is pooled on its way; the third has twice the channels of a quarter of the size.
        assert_eq!(bytes(&[64, 64, 128], 150), 4 * 64 * 152 * 154);
        assert_eq!(bytes(&[4, 64, 128], 150), 4 * 128 * 78 * 78);
        // WebGPU promises no more than 128 MiB.
        assert!(bytes(&[64, 64], 512) < 128 << 20 && bytes(&[64, 64], 768) > 128 << 20);
    }
}
