//! Models whose numbers lie beside them.

use super::encode::{bytes, conv, integer, little_endian, model, tensor, text};
use super::message;
use crate::weights::bytes::{DiskFile, InputFile};
use crate::weights::{Checkpoint, WeightsError, untrained};

/// A model whose numbers are in the file `location`, from byte 3 on.
fn external(location: &str) -> Vec<u8> {
    let entry = |key: &str, value: &str| bytes(13, &[text(1, key), text(2, value)].concat());
    let numbers = |offset: &str, length: &str| {
        [
            entry("location", location),
            entry("offset", offset),
            entry("length", length),
            integer(14, 1),
        ]
        .concat()
    };
    model(&[
        conv(&["image", "w0", "b0"], "c0"),
        bytes(5, &tensor("w0", &[2, 3, 3, 3], 1, &numbers("3", "216"))),
        bytes(5, &tensor("b0", &[2], 1, &numbers("219", "8"))),
    ])
}

fn open_beside(folder: &std::path::Path, location: &str) -> Result<Checkpoint, WeightsError> {
    let path = folder.join("model.onnx");
    std::fs::write(&path, external(location)).expect("written");
    let file = DiskFile::open(&path).expect("opened");
    Checkpoint::open(InputFile::new(path.display().to_string(), file))
}

#[test]
fn numbers_in_a_file_beside_the_model_are_read() {
    let folder = tempfile::tempdir().expect("a folder");
    let layer = &untrained::convolutions(3, 32)[0];
    let data = [&[0; 3][..], &little_endian(&layer.weight), &little_endian(&layer.bias)].concat();
    std::fs::write(folder.path().join("model.onnx.data"), &data).expect("written");
    let checkpoint = open_beside(folder.path(), "model.onnx.data").expect("good");
    assert_eq!(checkpoint.convolution(0).expect("read"), *layer);
    std::fs::write(folder.path().join("short"), &data[..200]).expect("written");
    let error = open_beside(folder.path(), "short").expect_err("cut");
    assert!(
        error.code() == "weights-truncated" && error.to_string().contains("short"),
        "{error}"
    );
    let error = open_beside(folder.path(), "absent.bin").expect_err("missing");
    assert!(
        error.code() == "weights-not-found" && error.to_string().contains("absent.bin"),
        "{error}"
    );
    let memory = message(external("model.onnx.data"));
    assert!(memory.contains("model.onnx.data"), "{memory}");
}

#[cfg(unix)]
#[test]
fn no_file_outside_the_models_folder_is_opened() {
    let outside = tempfile::tempdir().expect("a folder");
    std::fs::write(outside.path().join("data"), vec![0; 300]).expect("written");
    let folder = outside.path().join("model");
    std::fs::create_dir(&folder).expect("made");
    std::os::unix::fs::symlink(outside.path().join("data"), folder.join("link")).expect("linked");
    let absolute = outside.path().join("data").display().to_string();
    for location in [
        "../data",
        "..",
        "",
        "/etc/passwd",
        &absolute,
        "a/../../data",
        "..\\data",
        "link",
    ] {
        let error = open_beside(&folder, location).expect_err(location);
        assert_eq!(error.code(), "weights-malformed", "{error}");
        assert!(
            error.to_string().contains(location) && error.to_string().contains("folder"),
            "{error}"
        );
    }
}
