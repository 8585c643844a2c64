//! The same network through wgpu, on whatever native adapter there is (a software Vulkan will do).
//!
//! Ignored where tests run without an adapter; `cargo xtask test` runs it wherever a Vulkan driver is installed.
#![cfg(feature = "gpu")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::sync::LazyLock;

use common::{narrow, relative_l2, settings, wide};
use vggscope::ascent::Ascent;
use vggscope::device::{Compute, wait};
use vggscope::image::random_image;
use vggscope::network::Network;
use vggscope::reference;
use vggscope::settings::{Preprocessing, Settings, StepRule};
use vggscope::vgg16::Layer;
use vggscope::weights::Convolution;

/// burn opens a device once in a process.
static GPU: LazyLock<Compute> = LazyLock::new(|| wait(Compute::gpu()).expect("a GPU or a software Vulkan"));

fn network(weights: &[Convolution]) -> Network {
    let mut network = Network::new(GPU.clone());
    weights.iter().for_each(|convolution| network.push(convolution));
    network
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn gpu_gradients_are_the_reference_s() {
    let weights = narrow(16);
    let network = network(&weights);
    let cases = [
        ("block1_conv1", (1, 1), Preprocessing::None),
        ("block1_conv2", (5, 7), Preprocessing::Caffe),
        ("block2_pool", (9, 13), Preprocessing::Torch),
        ("block3_conv1", (17, 31), Preprocessing::None),
        ("block5_conv3", (32, 48), Preprocessing::None),
    ];
    for (name, size, preprocessing) in cases {
        let layer = Layer::named(name).expect("a layer");
        let settings = Settings {
            learning_rate: 1.0,
            ..settings(layer, vec![0, 2, 3], size, preprocessing)
        };
        let start = random_image(436, size.0, size.1);
        let mut ascent = Ascent::new(&network, settings).expect("good settings");
        for iterate in ascent.step().expect("a step") {
            let (objective, gradient) =
                reference::objective_and_gradient(&weights, layer, iterate.channel, &wide(&start), size, preprocessing);
            let norm = gradient.iter().map(|g| g * g).sum::<f64>().sqrt();
            // 1e-5: the golden README's bound for one objective and one gradient in float32.
            assert!(
                (iterate.objective - objective).abs() <= 1e-5 * objective.max(1e-3),
                "{name}: objective"
            );
            assert!(
                (iterate.gradient_norm - norm).abs() <= 1e-5 * norm,
                "{name}: gradient norm"
            );
            assert_eq!(iterate.dead, norm == 0.0);
            let moved: Vec<f64> = wide(&start)
                .iter()
                .zip(&gradient)
                .map(|(value, slope)| value + slope)
                .collect();
            // One rounding of the sum to f32 (6e-8), and the gradient's own 1e-5 on top.
            assert!(relative_l2(&wide(&iterate.pixels), &moved) <= 1e-5, "{name}: image");
        }
    }
}

#[test]
#[ignore = "needs a GPU or a software Vulkan; cargo xtask test decides"]
fn two_gpu_runs_are_identical() {
    let network = network(&narrow(16));
    let layer = Layer::named("block2_conv2").expect("a layer");
    let climb = || {
        let settings = Settings {
            step: StepRule::L2,
            ..settings(layer, vec![0, 5], (24, 20), Preprocessing::None)
        };
        let mut ascent = Ascent::new(&network, settings).expect("good settings");
        (0..4).map(|_| ascent.step().expect("a step")).collect::<Vec<_>>()
    };
    assert_eq!(climb(), climb());
}
