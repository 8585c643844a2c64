//! Files as people have them: each opens with the numbers of the narrow reference network, or is refused by what it is.
#![cfg(feature = "cli")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

use std::path::{Path, PathBuf};

use vggscope::weights::bytes::InputFile;
use vggscope::weights::known::{Origin, describe};
use vggscope::weights::{Checkpoint, Convolution, WeightsError};

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference")
        .join(name)
}

fn open(name: &str, network: Option<&str>) -> Result<Checkpoint, WeightsError> {
    let path = reference("people").join(name);
    Checkpoint::open_network(InputFile::open(&path)?, network)
}

fn convolutions(checkpoint: &Checkpoint) -> Vec<Convolution> {
    let all = (0..checkpoint.convolutions()).map(|ordinal| checkpoint.convolution(ordinal));
    all.collect::<Result<_, _>>().expect("numbers")
}

/// The same numbers as the reference network's, and these words, or none, of what was assumed.
#[track_caller]
fn assert_opens(name: &str, assumed: &[&str]) {
    let checkpoint = open(name, None).expect(name);
    let expected = Checkpoint::open_path(&reference("weights/vgg16_narrow16.safetensors")).expect("the reference");
    assert!(convolutions(&checkpoint) == convolutions(&expected), "{name}");
    assert_eq!(checkpoint.assumed().len(), assumed.len(), "{:?}", checkpoint.assumed());
    for (sentence, words) in checkpoint.assumed().iter().zip(assumed) {
        assert!(sentence.contains(words), "{sentence}");
    }
    assert_eq!(describe(&checkpoint).expect("read").origin, Origin::Guessed);
}

#[track_caller]
fn assert_refused(name: &str, code: &str, words: &[&str]) {
    let error = open(name, None).expect_err(name);
    let message = error.to_string();
    assert_eq!(error.code(), code, "{message}");
    for word in [&name].into_iter().chain(words) {
        assert!(message.contains(word), "no \"{word}\" in: {message}");
    }
}

#[test]
fn features_module() {
    let words = "features.module.0.weight to features.module.28.weight are taken for VGG16's";
    assert_opens("features-module.safetensors", &[words]);
}

#[test]
fn conv1_1_names() {
    let words = "conv1_1.weight to conv5_3.weight are taken for VGG16's";
    assert_opens("conv1_1-names.safetensors", &[words]);
}

#[test]
fn ssd_vgg() {
    assert_opens(
        "ssd-vgg.safetensors",
        &["vgg.0.weight to vgg.28.weight are taken for VGG16's"],
    );
}

#[test]
fn pruned_weights() {
    assert_opens("pruned-weight_orig.safetensors", &["weight_orig times weight_mask"]);
}

#[test]
fn vgg19_by_kerass_names() {
    let words = [
        "is a VGG19",
        "block3_conv4.weight",
        "16 convolutions",
        "give a file of VGG16",
    ];
    assert_refused("vgg19-keras-names.safetensors", "weights-other-network", &words);
}

#[test]
fn vgg19_of_keras() {
    let file = "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5";
    assert_refused(file, "weights-other-network", &["is a VGG19", "block3_conv4"]);
}

#[test]
fn vgg19_of_torchvision() {
    let words = ["is a VGG19", "features.16.weight", "16 convolutions"];
    assert_refused("vgg19-torchvision.safetensors", "weights-other-network", &words);
}

#[test]
fn vgg16_with_batch_normalisation() {
    let words = ["is a VGG16 with batch normalisation", "follows its convolutions"];
    assert_refused("vgg16_bn.safetensors", "weights-other-network", &words);
}

#[test]
fn a_small_network() {
    let words = ["is not a VGG16", "4 convolutions of 32, 64, 128, 128 channels"];
    assert_refused("small-cnn-no-vgg16.h5", "weights-other-network", &words);
}

#[test]
fn keras_0_3() {
    let words = ["The 13 kernels from layer_1/param_0", "a file of Keras 0.3"];
    assert_opens("keras03-layer_N-param_N.h5", &words);
}

#[test]
fn theanos_kernels() {
    let file = "vgg16_weights_th_dim_ordering_th_kernels_notop.h5";
    assert_opens(file, &["Theano's, and turned by 180 degrees"]);
}

#[test]
fn keras_3_in_a_zip() {
    assert_opens("vgg16.keras", &[]);
    let checkpoint = open("vgg16.keras", None).expect("opens");
    assert_eq!(checkpoint.format().to_string(), "Keras HDF5");
    assert!(checkpoint.ranges(0).is_empty());
}

#[test]
fn numpys_archive() {
    let words = ["NumPy archive", "safetensors.numpy.save_file(dict(numpy.load("];
    assert_refused("vgg16_weights.npz", "weights-numpy-archive", &words);
}

#[test]
fn two_networks() {
    let file = "two-vgg16-branches.h5";
    let words = ["model_weights/left, model_weights/right", "--network"];
    assert_refused(file, "weights-several-networks", &words);
    let expected = Checkpoint::open_path(&reference("weights/vgg16_narrow16.safetensors")).expect("the reference");
    for name in ["left", "model_weights/right"] {
        let chosen = open(file, Some(name)).expect(name);
        assert!(convolutions(&chosen) == convolutions(&expected), "{name}");
        let tensors = chosen.tensors(4);
        assert!(tensors.iter().all(|(tensor, _)| tensor.contains(name)), "{tensors:?}");
    }
    let error = open(file, Some("middle")).expect_err("no such network").to_string();
    assert!(error.contains("model_weights/left, model_weights/right"), "{error}");
}

#[test]
fn a_checkpoint_with_a_programs_arguments() {
    assert_opens("ckpt-argparse-namespace.pth.tar", &[]);
}

#[test]
fn a_checkpoint_with_a_set() {
    assert_opens("ckpt-with-a-set.pth", &[]);
}

#[test]
fn a_whole_model() {
    let words = [
        "torchvision.models.vgg.VGG",
        "nothing in it was executed",
        "torch.save(model.state_dict(), \"vgg16.pth\")",
    ];
    assert_refused("whole-model.pth", "weights-whole-model", &words);
}

#[test]
fn a_tensor_of_an_unknown_type() {
    assert_opens("other-tensor-F4.safetensors", &[]);
}

#[test]
fn metadata_of_null() {
    assert_opens("metadata-null-pretty.safetensors", &[]);
}

#[test]
fn tensors_without_numbers() {
    assert_opens("zero-sized-and-scalar.safetensors", &[]);
}
