//! `vggscope weights` as a person runs it: its tables, its messages, its exit status.
#![cfg(all(feature = "cli", feature = "cpu", feature = "gpu"))]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::fs;
use std::path::Path;
use std::process::Command;

use common::server::{Reply, Server};

/// What came of a run: exit status, standard output, standard error.
fn weights(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_vggscope"))
        .current_dir(folder)
        .arg("weights")
        .args(arguments)
        .output()
        .expect("the program runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

fn reference(name: &str) -> String {
    format!("{}/../tests/reference/{name}", env!("CARGO_MANIFEST_DIR"))
}

fn assert_has(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "{part} is not in: {text}");
    }
}

#[test]
fn a_file_is_converted_verified_and_inspected() {
    let folder = tempfile::tempdir().expect("a folder");
    let input = reference("weights/vgg16_narrow16.safetensors");
    let facts = ["--name", "narrow", "--licence", "CC0", "--preprocessing", "none"];
    let convert = [&["convert", &input, "--out", "model", "--dtype", "f16"], &facts[..]].concat();
    let (status, stdout, stderr) = weights(folder.path(), &convert);
    assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
    assert_has(
        &stderr,
        &[
            "narrow: 13 layers",
            "none (as given)",
            "CC0",
            "weights verify model",
            "#weights=",
        ],
    );
    assert!(!stderr.contains('\u{1b}'), "no bar is drawn into a pipe: {stderr}");

    let (status, stdout, stderr) = weights(folder.path(), &["verify", "model"]);
    assert_eq!((status, stderr.as_str()), (Some(0), ""));
    assert_eq!(stdout.lines().filter(|line| line.starts_with("ok ")).count(), 13);
    assert_has(&stdout, &["narrow: all 13 files are as they should be"]);

    for input in ["model", &input] {
        let (status, stdout, stderr) = weights(folder.path(), &["inspect", input]);
        assert_eq!(status, Some(0), "{stderr}");
        assert_eq!(stdout.lines().filter(|line| line.starts_with("block")).count(), 13);
        // Of 3 -> 4 -> 4 channels, 9 * 4 * (3 + 4) + 8 numbers.
        assert_has(
            &stdout,
            &["4 x 3 x 3 x 3", "to show block1_conv2: 1.0 kB in f32, 520 bytes in f16"],
        );
    }
    let (_, stdout, _) = weights(folder.path(), &["inspect", &input]);
    assert_has(
        &stdout,
        &[
            "safetensors",
            "F32",
            "features.0.weight",
            "-0.4598",
            "0.4618",
            "torch",
            "guessed",
        ],
    );
}

#[test]
fn a_damaged_folder_is_reported_whole() {
    let folder = tempfile::tempdir().expect("a folder");
    let model = folder.path().join("model");
    let input = reference("bad/good_twin.onnx");
    let (status, _, stderr) = weights(folder.path(), &["convert", &input, "--out", "model"]);
    assert_eq!(status, Some(0), "{stderr}");
    let mut shards: Vec<_> = fs::read_dir(&model)
        .expect("a folder")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    shards.sort();
    fs::remove_file(&shards[0]).expect("removed");
    fs::write(&shards[3], "short").expect("written");
    fs::write(model.join("extra.txt"), "extra").expect("written");
    let (status, stdout, stderr) = weights(folder.path(), &["verify", "model"]);
    assert_eq!(status, Some(1));
    assert_eq!(stdout.lines().filter(|line| line.starts_with("ok ")).count(), 11);
    assert_has(
        &stdout,
        &["broken  block1_conv1-", "broken  block2_conv2-", "extra   extra.txt"],
    );
    assert_has(&stderr, &["2 of 13 files of model"]);
}

#[test]
fn what_is_not_the_publishers_file_is_not_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = fs::read(reference("weights/vgg16_narrow16.pth")).expect("a fixture");
    let server = Server::start(move |_, request| Reply::file(&file, request.from));
    let mirror = format!("{}mirror", server.url);
    let (status, _, stderr) = weights(folder.path(), &["fetch", "imagenet-keras", "--from", &mirror]);
    assert_eq!(status, Some(1), "{stderr}");
    assert_has(
        &stderr,
        &[&mirror, "is not the file that was published", "fetch it again"],
    );
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
    assert_eq!(server.requests().len(), 1);
}

#[test]
fn a_model_of_a_catalogue_is_pinned_and_fetched() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = fs::read(reference("weights/vgg16_narrow16.safetensors")).expect("a fixture");
    let server = Server::start(move |_, request| match request.path.as_str() {
        "/ours.safetensors" => Reply::part(&file, request),
        _ => Reply::new(404, b""),
    });
    let url = format!("{}ours.safetensors", server.url);
    let (status, stdout, stderr) = weights(folder.path(), &["pin", &url]);
    assert_eq!(status, Some(0), "{stderr}");
    assert_has(&stdout, &["\"id\": \"ours\"", "\"block5_conv3\": \"", &url]);
    assert_has(&stderr, &["not recognised", "models.json"]);

    let (gone, rest) = (format!("{}gone.safetensors", server.url), "\"sources\": [");
    let entry = stdout.replace(rest, &format!("{rest}\"{gone}\", "));
    let catalogue = format!("{{\"default\": \"ours\", \"models\": [{entry}, 7]}}");
    fs::write(folder.path().join("models.json"), catalogue).expect("written");
    let arguments = ["fetch", "ours", "--models", "models.json"];
    let (status, stdout, stderr) = weights(folder.path(), &arguments);
    assert_eq!((status, stdout.as_str()), (Some(0), ""), "{stderr}");
    assert_has(
        &stderr,
        &[
            "Entry 2 of models.json is no object",
            &format!("fetching {gone}"),
            "Trying the next address",
            "ours.safetensors",
            "render --model ours",
            "weights convert",
        ],
    );
    assert!(folder.path().join("ours.safetensors").is_file());
}

#[test]
fn failures_say_what_where_and_what_to_do() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("full")).expect("made");
    fs::write(folder.path().join("full/notes.txt"), "mine").expect("written");
    let good = reference("bad/good_twin.onnx");
    let bad = reference("bad/nan_tensor.onnx");
    let refused = |expected: i32, arguments: &[&str], parts: &[&str]| {
        let (status, _, stderr) = weights(folder.path(), arguments);
        assert_eq!(status, Some(expected), "{stderr}");
        assert_has(&stderr, parts);
    };
    refused(
        1,
        &["convert", "nowhere.h5", "--out", "a"],
        &["nowhere.h5", "no such file"],
    );
    refused(
        1,
        &["convert", &good, "--out", "full"],
        &["full", "not empty", "another folder"],
    );
    refused(
        1,
        &["convert", &bad, "--out", "a"],
        &["features.7.weight", "NaN", "undamaged"],
    );
    refused(1, &["inspect", &bad], &["features.7.weight", "NaN"]);
    refused(
        1,
        &["verify", "full"],
        &["model.safetensors.index.json", "no such file"],
    );
    refused(1, &["verify", &good], &["good_twin.onnx", "inspect"]);
    refused(2, &["convert", &good], &["--out"]);
    refused(
        2,
        &["convert", &good, "--out", "a", "--dtype", "f64"],
        &["f64", "f32", "f16"],
    );
    refused(
        2,
        &["convert", &good, "--out", "a", "--preprocessing", "bgr"],
        &["bgr", "\"caffe-rgb\""],
    );
    refused(1, &["fetch", "oxford"], &["oxford", "imagenet-keras"]);
    refused(1, &["fetch", "textures"], &["textures", "render --model textures"]);
    refused(1, &["pin", "nowhere.h5"], &["nowhere.h5", "no such file"]);
    refused(
        1,
        &["fetch", "ours", "--models", "full/notes.txt"],
        &["full/notes.txt", "is not a catalogue"],
    );
    assert!(!folder.path().join("a").exists());
}
