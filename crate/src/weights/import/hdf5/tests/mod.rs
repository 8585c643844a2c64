//! Keras's files in every layout give the same numbers; broken ones say what is broken.

mod forge;
mod hostile;
mod layouts;
mod mutations;

use std::path::{Path, PathBuf};

use crate::weights::bytes::{DiskFile, InputFile};
use crate::weights::{Checkpoint, Convolution, WeightsError, untrained};

fn reference() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/reference")
}

fn open(path: &str) -> Result<Checkpoint, WeightsError> {
    let file = DiskFile::open(&reference().join(path)).unwrap();
    Checkpoint::open(InputFile::new(path, file))
}

fn convolutions(checkpoint: &Checkpoint) -> Vec<Convolution> {
    (0..checkpoint.convolutions())
        .map(|ordinal| checkpoint.convolution(ordinal).unwrap())
        .collect()
}

#[test]
fn every_reference_file_holds_the_same_numbers() {
    let expected = untrained::convolutions(11, 16);
    for file in [
        "vgg16_narrow16_tf_kernels_notop.h5",
        "vgg16_narrow16_tf_kernels_notop_noattrs.h5",
        "vgg16_narrow16_kernel_style.h5",
        "vgg16_narrow16_with_top.h5",
        "vgg16_narrow16.weights.h5",
        "vgg16_narrow16_chunked_gzip.h5",
        "vgg16_narrow16_latest.h5",
    ] {
        let checkpoint = open(&format!("weights/{file}")).unwrap();
        assert!(convolutions(&checkpoint) == expected, "{file}");
    }
}

#[test]
fn a_file_may_end_at_any_layer() {
    let checkpoint = open("weights/vgg16_trunc_block3_conv1_tf_kernels_notop.h5").unwrap();
    let expected = untrained::convolutions(2024, 1);
    assert!(convolutions(&checkpoint) == expected[..5]);
    let error = checkpoint.convolution(5).unwrap_err().to_string();
    assert!(error.contains("block3_conv2"), "{error}");
}

#[test]
fn big_endian_numbers_are_turned() {
    let twin = convolutions(&open("bad/good_twin.h5").unwrap());
    let turned = convolutions(&open("bad/big_endian_kernel.h5").unwrap());
    assert!(twin == turned);
}

#[test]
fn values_in_one_piece_are_found_where_they_are() {
    let path = "weights/vgg16_narrow16_tf_kernels_notop.h5";
    let checkpoint = open(path).unwrap();
    let file = std::fs::read(reference().join(path)).unwrap();
    let ranges = checkpoint.ranges(1);
    let bias = &file[ranges[1].start as usize..ranges[1].end as usize];
    let expected: Vec<u8> = untrained::convolutions(11, 16)[1]
        .bias
        .iter()
        .flat_map(|value| value.to_le_bytes())
        .collect();
    assert_eq!(bias, expected);
    assert!(
        open("weights/vgg16_narrow16_chunked_gzip.h5")
            .unwrap()
            .ranges(1)
            .is_empty()
    );
}

#[test]
fn broken_files_say_what_is_broken() {
    for (file, code, words) in [
        (
            "truncated.h5",
            "weights-truncated",
            "56131 bytes where 93552 are promised",
        ),
        ("truncated_superblock.h5", "weights-truncated", "has 40 bytes"),
        ("bad_signature.h5", "weights-malformed", "signature"),
        ("zero_length.h5", "weights-empty", "empty"),
        ("html_error_page.h5", "weights-web-page", "web page"),
        (
            "missing_layer_block2_conv2.h5",
            "weights-missing-tensor",
            "the weights of block2_conv2, whose group is empty",
        ),
        (
            "wrong_shape.h5",
            "weights-wrong-shape",
            "block1_conv2/block1_conv2_W_1:0",
        ),
        (
            "wrong_dtype_i64.h5",
            "weights-wrong-dtype",
            "block1_conv1/block1_conv1_W_1:0 in bad/wrong_dtype_i64.h5 holds 64-bit integer",
        ),
    ] {
        let error = open(&format!("bad/{file}")).unwrap_err();
        assert_eq!(error.code(), code, "{file}: {error}");
        assert!(error.to_string().contains(words), "{file}: {error}");
        assert!(error.to_string().contains(file), "{error}");
    }
}
