//! Every kernel against the plain functions of `reference.rs`, over odd sizes, channel counts and batches.

mod steps;

use std::sync::LazyLock;

use burn_cubecl::tensor::CubeTensor;

use super::launch::{self, Gradient, Scaling, Sums};
use super::layout::{Sides, WINDOWS, area, pairs, pitch, plane, pooled, rows};
use super::stage::{Stage, scaling_numbers};
use super::{Gpu, device};
use crate::device::wait;
use crate::network::size::largest_tensor;
use crate::reference::{Maps, convolution, convolution_backward, pooling};
use crate::splitmix::SplitMix64;
use crate::weights::Convolution;

/// Images, height, width: a unit and less, odd sides, more than a group.
const BATCHES: [(u32, u32, u32); 7] = [
    (1, 1, 1),
    (2, 1, 6),
    (1, 2, 3),
    (3, 5, 7),
    (1, 8, 4),
    (2, 17, 31),
    (1, 34, 40),
];

/// Input and output channels: fewer and more than an octet, whole octets; enough for slices there, back, and both ways.
const CHANNELS: [(usize, usize); 7] = [(1, 5), (3, 16), (5, 3), (16, 20), (64, 8), (8, 64), (72, 64)];

/// Sums of some hundred products of numbers below one half, in 32-bit floats.
const TOLERANCE: f64 = 1e-5;

static GPU: LazyLock<Gpu> = LazyLock::new(|| wait(Gpu::open()).expect("a GPU or a software Vulkan"));

fn cases() -> impl Iterator<Item = (Sides, usize, usize)> {
    BATCHES.into_iter().flat_map(|(images, height, width)| {
        let sides = Sides { images, height, width };
        CHANNELS
            .into_iter()
            .map(move |(inputs, outputs)| (sides, inputs, outputs))
    })
}

/// Each case with either way of summing.
fn summed() -> impl Iterator<Item = (Sides, usize, usize, Sums)> {
    cases()
        .flat_map(|(sides, inputs, outputs)| [Sums::Whole, Sums::InSlices].map(|sums| (sides, inputs, outputs, sums)))
}

fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut generator = SplitMix64::new(seed);
    (0..count).map(|_| generator.next_unit() as f32 - 0.5).collect()
}

fn weights(inputs: usize, outputs: usize) -> Convolution {
    Convolution {
        out_channels: outputs,
        in_channels: inputs,
        weight: numbers(7, outputs * inputs * 9),
        bias: numbers(8, outputs),
    }
}

fn stage(weights: &Convolution) -> Stage {
    // Not the first: that one's input has no octets.
    Stage::new(&GPU, 1, weights)
}

/// One image's maps, by image.
fn batch(seed: u64, channels: usize, sides: &Sides) -> Vec<Maps> {
    let (height, width) = (sides.height as usize, sides.width as usize);
    (0..u64::from(sides.images))
        .map(|image| Maps {
            channels,
            height,
            width,
            values: numbers(seed + image, channels * height * width)
                .into_iter()
                .map(f64::from)
                .collect(),
        })
        .collect()
}

fn at(sides: &Sides, channel: usize, image: usize, y: usize, x: usize) -> usize {
    channel * plane(sides) + image * area(sides) + (y + 1) * pitch(sides) + x + 1
}

/// Calls `visit` with (image, index in its maps, index in the padded maps) of every value.
fn each_value(sides: &Sides, channels: usize, mut visit: impl FnMut(usize, usize, usize)) {
    let (height, width) = (sides.height as usize, sides.width as usize);
    for image in 0..sides.images as usize {
        for index in 0..channels * height * width {
            let (channel, y, x) = (index / height / width, index / width % height, index % width);
            visit(image, index, at(sides, channel, image, y, x));
        }
    }
}

/// The maps on the GPU, with their border.
fn upload(maps: &[Maps], sides: &Sides) -> CubeTensor {
    let channels = maps[0].channels;
    let mut values = vec![0.0; channels * plane(sides)];
    each_value(sides, channels, |image, index, at| {
        values[at] = maps[image].values[index] as f32
    });
    let count = values.len();
    GPU.upload(values, [count])
}

fn read(tensor: CubeTensor) -> Vec<f32> {
    wait(device::read(tensor)).expect("floats")
}

fn read_words(tensor: CubeTensor) -> Vec<u32> {
    wait(device::read_words(tensor)).expect("words")
}

/// Leaves garbage in the memory that the next tensors get.
fn soil() {
    let garbage: Vec<CubeTensor> = [1 << 12, 1 << 16, 1 << 18]
        .into_iter()
        .map(|count| GPU.upload(vec![f32::NAN; count], [count]))
        .collect();
    drop(garbage);
}

/// The padded maps have these values, and zeros everywhere else.
fn assert_maps(got: &[f32], wanted: &[Maps], sides: &Sides, what: &str) {
    let mut rest = got.to_vec();
    each_value(sides, wanted[0].channels, |image, index, at| {
        let (got, wanted) = (f64::from(got[at]), wanted[image].values[index]);
        assert!(
            (got - wanted).abs() <= TOLERANCE,
            "{what}, {sides:?}: {got}, not {wanted}"
        );
        rest[at] = 0.0;
    });
    assert!(rest.iter().all(|&value| value == 0.0), "{what}, {sides:?}: border");
}

/// Four bits of a window and channel.
fn nibble(words: &[u32], sides: &Sides, channel: usize, image: usize, (row, column): (usize, usize)) -> u32 {
    let row = ((channel / 8) * sides.images as usize + image) * rows(sides) + row;
    let word = words[row * pairs(sides) * WINDOWS + column];
    word >> (channel % 8 * 4) & 15
}

/// Those maps where everything has passed a ReLU.
fn open(channels: usize, sides: &Sides) -> Maps {
    let mut maps = batch(0, channels, sides).remove(0);
    maps.values.fill(1.0);
    maps
}

#[test]
fn tensors_are_as_large_as_the_limits_are_compared_with() {
    for (sides, ..) in cases() {
        let size = (sides.height as usize, sides.width as usize);
        let bytes = largest_tensor(&[8], size);
        assert_eq!(bytes as usize, 4 * 8 * area(&sides), "{sides:?}");
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn convolutions_and_their_bits_are_the_reference_s() {
    for (sides, inputs, outputs, sums) in summed() {
        let weights = weights(inputs, outputs);
        let input = batch(1, inputs, &sides);
        let trunk = stage(&weights);
        soil();
        let (output, words) =
            launch::convolution(upload(&input, &sides), &trunk.forward, &trunk.bias, sides, false, sums);
        let (output, words) = (read(output), read_words(words));
        let wanted: Vec<Maps> = input.iter().map(|input| convolution(input, &weights)).collect();
        assert_maps(&output, &wanted, &sides, "convolution");
        for channel in 0..outputs.next_multiple_of(8) {
            for image in 0..sides.images as usize {
                for (row, column) in (0..rows(&sides)).flat_map(|y| (0..pairs(&sides) * WINDOWS).map(move |x| (y, x))) {
                    let bits = nibble(&words, &sides, channel, image, (row, column));
                    for position in 0..4 {
                        let (y, x) = (2 * row + position / 2, 2 * column + position % 2);
                        let inside = y < sides.height as usize && x < sides.width as usize;
                        let above = inside && output[at(&sides, channel, image, y, x)] > 0.0;
                        assert_eq!(bits >> position & 1 == 1, above, "{sides:?}");
                    }
                }
            }
        }
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn pooled_convolutions_and_both_ways_back_are_the_reference_s() {
    for (sides, inputs, outputs, sums) in summed().filter(|(sides, ..)| sides.height > 1 && sides.width > 1) {
        let weights = weights(inputs, outputs);
        let input = batch(1, inputs, &sides);
        let small = pooled(&sides);
        let trunk = stage(&weights);
        soil();
        let (output, words) =
            launch::convolution(upload(&input, &sides), &trunk.forward, &trunk.bias, sides, true, sums);
        let whole: Vec<Maps> = input.iter().map(|input| convolution(input, &weights)).collect();
        let wanted: Vec<Maps> = whole.iter().map(|maps| pooling(maps).0).collect();
        assert_maps(&read(output), &wanted, &small, "pooling");

        // Two values of a window may be as good as equal, so the winners are the kernel's own, once they are seen to win.
        let gradient = batch(3, outputs, &small);
        let mut spread: Vec<Maps> = whole.iter().map(|_| open(outputs, &sides)).collect();
        spread.iter_mut().for_each(|maps| maps.values.fill(0.0));
        let winners = read_words(words.clone());
        let (height, width) = (small.height as usize, small.width as usize);
        each_value(&small, outputs, |image, index, _| {
            let (channel, row, column) = (index / height / width, index / width % height, index % width);
            let winner = nibble(&winners, &sides, channel, image, (row, column)) as usize;
            let greatest = wanted[image].values[index];
            if winner == 0 {
                assert!(greatest <= TOLERANCE, "{sides:?}: no winner");
                return;
            }
            let (y, x) = (2 * row + (winner - 1) / 2, 2 * column + (winner - 1) % 2);
            let full = (channel * sides.height as usize + y) * sides.width as usize + x;
            assert!(
                (whole[image].values[full] - greatest).abs() <= TOLERANCE,
                "{sides:?}: winner"
            );
            spread[image].values[full] = gradient[image].values[index];
        });
        let wanted: Vec<Maps> = (0..input.len())
            .map(|image| convolution_backward(&input[image], &open(outputs, &sides), &weights, &spread[image]))
            .collect();
        soil();
        let pooled = Gradient::Pooled(upload(&gradient, &small), &words);
        let back = launch::convolution_backward(pooled, &trunk.backward, None, sides, sums);
        assert_maps(&read(back), &wanted, &sides, "back through a pooling");
        soil();
        let plain = Gradient::Plain(upload(&spread, &sides));
        let back = launch::convolution_backward(plain, &trunk.backward, None, sides, sums);
        assert_maps(&read(back), &wanted, &sides, "back");
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn gradients_stop_at_closed_relus_exactly() {
    for (sides, inputs, outputs, sums) in summed() {
        // The bits are those of a convolution that made this one's input.
        let (before, weights) = (weights(2, inputs), weights(inputs, outputs));
        let made = stage(&before);
        let input = upload(&batch(5, 2, &sides), &sides);
        let (maps, bits) = launch::convolution(input, &made.forward, &made.bias, sides, false, sums);
        let maps = read(maps);
        let gradient = batch(3, outputs, &sides);
        let mut wanted: Vec<Maps> = gradient
            .iter()
            .map(|gradient| convolution_backward(&open(inputs, &sides), &open(outputs, &sides), &weights, gradient))
            .collect();
        each_value(&sides, inputs, |image, index, at| {
            if maps[at] <= 0.0 {
                wanted[image].values[index] = 0.0;
            }
        });
        soil();
        let plain = Gradient::Plain(upload(&gradient, &sides));
        let back = launch::convolution_backward(plain, &stage(&weights).backward, Some(&bits), sides, sums);
        let back = read(back);
        assert_maps(&back, &wanted, &sides, "back through a ReLU");
        each_value(&sides, inputs, |_, _, at| {
            assert!(maps[at] > 0.0 || back[at] == 0.0, "{sides:?}: not zero")
        });
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn a_gradient_of_zero_stays_zero_exactly() {
    let sides = Sides {
        images: 2,
        height: 5,
        width: 7,
    };
    let weights = weights(16, 8);
    let trunk = stage(&weights);
    let zeros: Vec<Maps> = vec![
        Maps {
            values: vec![0.0; 8 * 35],
            ..open(8, &sides)
        };
        2
    ];
    soil();
    let back = launch::convolution_backward(
        Gradient::Plain(upload(&zeros, &sides)),
        &trunk.backward,
        None,
        sides,
        Sums::Whole,
    );
    assert!(read(back).iter().all(|&value| value == 0.0));
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn heads_are_the_reference_s_channel_by_channel() {
    for (sides, inputs, outputs) in cases() {
        let weights = weights(inputs, outputs);
        let channels: Vec<usize> = (0..sides.images as usize)
            .map(|image| (image * 2 + 1) % outputs)
            .collect();
        let head = stage(&weights).head(&GPU, &channels);
        let input = batch(1, inputs, &sides);
        let (height, width) = (sides.height as usize, sides.width as usize);
        soil();
        let output = read(launch::head(upload(&input, &sides), &head.forward, &head.bias, sides));
        let gradient = numbers(3, output.len());
        let mut wanted = Vec::new();
        for (image, &channel) in channels.iter().enumerate() {
            let own = image * height * width..(image + 1) * height * width;
            let maps = convolution(&input[image], &weights);
            let row = &maps.values[channel * height * width..(channel + 1) * height * width];
            for (got, wanted) in output[own.clone()].iter().zip(row) {
                assert!((f64::from(*got) - wanted).abs() <= TOLERANCE, "{sides:?}: head");
            }
            let mut full = Maps {
                values: vec![0.0; outputs * height * width],
                ..open(outputs, &sides)
            };
            for (value, own) in full.values[channel * height * width..].iter_mut().zip(&gradient[own]) {
                *value = f64::from(*own);
            }
            wanted.push(convolution_backward(
                &input[image],
                &open(outputs, &sides),
                &weights,
                &full,
            ));
        }
        soil();
        let gradient = GPU.upload(gradient, [sides.images as usize, 1, height, width]);
        let back = read(launch::head_backward(gradient, &head.backward, None, sides));
        assert_maps(&back, &wanted, &sides, "back from the head");
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn images_are_scaled_and_their_gradients_too() {
    let (factor, offset) = ([2.0, 3.0, 5.0], [0.25, 0.5, 1.0]);
    for (images, height, width) in BATCHES {
        for swap_red_and_blue in [false, true] {
            let sides = Sides { images, height, width };
            let scaling = Scaling {
                numbers: scaling_numbers(&GPU, factor, offset),
                swap_red_and_blue,
            };
            let source = |channel: usize| if swap_red_and_blue { 2 - channel } else { channel };
            let shape = [images as usize, 3, height as usize, width as usize];
            let positions = shape[2] * shape[3];
            let values = numbers(1, shape.iter().product());
            let scaled = |image: usize, channel: usize, position: usize| {
                let value = values[(image * 3 + source(channel)) * positions + position];
                f64::from(value) * factor[channel] - offset[channel]
            };
            let wanted: Vec<Maps> = (0..shape[0])
                .map(|image| Maps {
                    values: (0..3 * positions)
                        .map(|at| scaled(image, at / positions, at % positions))
                        .collect(),
                    ..open(3, &sides)
                })
                .collect();
            soil();
            let maps = launch::input_maps(GPU.upload(values.clone(), shape), &scaling, sides);
            assert_maps(&read(maps), &wanted, &sides, "input");
            let gradient = batch(4, 3, &sides);
            let feature_maps = GPU.upload(vec![0.0; shape[0]], [shape[0], 1, 1, 1]);
            soil();
            let (got, _slopes) = launch::output_image(upload(&gradient, &sides), feature_maps, &scaling, sides);
            let got = read(got);
            for (at, &got) in got.iter().enumerate() {
                let (image, color, position) = (at / positions / 3, at / positions % 3, at % positions);
                let channel = source(color);
                let wanted = gradient[image].values[channel * positions + position] * factor[channel];
                assert!((f64::from(got) - wanted).abs() <= 1e-6, "{sides:?}: image");
            }
        }
    }
}
