//! The CPU's memory: all of it is taken when a climb begins, and it says how much.
#![cfg(feature = "cpu")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use common::{narrow, settings};
use peak_alloc::PeakAlloc;
use vggscope::ascent::Ascent;
use vggscope::device::{Arithmetic, Compute};
use vggscope::network::Network;
use vggscope::settings::Preprocessing;
use vggscope::vgg16::Layer;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// What a step may take for a moment: its channel, and words of the threads and the tests around it.
const SMALL: usize = 16 << 10;

#[test]
fn steps_take_no_memory_but_their_pictures() {
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
