//! The CPU's memory: how much a climb takes is said before it begins, and all of it is taken then.
#![cfg(feature = "cpu")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use common::{narrow, settings};
use peak_alloc::PeakAlloc;
use vggscope::ascent::Ascent;
use vggscope::device::{Arithmetic, Compute};
use vggscope::network::{Network, memory_needed};
use vggscope::settings::Preprocessing;
use vggscope::vgg16::Layer;
use vggscope::weights::{INDEX_FILE, Index, Metadata, Precision, Weights, write_folder};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a step may take for a moment: its channel, and words of the threads and the tests around it.
const SMALL: usize = 16 << 10;

/// The memory is the whole program's: one test at a time.
static ALONE: Mutex<()> = Mutex::new(());

/// A model's index and, in order, its files.
fn model(folder: &Path) -> (Weights, Vec<(String, Vec<u8>)>) {
    let read = |name: &str| fs::read(folder.join(name)).expect("a file");
    let index = Index::parse(INDEX_FILE, &read(INDEX_FILE)).expect("an index");
    let files = index.all_files().into_iter().map(|name| {
        let bytes = read(&name);
        (name, bytes)
    });
    let files = files.collect();
    (Weights::new(index), files)
}

/// What one channel of a layer takes at most, from the first file to the first step; and what was said of it before
/// anything was loaded, and after.
fn taken_and_said(folder: &Path, layer: &str, size: (usize, usize)) -> (usize, [usize; 2]) {
    let layer = Layer::named(layer).expect("a layer");
    let (mut weights, files) = model(folder);
    let say = |weights: &Weights| memory_needed(weights, layer, size, 1).expect("a layer of the model");
    let early = say(&weights);
    let needed = weights.missing(layer).expect("a layer of the model");
    let files: Vec<_> = files.into_iter().filter(|(name, _)| needed.contains(name)).collect();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    // As a worker does it: a file is copied into memory, and the copy gone, before the next.
    for (name, bytes) in &files {
        weights.insert(name, bytes.clone()).expect("good weights");
    }
    let mut network = Network::new(Compute::cpu(Arithmetic::F32));
    network.extend(&weights, layer).expect("loaded");
    let settings = settings(layer, vec![1], size, Preprocessing::None);
    let mut ascent = Ascent::new(&network, settings).expect("good settings");
    ascent.step().expect("a step");
    (MEMORY.peak_usage() - before, [early, say(&weights)])
}

#[test]
fn a_climb_takes_what_was_said_before() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let demo = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/public/weights/demo");
    // Every worker holds a network of its own, and a laptop runs eight.
    let most = [
        ("block2_conv1", 20),
        ("block3_conv1", 35),
        ("block4_conv2", 60),
        ("block5_conv3", 90),
    ];
    for (layer, most) in most {
        for size in [(150, 150), (64, 300)] {
            let (taken, said) = taken_and_said(&demo, layer, size);
            assert!(taken < most << 20, "{layer} {size:?}: {taken}");
            for said in said {
                assert!(
                    10 * taken.abs_diff(said) < taken,
                    "{layer} {size:?}: {taken} taken, {said} said"
                );
            }
        }
    }
}

#[test]
fn weights_of_32_bits_and_other_widths_count_as_they_are_once_loaded() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().expect("a folder");
    let metadata = Metadata::new(Preprocessing::None);
    write_folder(folder.path(), &narrow(4), Precision::F32, metadata).expect("written");
    let (taken, [early, late]) = taken_and_said(folder.path(), "block5_conv3", (150, 150));
    assert!(10 * taken.abs_diff(late) < taken, "{taken} taken, {late} said");
    assert!(early > taken, "the published widths until then: {early}");
}

#[test]
fn steps_take_no_memory_but_their_pictures() {
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let mut network = Network::new(Compute::cpu(Arithmetic::F32));
    narrow(16).iter().for_each(|convolution| network.push(convolution));
    let layer = Layer::named("block5_conv3").expect("a layer");
    let (height, width) = (70, 90);
    let settings = settings(layer, vec![1], (height, width), Preprocessing::None);
    // The first climb also prepares the weights.
    Ascent::new(&network, settings.clone()).expect("good settings");
    let before = MEMORY.current_usage();
    let mut ascent = Ascent::new(&network, settings).expect("good settings");
    let said = ascent.bytes().expect("known on the CPU");
    let taken = MEMORY.current_usage() - before;
    assert!(taken.abs_diff(said) < SMALL, "{taken} taken, {said} said");
    for _ in 0..3 {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let iterate = ascent.step().expect("a step").remove(0);
        let pictures = size_of_val(&iterate.pixels[..]) + iterate.rgba.len();
        // The picture's bytes grow as they are made: at most three times what they come to.
        let peak = MEMORY.peak_usage() - before;
        assert!(peak < 3 * pictures + SMALL, "{peak} for pictures of {pictures}");
    }
}
