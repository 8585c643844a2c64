//! Catalogues as people write them: what is wrong is named in a sentence, and does no harm.

use serde_json::{Value, json};

use super::*;

const FILE: &str = "our/models.json";

fn good() -> Value {
    json!({
        "id": "mine",
        "name": "Mine",
        "note": "It was trained at home.",
        "architecture": "vgg16",
        "preprocessing": "torch",
        "licence": "CC0-1.0",
        "bytes": 58_889_256,
        "sources": ["weights/mine/", "https://host.example/mine.safetensors"],
        "sha256": {"block1_conv1": "a".repeat(64)},
        "download": {"url": "https://host.example/mine.h5", "bytes": 58_889_256, "md5": "b".repeat(32)},
    })
}

fn with(key: &str, value: Value) -> Value {
    let mut entry = good();
    entry["id"] = json!("bad");
    entry[key] = value;
    entry
}

/// An entry with these sources and no checksum.
pub(super) fn entry(sources: &[&str]) -> Entry {
    Entry {
        sources: sources.iter().map(|&source| source.to_owned()).collect(),
        sha256: Default::default(),
        download: None,
        ..serde_json::from_value(good()).expect("good")
    }
}

fn read(models: Vec<Value>) -> Catalogue {
    let content = json!({"default": "mine", "models": models}).to_string();
    Catalogue::read(FILE, content.as_bytes(), Vec::new()).expect("a catalogue")
}

fn ids(catalogue: &Catalogue) -> Vec<&str> {
    catalogue.models.iter().map(|model| model.id.as_str()).collect()
}

#[test]
fn the_catalogue_that_ships_has_nothing_wrong() {
    let ours = Catalogue::ours().expect("good");
    assert_eq!(ours.problems, [""; 0]);
    assert_eq!(
        ids(&ours),
        ["textures", "untrained", "imagenet-torchvision", "imagenet-keras"]
    );
    assert_eq!(ours.default, "textures");
    let download = ours.model("imagenet-keras").expect("there").download.as_ref();
    assert_eq!(
        download.and_then(Download::published),
        Some(crate::weights::known::KERAS.published)
    );
    let error = ours.model("resnet").expect_err("unknown");
    assert_eq!(error.code(), "weights-unknown-model");
    let message = error.to_string();
    assert!(
        message.contains("resnet") && message.contains("models.json") && message.contains("textures, untrained"),
        "{message}"
    );
}

#[test]
fn an_entry_is_taken_as_it_is_and_written_as_it_was() {
    let catalogue = read(vec![good()]);
    assert_eq!(catalogue.problems, [""; 0]);
    assert_eq!(serde_json::to_value(&catalogue.models[0]).expect("JSON"), good());
    let mut least = good();
    least["bytes"] = json!(5e7);
    least["colour"] = json!("red");
    least.as_object_mut().expect("an object").remove("sha256");
    least.as_object_mut().expect("an object").remove("download");
    let catalogue = read(vec![least]);
    assert_eq!((catalogue.problems.len(), catalogue.models[0].bytes), (0, 50_000_000));
}

#[test]
fn what_is_not_allowed_is_named_and_the_others_stay() {
    let digest = |text: &str| json!({ "block1_conv1": text });
    let download = |key: &str, value: Value| {
        let mut download = good()["download"].clone();
        download[key] = value;
        download
    };
    let cases = [
        ("id", json!("Mine")),
        ("id", json!("__proto__")),
        ("id", json!("none")),
        ("id", json!("mine.")),
        ("id", json!("my..own")),
        ("id", json!("../mine")),
        ("id", json!("")),
        ("id", json!("x".repeat(65))),
        ("id", json!(7)),
        ("name", json!("")),
        ("name", json!(" ")),
        ("name", json!("x".repeat(101))),
        ("name", json!("mine\u{202e}gnp.exe")),
        ("name", json!("a\0b")),
        ("note", json!("x".repeat(1001))),
        ("licence", Value::Null),
        ("architecture", json!("vgg19")),
        ("preprocessing", json!("bgr")),
        ("bytes", json!(0)),
        ("bytes", json!(-58_889_256)),
        ("bytes", json!(1.5)),
        ("bytes", json!(1e12)),
        ("bytes", json!(1e300)),
        ("bytes", json!("58889256")),
        ("sources", json!([])),
        ("sources", json!("weights/mine/")),
        ("sources", json!(vec!["weights/mine/"; 9])),
        ("sources", json!([""])),
        ("sources", json!(["weights/mine/", "javascript:alert(1)"])),
        ("sources", json!(["data:application/json,{}"])),
        ("sources", json!(["file:///etc/passwd"])),
        ("sources", json!(["ftp://host.example/w/"])),
        ("sources", json!([" jAvAsCrIpT:alert(1)"])),
        ("sources", json!(["https://me:secret@host.example/w/"])),
        ("sources", json!(["https://["])),
        ("sources", json!([format!("https://host.example/{}", "x".repeat(2000))])),
        ("sha256", json!([])),
        ("sha256", digest("short")),
        ("sha256", digest(&format!("{}\n", "a".repeat(63)))),
        ("sha256", json!({"block1_pool": "a".repeat(64)})),
        ("download", json!("https://host.example/mine.h5")),
        ("download", download("url", json!("javascript:alert(1)"))),
        ("download", download("bytes", json!(-1))),
        ("download", download("md5", Value::Null)),
        ("download", download("md5", json!("xyz"))),
    ];
    for (key, value) in cases {
        let catalogue = read(vec![with(key, value.clone()), good()]);
        assert_eq!(ids(&catalogue), ["mine"], "{key} {value}");
        let [problem] = &catalogue.problems[..] else {
            panic!("{key} {value}: {:?}", catalogue.problems)
        };
        let id = if key == "id" { "" } else { " (\"bad\")" };
        let start = format!("Entry 1{id} of {FILE}: {key} is \"");
        assert!(
            problem.starts_with(&start) && problem.contains(". Allowed: "),
            "{problem}"
        );
        assert!(
            problem.len() < 600 && !problem.contains(checks::is_invisible),
            "{problem}"
        );
    }
    let mut missing = with("name", json!("Bad"));
    missing.as_object_mut().expect("an object").remove("note");
    let catalogue = read(vec![missing, good(), json!(7)]);
    assert!(catalogue.problems[0].contains("note is missing"));
    assert_eq!(
        catalogue.problems[1],
        "Entry 3 of our/models.json is no object. The entry is left out."
    );
}

#[test]
fn an_id_that_comes_twice_counts_once() {
    let catalogue = read(vec![good(), good()]);
    assert_eq!(ids(&catalogue), ["mine"]);
    assert!(catalogue.problems[0].contains("Entry 2 of our/models.json has the id \"mine\""));
}

#[test]
fn what_is_no_catalogue_is_refused_and_said() {
    let long = format!("{{\"models\": [], \"x\": \"{}\"}}", "x".repeat(500_000));
    let deep = "[".repeat(100_000);
    for (content, words) in [
        ("", "not JSON"),
        ("<!doctype html><title>Welcome</title>", "not JSON"),
        ("[]", "no list \"models\""),
        ("{\"models\": {}}", "no list \"models\""),
        ("{\"models\": []}", "its list is empty"),
        ("{\"models\": [1]}", "no object"),
        (&long, "longer than 500000"),
        (&deep, "not JSON"),
    ] {
        let error = Catalogue::read(FILE, content.as_bytes(), Vec::new()).expect_err(words);
        let message = error.to_string();
        assert_eq!(error.code(), "weights-not-a-catalogue");
        assert!(
            message.contains(words) && message.contains(FILE) && message.contains("--models"),
            "{message}"
        );
    }
}

#[test]
fn a_default_that_no_entry_has_is_said() {
    let content = json!({"default": "other", "models": [good()]}).to_string();
    let catalogue = Catalogue::read(FILE, content.as_bytes(), Vec::new()).expect("a catalogue");
    assert_eq!(catalogue.default, "mine");
    assert!(catalogue.problems[0].contains("is \"other\", and no entry has that id"));
}

#[test]
fn much_that_is_wrong_is_told_in_a_few_lines() {
    let mut models = vec![json!({}); 50];
    models.push(good());
    let problems = read(models).problems;
    assert_eq!(problems.len(), 6);
    assert_eq!(problems[5], "45 more things are wrong with our/models.json.");
    let many = (0..101).map(|at| {
        let mut entry = good();
        entry["id"] = json!(if at == 0 { "mine".to_owned() } else { format!("m{at}") });
        entry
    });
    let catalogue = read(many.collect());
    assert_eq!(catalogue.models.len(), 100);
    assert_eq!(
        catalogue.problems,
        ["our/models.json lists 101 models. The first 100 are offered."]
    );
}

#[test]
fn a_catalogue_on_disk_is_named_by_its_path() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("models.json");
    let error = Catalogue::open(&path).expect_err("nothing there").to_string();
    assert!(
        error.contains("models.json") && error.contains("no such file"),
        "{error}"
    );
    let content = json!({"default": "mine", "models": [good()]}).to_string();
    std::fs::write(&path, format!("\u{feff}{content}")).expect("written");
    let catalogue = Catalogue::open(&path).expect("a catalogue");
    assert_eq!(catalogue.folders, [folder.path()]);
}
