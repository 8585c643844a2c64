//! What `verify` finds in a folder, on disk and on a host.
#![cfg(feature = "cli")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::fs;
use std::path::Path;

use common::server::{Reply, Server};
use vggscope::settings::Preprocessing;
use vggscope::weights::source::Source;
use vggscope::weights::verify::{Verified, verify};
use vggscope::weights::{INDEX_FILE, Metadata, Precision, untrained, write_folder};

/// A small model in a folder, and the names of its files in the layers' order.
fn model() -> (tempfile::TempDir, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let metadata = Metadata::new(Preprocessing::None);
    write_folder(folder.path(), &untrained::convolutions(3, 32), Precision::F32, metadata).expect("written");
    let index = Source::Folder(folder.path().into())
        .open()
        .expect("an index")
        .index()
        .clone();
    (folder, index.all_files())
}

/// The files that are broken, with the codes of what is wrong, and the whole.
fn broken(source: &Source) -> (Vec<[String; 2]>, Verified) {
    let mut broken = Vec::new();
    let mut seen = 0;
    let verified = verify(source, &mut |finding| {
        seen += 1;
        if let Err(error) = &finding.outcome {
            assert!(error.to_string().contains(&finding.file), "{error}");
            broken.push([finding.file.clone(), error.code().to_owned()]);
        }
    })
    .expect("a good index");
    assert_eq!((seen, broken.len()), (verified.files, verified.broken));
    (broken, verified)
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).expect("a file");
    change(&mut bytes);
    fs::write(path, bytes).expect("written");
}

#[test]
fn a_good_folder_is_good() {
    let (folder, files) = model();
    let (broken, verified) = broken(&Source::Folder(folder.path().into()));
    assert!(broken.is_empty() && verified.extra.is_empty());
    assert_eq!(verified.files, 13);
    assert!(files[0].starts_with("block1_conv1-") && files[12].starts_with("block5_conv3-"));
}

#[test]
fn all_that_is_wrong_is_found_at_once() {
    let (folder, files) = model();
    let path = |file: &str| folder.path().join(file);
    change(&path(&files[1]), |bytes| bytes[200] ^= 1);
    fs::remove_file(path(&files[4])).expect("removed");
    change(&path(&files[7]), |bytes| bytes.truncate(bytes.len() - 1));
    fs::write(path(&files[9]), "<!DOCTYPE html>").expect("written");
    fs::write(path("notes.txt"), "extra").expect("written");
    let (broken, verified) = broken(&Source::Folder(folder.path().into()));
    let expected = [
        [files[1].as_str(), "weights-checksum"],
        [files[4].as_str(), "weights-not-found"],
        [files[7].as_str(), "weights-truncated"],
        [files[9].as_str(), "weights-web-page"],
    ];
    assert_eq!(broken, expected);
    assert_eq!(verified.extra, ["notes.txt"]);
}

#[test]
fn numbers_and_shapes_are_looked_at_where_no_checksum_is() {
    let (folder, files) = model();
    let index = folder.path().join(INDEX_FILE);
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&index).expect("an index")).expect("JSON");
    json["metadata"]["shards"] = serde_json::json!({});
    fs::write(&index, json.to_string()).expect("written");
    let path = |at: usize| folder.path().join(&files[at]);
    change(&path(2), |bytes| {
        let end = bytes.len();
        bytes[end - 4..].copy_from_slice(&f32::NAN.to_le_bytes());
    });
    // The last layer fits no neighbour in place of the third.
    fs::copy(path(12), path(3)).expect("copied");
    let (broken, _) = broken(&Source::Folder(folder.path().into()));
    let expected = [
        [files[2].as_str(), "weights-not-finite"],
        [files[3].as_str(), "weights-missing-tensor"],
    ];
    assert_eq!(broken, expected);
}

#[test]
fn a_classifiers_file_is_checked_too_and_is_no_surprise() {
    let (folder, _) = model();
    let index = folder.path().join(INDEX_FILE);
    let mut json: serde_json::Value = serde_json::from_slice(&fs::read(&index).expect("an index")).expect("JSON");
    json["weight_map"]["classifier.0.weight"] = "classifier.safetensors".into();
    fs::write(&index, json.to_string()).expect("written");
    let source = Source::Folder(folder.path().into());
    assert_eq!(broken(&source).0, [["classifier.safetensors", "weights-not-found"]]);
    let tensors: [(&str, safetensors::tensor::TensorView<'_>); 0] = [];
    let empty = safetensors::serialize(tensors, None).expect("a file");
    fs::write(folder.path().join("classifier.safetensors"), empty).expect("written");
    let (broken, verified) = broken(&source);
    assert_eq!((broken.len(), verified.files, verified.extra.len()), (0, 14, 0));
}

#[test]
fn a_folder_on_a_host_is_verified_like_one_on_disk() {
    let (folder, files) = model();
    let (kept, lost) = (folder.path().to_owned(), format!("/model/{}", files[6]));
    let server = Server::start(move |_, request| {
        let file = request
            .path
            .strip_prefix("/model/")
            .and_then(|file| fs::read(kept.join(file)).ok());
        match file {
            Some(file) if request.path != lost => Reply::new(200, &file),
            _ => Reply::new(404, b"not here"),
        }
    });
    let source = Source::new(&format!("{}model", server.url));
    let (broken, verified) = broken(&source);
    assert_eq!(broken, [[files[6].as_str(), "weights-not-found"]]);
    assert!(verified.extra.is_empty());
    assert_eq!(server.requests().len(), 14);
}

#[test]
fn what_is_no_folder_is_refused() {
    let (folder, files) = model();
    let file = Source::new(&folder.path().join(&files[0]).display().to_string());
    let message = verify(&file, &mut |_| ()).expect_err("a file").to_string();
    assert!(
        message.contains("single file") && message.contains("inspect"),
        "{message}"
    );
    let nowhere = Source::Folder(folder.path().join("nowhere"));
    assert_eq!(
        verify(&nowhere, &mut |_| ()).expect_err("nothing there").code(),
        "weights-not-found"
    );
}
