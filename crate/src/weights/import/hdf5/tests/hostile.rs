//! Files that try to make the reader allocate, loop, overflow or make numbers up.

use super::forge::{FLOAT, Forge, chunk_tree, chunked, contiguous};
use crate::weights::bytes::InputFile;
use crate::weights::{Checkpoint, WeightsError};

const KERNEL: &str = "block1_conv1_W_1:0";
const BIAS: &str = "block1_conv1_b_1:0";

fn open(bytes: Vec<u8>) -> Result<Checkpoint, WeightsError> {
    Checkpoint::open(InputFile::new("forged.h5", bytes))
}

fn message(bytes: Vec<u8>) -> String {
    open(bytes).unwrap_err().to_string()
}

/// A file whose first convolution has one output, and this dataset as its kernel.
fn with_kernel(kernel: impl FnOnce(&mut Forge) -> u64) -> Vec<u8> {
    let mut forge = Forge::new();
    let kernel = kernel(&mut forge);
    let bias = forge.floats(&[1], &[0.5]);
    let layer = forge.group(&[(KERNEL, kernel), (BIAS, bias)]);
    let root = forge.group(&[("block1_conv1", layer)]);
    forge.finish(root)
}

fn values() -> Vec<f32> {
    (0..27_u8).map(f32::from).collect()
}

#[test]
fn an_honest_file_of_the_same_make_is_read() {
    let bytes = with_kernel(|forge| forge.floats(&[3, 3, 3, 1], &values()));
    let convolution = open(bytes).unwrap().convolution(0).unwrap();
    assert_eq!(convolution.bias, [0.5]);
    // Keras's third number is the blue of the first tap.
    assert_eq!(convolution.weight[..4], [0.0, 3.0, 6.0, 9.0]);
    assert_eq!(convolution.weight[18], 2.0);
}

#[test]
fn many_links_of_one_long_name_are_not_written_out() {
    let mut forge = Forge::new();
    let heap = forge.heap(&[[0; 8].as_slice(), &[b'x'; 60_000], &[0; 8]].concat());
    let nothing = forge.group(&[]);
    let symbols = forge.symbols(&vec![(8, nothing); 3_000]);
    let tree = forge.tree(0, &[symbols]);
    let root = forge.group_of(tree, heap);
    let message = message(forge.finish(root));
    assert!(message.contains("too many and too long names"), "{message}");
}

#[test]
fn a_tree_that_doubles_at_every_level_is_not_walked_to_its_end() {
    let mut forge = Forge::new();
    let heap = forge.heap(&[0; 8]);
    let symbols = forge.symbols(&[]);
    let leaf = forge.tree(0, &[symbols]);
    let tree = (1..60).fold(leaf, |child, level| forge.tree(level, &[child, child]));
    let root = forge.group_of(tree, heap);
    let message = message(forge.finish(root));
    assert!(message.contains("structures without end"), "{message}");
}

#[test]
fn a_group_inside_itself_is_not_entered_for_ever() {
    let mut forge = Forge::new();
    let place = forge.group(&[("inner", 0)]);
    let mut bytes = forge.finish(place);
    // The link's address follows its name's in the one node of symbols.
    let node = bytes.windows(4).position(|window| window == b"SNOD").unwrap();
    bytes[node + 16..node + 24].copy_from_slice(&place.to_le_bytes());
    let message = message(bytes);
    assert!(message.contains("nested more deeply"), "{message}");
}

#[test]
fn nested_types_do_not_overflow_the_stack() {
    // Optimised, 256 KiB are enough; a program's own thread has 8 MiB, a browser's worker 1 MiB.
    let stack = if cfg!(debug_assertions) { 8 << 20 } else { 256 << 10 };
    // A sequence of sequences of sequences: eight bytes a level.
    for levels in [200, 270, 8_000] {
        let mut datatype = [0x19, 0, 0, 0, 16, 0, 0, 0].repeat(levels);
        datatype.extend(FLOAT);
        let bytes = with_kernel(|forge| forge.dataset(&[3, 3, 3, 1], &datatype, &contiguous(96, 108)));
        let opening = std::thread::Builder::new()
            .stack_size(stack)
            .spawn(|| open(bytes).is_err());
        assert!(opening.unwrap().join().unwrap());
    }
}

#[test]
fn room_for_members_that_are_not_there_is_not_made_at_every_level() {
    // Compounds of 65,535 members, the first of each a compound again.
    let mut datatype = [0x36, 0xff, 0xff, 0, 16, 0, 0, 0, 0, 0].repeat(180);
    datatype.extend(FLOAT);
    let bytes = with_kernel(|forge| forge.dataset(&[3, 3, 3, 1], &datatype, &contiguous(96, 108)));
    let message = message(bytes);
    assert!(message.contains("types made of too many others"), "{message}");
}

#[test]
fn a_kernel_larger_than_any_of_vgg16_is_refused_unread() {
    for shape in [[3, 3, 512, 513], [3, 3, 1 << 20, 1 << 20], [u64::MAX, 3, 3, 2]] {
        let bytes = with_kernel(|forge| forge.dataset(&shape, &FLOAT, &contiguous(96, u64::MAX)));
        let error = open(bytes).unwrap_err();
        assert_eq!(error.code(), "weights-wrong-shape");
        assert!(error.to_string().contains("largest kernel"), "{error}");
    }
}

#[test]
fn values_beyond_the_end_are_refused() {
    for address in [1 << 40, u64::MAX - 1] {
        let bytes = with_kernel(|forge| forge.dataset(&[3, 3, 3, 1], &FLOAT, &contiguous(address, 108)));
        let message = message(bytes);
        assert!(message.contains("beyond"), "{message}");
    }
}

#[test]
fn values_that_were_never_written_are_not_taken_for_zeros() {
    let bytes = with_kernel(|forge| forge.dataset(&[3, 3, 3, 1], &FLOAT, &contiguous(u64::MAX, 0)));
    let message = message(bytes);
    assert!(message.contains("never written"), "{message}");
}

#[test]
fn chunks_of_any_size_are_not_believed() {
    for sides in [[3, 3, 3, u32::MAX], [3, 3, 3, 0], [u32::MAX; 4], [3, 3, 1 << 20, 1]] {
        let bytes = with_kernel(|forge| forge.dataset(&[3, 3, 3, 1], &FLOAT, &chunked(96, &sides)));
        let message = message(bytes);
        assert!(message.contains("unreasonable chunks"), "{message}");
    }
    let bytes = with_kernel(|forge| forge.dataset(&[3, 3, 512, 512], &FLOAT, &chunked(96, &[1; 4])));
    assert!(message(bytes).contains("unreasonable chunks"));
}

#[test]
fn chunks_must_cover_the_kernel_once() {
    let half: Vec<u8> = (0..18_u8).flat_map(|value| f32::from(value).to_le_bytes()).collect();
    let read = |places: &[&[u64]], bytes: u32| {
        let file = with_kernel(|forge| {
            let address = forge.place(&half);
            let chunks: Vec<(&[u64], u64)> = places.iter().map(|&place| (place, address)).collect();
            let tree = forge.place(&chunk_tree(bytes, &chunks));
            forge.dataset(&[3, 3, 3, 1], &FLOAT, &chunked(tree, &[2, 3, 3, 1]))
        });
        open(file).unwrap().convolution(0)
    };
    let (first, second): (&[u64], &[u64]) = (&[0, 0, 0, 0], &[2, 0, 0, 0]);
    let convolution = read(&[first, second], 72).unwrap();
    assert_eq!(convolution.weight[8], 6.0);
    for places in [
        &[first] as &[_],
        &[first, first],
        &[first, second, second],
        &[first, &[1, 0, 0, 0]],
        &[first, &[4, 0, 0, 0]],
    ] {
        let message = read(places, 72).unwrap_err().to_string();
        assert!(message.contains("not wholly written"), "{places:?}: {message}");
    }
    assert!(read(&[first, second], 68).unwrap_err().to_string().contains("72 bytes"));
    assert!(read(&[first, second], u32::MAX).is_err());
}
