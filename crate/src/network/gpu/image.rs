//! Between images, [N, 3, H, W] without a border, and the network's maps: input scaling, and its gradient.

use cubecl::prelude::*;

use super::layout::{Sides, area, pitch, plane};
use super::parts::{PARTS, greatest_of_group, share, sum_of_group, value_index};

/// Numbers that a part of an image finds out: sum of its feature map, the gradient's sum of squares, its largest absolute value.
pub(super) const SLOPES: usize = 3;
pub(super) const ACTIVATION: usize = 0;
pub(super) const SQUARE_SUM: usize = 1;
pub(super) const LARGEST: usize = 2;

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

/// From the gradient at those maps to that at the images. What each part finds out goes to `slopes`, [N, PARTS, SLOPES];
/// `feature_map` are the positions of a feature map.
#[cube(launch)]
pub(super) fn image_gradient(
    gradient: &[f32],
    scaling: &[f32],
    feature_maps: &[f32],
    output: &mut [f32],
    slopes: &mut [f32],
    sides: Sides,
    feature_map: u32,
    #[comptime] swap_red_and_blue: bool,
) {
    let image = CUBE_POS_Z as usize;
    let (height, width) = (sides.height as usize, sides.width as usize);
    let mut square_sum = 0.0f32;
    let mut largest = 0.0f32;
    for round in 0..share(height * width) {
        let at = value_index(round);
        let index = image * area(&sides) + (at / width + 1) * pitch(&sides) + at % width + 1;
        #[unroll]
        for color in 0..3usize {
            let channel = if comptime!(swap_red_and_blue) { 2 - color } else { color };
            let slope = gradient[channel * plane(&sides) + index] * scaling[channel];
            output[(image * 3 + color) * height * width + at] = slope;
            square_sum += slope * slope;
            largest = max(largest, slope.abs());
        }
    }
    let feature_map = feature_map as usize;
    let mut activation = 0.0f32;
    for round in 0..share(feature_map) {
        activation += feature_maps[image * feature_map + value_index(round)];
    }
    let activation = sum_of_group(activation);
    let square_sum = sum_of_group(square_sum);
    let largest = greatest_of_group(largest);
    if UNIT_POS_X == 0 {
        let at = (image * PARTS + CUBE_POS_X as usize) * SLOPES;
        slopes[at + ACTIVATION] = activation;
        slopes[at + SQUARE_SUM] = square_sum;
        slopes[at + LARGEST] = largest;
    }
}
