//! Models of a catalogue: fetched from hosts that fail in every way, opened from where they lie, pinned.
#![cfg(feature = "cli")]
#![allow(
    clippy::expect_used,
    reason = "a test stops at the first thing that is not as it should be"
)]

mod common;

use std::fs;
use std::path::{Path, PathBuf};

use common::server::{Reply, Server};
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::json;
use sha2::{Digest, Sha256};
use vggscope::settings::Preprocessing;
use vggscope::vgg16::Layer;
use vggscope::weights::catalogue::{Catalogue, Entry, Event, Wanted, fetch, pin};
use vggscope::weights::known::Origin;
use vggscope::weights::source::Source;
use vggscope::weights::{Checkpoint, INDEX_FILE, WeightsError};

fn reference(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/reference")
        .join(name)
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file of generated numbers in timm's names and order, longer than what is asked for at first.
fn file() -> Vec<u8> {
    let numbers = |values: &[f32]| values.iter().flat_map(|value| value.to_le_bytes()).collect::<Vec<u8>>();
    let torch = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
    let layers = common::narrow(8);
    let tensors = layers.iter().zip(torch).flat_map(|(layer, at)| {
        let shape = vec![layer.out_channels, layer.in_channels, 3, 3];
        [
            (format!("features.{at}.weight"), shape, numbers(&layer.weight)),
            (
                format!("features.{at}.bias"),
                vec![layer.out_channels],
                numbers(&layer.bias),
            ),
        ]
    });
    let tensors: Vec<_> = tensors.collect();
    let views = tensors.iter().map(|(name, shape, bytes)| {
        let view = TensorView::new(Dtype::F32, shape.clone(), bytes).expect("a tensor");
        (name, view)
    });
    serialize(views, None).expect("a file")
}

/// A model's entry, as somebody writes it in a catalogue with more keys.
fn entry(sources: &[String], more: serde_json::Value) -> Entry {
    catalogue(sources, more).models.remove(0)
}

fn catalogue(sources: &[String], more: serde_json::Value) -> Catalogue {
    let mut model = json!({
        "id": "mine", "name": "Mine", "note": "It was trained at home.", "architecture": "vgg16",
        "preprocessing": "caffe", "licence": "CC0-1.0", "bytes": 1000, "sources": sources,
    });
    let more = more.as_object().cloned().unwrap_or_default();
    model.as_object_mut().expect("an object").extend(more);
    let content = json!({"default": "mine", "models": [model]}).to_string();
    let catalogue = Catalogue::read("models.json", content.as_bytes(), vec!["/nowhere".into()]).expect("a catalogue");
    assert_eq!(catalogue.problems, [""; 0]);
    catalogue
}

/// Fetches to `out`; gives what was asked and what was passed over, too.
fn fetched(entry: &Entry, out: &Path) -> (Result<PathBuf, WeightsError>, Vec<String>) {
    let mut told = Vec::new();
    let wanted = Wanted {
        out: Some(out),
        from: None,
    };
    let result = fetch(entry, wanted, &mut |event| match event {
        Event::Asking(url) => told.push(format!("asking {url}")),
        Event::Passed(error) => told.push(format!("passed {}", error.code())),
        Event::Download(_) => {}
    });
    (result, told)
}

#[test]
fn the_next_source_is_taken_and_each_failure_is_told() {
    let bytes = file();
    let server = Server::start(move |_, request| match request.path.as_str() {
        "/good.safetensors" => Reply::part(&bytes, request),
        "/page.safetensors" => Reply::new(200, b"<!doctype html><p>Sign in"),
        "/other.safetensors" => Reply::new(200, &[9; 5000]),
        _ => Reply::new(404, b""),
    });
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("mine.safetensors");
    let names = ["gone", "page", "other", "good"];
    let sources = names.map(|name| format!("{}{name}.safetensors", server.url));
    let (result, told) = fetched(&entry(&sources, json!({})), &out);
    assert_eq!(result.expect("the last"), out);
    assert_eq!(fs::read(&out).expect("a file"), file());
    let failures: Vec<_> = told.iter().filter(|line| line.starts_with("passed")).collect();
    let codes = ["not-found", "web-page", "malformed"];
    assert_eq!(
        failures,
        codes
            .map(|code| format!("passed weights-{code}"))
            .iter()
            .collect::<Vec<_>>()
    );
    // Nothing else is left behind.
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);

    let (result, _) = fetched(&entry(&sources[..3], json!({})), &folder.path().join("other"));
    let error = result.expect_err("none is good");
    let message = error.to_string();
    assert_eq!(error.code(), "weights-no-source");
    for source in &sources[..3] {
        assert!(message.contains(source), "{message}");
    }
    assert!(
        message.contains("404") && message.contains("web page") && message.contains("Allow these hosts"),
        "{message}"
    );
}

#[test]
fn a_download_is_held_to_its_checksum_before_the_sources_are_tried() {
    let bytes = file();
    let (right, wrong) = (sha256(&bytes), "0".repeat(64));
    let server = Server::start(move |_, request| Reply::part(&bytes, request));
    let url = |name: &str| format!("{}{name}.safetensors", server.url);
    for (digest, asked) in [(&right, 1), (&wrong, 2)] {
        let folder = tempfile::tempdir().expect("a folder");
        let download = json!({"download": {"url": url("a"), "bytes": 1, "sha256": digest}});
        let (result, told) = fetched(&entry(&[url("a"), url("b")], download), &folder.path().join("mine"));
        result.expect("fetched");
        assert_eq!(told.iter().filter(|line| line.starts_with("asking")).count(), asked);
    }
}

#[test]
fn a_cut_file_without_a_checksum_goes_on_only_from_its_own_address() {
    let bytes = file();
    let length = bytes.len() as u64;
    let server = Server::start(move |number, request| match (number, request.path.as_str()) {
        (0, _) => Reply::part(&bytes, request).cut_after(70_000),
        (1..=4, "/a.safetensors") => Reply::new(503, b""),
        _ => Reply::part(&bytes, request),
    });
    let folder = tempfile::tempdir().expect("a folder");
    let sources = ["a", "b"].map(|name| format!("{}{name}.safetensors", server.url));
    let out = folder.path().join("mine");
    let (result, _) = fetched(&entry(&sources, json!({})), &out);
    result.expect("the other");
    assert_eq!(fs::metadata(&out).expect("a file").len(), length);
    let last = server.requests().pop().expect("asked");
    assert_eq!((last.path.as_str(), last.from), ("/b.safetensors", None));
}

#[test]
fn other_layers_than_those_of_the_catalogue_are_refused() {
    let bytes = file();
    let server = Server::start(move |_, request| Reply::part(&bytes, request));
    let url = format!("{}a.safetensors", server.url);
    let pinned = pin(&url, &mut |_| {}).expect("pinned").entry;
    assert_eq!(pinned.sha256.len(), 13);
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().join("mine");
    let digests = serde_json::to_value(&pinned.sha256).expect("JSON");
    let (result, _) = fetched(&entry(std::slice::from_ref(&url), json!({ "sha256": digests })), &out);
    result.expect("the same");
    fs::remove_file(&out).expect("removed");
    let other = json!({"sha256": {"block2_conv1": "0".repeat(64)}});
    let error = fetched(&entry(std::slice::from_ref(&url), other), &out)
        .0
        .expect_err("another");
    let message = error.to_string();
    assert!(message.contains("block2_conv1") && message.contains(&url), "{message}");
    assert!(!out.exists());
    // Nor is such a file opened where it lies.
    fs::write(folder.path().join("mine.safetensors"), file()).expect("written");
    let open = |digests| catalogue(std::slice::from_ref(&url), digests).open_model("mine", folder.path());
    open(json!({ "sha256": pinned.sha256 })).expect("the same");
    let error = open(json!({"sha256": {"block2_conv1": "0".repeat(64)}})).expect_err("another");
    assert!(error.to_string().contains("block2_conv1"), "{error}");
}

#[test]
fn a_folder_is_fetched_and_then_opened_without_its_host() {
    let server =
        Server::start(
            |number, request| match fs::read(reference("narrow16_sharded").join(&request.path[3..])) {
                // The first file is cut once.
                Ok(file) if number == 1 => Reply::part(&file, request).cut_after(100),
                Ok(file) => Reply::part(&file, request),
                Err(_) => Reply::new(404, b""),
            },
        );
    let folder = tempfile::tempdir().expect("a folder");
    let catalogue = catalogue(&[format!("{}w/", server.url)], json!({}));
    let out = folder.path().join("mine");
    fetched(&catalogue.models[0], &out).0.expect("fetched");
    let asked = server.requests().len();
    let opened = catalogue.open_model("mine", folder.path()).expect("opened");
    assert_eq!(opened.source, Source::Folder(out.clone()));
    let metadata = opened.described.weights.index().metadata();
    // As the catalogue says.
    assert_eq!(
        (metadata.name.as_str(), metadata.preprocessing),
        ("Mine", Preprocessing::Caffe)
    );
    assert_eq!(opened.described.origin, Origin::Stated);
    let mut weights = opened.described.weights;
    let layer = Layer::named("block5_conv3").expect("a layer");
    opened.source.load(&mut weights, layer, &mut |_| {}).expect("loaded");
    assert_eq!(server.requests().len(), asked);
    // Once more fetches the index alone; what is something else is left alone.
    fetched(&catalogue.models[0], &out).0.expect("there");
    assert_eq!(server.requests().len(), asked + 1);
    fs::write(out.join(INDEX_FILE), "{}").expect("written");
    let error = fetched(&catalogue.models[0], &out).0.expect_err("another");
    assert_eq!(error.code(), "weights-unwritable");
}

#[test]
fn a_model_that_was_not_fetched_says_what_was_looked_for() {
    let folder = tempfile::tempdir().expect("a folder");
    let sources = ["w/mine/".to_owned(), "https://host.invalid/vgg16.h5".to_owned()];
    let error = catalogue(&sources, json!({}))
        .open_model("mine", folder.path())
        .expect_err("not here");
    let message = error.to_string();
    assert_eq!(error.code(), "weights-model-not-here");
    let file = folder.path().join("mine.h5").display().to_string();
    for words in ["\"mine\"", &file, "/nowhere/w/mine", "`vggscope weights fetch mine`"] {
        assert!(message.contains(words), "{message}");
    }
    let error = catalogue(&sources[..1], json!({}))
        .open_model("mine", folder.path())
        .expect_err("not here");
    assert!(error.to_string().contains("--models SITE/models.json"), "{error}");
    // It cannot be fetched either.
    let error = fetched(&entry(&sources[..1], json!({})), folder.path())
        .0
        .expect_err("on no host");
    assert_eq!(error.code(), "weights-nothing-to-fetch");
}

#[test]
fn a_broken_file_is_passed_over_and_told() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("mine.safetensors"), "broken").expect("written");
    let server = Server::start(|_, request| {
        let file = fs::read(reference("narrow16_sharded").join(&request.path[3..]));
        file.map_or_else(|_| Reply::new(404, b""), |file| Reply::new(200, &file))
    });
    let sources = ["a.safetensors", "w/"].map(|name| format!("{}{name}", server.url));
    let opened = catalogue(&sources, json!({}))
        .open_model("mine", folder.path())
        .expect("the folder");
    assert!(matches!(opened.source, Source::Url(_)));
    let [passed] = &opened.passed[..] else {
        unreachable!("one file is broken")
    };
    assert!(passed.contains("mine.safetensors"), "{passed}");
}

#[test]
fn the_textures_lie_beside_the_catalogue_that_ships() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../www/public/models.json");
    let catalogue = Catalogue::open(&path).expect("ours");
    assert_eq!(catalogue.default, "textures");
    let opened = catalogue
        .open_model("textures", Path::new("/nowhere"))
        .expect("in the repository");
    assert_eq!(
        opened.described.weights.index().metadata().name,
        "Textures, not ImageNet"
    );
}

#[test]
fn a_file_is_pinned_alike_on_disk_in_parts_and_whole() {
    let bytes = file();
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("My VGG.safetensors");
    fs::write(&path, &bytes).expect("written");
    let on_disk = pin(&path.display().to_string(), &mut |_| {}).expect("pinned");
    assert_eq!(on_disk.origin, Origin::Guessed);
    assert_eq!(
        (on_disk.entry.id.as_str(), on_disk.entry.bytes),
        ("my-vgg", bytes.len() as u64)
    );
    // The digest's definition, with the file's own words for where its tensors lie.
    let checkpoint = Checkpoint::open_path(&path).expect("a file");
    let own = |ordinal: usize| {
        checkpoint
            .ranges(ordinal)
            .into_iter()
            .flat_map(|range| bytes[range.start as usize..range.end as usize].to_vec())
    };
    assert_eq!(
        on_disk.entry.sha256["block1_conv2"],
        sha256(&own(1).collect::<Vec<u8>>())
    );

    let host = bytes.clone();
    let parts = Server::start(move |_, request| Reply::part(&host, request));
    let url = format!("{}a.safetensors", parts.url);
    let in_parts = pin(&url, &mut |_| {}).expect("pinned").entry;
    assert_eq!(
        (&in_parts.sha256, &in_parts.sources),
        (&on_disk.entry.sha256, &vec![url])
    );
    assert!(in_parts.download.is_none() && parts.requests().iter().all(|request| request.last.is_some()));

    let host = bytes.clone();
    let whole = Server::start(move |_, _| Reply::new(200, &host));
    let url = format!("{}download/4711", whole.url);
    let entry = pin(&url, &mut |_| {}).expect("pinned").entry;
    assert_eq!(entry.sha256, on_disk.entry.sha256);
    assert_eq!(entry.download.expect("whole").sha256, Some(sha256(&bytes)));
}

#[test]
fn a_folder_is_pinned_and_what_is_printed_is_a_catalogues_entry() {
    let server = Server::start(|_, request| {
        let file = fs::read(reference("narrow16_sharded").join(&request.path[3..]));
        file.map_or_else(|_| Reply::new(404, b""), |file| Reply::new(200, &file))
    });
    let on_host = pin(&format!("{}w/", server.url), &mut |_| {}).expect("pinned").entry;
    let on_disk = pin(&reference("narrow16_sharded").display().to_string(), &mut |_| {})
        .expect("pinned")
        .entry;
    assert_eq!((on_host.sha256.len(), &on_host.sha256), (13, &on_disk.sha256));
    assert!(
        on_disk.sources[0].ends_with("narrow16_sharded/"),
        "{:?}",
        on_disk.sources
    );
    let content = json!({"default": "w", "models": [on_host]}).to_string();
    let catalogue = Catalogue::read("models.json", content.as_bytes(), Vec::new()).expect("a catalogue");
    assert_eq!((catalogue.problems.len(), &catalogue.models[0]), (0, &on_host));
}

#[test]
fn what_cannot_be_pinned_is_named() {
    let server = Server::start(|_, _| Reply::new(404, b""));
    for address in [format!("{}a.safetensors", server.url), "/nowhere/vgg16.h5".to_owned()] {
        let message = pin(&address, &mut |_| {}).expect_err("nothing there").to_string();
        assert!(message.contains(&address), "{message}");
    }
}
