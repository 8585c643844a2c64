//! Between images, [N, 3, H, W] without a border, and the network's maps: input scaling, and its gradient.

use cubecl::prelude::*;

use super::layout::{Sides, area, pitch, plane};

/// The network's input maps: channel c is `image[source] * factor[c] - offset[c]`, with red and blue swapped or not.
/// `scaling` holds three factors, then three offsets. One unit writes one value, border included.
#[cube(launch)]
pub(super) fn scaled_maps(
    images: &[f32],
    scaling: &[f32],
    output: &mut [f32],
    sides: Sides,
    #[comptime] swap_red_and_blue: bool,
) {
    let at = ABSOLUTE_POS_X as usize;
    if at >= area(&sides) {
        terminate!();
    }
    let (channel, image) = (CUBE_POS_Y as usize, CUBE_POS_Z as usize);
    let (height, width) = (sides.height as usize, sides.width as usize);
    let (y, x) = (at / pitch(&sides), at % pitch(&sides));
    let inside = y > 0 && y <= height && x > 0 && x <= width;
    let source = if comptime!(swap_red_and_blue) {
        2 - channel
    } else {
        channel
    };
    let index = select(inside, ((image * 3 + source) * height + y - 1) * width + x - 1, 0);
    let value = images[index] * scaling[channel] - scaling[3 + channel];
    output[channel * plane(&sides) + image * area(&sides) + at] = select(inside, value, 0.0f32);
}

/// From the gradient at those maps to that at the images.
#[cube(launch)]
pub(super) fn image_gradient(
    gradient: &[f32],
    scaling: &[f32],
    output: &mut [f32],
    sides: Sides,
    #[comptime] swap_red_and_blue: bool,
) {
    let at = ABSOLUTE_POS_X as usize;
    let (height, width) = (sides.height as usize, sides.width as usize);
    if at >= height * width {
        terminate!();
    }
    let (color, image) = (CUBE_POS_Y as usize, CUBE_POS_Z as usize);
    let channel = if comptime!(swap_red_and_blue) { 2 - color } else { color };
    let index = (at / width + 1) * pitch(&sides) + at % width + 1;
    let value = gradient[channel * plane(&sides) + image * area(&sides) + index] * scaling[channel];
    output[(image * 3 + color) * height * width + at] = value;
}
