//! The network, by burn in double and by our own kernels in single precision, against the plain-Rust reference, and the
//! reference against Keras and finite differences.
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use common::{narrow, relative_l2, settings, wide};
use safetensors::SafeTensors;
use vggscope::ascent::Ascent;
use vggscope::device::{Arithmetic, Compute, wait};
use vggscope::image::{Contrast, random_image};
use vggscope::network::Network;
use vggscope::objective::MeanActivation;
use vggscope::settings::{Preprocessing, Settings, Start, StepRule};
use vggscope::vgg16::{LAYERS, Layer};
use vggscope::weights::{Convolution, untrained};
use vggscope::{Error, reference};

const SCALINGS: [Preprocessing; 4] = [
    Preprocessing::None,
    Preprocessing::Caffe,
    Preprocessing::CaffeRgb,
    Preprocessing::Torch,
];

fn golden(file: &str) -> Vec<u8> {
    std::fs::read(format!(
        "{}/../tests/reference/golden/{file}",
        env!("CARGO_MANIFEST_DIR")
    ))
    .expect("a golden file")
}

fn f32s(bytes: &[u8]) -> Vec<f32> {
    bytes
        .as_chunks()
        .0
        .iter()
        .map(|&bytes| f32::from_le_bytes(bytes))
        .collect()
}

#[test]
fn reference_activations_are_keras_s() {
    let bytes = golden("activations_16x16.safetensors");
    let stored = SafeTensors::deserialize(&bytes).expect("safetensors");
    let image = wide(&random_image(7, 16, 16));
    let layer = Layer::named("block5_conv3").expect("a layer");
    let maps = reference::activations(
        &untrained::convolutions(2024, 1),
        layer,
        &image,
        (16, 16),
        Preprocessing::None,
    );
    for (layer, maps) in LAYERS.iter().zip(&maps).filter(|(layer, _)| layer.is_convolution()) {
        let golden = f32s(stored.tensor(layer.name).expect(layer.name).data());
        let positions = maps.height * maps.width;
        // Ours are CHW, Keras's HWC.
        let ours: Vec<f64> = (0..golden.len())
            .map(|at| maps.values[(at % maps.channels) * positions + at / maps.channels])
            .collect();
        let difference = relative_l2(&ours, &wide(&golden));
        // The stored values are f32: rounding alone is about 3e-8.
        assert!(difference < 1e-7, "{}: {difference:e}", layer.name);
    }
}

#[test]
fn channel_means_of_every_layer_are_keras_s() {
    let bytes = golden("channel_means_64x64.safetensors");
    let stored = SafeTensors::deserialize(&bytes).expect("safetensors");
    let network = network(Arithmetic::F64, &untrained::convolutions(2024, 1));
    let image = random_image(7, 64, 64);
    for layer in LAYERS.iter().filter(|layer| layer.is_convolution()) {
        let means = stored.tensor(layer.name).expect(layer.name);
        let means: Vec<f64> = means
            .data()
            .as_chunks()
            .0
            .iter()
            .map(|&bytes| f64::from_le_bytes(bytes))
            .collect();
        let channels = vec![0, layer.channels / 2, layer.channels - 1];
        let settings = settings(layer, channels.clone(), (64, 64), Preprocessing::None);
        let (objectives, _) = evaluate(&network, &settings, &image);
        for (objective, channel) in objectives.iter().zip(channels) {
            let difference = (objective - means[channel]).abs() / means[channel].max(1e-3);
            assert!(difference < 1e-9, "{} channel {channel}: {difference:e}", layer.name);
        }
    }
}

#[test]
fn reference_gradient_is_the_slope_of_the_objective() {
    let weights = narrow(32);
    let (height, width) = (9, 11);
    for preprocessing in SCALINGS {
        for name in ["block1_conv2", "block2_pool", "block3_conv1"] {
            let layer = Layer::named(name).expect("a layer");
            let image = wide(&random_image(3, height, width));
            let at = |image: &[f64], channel| {
                reference::objective_and_gradient(&weights, layer, channel, image, (height, width), preprocessing)
            };
            let norm_of = |gradient: &[f64]| gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            // The first channel that is not dead on this image.
            let channel = (0..weights[layer.last_convolution()].out_channels)
                .find(|&channel| norm_of(&at(&image, channel).1) > 0.0)
                .expect("a live channel");
            let objective = |image: &[f64]| at(image, channel).0;
            // Along the gradient the slope is its norm, up to the kinks a step of 1e-7 may cross.
            let gradient = at(&image, channel).1;
            let norm = norm_of(&gradient);
            let moved = |step: f64| -> Vec<f64> {
                image
                    .iter()
                    .zip(&gradient)
                    .map(|(value, slope)| value + step * slope / norm)
                    .collect()
            };
            let slope = (objective(&moved(1e-7)) - objective(&moved(-1e-7))) / 2e-7;
            assert!(
                (slope - norm).abs() < 1e-4 * norm,
                "{name} {preprocessing:?}: {slope} against {norm}"
            );
        }
    }
}

#[test]
fn network_is_the_reference_in_every_layer_at_odd_sizes() {
    every_layer_at_odd_sizes(Arithmetic::F64, 1e-11);
}

#[test]
fn our_own_kernels_are_the_reference_too_in_every_layer_at_odd_sizes() {
    // 1e-5: the golden README's bound for one gradient in float32.
    every_layer_at_odd_sizes(Arithmetic::F32, 1e-5);
}

fn every_layer_at_odd_sizes(arithmetic: Arithmetic, tolerance: f64) {
    let weights = narrow(32);
    let network = network(arithmetic, &weights);
    let mut compared = 0;
    for (height, width) in [(1, 1), (1, 6), (2, 3), (5, 7), (17, 31), (34, 40)] {
        for layer in LAYERS.iter().filter(|layer| layer.output_size(height, width).is_ok()) {
            let preprocessing = SCALINGS[compared % SCALINGS.len()];
            compare(&network, &weights, layer, (height, width), preprocessing, tolerance);
            compared += 1;
        }
    }
    assert_eq!(compared, 2 + 2 + 5 + 9 + 17 + 18, "every layer that each size allows");
}

#[test]
fn single_precision_is_near_the_reference_too() {
    let weights = narrow(16);
    let network = network(Arithmetic::F32, &weights);
    for preprocessing in SCALINGS {
        for layer in &LAYERS {
            compare(&network, &weights, layer, (33, 47), preprocessing, 1e-5);
        }
    }
    // As the page has it: many blocks of tiles in both directions.
    let layer = Layer::named("block3_conv1").expect("a layer");
    compare(&network, &weights, layer, (150, 150), Preprocessing::None, 1e-5);
}

fn compare(
    network: &Network,
    weights: &[Convolution],
    layer: &'static Layer,
    size: (usize, usize),
    preprocessing: Preprocessing,
    tolerance: f64,
) {
    let width = weights[layer.last_convolution()].out_channels;
    let mut channels = vec![0, width / 2, width - 1];
    channels.dedup();
    let image = random_image(5, size.0, size.1);
    let settings = settings(layer, channels.clone(), size, preprocessing);
    let (objectives, gradients) = evaluate(network, &settings, &image);
    for (index, channel) in channels.into_iter().enumerate() {
        let (objective, gradient) =
            reference::objective_and_gradient(weights, layer, channel, &wide(&image), size, preprocessing);
        let what = format!("{} channel {channel} at {size:?}, {preprocessing:?}", layer.name);
        // An objective is a mean of sums whose terms are about 0.1 to 1 times the scaled image: below a hundredth of that
        // it has lost so many digits.
        let scale = objective.abs().max(1e-2 * largest_input(preprocessing));
        assert!(
            (objectives[index] - objective).abs() <= tolerance * scale,
            "{what}: {} {objective}",
            objectives[index]
        );
        let difference = relative_l2(&gradients[index], &gradient);
        assert!(difference <= tolerance, "{what}: gradient {difference:e}");
    }
}

/// About the largest value that an image in [0, 1] has once it is scaled.
const fn largest_input(preprocessing: Preprocessing) -> f64 {
    match preprocessing {
        Preprocessing::None => 1.0,
        Preprocessing::Torch => 2.6,
        Preprocessing::Caffe | Preprocessing::CaffeRgb => 150.0,
    }
}

fn network(arithmetic: Arithmetic, weights: &[Convolution]) -> Network {
    let mut network = Network::new(Compute::cpu(arithmetic));
    weights.iter().for_each(|convolution| network.push(convolution));
    network
}

/// Objective and gradient (HWC) of each channel of the settings, all at one image.
fn evaluate(network: &Network, settings: &Settings, image: &[f32]) -> (Vec<f64>, Vec<Vec<f64>>) {
    let images = vec![image; settings.channels.len()];
    let mut objective = MeanActivation::new(network, settings).expect("an objective");
    let evaluations = wait(objective.evaluate(&images)).expect("computed");
    evaluations
        .into_iter()
        .map(|evaluation| (evaluation.objective, evaluation.gradient))
        .unzip()
}

#[test]
fn a_batch_climbs_as_its_channels_do_alone() {
    let network = network(Arithmetic::F64, &narrow(16));
    let layer = Layer::named("block3_conv1").expect("a layer");
    let climb = |channels: Vec<usize>| {
        let mut ascent = Ascent::new(&network, settings(layer, channels, (20, 24), Preprocessing::None)).expect("good");
        (0..5)
            .map(|_| ascent.step().expect("a step"))
            .last()
            .expect("five steps")
    };
    for (together, channel) in climb(vec![6, 0, 15]).into_iter().zip([6, 0, 15]) {
        let alone = climb(vec![channel]).remove(0);
        assert_eq!((together.channel, together.iteration), (channel, 5));
        assert!(relative_l2(&wide(&together.pixels), &wide(&alone.pixels)) < 1e-7);
        assert!((together.objective - alone.objective).abs() < 1e-9);
    }
}

#[test]
fn on_the_cpu_a_channel_climbs_alone_as_among_others_bit_for_bit() {
    let network = network(Arithmetic::F32, &narrow(16));
    let layer = Layer::named("block3_conv1").expect("a layer");
    let climb = |channels: Vec<usize>| {
        let mut ascent = Ascent::new(&network, settings(layer, channels, (20, 24), Preprocessing::None)).expect("good");
        (0..3).map(|_| ascent.step().expect("a step")).collect::<Vec<_>>()
    };
    let channels = vec![6, 0, 15, 3, 9];
    let together = climb(channels.clone());
    for (at, channel) in channels.into_iter().enumerate() {
        for (step, alone) in climb(vec![channel]).iter().enumerate() {
            assert_eq!(together[step][at], alone[0], "channel {channel}, step {step}");
        }
    }
}

#[test]
fn a_dead_channel_behind_many_layers_is_exactly_still() {
    let mut weights = narrow(16);
    weights[9].bias.fill(-1e6);
    let network = network(Arithmetic::F32, &weights);
    let layer = Layer::named("block4_conv3").expect("a layer");
    let settings = settings(layer, vec![0, 1], (40, 50), Preprocessing::Caffe);
    let mut ascent = Ascent::new(&network, settings).expect("good settings");
    for iterate in ascent.step().expect("a step") {
        assert!(iterate.dead && iterate.objective == 0.0 && iterate.gradient_norm == 0.0);
        assert_eq!(iterate.pixels, random_image(436, 40, 50));
    }
}

#[test]
fn two_runs_are_identical_and_a_run_resumes_exactly() {
    let network = network(Arithmetic::F32, &narrow(16));
    let layer = Layer::named("block2_conv2").expect("a layer");
    let from = |start: Start| Settings {
        start,
        ..settings(layer, vec![1, 4], (19, 23), Preprocessing::None)
    };
    let climb = |start: Start, steps: usize| {
        let mut ascent = Ascent::new(&network, from(start)).expect("good settings");
        (0..steps).map(|_| ascent.step().expect("a step")).collect::<Vec<_>>()
    };
    let first = climb(Start::Seed(436), 6);
    assert_eq!(first, climb(Start::Seed(436), 6));
    let images = first[3].iter().map(|iterate| iterate.pixels.clone()).collect();
    let resumed = climb(Start::Resume { iteration: 4, images }, 2);
    assert_eq!(resumed, first[4..]);
}

/// Weights whose every channel is dead: the biases are far below zero.
fn dead_weights() -> Vec<Convolution> {
    let mut weights = narrow(32);
    weights.truncate(2);
    weights[1].bias.fill(-1e6);
    weights
}

#[test]
fn dead_channels_constant_images_and_overflow_are_named() {
    let layer = Layer::named("block1_conv2").expect("a layer");
    let step = |weights: &[Convolution], changed: &dyn Fn(&mut Settings)| {
        let mut settings = settings(layer, vec![0], (6, 6), Preprocessing::None);
        changed(&mut settings);
        let network = network(Arithmetic::F32, weights);
        Ascent::new(&network, settings)
            .expect("good settings")
            .step()
            .expect("a step")
            .remove(0)
    };
    for rule in [StepRule::Gradient, StepRule::L2, StepRule::Rms, StepRule::Adam] {
        let dead = step(&dead_weights(), &|settings| settings.step = rule);
        assert!(dead.dead && dead.contrast == Contrast::Stretched && dead.pixels == random_image(436, 6, 6));
        let grey = step(&dead_weights(), &|settings| {
            settings.step = rule;
            settings.start = Start::Image(vec![0.5; 108]);
        });
        assert!(grey.dead && grey.contrast == Contrast::Constant && grey.rgba[..4] == [128, 128, 128, 255]);
    }
    let diverged = step(&narrow(32), &|settings| settings.learning_rate = 1e300);
    assert_eq!((diverged.contrast, diverged.dead), (Contrast::NotFinite, false));
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let mut weights = narrow(32);
    weights.truncate(5);
    let network = network(Arithmetic::F32, &weights);
    let refused = |layer: &str, changed: &dyn Fn(&mut Settings)| -> Error {
        let layer = Layer::named(layer).expect("a layer");
        let mut settings = settings(layer, vec![0], (8, 8), Preprocessing::None);
        changed(&mut settings);
        Ascent::new(&network, settings).expect_err("it cannot be done")
    };
    let cases: [(Error, &str, &str); 9] = [
        (refused("block3_conv2", &|_| ()), "weights-not-loaded", "block3_conv2"),
        (
            refused("block3_conv1", &|s| s.channels = vec![8]),
            "channel-out-of-range",
            "0 to 7",
        ),
        (
            refused("block3_conv1", &|s| s.channels = vec![2, 5, 2]),
            "duplicate-channel",
            "Channel 2 is listed twice",
        ),
        (
            refused("block3_conv1", &|s| s.channels.clear()),
            "invalid-setting",
            "at least one",
        ),
        (refused("block3_conv1", &|s| s.width = 3), "image-too-small", "3 x 8"),
        (refused("block1_conv1", &|s| s.height = 0), "invalid-size", "8 x 0"),
        (
            refused("block1_conv1", &|s| s.width = usize::MAX),
            "invalid-size",
            "1048576",
        ),
        (
            refused("block1_conv1", &|s| s.learning_rate = f64::NAN),
            "invalid-setting",
            "NaN",
        ),
        (
            refused("block1_conv1", &|s| s.start = Start::Image(vec![0.0; 5])),
            "invalid-start",
            "need 192",
        ),
    ];
    for (error, code, text) in cases {
        assert_eq!(error.code(), code);
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn the_feature_map_is_the_reference_s() {
    let weights = narrow(16);
    let network = network(Arithmetic::F32, &weights);
    let layer = Layer::named("block2_conv1").expect("a layer");
    let image = random_image(9, 13, 10);
    let map = network
        .feature_map(layer, 3, Preprocessing::Torch, &image, (13, 10))
        .expect("a map");
    let map = wait(map.read()).expect("read");
    let maps = reference::activations(&weights, layer, &wide(&image), (13, 10), Preprocessing::Torch);
    let golden = &maps.last().expect("maps").values[3 * 30..4 * 30];
    assert_eq!((map.height, map.width), (6, 5));
    assert!(relative_l2(&wide(&map.values), golden) < 1e-5);
}
