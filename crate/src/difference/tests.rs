//! Pictures come back whole, take as few bits as they may, and damage does no harm.

use proptest::prelude::*;

use super::{pack, unpack};
use crate::splitmix::SplitMix64;

const PIXELS: usize = 150 * 150;

fn noise(seed: u64) -> Vec<u8> {
    let mut random = SplitMix64::new(seed);
    (0..PIXELS)
        .flat_map(|_| (random.next_u64() as u32 | 0xff00_0000).to_le_bytes())
        .collect()
}

/// The picture with `change` added to each colour, given a number in [0, 1).
fn changed(picture: &[u8], seed: u64, change: impl Fn(f64) -> i8) -> Vec<u8> {
    let mut random = SplitMix64::new(seed);
    let colours = picture.iter().enumerate();
    colours
        .map(|(at, &byte)| match at % 4 {
            3 => byte,
            _ => byte.wrapping_add_signed(change(random.next_unit())),
        })
        .collect()
}

/// Bits a colour.
fn bits(packed: &[u8]) -> f64 {
    (8 * packed.len()) as f64 / (3 * PIXELS) as f64
}

#[test]
fn a_picture_that_did_not_move_takes_next_to_nothing() {
    let picture = noise(1);
    let packed = pack(&picture, &picture);
    assert!(packed.len() < 40, "{} bytes", packed.len());
    assert_eq!(unpack(&packed, &picture), picture);
}

/// Beside each its entropy.
#[test]
fn differences_take_hardly_more_bits_than_they_tell() {
    let reference = noise(2);
    let few = changed(&reference, 3, |at| {
        if at < 0.05 {
            -1
        } else if at < 0.1 {
            1
        } else {
            0
        }
    });
    let some = changed(&reference, 4, |at| if at < 0.03 { -90 } else { (at * 6.0) as i8 - 3 });
    let many = changed(&reference, 5, |at| (at * 32.0) as i8 - 16);
    for (picture, entropy) in [(few, 0.569), (some, 2.7), (many, 5.0)] {
        let packed = pack(&picture, &reference);
        assert!(
            bits(&packed) < 1.05 * entropy,
            "{} bits where {entropy} are told",
            bits(&packed)
        );
        assert!(unpack(&packed, &reference) == picture);
    }
}

#[test]
fn unlike_pictures_come_back_whole_too_and_take_hardly_more_than_their_bytes() {
    let (picture, reference) = (noise(6), noise(7));
    let packed = pack(&picture, &reference);
    assert!(bits(&packed) < 8.1, "{} bits", bits(&packed));
    assert!(unpack(&packed, &reference) == picture);
}

fn opaque(colours: &[[u8; 3]]) -> Vec<u8> {
    colours
        .iter()
        .flat_map(|&[red, green, blue]| [red, green, blue, 255])
        .collect()
}

proptest! {
    #[test]
    fn pictures_of_any_size_come_back_whole(
        pairs in prop::collection::vec((any::<[u8; 3]>(), any::<[u8; 3]>(), 0..4_u8), 0..200),
    ) {
        // Many pixels stay, so that both kinds of symbols have their turn.
        let moved = |&(old, new, kind): &([u8; 3], [u8; 3], u8)| match kind {
            0 => new,
            1 => old.map(|byte| byte.wrapping_add(1)),
            _ => old,
        };
        let reference = opaque(&pairs.iter().map(|&(old, ..)| old).collect::<Vec<_>>());
        let picture = opaque(&pairs.iter().map(moved).collect::<Vec<_>>());
        prop_assert_eq!(unpack(&pack(&picture, &reference), &reference), picture);
    }

    #[test]
    fn damaged_bytes_give_a_picture_of_the_same_size(
        mut packed in prop::collection::vec(any::<u8>(), 0..300),
        kind in 0..3_u8,
        pixels in 0..300_usize,
    ) {
        if let Some(first) = packed.first_mut() {
            *first = kind;
        }
        prop_assert_eq!(unpack(&packed, &vec![9; 4 * pixels]).len(), 4 * pixels);
    }
}
