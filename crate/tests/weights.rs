//! Weight files: what is read, what is refused and how it is said.
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};

use half::{bf16, f16};
use proptest::prelude::*;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use vggscope::settings::Preprocessing;
use vggscope::vgg16::{LAYERS, Layer};
use vggscope::weights::source::Source;
use vggscope::weights::{INDEX_FILE, Index, Metadata, Precision, Weights, decode, untrained, write_folder};

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference")
        .join(name)
}

fn load(folder: &Path, layer: &str) -> vggscope::Result<Weights> {
    let source = Source::new(&folder.display().to_string());
    let mut weights = source.open()?;
    source.load(&mut weights, Layer::named(layer)?, &mut |_| ())?;
    Ok(weights)
}

#[test]
fn the_generator_gives_the_values_recorded() {
    let text = std::fs::read_to_string(reference("generator_check.json")).expect("the record");
    let record: Value = serde_json::from_str(&text).expect("JSON");
    let mut compared = 0;
    for (key, seed, divisor) in [("seed_2024_div_1", 2024, 1), ("seed_11_div_16", 11, 16)] {
        let convolutions = LAYERS
            .iter()
            .filter(|layer| layer.is_convolution())
            .zip(untrained::convolutions(seed, divisor));
        for (layer, convolution) in convolutions {
            let (inputs, outputs) = (convolution.in_channels, convolution.out_channels);
            // Recorded in Keras's order, HWIO.
            let hwio = (0..9 * inputs * outputs).map(|at| {
                let (tap, input, output) = (at / (inputs * outputs), at / outputs % inputs, at % outputs);
                convolution.weight[(output * inputs + input) * 9 + tap]
            });
            assert_eq!(
                record[key][format!("{}/kernel", layer.name)]["sha256_le_f32"],
                sha256(hwio)
            );
            assert_eq!(
                record[key][format!("{}/bias", layer.name)]["sha256_le_f32"],
                sha256(convolution.bias.into_iter())
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 26);
}

fn sha256(values: impl Iterator<Item = f32>) -> String {
    let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn a_folder_written_is_read_back_as_it_was() {
    let folder = tempfile::tempdir().expect("a folder");
    let convolutions = untrained::convolutions(11, 16);
    for precision in [Precision::F32, Precision::F16] {
        write_folder(
            folder.path(),
            &convolutions,
            precision,
            Metadata::new(Preprocessing::Caffe),
        )
        .expect("written");
        let weights = load(folder.path(), "block5_pool").expect("read");
        assert_eq!(weights.index().metadata().preprocessing, Preprocessing::Caffe);
        for (ordinal, original) in convolutions.iter().enumerate() {
            let rounded = |value: &f32| {
                if precision == Precision::F16 {
                    f16::from_f32(*value).to_f32()
                } else {
                    *value
                }
            };
            let read = weights.convolution(ordinal).expect("loaded");
            assert_eq!(read.weight, original.weight.iter().map(rounded).collect::<Vec<_>>());
            assert_eq!(read.bias, original.bias.iter().map(rounded).collect::<Vec<_>>());
        }
    }
}

#[test]
fn writing_twice_gives_the_same_bytes_under_hashed_names() {
    let listing = || {
        let folder = tempfile::tempdir().expect("a folder");
        write_folder(
            folder.path(),
            &untrained::convolutions(3, 32),
            Precision::F16,
            Metadata::new(Preprocessing::None),
        )
        .expect("written");
        let mut files: Vec<(String, Vec<u8>)> = std::fs::read_dir(folder.path())
            .expect("listed")
            .map(|entry| entry.expect("an entry"))
            .map(|entry| {
                (
                    entry.file_name().to_string_lossy().into_owned(),
                    std::fs::read(entry.path()).expect("read"),
                )
            })
            .collect();
        files.sort();
        files
    };
    let files = listing();
    assert_eq!(files, listing());
    assert_eq!(files.len(), 14);
    for (name, bytes) in files.iter().filter(|(name, _)| name != INDEX_FILE) {
        let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        assert!(name.ends_with(&format!("-{}.safetensors", &hash[..8])), "{name}");
    }
}

#[test]
fn hugging_face_shards_with_torchvision_names_are_read() {
    let weights = load(&reference("narrow16_sharded"), "block5_conv3").expect("read");
    for (ordinal, original) in untrained::convolutions(11, 16).iter().enumerate() {
        assert_eq!(weights.convolution(ordinal).expect("loaded"), *original);
    }
}

#[test]
fn only_what_a_layer_needs_is_missing() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/public/weights/demo");
    let mut weights = Source::new(&folder.display().to_string()).open().expect("the index");
    let layer = |name| Layer::named(name).expect("a layer");
    let missing = weights.missing(layer("block1_pool")).expect("in the model");
    assert_eq!(missing.len(), 2);
    assert!(missing[0].starts_with("block1_conv1-") && missing[1].starts_with("block1_conv2-"));
    let bytes = std::fs::read(folder.join(&missing[0])).expect("a shard");
    weights.insert(&missing[0], bytes).expect("good");
    assert_eq!(
        weights.missing(layer("block1_conv2")).expect("in the model"),
        missing[1..]
    );
}

/// block1_conv1 of a narrow VGG16 as a file: one tensor may be changed.
struct File {
    weight: (Dtype, Vec<usize>, Vec<u8>),
    bias: (Dtype, Vec<usize>, Vec<u8>),
}

impl File {
    fn good() -> Self {
        let zeros = |count: usize| vec![0; count * 4];
        Self {
            weight: (Dtype::F32, vec![2, 3, 3, 3], zeros(54)),
            bias: (Dtype::F32, vec![2], zeros(2)),
        }
    }

    fn bytes(&self) -> Vec<u8> {
        let tensors = [
            ("features.0.weight", Self::view(&self.weight)),
            ("features.0.bias", Self::view(&self.bias)),
        ];
        serialize(tensors, None).expect("a file")
    }

    fn view((dtype, shape, data): &(Dtype, Vec<usize>, Vec<u8>)) -> TensorView<'_> {
        TensorView::new(*dtype, shape.clone(), data).expect("a tensor")
    }

    fn error(&self) -> (String, String) {
        let error = decode("a.safetensors", self.bytes(), &[0]).expect_err("not usable");
        (error.code().to_owned(), error.to_string())
    }
}

#[test]
fn bfloat16_is_widened_exactly() {
    let values = [1.5_f32, -0.007_812_5];
    let mut file = File::good();
    file.bias = (
        Dtype::BF16,
        vec![2],
        values
            .iter()
            .flat_map(|&value| bf16::from_f32(value).to_le_bytes())
            .collect(),
    );
    let decoded = decode("a", file.bytes(), &[0]).expect("good");
    assert_eq!(decoded[0].1.bias, values);
}

#[test]
fn unusable_tensors_are_refused_by_name() {
    let changed = |change: &dyn Fn(&mut File)| {
        let mut file = File::good();
        change(&mut file);
        file.error()
    };
    let cases: [((String, String), &str, &str); 6] = [
        (
            changed(&|f| f.weight.1 = vec![3, 3, 3, 2]),
            "weights-wrong-shape",
            "[out, in, 3, 3]",
        ),
        (
            changed(&|f| f.weight.1 = vec![6, 9]),
            "weights-wrong-shape",
            "features.0.weight",
        ),
        (
            changed(&|f| f.bias.1 = vec![1, 2]),
            "weights-wrong-shape",
            "features.0.bias",
        ),
        (changed(&|f| f.bias.0 = Dtype::I32), "weights-wrong-dtype", "I32"),
        (
            changed(&|f| f.bias.2[4..8].copy_from_slice(&f32::NAN.to_le_bytes())),
            "weights-not-finite",
            "element [1]",
        ),
        (
            changed(&|f| f.weight.2[..4].copy_from_slice(&f32::INFINITY.to_le_bytes())),
            "weights-not-finite",
            "inf",
        ),
    ];
    for ((code, message), expected, text) in cases {
        assert_eq!(code, expected, "{message}");
        assert!(message.contains(text) && message.contains("a.safetensors"), "{message}");
    }
    let missing = decode("a.safetensors", File::good().bytes(), &[1]).expect_err("not there");
    assert_eq!(missing.code(), "weights-missing-tensor");
    assert!(
        missing.to_string().contains("features.2.weight (block1_conv2)"),
        "{missing}"
    );
}

#[test]
fn widths_that_do_not_fit_their_neighbours_are_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut convolutions = untrained::convolutions(3, 32);
    convolutions.truncate(2);
    let mut other = untrained::convolutions(3, 16);
    convolutions[1] = other.remove(1);
    write_folder(
        folder.path(),
        &convolutions,
        Precision::F32,
        Metadata::new(Preprocessing::None),
    )
    .expect("written");
    let error = load(folder.path(), "block1_conv2").expect_err("it does not fit");
    assert_eq!(error.code(), "weights-wrong-shape");
    assert!(
        error
            .to_string()
            .contains("4 input channels where the layer before gives 2"),
        "{error}"
    );
}

proptest! {
    /// Outside bytes never panic a parser, whatever a good file is changed into.
    #[test]
    fn damaged_files_are_refused_or_read_but_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8), cut in any::<prop::sample::Index>(), truncate: bool) {
        let mut bytes = File::good().bytes();
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        if truncate {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = decode("damaged", bytes, &[0, 1]);
    }

    #[test]
    fn damaged_indices_are_refused_or_read_but_never_panic(changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = std::fs::read(reference("narrow16_sharded").join("model.safetensors.index.json")).expect("an index");
        for (at, value) in changes {
            let at = at.index(bytes.len());
            bytes[at] = value;
        }
        let _ = Index::parse("damaged", &bytes);
    }
}
