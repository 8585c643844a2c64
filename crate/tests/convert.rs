//! From files of every format to folders, and what may go wrong on the way.
#![cfg(feature = "cli")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use half::f16;
use vggscope::settings::Preprocessing::{self, Caffe, Torch};
use vggscope::vgg16::Layer;
use vggscope::weights::convert::convert;
use vggscope::weights::known::{Origin, describe};
use vggscope::weights::source::Source;
use vggscope::weights::{
    Checkpoint, Convolution, FolderWriter, INDEX_FILE, Metadata, Precision, Weights, WeightsError, untrained,
};

/// File in `tests/reference/weights/`, and the input scaling that its names suggest.
const FILES: &[(&str, Preprocessing)] = &[
    ("vgg16_narrow16.safetensors", Torch),
    ("vgg16_narrow16_f16.safetensors", Torch),
    ("vgg16_narrow16_keras_names.safetensors", Caffe),
    ("vgg16_narrow16_timm.safetensors", Torch),
    ("vgg16_narrow16_sharded", Torch),
    ("vgg16_narrow16_sharded/model.safetensors.index.json", Torch),
    ("vgg16_narrow16.pth", Torch),
    ("vgg16_narrow16_legacy.pth", Torch),
    ("vgg16_narrow16_with_classifier.pth", Torch),
    ("vgg16_narrow16_nested.pth", Torch),
    ("vgg16_narrow16_dataparallel.pth", Torch),
    ("vgg16_narrow16_features_only.pth", Torch),
    ("vgg16_narrow16_channels_last.pth", Torch),
    ("vgg16_narrow16_f16.pth", Torch),
    ("vgg16_narrow16_bf16.pth", Torch),
    ("vgg16_narrow16_torchscript.onnx", Torch),
    ("vgg16_narrow16_dynamo.onnx", Torch),
    ("vgg16_narrow16_external.onnx", Torch),
    ("vgg16_narrow16_tf2onnx.onnx", Caffe),
];

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference")
        .join(name)
}

fn open(name: &str) -> Checkpoint {
    Checkpoint::open_path(&reference(name)).expect(name)
}

fn write(checkpoint: &Checkpoint, out: &Path, precision: Precision) -> Result<Metadata, WeightsError> {
    let metadata = describe(checkpoint)?.metadata;
    convert(checkpoint, out, precision, metadata, &mut |_| ())
}

/// Every layer that a source has.
fn load(source: &str) -> Weights {
    let source = Source::new(source);
    let mut weights = source.open().expect("an index");
    let last = Layer::convolution(weights.index().last_convolution()).expect("a layer");
    source.load(&mut weights, last, &mut |_| ()).expect("good files");
    weights
}

/// Names and bytes of the files in a folder.
fn listing(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry"));
    let read = |entry: fs::DirEntry| {
        let bytes = if entry.path().is_dir() {
            Vec::new()
        } else {
            fs::read(entry.path()).expect("a file")
        };
        (entry.file_name().to_string_lossy().into_owned(), bytes)
    };
    entries.map(read).collect()
}

fn rounded(values: &[f32], by: impl Fn(f32) -> f32) -> Vec<u32> {
    values.iter().map(|&value| by(value).to_bits()).collect()
}

/// Same bits, after each number was rounded by `by`.
fn assert_same(weights: &Weights, expected: &[Convolution], by: fn(f32) -> f32, name: &str) {
    assert_eq!(weights.index().last_convolution() + 1, expected.len(), "{name}");
    for (ordinal, expected) in expected.iter().enumerate() {
        let read = weights.convolution(ordinal).expect("loaded");
        assert_eq!(
            rounded(&read.weight, |value| value),
            rounded(&expected.weight, by),
            "{name} {ordinal}"
        );
        assert_eq!(
            rounded(&read.bias, |value| value),
            rounded(&expected.bias, by),
            "{name} {ordinal}"
        );
    }
}

fn half(value: f32) -> f32 {
    f16::from_f32(value).to_f32()
}

fn bfloat(value: f32) -> f32 {
    half::bf16::from_f32(value).to_f32()
}

/// How a file's own numbers differ from the generator's.
fn stored(name: &str) -> fn(f32) -> f32 {
    match name {
        name if name.contains("bf16") => bfloat,
        name if name.contains("f16") => half,
        _ => |value| value,
    }
}

#[test]
fn every_file_converts_to_the_same_numbers_and_twice_to_the_same_bytes() {
    for (name, preprocessing) in FILES {
        let folder = tempfile::tempdir().expect("a folder");
        let (first, second) = (folder.path().join("a"), folder.path().join("b"));
        let metadata = write(&open(&format!("weights/{name}")), &first, Precision::F32).expect(name);
        assert_eq!(metadata.preprocessing, *preprocessing, "{name}");
        let expected = untrained::convolutions(11, 16);
        assert_same(&load(&first.display().to_string()), &expected, stored(name), name);
        write(&open(&format!("weights/{name}")), &second, Precision::F32).expect(name);
        assert_eq!(listing(&first), listing(&second), "{name}");
        assert_eq!(listing(&first).len(), 14, "{name}");
        assert_eq!(listing(folder.path()).len(), 2, "{name}: nothing else is left");
    }
}

#[test]
fn sixteen_bits_round_to_nearest_even() {
    for (name, _) in FILES.iter().filter(|(name, _)| !name.contains("f16")) {
        let folder = tempfile::tempdir().expect("a folder");
        write(&open(&format!("weights/{name}")), folder.path(), Precision::F16).expect(name);
        let weights = load(&folder.path().display().to_string());
        assert_same(&weights, &untrained::convolutions(11, 16), half, name);
        assert_eq!(weights.index().metadata().total_size, 2 * 57_828);
    }
}

#[test]
fn a_single_file_serves_where_a_folder_does() {
    for (name, preprocessing) in FILES {
        let weights = load(&reference(&format!("weights/{name}")).display().to_string());
        assert_same(&weights, &untrained::convolutions(11, 16), stored(name), name);
        if Source::new(name) == Source::File(name.into()) {
            assert_eq!(weights.index().metadata().preprocessing, *preprocessing, "{name}");
        }
    }
}

#[test]
fn what_an_index_says_of_its_model_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let (first, second) = (folder.path().join("a"), folder.path().join("b"));
    let said = Metadata {
        name: "a name".to_owned(),
        description: "a description".to_owned(),
        licence: "a licence".to_owned(),
        source: "a source".to_owned(),
        ..Metadata::new(Preprocessing::CaffeRgb)
    };
    let checkpoint = open("weights/vgg16_narrow16.safetensors");
    convert(&checkpoint, &first, Precision::F32, said.clone(), &mut |_| ()).expect("written");
    let again = Checkpoint::open_path(&first).expect("a model");
    assert_eq!(describe(&again).expect("read").origin, Origin::Stated);
    let kept = write(&again, &second, Precision::F32).expect("written");
    assert_eq!((&kept.name, &kept.description), (&said.name, &said.description));
    assert_eq!((&kept.licence, &kept.source), (&said.licence, &said.source));
    assert_eq!(kept.preprocessing, Preprocessing::CaffeRgb);
    assert_eq!(listing(&first), listing(&second));
    // Hugging Face's own index says nothing of the model.
    let description = describe(&open("weights/vgg16_narrow16_sharded")).expect("read");
    assert_eq!(description.origin, Origin::Guessed);
    assert_eq!(description.metadata.name, "vgg16_narrow16_sharded");
}

#[test]
fn progress_adds_up_to_all_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let checkpoint = open("weights/vgg16_narrow16.safetensors");
    let mut reports = Vec::new();
    let metadata = Metadata::new(Preprocessing::None);
    convert(&checkpoint, folder.path(), Precision::F16, metadata, &mut |bytes| {
        reports.push(bytes)
    })
    .expect("written");
    assert_eq!(reports.len(), 13);
    assert_eq!(reports.iter().sum::<u64>(), 4 * 57_828);
}

#[test]
fn a_failure_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("model");
    let broken = open("bad/nan_tensor.onnx");
    let error = write(&broken, &out, Precision::F32).expect_err("not a number");
    assert_eq!(error.code(), "weights-not-finite");
    assert!(listing(folder.path()).is_empty());
    write(&open("bad/good_twin.onnx"), &out, Precision::F32).expect("good");
    let before = listing(&out);
    write(&broken, &out, Precision::F16).expect_err("not a number");
    assert_eq!(listing(&out), before);
}

#[test]
fn a_model_is_replaced_and_nothing_else_is_touched() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("model");
    let checkpoint = open("weights/vgg16_narrow16.safetensors");
    write(&checkpoint, &out, Precision::F32).expect("written");
    fs::write(out.join("README.md"), "mine").expect("written");
    fs::write(out.join("mine.safetensors"), "mine").expect("written");
    write(&checkpoint, &out, Precision::F16).expect("replaced");
    let files = listing(&out);
    assert_eq!(files.len(), 16);
    assert_eq!(files["README.md"], b"mine");
    assert_eq!(files["mine.safetensors"], b"mine");
    assert_same(
        &load(&out.display().to_string()),
        &untrained::convolutions(11, 16),
        half,
        "replaced",
    );
    // A model may also be made smaller where it lies.
    write(&Checkpoint::open_path(&out).expect("a model"), &out, Precision::F32).expect("replaced");
    assert_same(
        &load(&out.display().to_string()),
        &untrained::convolutions(11, 16),
        half,
        "in place",
    );
    for path in [folder.path().to_owned(), out.join("README.md")] {
        let error = write(&checkpoint, &path, Precision::F32).expect_err("no model");
        assert_eq!(error.code(), "weights-unwritable", "{error}");
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }
    assert_eq!(listing(folder.path()).len(), 1);
}

#[test]
fn an_empty_folder_and_folders_that_are_not_there_are_filled() {
    let folder = tempfile::tempdir().expect("a folder");
    for out in ["", "a/b/c"] {
        let out = folder.path().join(out);
        write(&open("bad/good_twin.safetensors"), &out, Precision::F16).expect("written");
        assert!(out.join(INDEX_FILE).is_file());
        fs::remove_file(out.join(INDEX_FILE)).expect("removed");
        listing(&out)
            .keys()
            .for_each(|file| fs::remove_file(out.join(file)).expect("removed"));
    }
}

#[test]
fn numbers_beyond_sixteen_bits_are_named() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut layer = untrained::convolutions(3, 32).remove(0);
    let write = |layer: &Convolution, precision| {
        FolderWriter::create(folder.path(), precision, Metadata::new(Preprocessing::None))
            .and_then(|mut writer| writer.add(layer))
    };
    layer.weight[53] = -65_504.0;
    write(&layer, Precision::F16).expect("the largest that fits");
    layer.weight[53] = -65_505.0;
    write(&layer, Precision::F32).expect("exact");
    let error = write(&layer, Precision::F16).expect_err("too large");
    assert_eq!(error.code(), "weights-too-large");
    for text in ["block1_conv1.weight", "[1, 2, 2, 2]", "-65505", "32-bit"] {
        assert!(error.to_string().contains(text), "{error}");
    }
}

#[test]
fn an_index_is_held_to_its_files() {
    let copy = || {
        let folder = tempfile::tempdir().expect("a folder");
        write(&open("bad/good_twin.safetensors"), folder.path(), Precision::F32).expect("written");
        folder
    };
    let shard = |folder: &Path| {
        let first = listing(folder).into_keys().next().expect("a shard");
        folder.join(first)
    };
    type Damage = fn(&Path);
    let cases: [(Damage, &str); 4] = [
        (|shard| fs::remove_file(shard).expect("removed"), "weights-not-found"),
        (
            |shard| fs::write(shard, b"short").expect("written"),
            "weights-truncated",
        ),
        (|shard| flip_last_bit(shard), "weights-checksum"),
        (|shard| fs::write(shard, b"").expect("written"), "weights-truncated"),
    ];
    for (damage, code) in cases {
        let folder = copy();
        let shard = shard(folder.path());
        damage(&shard);
        let error = Checkpoint::open_path(folder.path()).expect_err(code);
        assert_eq!(error.code(), code, "{error}");
        let name = shard.file_name().expect("a name").to_string_lossy().into_owned();
        assert!(error.to_string().contains(&name), "{error}");
    }
    let missing = Checkpoint::open_path(&reference("bad/sharded_missing_shard")).expect_err("a file is missing");
    assert!(
        missing.to_string().contains("model-00004-of-00013.safetensors"),
        "{missing}"
    );
}

fn flip_last_bit(path: &Path) {
    let mut bytes = fs::read(path).expect("a file");
    *bytes.last_mut().expect("a byte") ^= 1;
    fs::write(path, bytes).expect("written");
}
