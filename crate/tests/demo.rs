//! The model that ships with the site: whole, and the one that was trained.
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use vggscope::ascent::Ascent;
use vggscope::device::{Arithmetic, Compute};
use vggscope::image::random_image;
use vggscope::network::Network;
use vggscope::reference;
use vggscope::settings::{Preprocessing, Settings, Start, StepRule};
use vggscope::vgg16::{CONVOLUTIONS, LAYERS, Layer};
use vggscope::weights::source::Source;
use vggscope::weights::{Convolution, Weights};

/// Side of the golden images in pixels.
const SIDE: usize = 32;
/// Side of the images in the course notes.
const NOTES_SIDE: usize = 150;
/// The page's default seed, whose noise is the first golden image.
const SEED: u64 = 436;
/// Largest difference of a channel mean, over the largest mean of its layer for the same image. The golden means come
/// from the training network, batch normalisation in, in 32-bit floats; the shipped weights are its own, folded and
/// rescaled (7e-7 apart when they were made) and then rounded to 16 bits. That rounding moves a mean by up to 1.8e-3.
const TOLERANCE: f64 = 3e-3;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/public/weights/demo")
}

fn weights() -> Weights {
    let source = Source::new(&folder().display().to_string());
    let mut weights = source.open().expect("the index");
    let last = &LAYERS[LAYERS.len() - 1];
    source
        .load(&mut weights, last, &mut |_| ())
        .expect("every file as the index says");
    weights
}

/// The golden file: images (4, SIDE, SIDE, 3), and by layer the channel means (4, channels).
fn golden(name: &str) -> Vec<f32> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/reference/demo.safetensors");
    let bytes = std::fs::read(path).expect("the golden file");
    let file = SafeTensors::deserialize(&bytes).expect("safetensors");
    let tensor = file.tensor(name).expect("a tensor of the golden file");
    let values = tensor.data().as_chunks::<4>().0.iter();
    values.map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

#[test]
fn all_thirteen_convolutions_ship_and_say_what_they_are() {
    let weights = weights();
    let metadata = weights.index().metadata();
    assert_eq!(metadata.name, "procedural textures");
    assert_eq!(metadata.licence, "CC0-1.0");
    assert_eq!(metadata.preprocessing, Preprocessing::None);
    assert!(!metadata.source.is_empty() && metadata.description.contains("no ImageNet"));
    assert_eq!(metadata.shards.len(), CONVOLUTIONS);
    let bytes: u64 = metadata.shards.values().map(|shard| shard.bytes).sum();
    assert!(bytes < 30_000_000, "{bytes}");
    assert!(
        weights
            .layers()
            .all(|facts| facts.in_model && facts.channels == facts.layer.channels)
    );
}

#[test]
fn nothing_lies_in_the_folder_that_the_index_does_not_list() {
    let weights = weights();
    let listed = &weights.index().metadata().shards;
    for entry in std::fs::read_dir(folder()).expect("the folder") {
        let name = entry.expect("an entry").file_name().into_string().expect("a name");
        assert!(
            name == "model.safetensors.index.json" || listed.contains_key(&name),
            "{name}"
        );
    }
}

#[test]
fn every_channel_answers_as_the_training_network_did() {
    let weights = weights();
    let convolutions: Vec<Convolution> = (0..CONVOLUTIONS)
        .map(|ordinal| weights.convolution(ordinal).expect("loaded"))
        .collect();
    let images = golden("images");
    assert_eq!(images[..SIDE * SIDE * 3], random_image(SEED, SIDE, SIDE));
    for (number, image) in images.chunks_exact(SIDE * SIDE * 3).enumerate() {
        let image: Vec<f64> = image.iter().map(|&value| f64::from(value)).collect();
        let last = Layer::named("block5_conv3").expect("a layer");
        let outputs = reference::activations(&convolutions, last, &image, (SIDE, SIDE), Preprocessing::None);
        for (layer, maps) in LAYERS.iter().zip(&outputs).filter(|(layer, _)| layer.is_convolution()) {
            compare(layer.name, number, &channel_means(maps), &golden(layer.name));
        }
    }
}

fn channel_means(maps: &reference::Maps) -> Vec<f64> {
    let positions = maps.height * maps.width;
    let sums = maps.values.chunks_exact(positions).map(|map| map.iter().sum::<f64>());
    sums.map(|sum| sum / positions as f64).collect()
}

fn compare(layer: &str, image: usize, found: &[f64], golden: &[f32]) {
    let golden = &golden[image * found.len()..][..found.len()];
    let largest = golden.iter().fold(0.0_f32, |largest, &mean| largest.max(mean));
    for (channel, (&found, &expected)) in found.iter().zip(golden).enumerate() {
        let difference = (found - f64::from(expected)).abs() / f64::from(largest);
        assert!(
            difference < TOLERANCE,
            "{layer} channel {channel}, image {image}: {found} where the training network has {expected} ({difference:.1e})"
        );
    }
}

/// What a visitor's first step shows, through the engine itself.
#[test]
fn the_engine_climbs_from_the_golden_objectives() {
    let weights = weights();
    let mut network = Network::new(Compute::cpu(Arithmetic::F32));
    network.extend(&weights, &LAYERS[LAYERS.len() - 1]).expect("loaded");
    for (layer, channel) in [("block1_conv2", 0), ("block3_conv1", 39), ("block5_conv3", 511)] {
        let layer = Layer::named(layer).expect("a layer");
        let settings = Settings {
            layer,
            channels: vec![channel],
            height: SIDE,
            width: SIDE,
            learning_rate: 10.0,
            step: StepRule::Gradient,
            preprocessing: Preprocessing::None,
            start: Start::Seed(SEED),
        };
        let mut ascent = Ascent::new(&network, settings).expect("good settings");
        let iterate = ascent.step().expect("a step").remove(0);
        let means = golden(layer.name);
        let largest = means[..layer.channels]
            .iter()
            .fold(0.0_f32, |largest, &mean| largest.max(mean));
        let difference = (iterate.objective - f64::from(means[channel])).abs() / f64::from(largest);
        assert!(
            difference < TOLERANCE,
            "{} channel {channel}: {difference:.1e}",
            layer.name
        );
    }
}

/// Each channel is scaled so that the notes' first step moves the image by a root mean square of 0.12; what was scaled
/// for other images, or other inputs, is far from it.
#[test]
fn the_notes_learning_rate_suits_every_layer() {
    let weights = weights();
    let mut network = Network::new(Compute::cpu(Arithmetic::F32));
    network.extend(&weights, &LAYERS[LAYERS.len() - 1]).expect("loaded");
    for layer in LAYERS.iter().filter(|layer| layer.is_convolution()) {
        let settings = Settings {
            layer,
            channels: vec![0, 13, 26, 39, 52],
            height: NOTES_SIDE,
            width: NOTES_SIDE,
            learning_rate: 10.0,
            step: StepRule::Gradient,
            preprocessing: Preprocessing::None,
            start: Start::Seed(SEED),
        };
        let iterates = Ascent::new(&network, settings)
            .expect("good settings")
            .step()
            .expect("a step");
        let values = (NOTES_SIDE * NOTES_SIDE * 3) as f64;
        let mut moved: Vec<f64> = iterates
            .iter()
            .map(|iterate| 10.0 * iterate.gradient_norm / values.sqrt())
            .collect();
        moved.sort_by(f64::total_cmp);
        let median = moved[moved.len() / 2];
        assert!((0.06..0.24).contains(&median), "{}: {moved:?}", layer.name);
    }
}
