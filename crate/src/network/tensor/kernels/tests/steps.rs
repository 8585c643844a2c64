//! The kernels of a step against plain arithmetic in 64 bits.

use burn_cubecl::tensor::CubeTensor;

use super::super::passes::primitive;
use super::super::step::FACTS;
use super::super::{climb, launch};
use super::{GPU, numbers, read, soil};
use crate::network::tensor::climb::Moments;
use crate::step::{Adam, LEAST_SQUARE_SUM};

/// Images, height, width: fewer values than a group has units, one more, and several rounds of them.
const SIZES: [[usize; 3]; 4] = [[1, 1, 1], [2, 5, 7], [1, 1, 257], [3, 40, 33]];

/// Of sums of some thousand numbers of one sign, relative to the sum.
const TOLERANCE: f64 = 1e-5;

fn upload(values: &[f32], [images, height, width]: [usize; 3]) -> CubeTensor {
    let colors = values.len() / images / height / width;
    primitive(GPU.tensor(values.to_vec(), [images, colors, height, width]))
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
    let maps = numbers(3, 2 * 19 * 23);
    soil();
    let gradient = read(launch::mean_gradient(upload(&maps, [2, 19, 23])));
    let share = 1.0 / (19.0 * 23.0);
    for (&slope, &value) in gradient.iter().zip(&maps) {
        assert_eq!(slope, if value > 0.0 { share as f32 } else { 0.0 });
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
    let size = [2, 6, 11];
    let count = 2 * 3 * 6 * 11;
    let start = climb::owned(GPU.tensor(vec![0.0; count], [2, 3, 6, 11]));
    let mut moments = Moments::new(&start);
    let mut twin = vec![(0.0f32, 0.0f32); count];
    let mut place = vec![0.0; count];
    for number in 1..=4 {
        let gradient = numbers(10 + number as u64, count);
        soil();
        let _row = climb::step(
            &start,
            GPU.tensor(vec![1.0; 2], [2, 1, 1, 1]),
            GPU.tensor(gradient.clone(), [2, 3, 6, 11]),
            Some(&mut moments),
            0.1,
            None,
        );
        let adam = Adam::step(number);
        for (at, &slope) in gradient.iter().enumerate() {
            let (first, second) = &mut twin[at];
            place[at] += 0.1 * adam.direction(f64::from(slope), first, second);
        }
        for (at, &got) in read(primitive(start.clone())).iter().enumerate() {
            let error = (f64::from(got) - place[at]).abs();
            assert!(error <= 1e-6, "{size:?}, step {number}: {got}, not {}", place[at]);
        }
    }
}
