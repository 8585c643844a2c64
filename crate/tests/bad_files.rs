//! Files that must be refused: with which code, in which words, how fast, and with how little memory.
#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use peak_alloc::PeakAlloc;
use vggscope::weights::bytes::{DiskFile, InputFile};
use vggscope::weights::source::Source;
use vggscope::weights::{Checkpoint, Convolution, WeightsError, untrained};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

/// File in `tests/reference/bad/`, the error's code, and words that its message must have besides the file's name.
const BAD: &[(&str, &str, &[&str])] = &[
    (
        "truncated_data.safetensors",
        "weights-truncated",
        &["30250 bytes", "60500 are promised", "cut short"],
    ),
    (
        "truncated_header.safetensors",
        "weights-malformed",
        &["header", "192 follow", "cut"],
    ),
    (
        "truncated_lenfield.safetensors",
        "weights-malformed",
        &["5 bytes are too few"],
    ),
    (
        "header_len_too_big.safetensors",
        "weights-malformed",
        &["header is said to be", "bytes long"],
    ),
    (
        "header_len_u64_max.safetensors",
        "weights-malformed",
        &["18446744073709551615 bytes long"],
    ),
    ("header_len_zero.safetensors", "weights-malformed", &["header is empty"]),
    ("header_not_json.safetensors", "weights-malformed", &["not JSON"]),
    (
        "header_json_array.safetensors",
        "weights-malformed",
        &["expected an object"],
    ),
    ("header_not_utf8.safetensors", "weights-malformed", &["not UTF-8"]),
    (
        "header_deep_nesting.safetensors",
        "weights-malformed",
        &["expected an object"],
    ),
    (
        "offsets_overlap.safetensors",
        "weights-malformed",
        &["features.2.weight", "overlaps"],
    ),
    ("offsets_past_end.safetensors", "weights-", &["features.28.bias"]),
    (
        "offsets_reversed.safetensors",
        "weights-malformed",
        &["features.2.weight", "before its beginning"],
    ),
    (
        "offsets_negative.safetensors",
        "weights-malformed",
        &["features.2.weight", "negative offset"],
    ),
    (
        "offsets_size_mismatch.safetensors",
        "weights-malformed",
        &["features.2.weight", "its shape"],
    ),
    (
        "shape_product_overflow.safetensors",
        "weights-malformed",
        &["features.2.weight", "overflows"],
    ),
    (
        "trailing_garbage.safetensors",
        "weights-malformed",
        &["70 bytes follow the last tensor"],
    ),
    (
        "duplicate_key.safetensors",
        "weights-malformed",
        &["features.0.weight appears twice"],
    ),
    (
        "empty_no_tensors.safetensors",
        "weights-missing-tensor",
        &["block1_conv1"],
    ),
    (
        "wrong_shape_hwio_not_oihw.safetensors",
        "weights-wrong-shape",
        &["features.2.weight", "[3, 3, in, out]", "[out, in, 3, 3]"],
    ),
    (
        "wrong_rank.safetensors",
        "weights-wrong-shape",
        &["features.2.weight", "2 dimensions, expected 4"],
    ),
    (
        "wrong_kernel_5x5.safetensors",
        "weights-wrong-shape",
        &["features.2.weight", "5 x 5 kernel"],
    ),
    (
        "wrong_in_channels.safetensors",
        "weights-wrong-shape",
        &["features.5.weight", "the layer before"],
    ),
    (
        "dtype_i64.safetensors",
        "weights-wrong-dtype",
        &["features.0.weight", "I64"],
    ),
    ("dtype_unknown.safetensors", "weights-malformed", &["unknown dtype F77"]),
    (
        "nan_tensor.safetensors",
        "weights-not-finite",
        &["features.7.weight", "NaN", "[1, 2, 1, 1]"],
    ),
    (
        "inf_tensor.safetensors",
        "weights-not-finite",
        &["features.10.bias", "inf", "[3]"],
    ),
    (
        "missing_layer_features7.safetensors",
        "weights-missing-tensor",
        &["features.7.weight", "block2_conv2"],
    ),
    (
        "missing_bias_features12.safetensors",
        "weights-missing-tensor",
        &["features.12.bias", "block3_conv2"],
    ),
    ("html_error_page.safetensors", "weights-web-page", &["web page"]),
    ("html_error_page.h5", "weights-web-page", &["web page"]),
    ("html_error_page.pth", "weights-web-page", &["web page"]),
    (
        "git_lfs_pointer.safetensors",
        "weights-lfs-pointer",
        &["Git LFS pointer"],
    ),
    ("zero_length.safetensors", "weights-empty", &["is empty"]),
    ("zero_length.h5", "weights-empty", &["is empty"]),
    ("zero_length.pth", "weights-empty", &["is empty"]),
    (
        "truncated.h5",
        "weights-truncated",
        &["56131 bytes", "93552 are promised"],
    ),
    ("truncated_superblock.h5", "weights-truncated", &["40 bytes"]),
    ("bad_signature.h5", "weights-malformed", &["HDF5", "signature"]),
    (
        "missing_layer_block2_conv2.h5",
        "weights-missing-tensor",
        &["block2_conv2"],
    ),
    (
        "wrong_shape.h5",
        "weights-wrong-shape",
        &["block1_conv2_W_1:0", "[3, 3, 1, 2]"],
    ),
    (
        "wrong_dtype_i64.h5",
        "weights-wrong-dtype",
        &["block1_conv1_W_1:0", "64-bit integer"],
    ),
    (
        "malicious_os_system.pth",
        "weights-unsafe-pickle",
        &["os.system", "nothing in it was executed"],
    ),
    (
        "malicious_posix_stack_global.pth",
        "weights-unsafe-pickle",
        &["posix.system"],
    ),
    (
        "malicious_builtin_eval.pth",
        "weights-unsafe-pickle",
        &["__builtin__.eval"],
    ),
    ("malicious_raw_pickle.pth", "weights-unsafe-pickle", &["os.system"]),
    ("pickle_truncated.pth", "weights-malformed", &["ends early"]),
    ("pickle_no_stop.pth", "weights-malformed", &["ends early"]),
    ("zip_without_data_pkl.pth", "weights-malformed", &["data.pkl"]),
    ("truncated.pth", "weights-malformed", &["directory", "cut"]),
    (
        "short_storage.pth",
        "weights-",
        &["data/2", "features.2.weight", "8 bytes", "144"],
    ),
    (
        "sharded_missing_shard",
        "weights-not-found",
        &["model-00004-of-00013.safetensors"],
    ),
    (
        "sharded_path_traversal",
        "weights-not-an-index",
        &["not a plain name inside the folder"],
    ),
    ("truncated.onnx", "weights-", &[]),
    ("external_path_traversal.onnx", "weights-", &["../../../../etc/passwd"]),
    ("missing_bias.onnx", "weights-missing-tensor", &["bias"]),
    ("zero_length.onnx", "weights-empty", &["is empty"]),
    ("html_error_page.onnx", "weights-web-page", &["web page"]),
    ("dtype_i64.onnx", "weights-wrong-dtype", &[]),
    ("nan_tensor.onnx", "weights-not-finite", &["NaN"]),
];

/// Files in the same folder that must be read: the bad ones' good twins, and two kinds of numbers that could be refused.
const GOOD: &[&str] = &[
    "good_twin.safetensors",
    "good_twin.h5",
    "good_twin.pth",
    "good_twin.onnx",
    "big_endian_kernel.h5",
    "dtype_bf16.safetensors",
];

/// Longest time for one file.
const PATIENCE: Duration = Duration::from_secs(2);

/// Memory allowed beside twice the file.
const SPARE: usize = 64 << 20;

fn bad(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference/bad")
        .join(name)
}

/// Everything that reading a whole model does.
fn read(path: &Path) -> Result<Vec<Convolution>, WeightsError> {
    if path.is_dir() {
        return read_folder(path);
    }
    let bytes = DiskFile::open(path).expect("the fixture");
    let checkpoint = Checkpoint::open(InputFile::new(path.display().to_string(), bytes))?;
    (0..checkpoint.convolutions())
        .map(|ordinal| checkpoint.convolution(ordinal))
        .collect()
}

fn read_folder(path: &Path) -> Result<Vec<Convolution>, WeightsError> {
    let source = Source::new(&path.display().to_string());
    let deepest = vggscope::vgg16::Layer::convolution(12).expect("a layer");
    let loaded = source.open().and_then(|mut weights| {
        source.load(&mut weights, deepest, &mut |_| ())?;
        Ok(Vec::new())
    });
    loaded.map_err(|error| match error {
        vggscope::Error::Weights(error) => error,
        other => panic!("{}: {other}", path.display()),
    })
}

/// One test, so that nothing else allocates while memory is measured.
#[test]
fn every_bad_file_is_refused_by_name_quickly_and_in_little_memory() {
    for &(name, code, words) in BAD {
        let path = bad(name);
        let size = std::fs::metadata(&path).expect(name).len() as usize;
        MEMORY.reset_peak_usage();
        let before = MEMORY.current_usage();
        let started = Instant::now();
        let error = read(&path).expect_err(name);
        let (time, peak) = (started.elapsed(), MEMORY.peak_usage().saturating_sub(before));
        let message = error.to_string();
        assert!(error.code().starts_with(code), "{name}: {}: {message}", error.code());
        for word in [&name].into_iter().chain(words) {
            assert!(message.contains(word), "{name}: no \"{word}\" in: {message}");
        }
        assert!(time < PATIENCE, "{name}: {time:?}");
        assert!(peak < 2 * size + SPARE, "{name}: {peak} bytes");
    }
    let traces = [
        "FIXTURE_PICKLE_WAS_EXECUTED",
        "tests/reference/bad/FIXTURE_PICKLE_WAS_EXECUTED",
    ];
    assert!(
        traces.iter().all(|trace| !Path::new(trace).exists()),
        "a pickle was executed"
    );
    every_file_of_the_folder_is_in_the_table();
}

fn every_file_of_the_folder_is_in_the_table() {
    let known = |name: &str| GOOD.contains(&name) || BAD.iter().any(|&(bad, _, _)| bad == name);
    let files = std::fs::read_dir(bad("")).expect("the folder");
    let names = files.map(|file| file.expect("a file").file_name().to_string_lossy().into_owned());
    let forgotten: Vec<_> = names.filter(|name| !known(name)).collect();
    assert_eq!(forgotten, Vec::<String>::new());
}

#[test]
fn their_good_twins_are_read() {
    let original = untrained::convolutions(3, 32);
    for &name in GOOD {
        let read = read(&bad(name)).expect(name);
        assert_eq!(read.len(), original.len(), "{name}");
        for (read, original) in read.iter().zip(&original) {
            if name.contains("bf16") {
                let close = |(a, b): (&f32, &f32)| (a - b).abs() <= b.abs() / 128.0;
                assert!(read.weight.iter().zip(&original.weight).all(close), "{name}");
            } else {
                assert_eq!(read, original, "{name}");
            }
        }
    }
}
