//! Input scaling of an image in memory.

use super::map::Map;
use crate::image::CHANNELS;
use crate::network::scaling::Scaling;

impl Scaling {
    /// Writes the network's input for an image (HWC) to the first channels of a map.
    pub(super) fn forward(&self, image: &[f32], input: &mut Map) {
        let width = input.width();
        for (at, pixel) in image.as_chunks::<CHANNELS>().0.iter().enumerate() {
            let place = input.position_mut(at / width, at % width);
            for (color, value) in place.iter_mut().take(CHANNELS).enumerate() {
                let scaled = f64::from(pixel[self.source[color]]) * self.factor[color] - self.offset[color];
                *value = scaled as f32;
            }
        }
    }

    /// From the gradient of the network's input to that of the image, both HWC.
    pub(super) fn backward(&self, gradient: &mut [f32]) {
        for pixel in gradient.as_chunks_mut::<CHANNELS>().0 {
            let scaled = *pixel;
            for (color, value) in scaled.into_iter().enumerate() {
                pixel[self.source[color]] = (f64::from(value) * self.factor[color]) as f32;
            }
        }
    }
}
