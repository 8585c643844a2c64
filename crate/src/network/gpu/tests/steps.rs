//! The kernels of a step against plain arithmetic in 64 bits.

use burn_cubecl::tensor::CubeTensor;

use super::super::climb::Moments;
use super::super::device::{Reading, floats};
use super::super::image::{ACTIVATION, LARGEST, SLOPES, SQUARE_SUM};
use super::super::launch::{self, Scaling};
use super::super::layout::{Sides, plane, pooled};
use super::super::parts::PARTS;
use super::super::squash::FACTS;
use super::super::stage::scaling_numbers;
use super::super::step::{GREATEST, GREATEST_NEGATED, NOT_FINITE, RANGE};
use super::{BATCHES, GPU, batch, each_value, numbers, read, soil};
use crate::device::wait;
use crate::image::squash;
use crate::reference::pooling;
use crate::step::{Adam, LEAST_SQUARE_SUM};

/// Images, height, width: fewer values than a group has units, one more, several groups, and several rounds of all parts.
const SIZES: [[usize; 3]; 5] = [[1, 1, 1], [2, 5, 7], [1, 1, 257], [3, 40, 33], [1, 70, 130]];

/// Of sums of some thousand numbers of one sign, relative to the sum.
const TOLERANCE: f64 = 1e-5;

fn upload(values: &[f32], [images, height, width]: [usize; 3]) -> CubeTensor {
    let colors = values.len() / images / height / width;
    GPU.upload(values.to_vec(), [images, colors, height, width])
}

fn assert_close(got: f32, wanted: f64, what: &str) {
    let error = (f64::from(got) - wanted).abs();
    assert!(error <= TOLERANCE * wanted.abs(), "{what}: {got}, not {wanted}");
}

/// What `launch::output_image` gives for a gradient, [N, 3, H, W], and feature maps of any other size, [N, 1, H', W'].
fn facts(gradient: &[f32], [images, height, width]: [usize; 3], maps: CubeTensor) -> (CubeTensor, CubeTensor) {
    let sides = Sides {
        images: images as u32,
        height: height as u32,
        width: width as u32,
    };
    let mut padded = vec![0.0; 3 * plane(&sides)];
    each_value(&sides, 3, |image, index, at| {
        padded[at] = gradient[image * 3 * height * width + index]
    });
    let scaling = Scaling {
        numbers: scaling_numbers(&GPU, [1.0; 3], [0.0; 3]),
        swap_red_and_blue: false,
    };
    let count = padded.len();
    launch::output_image(GPU.upload(padded, [count]), maps, &scaling, sides)
}

/// The column of a table [PARTS, columns] that one image has.
fn column(table: &[f32], image: usize, column: usize, columns: usize) -> impl Iterator<Item = f32> {
    let own = &table[image * PARTS * columns..][..PARTS * columns];
    own.iter().skip(column).step_by(columns).copied()
}

fn greatest(values: impl Iterator<Item = f32>) -> f32 {
    values.fold(f32::MIN, f32::max)
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn what_parts_find_out_is_about_each_image_alone() {
    for size in SIZES {
        let [images, height, width] = size;
        let gradient = numbers(1, images * 3 * height * width);
        // A feature map need not be of the image's size.
        let maps: Vec<f32> = numbers(2, images * 300).iter().map(|value| value.max(0.0)).collect();
        soil();
        let (unpadded, slopes) = facts(&gradient, size, upload(&maps, [images, 20, 15]));
        assert_eq!(read(unpadded), gradient);
        let slopes = read(slopes);
        for image in 0..images {
            let own = &gradient[image * 3 * height * width..][..3 * height * width];
            let map = &maps[image * 300..][..300];
            let sum = |at| column(&slopes, image, at, SLOPES).sum();
            let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
            assert_close(sum(ACTIVATION), wide(map).iter().sum(), "sum of the feature map");
            let squares = wide(own).iter().map(|slope| slope * slope).sum();
            assert_close(sum(SQUARE_SUM), squares, "sum of squares");
            let largest = own.iter().fold(0.0, |most: f32, slope| most.max(slope.abs()));
            assert_eq!(greatest(column(&slopes, image, LARGEST, SLOPES)), largest);
        }
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn a_mean_s_gradient_is_an_even_share_of_what_is_above_zero() {
    let sides = Sides {
        images: 2,
        height: 19,
        width: 23,
    };
    let maps = numbers(3, 2 * 19 * 23);
    soil();
    let gradient = read(launch::mean_gradient(upload(&maps, [2, 19, 23]), sides, false));
    let share = 1.0 / (19.0 * 23.0);
    for (&slope, &value) in gradient.iter().zip(&maps) {
        assert_eq!(slope, if value > 0.0 { share as f32 } else { 0.0 });
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn poolings_and_their_mean_s_gradient_are_the_reference_s() {
    let large_enough = |&(_, height, width): &(u32, u32, u32)| height > 1 && width > 1;
    for (images, height, width) in BATCHES.into_iter().filter(large_enough) {
        let sides = Sides { images, height, width };
        let small = pooled(&sides);
        let mut maps = batch(6, 1, &sides);
        // As after a ReLU, and with windows of several equal values.
        for map in &mut maps {
            map.values
                .iter_mut()
                .for_each(|value| *value = (value.max(0.0) * 8.0).round() / 8.0);
        }
        let flat: Vec<f32> = maps
            .iter()
            .flat_map(|map| &map.values)
            .map(|&value| value as f32)
            .collect();
        let uploaded = upload(&flat, [images, height, width].map(|size| size as usize));
        soil();
        let pooled_maps = read(launch::pool(&uploaded, sides));
        let gradient = read(launch::mean_gradient(uploaded, sides, true));
        let (positions, windows) = ((height * width) as usize, (small.height * small.width) as usize);
        for (image, map) in maps.iter().enumerate() {
            let (wanted, winners) = pooling(map);
            for (got, wanted) in pooled_maps[image * windows..].iter().zip(&wanted.values) {
                assert_eq!(f64::from(*got), *wanted, "{sides:?}: pooling");
            }
            for (at, got) in gradient[image * positions..][..positions].iter().enumerate() {
                let wins = map.values[at] > 0.0 && winners.contains(&at);
                let wanted = if wins { (1.0 / windows as f64) as f32 } else { 0.0 };
                assert_eq!(*got, wanted, "{sides:?}: gradient at {at}");
            }
        }
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn steps_of_either_kind_lead_where_they_should() {
    for size in SIZES {
        let [images, height, width] = size;
        let values = 3 * height * width;
        let (start, gradient) = (numbers(4, images * values), numbers(5, images * values));
        for length in [None, Some(1.0), Some((values as f64).sqrt())] {
            soil();
            let moved = upload(&start, size);
            let (slopes, facts) = facts(&gradient, size, upload(&vec![1.0; images], [images, 1, 1]));
            let known = read(facts.clone());
            let ranges = read(launch::climb(&moved, slopes, &facts, 0.25, length));
            let copy = read(launch::interleave(&moved));
            let moved = read(moved);
            for image in 0..images {
                let square_sum = f64::from(column(&known, image, SQUARE_SUM, SLOPES).sum::<f32>());
                let factor = length.map_or(1.0, |length| length / square_sum.max(LEAST_SQUARE_SUM).sqrt());
                let own = &moved[image * values..][..values];
                for (index, &got) in own.iter().enumerate() {
                    let at = image * values + index;
                    let wanted = f64::from(start[at]) + 0.25 * factor * f64::from(gradient[at]);
                    // Start and step are below two, and may cancel.
                    assert!((f64::from(got) - wanted).abs() <= 1e-6, "{size:?}: {got} not {wanted}");
                    let (color, position) = (index / height / width, index % (height * width));
                    assert_eq!(copy[image * values + position * 3 + color], got, "{size:?}: copy");
                }
                let of = |at| greatest(column(&ranges, image, at, RANGE));
                assert_eq!(of(GREATEST), greatest(own.iter().copied()), "{size:?}");
                assert_eq!(
                    of(GREATEST_NEGATED),
                    greatest(own.iter().map(|value| -value)),
                    "{size:?}"
                );
                assert_eq!(of(NOT_FINITE), 0.0, "{size:?}");
            }
        }
    }
}

/// Pictures and facts of images as they are after a step that leads nowhere.
fn pictures(images: &[f32], size: [usize; 3]) -> Vec<(Vec<u8>, [f32; FACTS])> {
    let [count, height, width] = size;
    let uploaded = upload(images, size);
    let (slopes, facts) = facts(&vec![0.0; images.len()], size, upload(&vec![2.5; count], [count, 1, 1]));
    soil();
    let ranges = launch::climb(&uploaded, slopes, &facts, 0.0, None);
    let rows = wait(Reading::of(launch::squash(&uploaded, facts, ranges)).bytes()).expect("bytes");
    let rows = rows.chunks_exact((height * width + FACTS) * 4);
    rows.map(|row| {
        let (rgba, facts) = row.split_at(height * width * 4);
        let facts: Vec<f32> = floats(facts).collect();
        (rgba.to_vec(), facts.try_into().expect("all facts"))
    })
    .collect()
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn pictures_are_those_of_the_squash_but_for_roundings() {
    for size in SIZES {
        let [images, height, width] = size;
        let positions = height * width;
        // Planes of colours far from zero and from each other, so that much of each number cancels.
        let values: Vec<f32> = numbers(6, images * 3 * positions)
            .into_iter()
            .enumerate()
            .map(|(at, value)| value * 3.0 + (at / positions) as f32)
            .collect();
        for (image, (rgba, facts)) in pictures(&values, size).into_iter().enumerate() {
            let own = &values[image * 3 * positions..][..3 * positions];
            let pixels: Vec<f32> = (0..3 * positions).map(|at| own[at % 3 * positions + at / 3]).collect();
            let wanted = squash(&pixels);
            assert_eq!(facts, [2.5, 0.0, 0.0, wanted.min, wanted.max, 0.0], "{size:?}");
            let apart = rgba.iter().zip(&wanted.rgba).map(|(got, wanted)| got.abs_diff(*wanted));
            assert!(apart.clone().all(|apart| apart <= 1), "{size:?}: a level apart at most");
            // Four roundings of 2^-24 and a division of 2.5 units leave the place where a level ends uncertain by 255 x 7 x
            // 2^-24 = 1e-4 of a level on either side, so one byte in five thousand may be another.
            let apart = apart.filter(|&apart| apart > 0).count();
            assert!(
                apart * 2000 <= rgba.len().max(2000),
                "{size:?}: {apart} bytes are a level apart"
            );
        }
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn images_without_contrast_are_grey_and_say_why() {
    let size = [1, 3, 5];
    let ordinary = numbers(7, 45);
    let with = |value: f32| {
        let mut values = ordinary.clone();
        values[31] = value;
        pictures(&values, size).remove(0)
    };
    for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let (rgba, facts) = with(bad);
        assert_eq!(facts[5], 1.0, "{bad}");
        assert!(
            rgba.as_chunks::<4>()
                .0
                .iter()
                .all(|pixel| *pixel == [128, 128, 128, 255]),
            "{bad}"
        );
    }
    let (rgba, facts) = pictures(&[0.25; 45], size).remove(0);
    assert_eq!(facts[3..], [0.25, 0.25, 0.0]);
    assert!(
        rgba.as_chunks::<4>()
            .0
            .iter()
            .all(|pixel| *pixel == [128, 128, 128, 255])
    );
    let mut widest = vec![0.0; 45];
    (widest[0], widest[44]) = (f32::MIN, f32::MAX);
    let (rgba, facts) = pictures(&widest, size).remove(0);
    assert_eq!(
        (rgba[0], rgba[4], rgba[14 * 4 + 2]),
        (0, 128, 255),
        "{facts:?} {rgba:?}"
    );
    assert_eq!(facts[3..], [f32::MIN, f32::MAX, 0.0]);
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn adam_takes_the_steps_of_its_twin() {
    let count = 2 * 3 * 6 * 11;
    let shape = [2, 3, 6, 11];
    let zeros = || GPU.upload(vec![0.0; count], shape);
    let images = zeros();
    let mut moments = Moments::new([zeros(), zeros()]);
    let mut twin = vec![(0.0f32, 0.0f32); count];
    let mut place = vec![0.0; count];
    for number in 1..=4 {
        let gradient = numbers(10 + number as u64, count);
        soil();
        let maps = GPU.upload(vec![1.0; 2], [2, 1, 1, 1]);
        let (slopes, facts) = facts(&gradient, [2, 6, 11], maps);
        moments.turn(&slopes);
        let _ranges = launch::climb(&images, slopes, &facts, 0.1, None);
        let adam = Adam::step(number);
        for (at, &slope) in gradient.iter().enumerate() {
            let (first, second) = &mut twin[at];
            place[at] += 0.1 * adam.direction(f64::from(slope), first, second);
        }
        for (at, &got) in read(images.clone()).iter().enumerate() {
            let error = (f64::from(got) - place[at]).abs();
            assert!(error <= 1e-6, "step {number}: {got}, not {}", place[at]);
        }
    }
}
