//! The kernels of a step against plain arithmetic in 64 bits.

use burn_cubecl::tensor::CubeTensor;

use super::super::climb::Moments;
use super::super::launch;
use super::super::layout::{Sides, pooled};
use super::super::step::FACTS;
use super::{BATCHES, GPU, batch, numbers, read, soil};
use crate::reference::pooling;
use crate::step::{Adam, LEAST_SQUARE_SUM};

/// Images, height, width: fewer values than a group has units, one more, and several rounds of them.
const SIZES: [[usize; 3]; 4] = [[1, 1, 1], [2, 5, 7], [1, 1, 257], [3, 40, 33]];

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

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn facts_are_those_of_each_image_alone() {
    for size in SIZES {
        let [images, height, width] = size;
        let gradient = numbers(1, images * 3 * height * width);
        // A feature map need not be of the image's size.
        let maps: Vec<f32> = numbers(2, images * 300).iter().map(|value| value.max(0.0)).collect();
        soil();
        let uploaded = upload(&gradient, size);
        let facts = read(launch::measure(&uploaded, upload(&maps, [images, 20, 15])));
        for image in 0..images {
            let own = &gradient[image * 3 * height * width..][..3 * height * width];
            let map = &maps[image * 300..][..300];
            let facts = &facts[image * FACTS..][..FACTS];
            let wide = |values: &[f32]| values.iter().map(|&value| f64::from(value)).collect::<Vec<_>>();
            assert_close(facts[0], wide(map).iter().sum::<f64>() / 300.0, "mean activation");
            assert_close(
                facts[1],
                wide(own).iter().map(|slope| slope * slope).sum(),
                "sum of squares",
            );
            assert_eq!(facts[2], own.iter().fold(0.0, |most: f32, slope| most.max(slope.abs())));
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
fn steps_of_either_kind_lead_where_they_should_and_are_read_row_by_row() {
    for size in SIZES {
        let [images, height, width] = size;
        let (positions, values) = (height * width, 3 * height * width);
        let (start, gradient) = (numbers(4, images * values), numbers(5, images * values));
        for length in [None, Some(1.0), Some((values as f64).sqrt())] {
            soil();
            let (moved, slopes) = (upload(&start, size), upload(&gradient, size));
            let facts = launch::measure(&slopes, upload(&vec![1.0; images], [images, 1, 1]));
            let known = read(facts.clone());
            let rows = read(launch::climb(&moved, slopes, facts, 0.25, length));
            let moved = read(moved);
            for image in 0..images {
                let square_sum = f64::from(known[image * FACTS + 1]);
                let factor = length.map_or(1.0, |length| length / square_sum.max(LEAST_SQUARE_SUM).sqrt());
                let row = &rows[image * (values + FACTS)..][..values + FACTS];
                assert_eq!(row[values..], known[image * FACTS..][..FACTS], "{size:?}: facts");
                for index in 0..values {
                    let at = image * values + index;
                    let wanted = f64::from(start[at]) + 0.25 * factor * f64::from(gradient[at]);
                    // Start and step are below two, and may cancel.
                    assert!(
                        (f64::from(moved[at]) - wanted).abs() <= 1e-6,
                        "{size:?}: {} not {wanted}",
                        moved[at]
                    );
                    assert_eq!(
                        row[index % positions * 3 + index / positions],
                        moved[at],
                        "{size:?}: row"
                    );
                }
            }
        }
    }
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
        let slopes = GPU.upload(gradient.clone(), shape);
        let facts = launch::measure(&slopes, GPU.upload(vec![1.0; 2], [2, 1, 1, 1]));
        moments.turn(&slopes);
        let _rows = launch::climb(&images, slopes, facts, 0.1, None);
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
